"""Evaluating somebody's support on the screen, ending it, and beginning again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.answers import Answers, Sent, Typed
from api.frame import KeyHint
from api.pages.people import closing_form
from api.pages.people.conflict import Difference, differences
from api.pages.people.head import Head, look_with_head
from api.pages.people.person_form import written_day
from api.pages.surroundings import frame_for
from api.rendering import render
from api.rights import SeesPeople, WritesPeople
from api.wiring import Wired, Wiring
from cases.actions.closing import (
    Desk,
    Watching,
    close_case,
    offices_to_watch,
    reopen_case,
    what_keeps_open,
    write_evaluation,
)
from cases.actions.intake import check_may_edit, find_person
from cases.actions.matching import Stores
from cases.closing import NOBODY_TO_WATCH, Evaluation, closed_with, closing_evaluation
from cases.errors import CaseError, NotFound, NotPermitted
from cases.messages import in_japanese
from cases.participant import ParticipantStatus
from cases.permissions import PeopleScope
from cases.words.dates import date_words
from catalog.actor import Actor
from catalog.dates import day_in_japan
from catalog.ids import new_id

router = APIRouter(include_in_schema=False)

KEYS: Final = (KeyHint(("Ctrl+Enter",), "保存する"),)
CONFLICT: Final = 409
WRONG: Final = 422
SAVED: Final = {
    "evaluation": "評価を保存しました。",
    "closed": "支援を終えました。記録は残り、いつでも また始められます。",
    "reopened": "支援を また始めました。これまでの記録は、そのまま残っています。",
}
CLOSING_LABELS: Final[Mapping[str, str]] = {
    "watch_office_id": "見守る機関",
    "next_on": "次に様子を見る日",
    "how": "見守り方",
    "why_not": "見守らない理由",
    "reopen_reason": "また始める理由",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One evaluation in words, with every saving of it and what that changed."""

    words: tuple[tuple[str, str], ...]
    savings: tuple[tuple[str, tuple[Difference, ...]], ...]


@dataclass(frozen=True, slots=True)
class ClosingPage:
    """The evaluations, the form for one, and the way to an end or a new beginning.

    Attributes
    ----------
    refused
        Why support cannot end yet, where it is judged that it may.
    can_close
        The last evaluation says that support may end.
    needs_watch
        Somebody has to keep watch, or it has to be said why not.
    """

    head: Head
    is_closed: bool
    shown: tuple[Shown, ...]
    is_writing: bool
    can_edit_last: bool
    typed: Typed
    judgements: tuple[tuple[str, str], ...]
    reasons: tuple[tuple[str, str], ...]
    changes: Mapping[str, str]
    can_close: bool
    refused: str
    needs_watch: bool
    offices: tuple[tuple[str, str], ...]
    errors: Mapping[str, str] = field(default_factory=dict)
    differences: tuple[Difference, ...] = ()
    message: str = ""
    tab: str = "closing"


@dataclass(frozen=True, slots=True)
class EvaluationSheet:
    """An evaluation on paper."""

    head: Head
    words: tuple[tuple[str, str], ...]
    tab: str = "closing"


@router.get("/people/{participant_id}/closing")
def closing(
    request: Request,
    actor: SeesPeople,
    wiring: Wired,
    participant_id: str,
    new: Annotated[bool, Query()] = False,
    edit: Annotated[bool, Query()] = False,
    saved: Annotated[str, Query()] = "",
) -> HTMLResponse:
    """Show the evaluations; `new` opens the form for a further one, `edit` that for the last."""
    with wiring.reading() as stores:
        content = _content(
            actor, wiring, stores, participant_id, message=SAVED.get(saved, ""), new=new, edit=edit
        )
    return _page(request, actor, content)


