"""Deleting a person's records for good: the ground, then the number typed once more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.answers import Answers, Sent, Typed
from api.pages.people.head import Head, look_with_head
from api.pages.records.words import HoldRow, hold_rows, keeping_words
from api.pages.surroundings import frame_for
from api.rendering import render
from api.rights import DeletesPeople
from api.wiring import Wired, Wiring
from cases.actions.intake import find_person
from cases.actions.keeping import delete, keeping_of_person
from cases.actions.matching import Stores
from cases.errors import CaseError
from cases.messages import in_japanese
from cases.participant import ParticipantStatus
from cases.permissions import Action, check_may_with
from cases.retention import Remainder, check_may_be_deleted, own_retention
from catalog.actor import Actor
from catalog.dates import day_in_japan

router = APIRouter(include_in_schema=False)

WRONG: Final = 422
LABELS: Final[Mapping[str, str]] = {
    "ground": "理由",
    "approved_by": "だれが決めたか",
    "confirmed": "この方の番号か名前",
}
FIELD_OF: Final[Mapping[str, str]] = {
    "deletion_not_confirmed": "confirmed",
    "deletion_on_hold": "ground",
    "still_to_be_kept": "ground",
    "ground_unknown": "ground",
}

STILL_SUPPORTED: Final = "まだ支援が続いている方です。ふつうは削除しません。"


@dataclass(frozen=True, slots=True)
class DeletionPage:
    """The way to a deletion; `confirms` is the second step."""

    head: Head
    case_no: str
    keeping: str
    holds: tuple[HoldRow, ...]
    grounds: tuple[tuple[str, str], ...]
    typed: Typed
    destroyed: tuple[str, ...]
    stays: tuple[Remainder, ...]
    ground_words: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    confirms: bool = False
    tab: str = "records"


@router.get("/people/{participant_id}/records/deletion")
def ask(request: Request, actor: DeletesPeople, wiring: Wired, participant_id: str) -> HTMLResponse:
    """Say what would be deleted, and ask why."""
    with wiring.reading() as stores:
        content = _content(actor, wiring, stores, participant_id, Typed())
    return _page(request, actor, content)


@router.post("/people/{participant_id}/records/deletion")
def go_on(
    request: Request, actor: DeletesPeople, wiring: Wired, participant_id: str, sent: Sent
) -> Response:
    """First ask once more; delete when the person's number or name is typed."""
    form = Answers(sent, LABELS)
    ground = form.choice("ground", [each.code for each in own_retention().grounds])
    if not ground:
        form.wrong("ground", "削除する理由を 選んでください。")
    approved_by = form.required("approved_by", "だれが決めたかを 書いてください。")
    confirms = sent.one("step") == "confirm"
    with wiring.writing() as stores:
        errors = dict(form.errors)
        if not errors:
            try:
                if confirms:
                    delete(
                        actor, stores.cases, wiring.records, participant_id, wiring.clock,
                        ground=ground, approved_by=approved_by, confirmed=sent.one("confirmed"),
                    )  # fmt: skip
                else:
                    keeping = keeping_of_person(
                        actor, stores.cases, wiring.records, participant_id, wiring.clock
                    )
                    today = day_in_japan(wiring.clock())
                    check_may_be_deleted(keeping, own_retention().ground(ground), today)
            except CaseError as error:
                if error.code not in FIELD_OF:
                    raise
                errors[FIELD_OF[error.code]] = in_japanese(error)
        deleted = confirms and not errors
        content = (
            None
            if deleted
            else _content(actor, wiring, stores, participant_id, sent, errors, confirms=confirms)
        )
    if content is None:
        wiring.forget_traces()
        return RedirectResponse("/records/retention?deleted=1", status_code=303)
    return _page(request, actor, content, WRONG if content.errors else 200)


def _content(
    actor: Actor,
    wiring: Wiring,
    stores: Stores,
    participant_id: str,
    typed: Typed,
    errors: Mapping[str, str] | None = None,
    *,
    confirms: bool = False,
) -> DeletionPage:
    person = find_person(actor, stores.cases, participant_id)
    check_may_with(actor, Action.DELETE_PEOPLE, person)
    today = day_in_japan(wiring.clock())
    _, head = look_with_head(actor, wiring, stores, participant_id)
    keeping = keeping_of_person(actor, stores.cases, wiring.records, participant_id, wiring.clock)
    names = {user.id: user.name for user in wiring.users.users()}
    is_closed = person.status is ParticipantStatus.CLOSED
    grounds = {each.code: f"{each.name}（{each.law}）" for each in own_retention().grounds}
    first = typed.one("ground") in grounds and not errors and not confirms
    return DeletionPage(
        head=head,
        case_no=person.case_no,
        keeping=keeping_words(keeping, today, is_closed=True) if is_closed else STILL_SUPPORTED,
        holds=hold_rows(keeping.holds, names),
        grounds=tuple(grounds.items()),
        typed=typed,
        destroyed=own_retention().destroyed,
        stays=own_retention().stays,
        ground_words=grounds.get(typed.one("ground"), ""),
        errors=errors or {},
        confirms=first or (confirms and set(errors or ()) == {"confirmed"}),
    )


def _page(request: Request, actor: Actor, content: DeletionPage, status: int = 200) -> HTMLResponse:
    frame = frame_for(request, actor, "記録の削除", current="/people")
    return render(request, "pages/records/deletion.html", frame, content, status)
