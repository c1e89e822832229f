"""What was told to whom about a person, how long their records stay, and what forbids deletion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.answers import TEXT, Answers, Sent, Typed
from api.frame import KeyHint
from api.pages.people.consent_form import choices_of
from api.pages.people.head import Head, look_with_head
from api.pages.people.options import load_options
from api.pages.people.person_form import written_day
from api.pages.records.words import HoldRow, ToldRow, hold_rows, keeping_words, told_rows
from api.pages.surroundings import frame_for
from api.rendering import render
from api.rights import DeletesPeople, SeesPeople, WritesPeople
from api.wiring import Wired, Wiring
from cases.actions.intake import check_may_edit, find_person
from cases.actions.keeping import disclose, hold, keeping_of_person, lift_hold
from cases.actions.matching import Stores
from cases.consent_scope import own_consent_scope
from cases.disclosure import NAMED, Disclosure, own_legal_bases
from cases.errors import CaseError
from cases.messages import in_japanese
from cases.participant import ParticipantStatus
from cases.permissions import Action, PeopleScope, may_with
from catalog.actor import Actor
from catalog.dates import day_in_japan
from catalog.ids import new_id

router = APIRouter(include_in_schema=False)

KEYS: Final = (KeyHint(("Ctrl+Enter",), "保存する"),)
WRONG: Final = 422
SAVED: Final = {
    "told": "提供の記録を書きました。",
    "hold": "削除を止めました。",
    "lifted": "削除を止める決めごとを、取り消しました。",
}
LABELS: Final[Mapping[str, str]] = {
    "on": "知らせた日",
    "recipient": "だれに",
    "recipient_name": "団体や人の名前",
    "categories": "なにを",
    "items": "くわしく",
    "basis": "根拠",
    "reason": "なぜ知らせたか",
    "approved_by": "だれが許したか",
    "hold_reason": "理由",
    "hold_until_on": "いつまで",
}
CONSENT: Final = "consent"
NOT_LISTED: Final = (
    "この相手は、本人の同意に入っていません。同意によるときは、「だれに」を一覧から選び、"
    "どの団体か、どなたかは「団体や人の名前」に書いてください。"
)
MISSING: Final[Mapping[str, str]] = {
    "recipient": "だれに知らせたかを 書いてください。",
    "reason": "なぜ知らせたかを 書いてください。",
    "approved_by": "だれが許したかを 書いてください。",
}


@dataclass(frozen=True, slots=True)
class RecordPage:
    """The keeping of one person's records."""

    head: Head
    keeping: str
    holds: tuple[HoldRow, ...]
    told: tuple[ToldRow, ...]
    typed: Typed
    recipients: tuple[tuple[str, str], ...]
    kinds: tuple[tuple[str, str], ...]
    bases: tuple[tuple[str, str], ...]
    may_hand_out: bool
    may_delete: bool
    errors: Mapping[str, str] = field(default_factory=dict)
    message: str = ""
    tab: str = "records"


@router.get("/people/{participant_id}/records")
def records(
    request: Request,
    actor: SeesPeople,
    wiring: Wired,
    participant_id: str,
    saved: Annotated[str, Query()] = "",
) -> HTMLResponse:
    """Show what was told to whom, and how long the records stay."""
    with wiring.reading() as stores:
        content = _content(actor, wiring, stores, participant_id, message=SAVED.get(saved, ""))
    return _page(request, actor, content)


@router.post("/people/{participant_id}/records/told")
def tell(
    request: Request, actor: WritesPeople, wiring: Wired, participant_id: str, sent: Sent
) -> Response:
    """Note what was told."""
    with wiring.writing() as stores:
        check_may_edit(actor, find_person(actor, stores.cases, participant_id))
        read, errors = _read_disclosure(
            sent, participant_id, _recipients(actor, wiring, stores, participant_id)
        )
        if read is not None:
            try:
                disclose(actor, stores.cases, wiring.records, read, wiring.clock)
                return _saved(participant_id, "told")
            except CaseError as error:
                if error.code not in ("disclosure_in_future", "disclosure_not_covered"):
                    raise
                at = "on" if error.code == "disclosure_in_future" else "categories"
                errors = {at: in_japanese(error)}
        content = _content(actor, wiring, stores, participant_id, sent, errors)
    return _page(request, actor, content, WRONG)


