"""One first word: what was heard, what came of it, whose it was, and what stood there before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.answers import Answers, Sent, Typed
from api.frame import KeyHint
from api.pages.intake.form import LABELS, Offered, offered_to, read_reception, typed_of
from api.pages.intake.listing import ADDRESS
from api.pages.people.conflict import Difference, differences, in_words
from api.pages.people.head import date_without_weekday
from api.pages.people.person_form import written_day
from api.pages.records.words import at_words
from api.pages.referrals.words import (
    ReferralRow,
    ask,
    offices_to_ask,
    referral_row,
)
from api.pages.surroundings import can, frame_for
from api.rendering import render
from api.rights import SeesReceptions, WritesReceptions
from api.wiring import Wired, Wiring
from cases.actions.matching import Stores
from cases.actions.receiving import (
    check_may_write,
    correct,
    find_reception,
    link,
    screen,
    unlink,
)
from cases.errors import CaseError, NotPermitted
from cases.intake.reception import Reception
from cases.messages import in_japanese
from cases.participant import Participant
from cases.permissions import Action, PeopleScope
from catalog.actor import Actor
from catalog.dates import day_in_japan
from db.errors import DatabaseError
from db.messages import in_japanese as database_words

router = APIRouter(include_in_schema=False)

ONE: Final = ADDRESS + "/{reception_id}"
KEYS: Final = (KeyHint(("Ctrl+Enter",), "保存する"), KeyHint(("E",), "直す"))
WRONG: Final = 422
SAVED: Final = {
    "corrected": "直しました。前の内容も残っています。",
    "screened": "どうするかを書きました。",
    "linked": "この方の受付として つなげました。",
    "unlinked": "つながりを外しました。",
    "referred": "つなぎました。返事が来ると、今の様子が変わります。",
    "nothing": "保存されているほうを残しました。",
}
ASKED: Final[Mapping[str, str]] = {
    "screening": "どうするか",
    "screened_on": "決めた日",
    "case_no": "番号",
}
NO_SUCH_NUMBER: Final = "その番号の方は見つかりません。番号を確かめるか、新しく登録してください。"


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version: when and by whom, and what it changed."""

    words: str
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class ReceptionPage:
    """A first word with all that can be done to it."""

    id: str
    version: int
    facts: tuple[tuple[str, str], ...]
    outcome: str
    decided: str
    person: str
    person_href: str
    may_write: bool
    may_register: bool
    typed: Typed
    offered: Offered
    versions: tuple[VersionRow, ...]
    referrals: tuple[ReferralRow, ...] = ()
    offices: tuple[tuple[str, str], ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)
    message: str = ""


@dataclass(frozen=True, slots=True)
class CorrectionPage:
    """The form of a correction; `differences` where somebody else was quicker."""

    id: str
    version: int
    typed: Typed
    offered: Offered
    errors: Mapping[str, str] = field(default_factory=dict)
    differences: tuple[Difference, ...] = ()


@router.get(ONE)
def reception(
    request: Request,
    actor: SeesReceptions,
    wiring: Wired,
    reception_id: str,
    saved: Annotated[str, Query()] = "",
) -> HTMLResponse:
    """Show a first word."""
    with wiring.reading() as stores:
        content = _content(actor, wiring, stores, reception_id, message=SAVED.get(saved, ""))
    return _page(request, actor, content)


@router.post(ONE + "/screening")
def decide(
    request: Request, actor: WritesReceptions, wiring: Wired, reception_id: str, sent: Sent
) -> Response:
    """Say what came of it."""
    with wiring.writing() as stores:
        before = find_reception(actor, wiring.intake, reception_id)
        check_may_write(actor, stores.cases, before)
        form = Answers(sent, ASKED)
        codes = [each.code for each in offered_to(actor, wiring).screenings]
        screening = form.choice("screening", codes)
        if not screening:
            form.wrong("screening", "どうするかを 選んでください。")
        on = form.day("screened_on") or day_in_japan(wiring.clock())
        errors = dict(form.errors)
        if not errors:
            try:
                screen(
                    actor, stores.cases, wiring.intake, reception_id, wiring.clock,
                    version=_seen(sent, before), screening=screening, on=on,
                )  # fmt: skip
                return _saved(reception_id, "screened")
            except CaseError as error:
                if error.code != "screened_before_received":
                    raise
                errors = {"screened_on": in_japanese(error)}
            except DatabaseError as error:
                if error.code != "changed_meanwhile":
                    raise
                errors = {"screening": database_words(error)}
    with wiring.reading() as stores:
        content = _content(actor, wiring, stores, reception_id, sent, errors)
    return _page(request, actor, content, WRONG)


