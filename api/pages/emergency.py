"""緊急閲覧: opening somebody whom one has no right to open, ending it, and the report of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.answers import TEXT, Sent, Typed
from api.pages.matching.page import moment_words
from api.pages.surroundings import can, frame_for
from api.rendering import render
from api.rights import OpensInEmergency, SeesEmergencies
from api.wiring import Wired, Wiring
from cases.actions.emergencies import (
    Reported,
    end_emergency,
    open_in_emergency,
    own_emergencies,
    report_emergencies,
)
from cases.emergency import EmergencyAccess, own_terms
from cases.errors import CaseError
from cases.messages import in_japanese
from cases.permissions import Action, PeopleScope
from cases.words.audit import READS, event_words, place_words
from catalog.actor import Actor
from db import audit
from db.audit import Chosen
from db.audit_people import pseudonym

router = APIRouter(include_in_schema=False)

ADDRESS: Final = "/emergency"
REPORT: Final = f"{ADDRESS}/report"
WRONG: Final = 422
NOT_OPENED: Final = (
    "この番号では 開けませんでした。番号を確かめてください。住所などが守られている方は、"
    "下の「守られている方かもしれない」に しるしが必要です。"
)
AT_FIELD: Final = {
    "emergency_reason_missing": "reason",
    "emergency_words_missing": "words",
}
ENDED: Final = "緊急閲覧を終えました。その方のページは、もう開けません。"
NO_NUMBER: Final = "本人の番号を書いてください。"
OF_DELETED: Final = "（削除された方のため、残っていません）"
TOO_LONG: Final = f"{TEXT}文字までで書いてください。"


@dataclass(frozen=True, slots=True)
class OwnAccess:
    """An access of one's own that is running."""

    words: str
    until: str
    href: str
    end: str


@dataclass(frozen=True, slots=True)
class EmergencyPage:
    """The form, and what is open now."""

    hours: int
    notice_days: int
    reasons: tuple[tuple[str, str], ...]
    running: tuple[OwnAccess, ...]
    typed: Typed
    errors: Mapping[str, str] = field(default_factory=dict)
    has_report: bool = False
    message: str = ""


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One access in the report."""

    when: str
    who: str
    office: str
    person: str
    href: str
    reason: str
    words: str
    until: str
    is_running: bool
    accesses: str
    reads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReportPage:
    """The accesses of which the reader may know."""

    rows: tuple[ReportRow, ...]
    can_open: bool


@router.get(ADDRESS)
def ask(
    request: Request,
    actor: OpensInEmergency,
    wiring: Wired,
    ended: Annotated[bool, Query()] = False,
) -> HTMLResponse:
    """Show the form; `ended` says back that an access is over."""
    return _ask_page(request, actor, wiring, Typed(), message=ENDED if ended else "")


@router.post(ADDRESS)
def open_person(request: Request, actor: OpensInEmergency, wiring: Wired, sent: Sent) -> Response:
    """Open a person for some hours; nobody learns from it whether a number exists."""
    number = sent.one("case_no").strip()
    errors = {} if number else {"case_no": NO_NUMBER}
    if len(sent.one("words")) > TEXT:
        errors["words"] = TOO_LONG
    found = None
    if not errors:
        try:
            with wiring.writing() as stores:
                found = open_in_emergency(
                    actor,
                    stores.cases,
                    wiring.emergencies,
                    wiring.clock,
                    number,
                    reason=sent.one("reason"),
                    words=sent.one("words"),
                    confirmed=bool(sent.one("confirmed")),
                )
            errors = {} if found else {"case_no": NOT_OPENED}
        except CaseError as error:
            errors = {AT_FIELD[error.code]: in_japanese(error)}
    if found is None:
        return _ask_page(request, actor, wiring, sent, errors)
    return RedirectResponse(f"/people/{found}", status_code=303)


@router.post(ADDRESS + "/{access_id}/end")
def end(actor: OpensInEmergency, wiring: Wired, access_id: str) -> RedirectResponse:
    """End an access of one's own at once."""
    with wiring.writing():
        end_emergency(actor, wiring.emergencies, wiring.clock, access_id)
    return RedirectResponse(f"{ADDRESS}?ended=true", status_code=303)