@router.post("/people/{participant_id}/closing")
def evaluate(
    request: Request, actor: WritesPeople, wiring: Wired, participant_id: str, sent: Sent
) -> Response:
    """Keep an evaluation; whoever is second sees both texts, and nothing is lost."""
    with wiring.writing() as stores:
        check_may_edit(actor, find_person(actor, stores.cases, participant_id))
        today = day_in_japan(wiring.clock())
        read = closing_form.read_evaluation(sent, wiring.vocabulary, participant_id, today)
        kept = wiring.closing.evaluations_of(PeopleScope(actor), participant_id)
        now = next((each for each in kept if each.id == sent.one("evaluation")), None)
        is_current = sent.one("seen") == str(now.version if now else 0)
        errors = dict(read.errors)
        if read.evaluation is not None and is_current:
            try:
                write_evaluation(actor, desk_of(wiring, stores), read.evaluation, wiring.clock)
                return _saved(participant_id, "evaluation")
            except (NotFound, NotPermitted):
                raise
            except CaseError as error:
                errors["judgement"] = in_japanese(error)
        differ: tuple[Difference, ...] = ()
        if now is not None and not is_current:
            words = closing_form.in_words(now, wiring.vocabulary)
            differ = differences(words, closing_form.in_words(read.evaluation, wiring.vocabulary))
            sent += {"seen": [str(now.version)]}
        content = _content(actor, wiring, stores, participant_id, sent, errors, differ, edit=True)
    return _page(request, actor, content, WRONG if is_current else CONFLICT)


@router.post("/people/{participant_id}/closing/close")
def close(
    request: Request, actor: WritesPeople, wiring: Wired, participant_id: str, sent: Sent
) -> Response:
    """End the support, with who keeps watch."""
    form = Answers(sent, CLOSING_LABELS)
    watching = Watching(
        office_id=form.text("watch_office_id"),
        next_on=form.day("next_on"),
        how=form.text("how"),
        why_not=form.text("why_not"),
    )
    errors = form.errors
    with wiring.writing() as stores:
        check_may_edit(actor, find_person(actor, stores.cases, participant_id))
        if not errors:
            desk = desk_of(wiring, stores)
            try:
                words = _reason_words(actor, desk, wiring, participant_id)
                close_case(actor, desk, participant_id, watching, wiring.clock, reason_words=words)
                return _saved(participant_id, "closed")
            except (NotFound, NotPermitted):
                raise
            except CaseError as error:
                errors = {"watch_office_id": in_japanese(error)}
        content = _content(actor, wiring, stores, participant_id, sent, errors)
    return _page(request, actor, content, WRONG)


@router.post("/people/{participant_id}/closing/reopen")
def reopen(
    request: Request, actor: WritesPeople, wiring: Wired, participant_id: str, sent: Sent
) -> Response:
    """Begin again."""
    form = Answers(sent, CLOSING_LABELS)
    reason = form.text("reopen_reason")
    with wiring.writing() as stores:
        check_may_edit(actor, find_person(actor, stores.cases, participant_id))
        try:
            reopen_case(actor, desk_of(wiring, stores), participant_id, wiring.clock, reason=reason)
            return _saved(participant_id, "reopened")
        except (NotFound, NotPermitted):
            raise
        except CaseError as error:
            form.wrong("reopen_reason", in_japanese(error))
        content = _content(actor, wiring, stores, participant_id, sent, form.errors)
    return _page(request, actor, content, WRONG)


@router.get("/people/{participant_id}/closing/print")
def on_paper(request: Request, actor: SeesPeople, wiring: Wired, participant_id: str) -> Response:
    """Show the last evaluation as it is printed."""
    with wiring.reading() as stores:
        _, head = look_with_head(actor, wiring, stores, participant_id)
        kept = wiring.closing.evaluations_of(PeopleScope(actor), participant_id)
    if not kept:
        return RedirectResponse(f"/people/{participant_id}/closing", status_code=303)
    words = closing_form.in_words(kept[0], wiring.vocabulary)
    content = EvaluationSheet(head, (*words.items(), *closing_form.ended_words(kept[0])))
    frame = frame_for(request, actor, "評価", current="/people")
    return render(request, "pages/people/evaluation_sheet.html", frame, content)


def desk_of(wiring: Wiring, stores: Stores) -> Desk:
    """Return what the verbs about an end work with."""
    return Desk(stores.cases, wiring.plans, wiring.placing, wiring.closing)