@router.post(ONE + "/person")
def connect(
    request: Request, actor: WritesReceptions, wiring: Wired, reception_id: str, sent: Sent
) -> Response:
    """Say that it was about somebody who is known already."""
    with wiring.writing() as stores:
        before = find_reception(actor, wiring.intake, reception_id)
        check_may_write(actor, stores.cases, before)
        form = Answers(sent, ASKED)
        number = form.required("case_no", "番号を 書いてください。")
        person = stores.cases.participant_by_case_no(PeopleScope(actor), number) if number else None
        if number and person is None:
            form.wrong("case_no", NO_SUCH_NUMBER)
        if person is not None:
            try:
                link(actor, stores.cases, wiring.intake, reception_id, person.id, wiring.clock)
                return _saved(reception_id, "linked")
            except CaseError as error:
                if error.code not in ("reception_has_person", "not_permitted"):
                    raise
                form.wrong("case_no", in_japanese(error))
        content = _content(actor, wiring, stores, reception_id, sent, form.errors)
    return _page(request, actor, content, WRONG)


@router.post(ONE + "/person/remove")
def disconnect(actor: WritesReceptions, wiring: Wired, reception_id: str) -> Response:
    """Take back whom it was about."""
    with wiring.writing() as stores:
        unlink(actor, stores.cases, wiring.intake, reception_id, wiring.clock)
        stays = wiring.intake.reception(PeopleScope(actor), reception_id) is not None
    return _saved(reception_id, "unlinked") if stays else RedirectResponse(ADDRESS, 303)


@router.post(ONE + "/referrals")
def pass_on(
    request: Request, actor: WritesReceptions, wiring: Wired, reception_id: str, sent: Sent
) -> Response:
    """Ask another agency to take it up."""
    with wiring.writing() as stores:
        kept = find_reception(actor, wiring.intake, reception_id)
        check_may_write(actor, stores.cases, kept)
        errors = ask(actor, wiring, stores, sent, reception_id=reception_id)
        if not errors:
            return _saved(reception_id, "referred")
        content = _content(actor, wiring, stores, reception_id, sent, errors)
    return _page(request, actor, content, WRONG)


@router.get(ONE + "/edit")
def correction_form(
    request: Request, actor: WritesReceptions, wiring: Wired, reception_id: str
) -> HTMLResponse:
    """Show what is kept, to be corrected."""
    with wiring.reading() as stores:
        kept = find_reception(actor, wiring.intake, reception_id)
        check_may_write(actor, stores.cases, kept)
        offered = offered_to(actor, wiring, kept)
    content = CorrectionPage(kept.id, kept.version, typed_of(kept), offered)
    return _correction(request, actor, content)


@router.post(ONE + "/edit")
def save_correction(
    request: Request, actor: WritesReceptions, wiring: Wired, reception_id: str, sent: Sent
) -> Response:
    """Keep a correction; whoever comes second is shown both texts."""
    with wiring.writing() as stores:
        kept = find_reception(actor, wiring.intake, reception_id)
        check_may_write(actor, stores.cases, kept)
        offered = offered_to(actor, wiring, kept)
        read, errors = read_reception(sent, offered, kept)
        if read is not None and _seen(sent, kept) != kept.version:
            content = CorrectionPage(
                kept.id, kept.version, sent, offered, {}, _different(kept, read, offered)
            )
            return _correction(request, actor, content, 409)
        if read is not None:
            try:
                correct(actor, stores.cases, wiring.intake, read, wiring.clock)
                return _saved(reception_id, "corrected")
            except CaseError as error:
                if error.code not in ("received_in_future", "not_permitted"):
                    raise
                at = "office_id" if isinstance(error, NotPermitted) else "received_on"
                errors = {at: in_japanese(error)}
    content = CorrectionPage(reception_id, _seen(sent, kept), sent, offered, errors)
    return _correction(request, actor, content, WRONG)


