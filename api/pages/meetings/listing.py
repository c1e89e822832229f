"""会議: which are overdue, which are coming, what is still to be done, and what was held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api.answers import LINE, Sent
from api.pages.meetings.words import (
    DecisionRow,
    MeetingRow,
    RhythmRow,
    decision_rows,
    meeting_row,
    rhythm_row,
)
from api.pages.surroundings import can, frame_for
from api.rendering import render
from api.rights import SeesMeetings
from api.wiring import Wired, Wiring
from cases.meetings.meeting import AgendaItem, MeetingState
from cases.meetings.rhythm import Standing, in_order, rhythm_of
from cases.permissions import Action, PeopleScope
from catalog.actor import Actor
from catalog.audit import AuditEvent
from catalog.dates import day_in_japan
from exchange.calendar import MEDIA_TYPE, calendar_of

router = APIRouter(include_in_schema=False)

MOST_HELD = 50


@dataclass(frozen=True, slots=True)
class ListPage:
    """All meetings that the reader may know of.

    `found` is what a search in the reader's own rooms found, None where nobody searched.
    """

    lead: str
    kinds: tuple[RhythmRow, ...]
    coming: tuple[MeetingRow, ...]
    held: tuple[MeetingRow, ...]
    to_do: tuple[DecisionRow, ...]
    may_write: bool
    has_rooms: bool
    typed: str = ""
    found: tuple[tuple[str, str], ...] | None = None


@router.get("/meetings")
def show(request: Request, actor: SeesMeetings, wiring: Wired) -> HTMLResponse:
    """Show the meetings."""
    return _page(request, actor, wiring)


@router.get("/meetings/calendar.ics")
def calendar(actor: SeesMeetings, wiring: Wired) -> Response:
    """Give the sittings to come for a calendar of the reader's own; nobody is named in it."""
    with wiring.reading():
        sittings = wiring.meetings.meetings(PeopleScope(actor))
    coming = [each for each in sittings if each.state is not MeetingState.HELD]
    headers = {"Content-Disposition": 'attachment; filename="kaigi.ics"'}
    content = calendar_of(coming, wiring.clock())
    return Response(content, media_type=MEDIA_TYPE, headers=headers)


@router.post("/meetings/search")
def search(request: Request, actor: SeesMeetings, wiring: Wired, sent: Sent) -> HTMLResponse:
    """Look for words in the rooms of which the reader is a member, and nowhere else."""
    return _page(request, actor, wiring, sent.one("words").strip()[:LINE])


def _page(request: Request, actor: Actor, wiring: Wiring, words: str = "") -> HTMLResponse:
    scope, today = PeopleScope(actor), day_in_japan(wiring.clock())
    with wiring.reading():
        sittings = wiring.meetings.meetings(scope)
        outside = wiring.meetings.open_items(scope)
        own_rooms = wiring.meetings.agenda_in_rooms(scope)
        days = wiring.meetings.sat_on()
        city = wiring.ground.settings()
    if words:
        wiring.records.record(_searched(actor, wiring))
    kinds = in_order(rhythm_of(each, days.get(each.name, ()), today) for each in city.meetings)
    planned = [each for each in sittings if each.state is MeetingState.PLANNED]
    over = [each for each in sittings if each.state is not MeetingState.PLANNED]
    late = sum(each.standing is Standing.OVERDUE for each in kinds)
    page = ListPage(
        lead=_lead(len(planned), late),
        kinds=tuple(map(rhythm_row, kinds)),
        coming=tuple(map(meeting_row, planned)),
        held=tuple(map(meeting_row, reversed(over)))[:MOST_HELD],
        to_do=_to_do(outside),
        may_write=can(actor, Action.WRITE_MEETINGS),
        has_rooms=bool(own_rooms),
        typed=words,
        found=_found(own_rooms, words) if words else None,
    )
    frame = frame_for(request, actor, "会議", current="/meetings")
    return render(request, "pages/meetings/list.html", frame, page)


def _lead(planned: int, late: int) -> str:
    coming = f"{planned}つです" if planned else "まだ ありません"
    overdue = f"{late}つ あります" if late else "ありません"
    return f"これからの会議は {coming}。遅れている会議は {overdue}。"


def _to_do(items: Sequence[AgendaItem]) -> tuple[DecisionRow, ...]:
    rows = [
        (decided.by_on is None, decided.by_on, row)
        for item in items
        for decided, row in zip(
            item.open_decisions(),
            decision_rows(item, f"/meetings/{item.meeting_id}/items/{item.id}"),
            strict=True,
        )
    ]
    return tuple(row for *_, row in sorted(rows, key=lambda each: (each[0], str(each[1]))))


def _found(items: Sequence[AgendaItem], words: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        (item.title, f"/meetings/{item.meeting_id}/items/{item.id}")
        for item in items
        if any(words in text for text in _texts(item))
    )


def _texts(item: AgendaItem) -> tuple[str, ...]:
    return (item.title, item.notes, *(f"{each.who} {each.what}" for each in item.decisions))


def _searched(actor: Actor, wiring: Wiring) -> AuditEvent:
    code = wiring.city.code
    return AuditEvent("room_opened", actor.user_id, "city", code, wiring.clock())
