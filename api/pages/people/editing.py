"""Changing who somebody is and what they want; two windows on one record lose nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.answers import Sent, Typed, version_of
from api.frame import KeyHint
from api.pages.people import conflict, need_form, person_form
from api.pages.people.conflict import Difference
from api.pages.people.head import Head, look_with_head
from api.pages.people.options import Options, grouped, load_options
from api.pages.people.registering import NOT_YOUR_CASE, NOT_YOURS, STEPS
from api.pages.surroundings import frame_for
from api.rendering import render
from api.rights import WritesPeople
from api.wiring import Wired
from cases.actions.closing import what_goes_on_with_hosts
from cases.actions.intake import (
    check_may_edit,
    edit_need,
    edit_participant,
    find_person,
    save_household,
)
from cases.actions.matching import Stores
from cases.errors import NotPermitted
from cases.messages import in_japanese
from cases.need import Need
from cases.participant import Participant, ParticipantStatus
from cases.permissions import Action, PeopleScope
from catalog.actor import Actor
from catalog.dates import day_in_japan
from catalog.vocabulary import Code

router = APIRouter(include_in_schema=False)

KEYS: Final = (KeyHint(("Ctrl+Enter",), "保存する"),)
CONFLICT: Final = 409
WRONG: Final = 422


@dataclass(frozen=True, slots=True)
class EditPage:
    """A form about a person; `differences` are there when somebody else saved meanwhile.

    `steps` and `step` show the way of a registration, empty where one part is edited later.
    """

    head: Head
    typed: Typed
    options: Options
    version: str
    errors: Mapping[str, str] = field(default_factory=dict)
    differences: tuple[Difference, ...] = ()
    is_new: bool = False
    steps: tuple[tuple[str, str], ...] = STEPS
    menu: tuple[tuple[str, tuple[Code, ...]], ...] = ()
    accommodations: tuple[tuple[str, tuple[Code, ...]], ...] = ()
    rows: int = need_form.ROWS
    tab: str = ""


# ------------------------------------------------------------------ who somebody is
@router.get("/people/{participant_id}/edit")
def person(
    request: Request, actor: WritesPeople, wiring: Wired, participant_id: str
) -> HTMLResponse:
    """Show the form as the record is kept."""
    with wiring.reading() as stores:
        who = _editable(actor, stores, participant_id)
        options = load_options(wiring, stores, actor)
        _, head = look_with_head(actor, wiring, stores, participant_id)
    typed = person_form.typed_of(who, options)
    return _person_page(request, actor, EditPage(head, typed, options, version_of(who)))


@router.post("/people/{participant_id}/edit")
def save_person(
    request: Request, actor: WritesPeople, wiring: Wired, participant_id: str, sent: Sent
) -> Response:
    """Keep what was changed; ask which one to keep when somebody else was quicker."""
    today = day_in_japan(wiring.clock())
    with wiring.writing() as stores:
        before = _editable(actor, stores, participant_id)
        options = load_options(wiring, stores, actor)
        read = person_form.read_person(sent, options, today, before)
        errors, version = dict(read.errors), version_of(before)
        is_current = sent.one("version") == version
        closes = (
            read.participant is not None
            and before.status is not ParticipantStatus.CLOSED
            and read.participant.status is ParticipantStatus.CLOSED
        )
        refused = what_goes_on_with_hosts(actor, wiring.placing, before.id) if closes else None
        if refused is not None:
            errors["status"] = in_japanese(refused)
        elif read.participant is not None and is_current:
            try:
                if read.household is not None:
                    save_household(actor, stores.cases, read.household, wiring.clock)
                edit_participant(actor, stores.cases, read.participant, wiring.clock)
                return _saved(participant_id, "person")
            except NotPermitted as error:
                if error.params.get("action") is Action.HAND_OVER:
                    errors["coordinator_id"] = NOT_YOUR_CASE
                else:
                    errors["named_staff_ids"] = NOT_YOURS
        _, head = look_with_head(actor, wiring, stores, participant_id)
    labels, choices = person_form.LABELS, options.of_person
    differ = conflict.differences(
        conflict.in_words(person_form.typed_of(before, options), labels, choices),
        conflict.in_words(sent, labels, choices),
    )
    content = EditPage(head, sent, options, version, errors, () if is_current else differ)
    return _person_page(request, actor, content, WRONG if is_current else CONFLICT)


def _person_page(
    request: Request, actor: Actor, content: EditPage, status: int = 200
) -> HTMLResponse:
    frame = frame_for(request, actor, "本人のことを直す", current="/people", keys=KEYS)
    return render(request, "pages/people/edit.html", frame, content, status)


# ------------------------------------------------------------------ what somebody wants
@router.get("/people/{participant_id}/need")
def need(
    request: Request,
    actor: WritesPeople,
    wiring: Wired,
    participant_id: str,
    new: Annotated[bool, Query()] = False,
) -> HTMLResponse:
    """Show the form as the need is kept, or empty where nobody has asked yet."""
    with wiring.reading() as stores:
        _editable(actor, stores, participant_id)
        kept = stores.cases.need(PeopleScope(actor), participant_id)
        options = load_options(wiring, stores, actor, participant_id)
        _, head = look_with_head(actor, wiring, stores, participant_id)
    typed = need_form.typed_of(kept)
    return _need_page(request, actor, _need_content(head, typed, options, kept, is_new=new))


@router.post("/people/{participant_id}/need")
def save_need(
    request: Request,
    actor: WritesPeople,
    wiring: Wired,
    participant_id: str,
    sent: Sent,
    new: Annotated[bool, Query()] = False,
) -> Response:
    """Keep the need; ask which one to keep when somebody else was quicker."""
    today = day_in_japan(wiring.clock())
    with wiring.writing() as stores:
        _editable(actor, stores, participant_id)
        before = stores.cases.need(PeopleScope(actor), participant_id)
        options = load_options(wiring, stores, actor, participant_id)
        read = need_form.read_need(sent, options, participant_id, today, before)
        is_current = sent.one("version") == version_of(before)
        if read.need is not None and is_current:
            edit_need(actor, stores.cases, read.need, wiring.clock)
            if sent.one("then") == "consent":
                return RedirectResponse(f"/people/{participant_id}/consent?new=1", 303)
            return _saved(participant_id, "need")
        _, head = look_with_head(actor, wiring, stores, participant_id)
    differ = conflict.differences(
        need_form.in_words(need_form.typed_of(before), options),
        need_form.in_words(sent, options),
    )
    content = _need_content(
        head, sent, options, before, read.errors, () if is_current else differ, is_new=new
    )
    return _need_page(request, actor, content, WRONG if is_current else CONFLICT)


def _need_content(
    head: Head,
    typed: Typed,
    options: Options,
    kept: Need | None,
    errors: Mapping[str, str] | None = None,
    differ: tuple[Difference, ...] = (),
    *,
    is_new: bool,
) -> EditPage:
    lists = options.vocabulary
    return EditPage(
        head=head,
        typed=typed,
        options=options,
        version=version_of(kept),
        errors=errors or {},
        differences=differ,
        is_new=is_new,
        menu=_groups(lists.codes("menu")),
        accommodations=_groups(lists.codes("accommodation")),
    )


def _need_page(
    request: Request, actor: Actor, content: EditPage, status: int = 200
) -> HTMLResponse:
    frame = frame_for(request, actor, "希望", current="/people", keys=KEYS)
    return render(request, "pages/people/need.html", frame, content, status)


# ------------------------------------------------------------------ both
def _editable(actor: Actor, stores: Stores, participant_id: str) -> Participant:
    person = find_person(actor, stores.cases, participant_id)
    check_may_edit(actor, person)
    return person


def _groups(codes: Mapping[str, Code]) -> tuple[tuple[str, tuple[Code, ...]], ...]:
    return tuple((name, tuple(entries)) for name, entries in grouped(codes.values()))


def _saved(participant_id: str, what: str) -> RedirectResponse:
    return RedirectResponse(f"/people/{participant_id}?saved={what}", status_code=303)