def _content(
    actor: Actor,
    wiring: Wiring,
    stores: Stores,
    participant_id: str,
    typed: Typed | None = None,
    errors: Mapping[str, str] | None = None,
    differ: tuple[Difference, ...] = (),
    *,
    new: bool = False,
    edit: bool = False,
    message: str = "",
) -> ClosingPage:
    standing, head = look_with_head(actor, wiring, stores, participant_id)
    person, vocabulary = standing.participant, wiring.vocabulary
    desk, scope = desk_of(wiring, stores), PeopleScope(actor)
    kept = wiring.closing.evaluations_of(scope, participant_id)
    is_closed = person.status is ParticipantStatus.CLOSED
    last, ending = (kept[0] if kept else None), closing_evaluation(kept)
    can_edit_last = last is not None and last.closed_on is None
    is_edited = edit and (can_edit_last or typed is not None)
    fields = typed or Typed()
    if typed is None or not typed.one("evaluation"):
        today = written_day(day_in_japan(wiring.clock()))
        blank = Typed({"evaluation": (new_id(),), "seen": ("0",), "on": (today,)})
        start = closing_form.typed_of(last) if is_edited and last and typed is None else blank
        fields = start + dict(fields.fields)
    refused = what_keeps_open(actor, desk, person, ending) if ending else None
    return ClosingPage(
        head=head,
        is_closed=is_closed,
        shown=_shown(wiring.closing.versions_of_evaluations(scope, participant_id), kept, wiring),
        is_writing=head.may_edit and not is_closed and (not kept or new or is_edited),
        can_edit_last=can_edit_last and head.may_edit and not is_closed,
        typed=fields,
        judgements=tuple(closing_form.codes_of(vocabulary, "judgement").items()),
        reasons=(("", "終結するときに選ぶ"), *closing_form.codes_of(vocabulary, "reason").items()),
        changes=closing_form.codes_of(vocabulary, "changes"),
        can_close=head.may_edit and not is_closed and ending is not None,
        refused=in_japanese(refused) if refused else "",
        needs_watch=ending is not None and ending.reason not in NOBODY_TO_WATCH,
        offices=(("", "見守る機関を おかない"), *((e, e) for e in offices_to_watch(person))),
        errors=errors or {},
        differences=differ,
        message=message,
    )


def _shown(
    versions: Sequence[Evaluation], kept: Sequence[Evaluation], wiring: Wiring
) -> tuple[Shown, ...]:
    """Return every evaluation, the last first, with all that was saved of it."""
    names = {user.id: user.name for user in wiring.users.users()}
    found = []
    for each in kept:
        words = closing_form.in_words(each, wiring.vocabulary)
        savings = []
        before: Evaluation | None = None
        for version in (one for one in versions if one.id == each.id):
            on = date_words(day_in_japan(version.recorded_at)) if version.recorded_at else ""
            differ = differences(
                closing_form.in_words(before, wiring.vocabulary),
                closing_form.in_words(version, wiring.vocabulary),
            )
            savings.append((f"{on}　{names.get(version.made_by, '職員')}", differ))
            before = version
        rows = (*words.items(), *closing_form.ended_words(each))
        filled = tuple((label, said) for label, said in rows if said)
        found.append(Shown(filled, tuple(reversed(savings))))
    return tuple(found)


def _reason_words(actor: Actor, desk: Desk, wiring: Wiring, participant_id: str) -> str:
    kept = desk.closing.evaluations_of(PeopleScope(actor), participant_id)
    last = closing_evaluation(kept) or closed_with(kept)
    codes = closing_form.codes_of(wiring.vocabulary, "reason")
    return codes.get(last.reason, last.reason) if last else ""


def _saved(participant_id: str, what: str) -> RedirectResponse:
    return RedirectResponse(f"/people/{participant_id}/closing?saved={what}", status_code=303)


def _page(request: Request, actor: Actor, content: ClosingPage, status: int = 200) -> HTMLResponse:
    keys = KEYS if content.is_writing else ()
    frame = frame_for(request, actor, "評価と終結", current="/people", keys=keys)
    return render(request, "pages/people/closing.html", frame, content, status)