@router.post("/people/{participant_id}/records/holds")
def keep(
    request: Request, actor: WritesPeople, wiring: Wired, participant_id: str, sent: Sent
) -> Response:
    """Forbid any deletion."""
    form = Answers(sent, LABELS)
    reason = form.required("hold_reason", "削除を止める理由を 書いてください。")
    until_on = form.day("hold_until_on")
    with wiring.writing() as stores:
        check_may_edit(actor, find_person(actor, stores.cases, participant_id))
        if not form.errors:
            hold(
                actor, stores.cases, wiring.records, participant_id, wiring.clock,
                reason=reason, until_on=until_on,
            )  # fmt: skip
            return _saved(participant_id, "hold")
        content = _content(actor, wiring, stores, participant_id, sent, form.errors)
    return _page(request, actor, content, WRONG)


@router.post("/people/{participant_id}/records/holds/{hold_id}/lift")
def lift(actor: DeletesPeople, wiring: Wired, participant_id: str, hold_id: str) -> Response:
    """Allow again what a hold forbade."""
    with wiring.writing() as stores:
        lift_hold(actor, stores.cases, wiring.records, participant_id, hold_id, wiring.clock)
    return _saved(participant_id, "lifted")


def _read_disclosure(
    sent: Typed, participant_id: str, recipients: Mapping[str, str]
) -> tuple[Disclosure | None, dict[str, str]]:
    form = Answers(sent, LABELS)
    on = form.day("on")
    if on is None:
        form.wrong("on", "知らせた日を 書いてください。")
    kinds = [each.name for each in own_consent_scope().categories]
    categories = form.choices("categories", kinds)
    if not categories:
        form.wrong("categories", "なにを知らせたかを、1つは選んでください。")
    basis = form.choice("basis", [each.code for each in own_legal_bases().bases])
    if not basis:
        form.wrong("basis", "根拠を 選んでください。")
    told = {name: form.required(name, sentence) for name, sentence in MISSING.items()}
    items, name = form.text("items", TEXT), form.text("recipient_name")
    by_words = {words: agency for agency, words in recipients.items()}
    if basis == CONSENT and told["recipient"] and told["recipient"] not in by_words:
        form.wrong("recipient", NOT_LISTED)
    if form.errors or on is None:
        return None, form.errors
    recipient = by_words.get(told["recipient"], told["recipient"])
    disclosure = Disclosure(
        id=new_id(),
        participant_id=participant_id,
        on=on,
        categories=frozenset(categories),
        basis=basis,
        items=items,
        recipient=f"{recipient}{NAMED}{name}" if name else recipient,
        reason=told["reason"],
        approved_by=told["approved_by"],
    )
    return disclosure, {}


def _recipients(
    actor: Actor, wiring: Wiring, stores: Stores, participant_id: str
) -> Mapping[str, str]:
    consents = stores.cases.consents_of(PeopleScope(actor), participant_id)
    return choices_of(load_options(wiring, stores, actor), consents)["agencies"]


def _content(
    actor: Actor,
    wiring: Wiring,
    stores: Stores,
    participant_id: str,
    typed: Typed | None = None,
    errors: Mapping[str, str] | None = None,
    *,
    message: str = "",
) -> RecordPage:
    today = day_in_japan(wiring.clock())
    standing, head = look_with_head(actor, wiring, stores, participant_id)
    person = standing.participant
    keeping = keeping_of_person(actor, stores.cases, wiring.records, participant_id, wiring.clock)
    recipients = _recipients(actor, wiring, stores, participant_id)
    names = {user.id: user.name for user in wiring.users.users()}
    told = wiring.records.disclosures_of(PeopleScope(actor), participant_id)
    return RecordPage(
        head=head,
        keeping=keeping_words(keeping, today, is_closed=person.status is ParticipantStatus.CLOSED),
        holds=hold_rows(keeping.holds, names),
        told=told_rows(told),
        typed=typed or Typed({"on": (written_day(today),)}),
        recipients=tuple((words, "") for words in recipients.values()),
        kinds=tuple((each.name, each.note) for each in own_consent_scope().categories),
        bases=(
            ("", "選んでください"),
            *((each.code, f"{each.name}（{each.law}）") for each in own_legal_bases().bases),
        ),
        may_hand_out=may_with(actor, Action.HAND_OUT_RECORDS, person),
        may_delete=may_with(actor, Action.DELETE_PEOPLE, person),
        errors=errors or {},
        message=message,
    )


def _saved(participant_id: str, what: str) -> RedirectResponse:
    return RedirectResponse(f"/people/{participant_id}/records?saved={what}", status_code=303)


def _page(request: Request, actor: Actor, content: RecordPage, status: int = 200) -> HTMLResponse:
    frame = frame_for(request, actor, "記録のこと", current="/people", keys=KEYS)
    return render(request, "pages/records/record.html", frame, content, status)
