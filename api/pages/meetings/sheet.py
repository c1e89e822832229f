"""The paper of a sitting: one A4 for each who is there, numbered, to be handed back afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from api.pages.meetings.meeting import note_room, title_of
from api.pages.meetings.words import MeetingRow, by_words, meeting_row, people_words, table_of
from api.pages.surroundings import frame_for
from api.rendering import render
from api.rights import SeesMeetings
from api.wiring import Wired
from cases.actions.meeting import find_meeting
from cases.errors import NotFound
from cases.meetings.meeting import AgendaItem
from cases.permissions import PeopleScope
from cases.words.dates import date_words
from catalog.dates import day_in_japan

router = APIRouter(include_in_schema=False)

MOST_COPIES: Final = 30


@dataclass(frozen=True, slots=True)
class SheetItem:
    """One item on paper."""

    title: str
    members: str
    notes: str
    judgement: str
    decisions: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class MeetingSheet:
    """The paper, as often as copies are wanted; `secret` where people are named."""

    id: str
    row: MeetingRow
    basis: str
    consent: str
    matter: str
    chair: str
    secret: bool
    room: bool
    made: str
    items: tuple[SheetItem, ...]
    copies: int


@router.get("/meetings/{meeting_id}/sheet")
def sheet(
    request: Request,
    actor: SeesMeetings,
    wiring: Wired,
    meeting_id: str,
    copies: Annotated[int, Query(ge=1, le=MOST_COPIES)] = 1,
) -> HTMLResponse:
    """Show the paper with those items that exist for the reader."""
    with wiring.reading() as stores:
        table = table_of(wiring, stores.cases)
        meeting = find_meeting(actor, table, meeting_id)
        if meeting.is_opaque:
            raise NotFound("meeting_not_found")
        items = wiring.meetings.agenda(PeopleScope(actor), meeting_id)
        titles = [title_of(each, actor, stores) for each in items]
        setting = next((e for e in table.city.meetings if e.name == meeting.name), None)
        users = {each.id: each for each in wiring.users.users()}
        label = wiring.vocabulary.label
    note_room(actor, wiring, meeting)

    def on_paper(item: AgendaItem, title: str) -> SheetItem:
        return SheetItem(
            title=title,
            members=people_words(users, item),
            notes=item.notes,
            judgement=label("plan_judgement", item.judgement) if item.judgement else "",
            decisions=tuple((each.who, each.what, by_words(each)) for each in item.decisions),
        )

    needs_consent = setting is not None and setting.consent_required
    page = MeetingSheet(
        id=meeting.id,
        row=meeting_row(meeting),
        basis=setting.basis if setting else "",
        consent="本人の文書の同意があります" if needs_consent else "",
        matter=meeting.matter,
        chair=meeting.chair,
        secret=meeting.confidential or setting is None or setting.personal_data,
        room=meeting.confidential,
        made=date_words(day_in_japan(wiring.clock())),
        items=tuple(on_paper(*pair) for pair in zip(items, titles, strict=True)),
        copies=copies,
    )
    frame = frame_for(request, actor, "会議の紙", current="/meetings")
    return render(request, "pages/meetings/sheet.html", frame, page)
