"""One sitting: its agenda, what was decided, and what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.answers import Answers, Sent, Typed
from api.pages.meetings.words import (
    DecisionRow,
    MeetingRow,
    decision_rows,
    meeting_row,
    people_words,
    table_of,
)
from api.pages.surroundings import can, frame_for
from api.rendering import render
from api.rights import SeesMeetings, WritesMeetings
from api.wiring import Wired, Wiring
from cases.actions.matching import Stores
from cases.actions.meeting import add_item, find_meeting, take_step
from cases.errors import CaseError, NotFound, NotPermitted
from cases.life_words import step_word
from cases.meetings.meeting import LIFE, AgendaItem, Meeting, MeetingState, MeetingStep
from cases.messages import in_japanese
from cases.permissions import Action, PeopleScope
from cases.reading import reading
from catalog.actor import Actor
from catalog.audit import AuditEvent
from catalog.municipality import MeetingSetting

router = APIRouter(include_in_schema=False)

LABELS: Final = {"case_no": "本人の番号", "title": "議題の名前", "reason": "取りやめる理由"}
NOBODY: Final = "この番号の方は、あなたが開ける方の中に いません。番号を確かめてください。"


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item of the agenda."""

    title: str
    href: str
    members: str
    judgement: str
    decisions: tuple[DecisionRow, ...]


@dataclass(frozen=True, slots=True)
class MeetingPage:
    """A sitting as its reader knows it; of a 支援会議 from outside there is only the time."""

    id: str
    row: MeetingRow
    is_opaque: bool
    setting: MeetingSetting | None
    matter: str
    chair: str
    offices: str
    reason: str
    items: tuple[ItemRow, ...]
    steps: tuple[tuple[str, str], ...]
    version: int
    may_write: bool
    may_add: bool
    typed: Typed
    errors: Mapping[str, str] = field(default_factory=dict)


@router.get("/meetings/{meeting_id}")
def show(request: Request, actor: SeesMeetings, wiring: Wired, meeting_id: str) -> HTMLResponse:
    """Show a sitting."""
    return _page(request, actor, wiring, meeting_id, Typed())


@router.post("/meetings/{meeting_id}/state")
def step(
    request: Request, actor: WritesMeetings, wiring: Wired, meeting_id: str, sent: Sent
) -> Response:
    """Write that it was held, or call it off."""
    form = Answers(sent, LABELS)
    verb = form.choice("step", list(MeetingStep))
    reason, seen = form.text("reason"), sent.one("version")
    if not verb:
        form.wrong("reason", "開いたか、取りやめたかを選んでください。")
    try:
        with wiring.writing() as stores:
            table = table_of(wiring, stores.cases)
            if not form.errors:
                take_step(
                    actor,
                    table,
                    wiring.clock,
                    meeting_id,
                    MeetingStep(verb),
                    seen=int(seen) if seen.isascii() and seen.isdigit() else 0,
                    reason=reason,
                )
    except (NotFound, NotPermitted):
        raise
    except CaseError as error:
        form.wrong("reason", in_japanese(error))
    if form.errors:
        return _page(request, actor, wiring, meeting_id, sent, form.errors)
    return RedirectResponse(f"/meetings/{meeting_id}", status_code=303)


@router.post("/meetings/{meeting_id}/items")
def put_on_agenda(
    request: Request, actor: WritesMeetings, wiring: Wired, meeting_id: str, sent: Sent
) -> Response:
    """Put a person or a matter on the agenda."""
    form = Answers(sent, LABELS)
    case_no, title = form.text("case_no"), form.text("title")
    # Whom a 支援会議 talks of, its room tells, and no list of who has seen somebody.
    with wiring.writing() as stores, reading():
        table = table_of(wiring, stores.cases)
        found = (
            stores.cases.participant_by_case_no(PeopleScope(actor), case_no) if case_no else None
        )
        if case_no and found is None:
            form.wrong("case_no", NOBODY)
        if not form.errors:
            try:
                made = add_item(
                    actor,
                    table,
                    wiring.clock,
                    meeting_id,
                    participant_id=found.id if found else None,
                    title=title,
                )
                goal = f"/meetings/{meeting_id}/items/{made.id}"
                return RedirectResponse(goal, status_code=303)
            except (NotFound, NotPermitted):
                raise
            except CaseError as error:
                at = "title" if error.code == "agenda_without_title" else "case_no"
                form.wrong(at, in_japanese(error))
    return _page(request, actor, wiring, meeting_id, sent, form.errors)


def title_of(item: AgendaItem, actor: Actor, stores: Stores) -> str:
    """Return what an item is called: outside of a room the person, who is noted as shown."""
    if item.participant_id is None or item.confidential:
        return item.title
    person = stores.cases.participant(PeopleScope(actor), item.participant_id)
    name = f"{person.name} さん（{person.case_no}）" if person else ""
    return "　".join(filter(None, (name, item.title)))


def note_room(actor: Actor, wiring: Wiring, meeting: Meeting) -> None:
    """Have the record say that somebody opened a room; not of whom it talked."""
    if meeting.confidential and not meeting.is_opaque:
        event = AuditEvent("room_opened", actor.user_id, "meeting", meeting.id, wiring.clock())
        wiring.records.record(event)


def _page(
    request: Request,
    actor: Actor,
    wiring: Wiring,
    meeting_id: str,
    typed: Typed,
    errors: Mapping[str, str] | None = None,
) -> HTMLResponse:
    with wiring.reading() as stores:
        table = table_of(wiring, stores.cases)
        meeting = find_meeting(actor, table, meeting_id)
        items = wiring.meetings.agenda(PeopleScope(actor), meeting_id)
        rows = tuple(_item_row(each, actor, wiring, stores) for each in items)
        setting = next((e for e in table.city.meetings if e.name == meeting.name), None)
    note_room(actor, wiring, meeting)
    may_write = can(actor, Action.WRITE_MEETINGS) and not meeting.is_opaque
    page = MeetingPage(
        id=meeting.id,
        row=meeting_row(meeting),
        is_opaque=meeting.is_opaque,
        setting=setting,
        matter=meeting.matter,
        chair=meeting.chair,
        offices="、".join(meeting.office_ids),
        reason=meeting.reason,
        items=rows,
        steps=tuple((each, step_word(LIFE.noun, each)) for each in LIFE.verbs(meeting.state)),
        version=meeting.version,
        may_write=may_write,
        may_add=may_write and meeting.state is not MeetingState.CALLED_OFF,
        typed=typed,
        errors=errors or {},
    )
    frame = frame_for(request, actor, "会議", current="/meetings")
    return render(request, "pages/meetings/meeting.html", frame, page, 422 if errors else 200)


def _item_row(item: AgendaItem, actor: Actor, wiring: Wiring, stores: Stores) -> ItemRow:
    users = {each.id: each for each in wiring.users.users()}
    judged = item.judgement
    return ItemRow(
        title=title_of(item, actor, stores),
        href=f"/meetings/{item.meeting_id}/items/{item.id}",
        members=people_words(users, item),
        judgement=wiring.vocabulary.label("plan_judgement", judged) if judged else "",
        decisions=decision_rows(item),
    )