@router.get(REPORT)
def report(request: Request, actor: SeesEmergencies, wiring: Wired) -> HTMLResponse:
    """Show who opened whom, as far as the reader may know of it."""
    with wiring.reading() as stores:
        told = report_emergencies(actor, stores.cases, wiring.emergencies)
        names = {user.id: user.name for user in wiring.users.users()}
    links = can(actor, Action.SEE_AUDIT)
    rows = tuple(report_row(each, names, wiring, links_to_record=links) for each in told)
    page = ReportPage(rows, can(actor, Action.OPEN_IN_EMERGENCY))
    frame = frame_for(request, actor, "緊急閲覧の報告")
    return render(request, "pages/emergency_report.html", frame, page)


def report_row(
    told: Reported, names: Mapping[str, str], wiring: Wiring, *, links_to_record: bool = False
) -> ReportRow:
    """Say one access in words; the auditor is led to who else has seen the person."""
    access = told.access
    return ReportRow(
        when=moment_words(access.started_at),
        who=names.get(access.user_id, "（いまは いない職員）"),
        office=access.office_id or "",
        person=told.case_no or "",
        href=f"/people/{told.participant_id}" if told.participant_id else "",
        reason=own_terms().reasons.get(access.reason, access.reason),
        words=OF_DELETED if told.words == "" else told.words or "",
        until=moment_words(access.ended_at or access.until_at),
        is_running=access.is_running(wiring.clock()),
        accesses=accesses_of(access, wiring) if links_to_record else "",
        reads=reads_of(access, wiring),
    )


def reads_of(access: EmergencyAccess, wiring: Wiring) -> tuple[str, ...]:
    """Return each page of the person that was read while it was open, and how often."""
    during = Chosen(
        kinds=READS,
        actor_id=access.user_id,
        person_id=access.participant_id,
        since=access.started_at,
        before=access.ended_at or access.until_at,
    )
    with wiring.database.reading() as connection:
        found = audit.find(connection, wiring.city.code, during)
    told = Counter(
        place_words(each.event.detail.get("route", "")) or event_words(each.event.kind)
        for each in reversed(found)
    )
    return tuple(f"{words}（{count}回）" for words, count in told.items())


def accesses_of(access: EmergencyAccess, wiring: Wiring) -> str:
    """Return the address of who has seen the person, under the name that means nobody."""
    return f"/audit/accesses?who={pseudonym(wiring.city.code, access.participant_id)}"


def _ask_page(
    request: Request,
    actor: Actor,
    wiring: Wiring,
    typed: Typed,
    errors: Mapping[str, str] | None = None,
    message: str = "",
) -> HTMLResponse:
    terms = own_terms()
    with wiring.reading() as stores:
        running = own_emergencies(actor, wiring.emergencies, wiring.clock)
        scope = PeopleScope(actor)
        people = {each.participant_id for each in running}
        numbers = {
            id_: found.case_no
            for id_ in sorted(people)
            if (found := stores.cases.participant(scope, id_)) is not None
        }
    page = EmergencyPage(
        hours=terms.hours,
        notice_days=terms.notice_days,
        reasons=tuple(terms.reasons.items()),
        running=tuple(_own(each, numbers.get(each.participant_id, "")) for each in running),
        typed=typed,
        errors=errors or {},
        has_report=can(actor, Action.SEE_EMERGENCIES),
        message=message,
    )
    frame = frame_for(request, actor, "緊急閲覧", current="/people")
    return render(request, "pages/emergency.html", frame, page, WRONG if errors else 200)


def _own(access: EmergencyAccess, case_no: str) -> OwnAccess:
    return OwnAccess(
        words=case_no,
        until=moment_words(access.until_at),
        href=f"/people/{access.participant_id}",
        end=f"{ADDRESS}/{access.id}/end",
    )