def _seen(sent: Typed, kept: Reception) -> int:
    """Return the version that the form showed."""
    written = sent.one("version")
    return int(written) if written.isascii() and written.isdecimal() else kept.version


def _different(before: Reception, after: Reception, offered: Offered) -> tuple[Difference, ...]:
    old, new = (in_words(typed_of(each), LABELS, offered.words) for each in (before, after))
    return differences(old, new)


def _content(
    actor: Actor,
    wiring: Wiring,
    stores: Stores,
    reception_id: str,
    typed: Typed | None = None,
    errors: Mapping[str, str] | None = None,
    *,
    message: str = "",
) -> ReceptionPage:
    kept = find_reception(actor, wiring.intake, reception_id)
    offered = offered_to(actor, wiring, kept)
    person = _person(actor, stores, kept)
    versions = wiring.intake.versions_of_reception(PeopleScope(actor), reception_id)
    names = {user.id: user.name for user in wiring.users.users()}
    words = in_words(typed_of(kept), LABELS, offered.words)
    screening = offered.words["screening"].get(kept.screening, kept.screening)
    today = day_in_japan(wiring.clock())
    start = Typed(
        {
            "screening": (kept.screening,),
            "screened_on": (written_day(kept.screened_on or today),),
            "why": (kept.heard,),
        }
    )
    passed = wiring.referrals.referrals_of_reception(PeopleScope(actor), reception_id)
    return ReceptionPage(
        id=kept.id,
        version=kept.version,
        facts=tuple(
            (label, date_without_weekday(kept.received_on) if label == "受けた日" else told)
            for label, told in words.items()
            if told
        ),
        outcome=screening,
        decided=date_without_weekday(kept.screened_on) if kept.screened_on else "",
        person=person.name if person else "",
        person_href=f"/people/{person.id}" if person else "",
        may_write=_may_write(actor, stores, kept),
        may_register=can(actor, Action.EDIT_PEOPLE),
        typed=start + (typed.fields if typed else {}),
        offered=offered,
        versions=_versions(versions, names, offered),
        referrals=tuple(referral_row(each, actor, stores) for each in passed),
        offices=tuple((each, each) for each in offices_to_ask(actor, wiring)),
        errors=errors or {},
        message=message,
    )


def _person(actor: Actor, stores: Stores, kept: Reception) -> Participant | None:
    if kept.participant_id is None:
        return None
    return stores.cases.participant(PeopleScope(actor), kept.participant_id)


def _may_write(actor: Actor, stores: Stores, kept: Reception) -> bool:
    try:
        check_may_write(actor, stores.cases, kept)
    except NotPermitted:
        return False
    return True


def _versions(
    versions: Sequence[Reception], names: Mapping[str, str], offered: Offered
) -> tuple[VersionRow, ...]:
    """Return the versions, the last first, each with what it changed."""
    rows = []
    for before, after in zip([None, *versions[:-1]], versions, strict=True):
        changed = _different(before, after, offered) if before else ()
        if before and before.screening != after.screening:
            codes = offered.words["screening"]
            changed += (
                Difference(
                    "どうするか",
                    codes.get(before.screening, before.screening) or "（まだ）",
                    codes.get(after.screening, after.screening) or "（まだ）",
                ),
            )
        if before and before.participant_id != after.participant_id:
            told = ("（まだ）", "つなげた")
            pair = told if after.participant_id else told[::-1]
            changed += (Difference("本人", *pair),)
        who = names.get(after.received_by, "職員")
        rows.append(VersionRow(f"{at_words(after.recorded_at)}　{who}", changed))
    return tuple(reversed(rows))


def _saved(reception_id: str, what: str) -> RedirectResponse:
    return RedirectResponse(f"{ADDRESS}/{reception_id}?saved={what}", status_code=303)


def _page(
    request: Request, actor: Actor, content: ReceptionPage, status: int = 200
) -> HTMLResponse:
    frame = frame_for(request, actor, "受付", current=ADDRESS, keys=KEYS)
    return render(request, "pages/intake/one.html", frame, content, status)


def _correction(
    request: Request, actor: Actor, content: CorrectionPage, status: int = 200
) -> HTMLResponse:
    frame = frame_for(request, actor, "受付を直す", current=ADDRESS, keys=KEYS[:1])
    return render(request, "pages/intake/edit.html", frame, content, status)
