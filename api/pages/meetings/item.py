"""One item of an agenda: who was there, what was said, decided and judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.answers import TEXT, Answers, Sent, Typed
from api.pages.meetings.meeting import note_room, title_of
from api.pages.meetings.planning import clock_of
from api.pages.meetings.words import MeetingRow, can_take_part, meeting_row, table_of
from api.pages.people.person_form import written_day
from api.pages.surroundings import can, frame_for
from api.rendering import render
from api.rights import SeesMeetings, WritesMeetings
from api.wiring import Wired, Wiring
from cases.actions.meeting import find_item, find_meeting, write_item
from cases.errors import CaseError, NotFound, NotPermitted
from cases.meetings.meeting import AgendaItem, Attendance, Decided
from cases.messages import in_japanese
from cases.permissions import Action
from catalog.actor import Actor
from catalog.dates import TOKYO, day_in_japan
from db.errors import DatabaseError

router = APIRouter(include_in_schema=False)

LABELS: Final = {"title": "議題の名前", "notes": "話し合ったこと", "judgement": "判断"}
JUDGED: Final = "coordination"
EMPTY_ROWS: Final = 3
LONGEST_LIST: Final = 40
CHANGED: Final = (
    "先に ほかの職員が書きかえました。あなたの書いた文は 下に残っています。"
    "その人の文を見て、直してから もう一度 保存してください。"
)


@dataclass(frozen=True, slots=True)
class Taking:
    """Somebody who can take part, with what stands in their fields."""

    id: str
    name: str
    is_there: bool
    entered: str
    left: str


@dataclass(frozen=True, slots=True)
class DecisionFields:
    """The fields of one decision."""

    who: str
    what: str
    by: str
    done: bool


@dataclass(frozen=True, slots=True)
class ItemPage:
    """An item with the form for it; `kept` is what somebody else wrote meanwhile."""

    meeting_id: str
    item_id: str
    row: MeetingRow
    heading: str
    in_room: bool
    typed: Typed
    people: tuple[Taking, ...]
    decisions: tuple[DecisionFields, ...]
    judgements: tuple[tuple[str, str], ...]
    version: int
    may_write: bool
    kept: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


@router.get("/meetings/{meeting_id}/items/{item_id}")
def show(
    request: Request, actor: SeesMeetings, wiring: Wired, meeting_id: str, item_id: str
) -> HTMLResponse:
    """Show an item."""
    return _page(request, actor, wiring, meeting_id, item_id)


@router.post("/meetings/{meeting_id}/items/{item_id}")
def write(
    request: Request,
    actor: WritesMeetings,
    wiring: Wired,
    meeting_id: str,
    item_id: str,
    sent: Sent,
) -> Response:
    """Keep what was written; where somebody was quicker, both texts are shown."""
    form = Answers(sent, LABELS)
    try:
        with wiring.writing() as stores:
            table = table_of(wiring, stores.cases)
            before = find_item(actor, table, meeting_id, item_id)
            meeting = find_meeting(actor, table, meeting_id)
            read = _read(form, sent, wiring, before, day_in_japan(meeting.starts_at))
            if read is not None:
                seen = sent.one("version")
                is_number = seen.isascii() and seen.isdigit()
                write_item(actor, table, wiring.clock, read, int(seen) if is_number else 0)
                return RedirectResponse(f"/meetings/{meeting_id}", status_code=303)
    except (NotFound, NotPermitted):
        raise
    except DatabaseError as error:
        if error.code != "changed_meanwhile":
            raise
        form.wrong("notes", CHANGED)
        return _page(request, actor, wiring, meeting_id, item_id, sent, form.errors, meanwhile=True)
    except CaseError as error:
        form.wrong("notes", in_japanese(error))
    return _page(request, actor, wiring, meeting_id, item_id, sent, form.errors)


def _read(
    form: Answers, sent: Typed, wiring: Wiring, before: AgendaItem, on: date
) -> AgendaItem | None:
    title, notes = form.text("title"), form.text("notes", TEXT)
    judgement = form.choice("judgement", list(wiring.vocabulary.lists["plan_judgement"]))
    members = _members(form, sent, wiring, on)
    if before.confidential and not members:
        members = before.members  # a room is never empty
    decisions = _decisions(form, sent, before, day_in_japan(wiring.clock()))
    if form.errors:
        return None
    try:
        return replace(
            before,
            title=title,
            notes=notes,
            judgement=judgement,
            members=members,
            decisions=decisions,
        )
    except CaseError as error:
        at = {"agenda_without_title": "title", "room_without_members": "members"}
        form.wrong(at.get(error.code, "notes"), in_japanese(error))
        return None


def _members(form: Answers, sent: Typed, wiring: Wiring, on: date) -> tuple[Attendance, ...]:
    found = []
    for user in wiring.users.users():
        if user.id in sent.all("member") and can_take_part(user, wiring.city.code):
            times = []
            for name, words in ((f"in-{user.id}", "入った時刻"), (f"out-{user.id}", "出た時刻")):
                timed = Answers(sent, {name: words})
                at = clock_of(timed, name)
                for sentence in timed.errors.values():
                    form.wrong("members", f"{user.name}：{sentence}")
                times.append(datetime.combine(on, at, TOKYO) if at else None)
            found.append(Attendance(user.office_id or "", user.id, *times))
    return tuple(found)


def _decisions(form: Answers, sent: Typed, before: AgendaItem, today: date) -> tuple[Decided, ...]:
    done_on = {(each.who, each.what): each.done_on for each in before.decisions}
    found = []
    rows = zip(sent.all("who"), sent.all("what"), sent.all("by"), strict=False)
    for number, (who, what, by) in enumerate(list(rows)[:LONGEST_LIST]):
        one = Answers(
            Typed({"who": (who,), "what": (what,), "by": (by,)}),
            {"who": "だれが", "what": "なにを", "by": "いつまで"},
        )
        told = one.text("who"), one.text("what"), one.day("by")
        for sentence in one.errors.values():
            form.wrong("decisions", sentence)
        if any(told) and not (told[0] and told[1]):
            form.wrong(
                "decisions", "決めたことには、「だれが」と「なにを」の両方を書いてください。"
            )
        elif told[0]:
            done = str(number) in sent.all("done")
            found.append(Decided(*told, (done_on.get(told[:2]) or today) if done else None))
    return tuple(found)


def _page(
    request: Request,
    actor: Actor,
    wiring: Wiring,
    meeting_id: str,
    item_id: str,
    sent: Typed | None = None,
    errors: Mapping[str, str] | None = None,
    *,
    meanwhile: bool = False,
) -> HTMLResponse:
    with wiring.reading() as stores:
        table = table_of(wiring, stores.cases)
        item = find_item(actor, table, meeting_id, item_id)
        meeting = find_meeting(actor, table, meeting_id)
        heading = title_of(item, actor, stores)
    note_room(actor, wiring, meeting)
    typed = sent or _typed(item)
    judgements = wiring.vocabulary.lists["plan_judgement"].values()
    seen = typed.one("version") if sent and not meanwhile else ""
    page = ItemPage(
        meeting_id=meeting_id,
        item_id=item_id,
        row=meeting_row(meeting),
        heading=heading,
        in_room=item.confidential,
        typed=typed,
        people=_people(typed, wiring),
        decisions=_decision_fields(typed),
        judgements=(("", "まだ"), *((each.code, each.label) for each in judgements))
        if meeting.kind == JUDGED and item.participant_id
        else (),
        version=int(seen) if seen.isascii() and seen.isdigit() else item.version,
        may_write=can(actor, Action.WRITE_MEETINGS),
        kept=item.notes if meanwhile else "",
        errors=errors or {},
    )
    frame = frame_for(request, actor, "会議の議題", current="/meetings")
    return render(request, "pages/meetings/item.html", frame, page, 422 if errors else 200)


def _typed(item: AgendaItem) -> Typed:
    fields: dict[str, tuple[str, ...]] = {
        "title": (item.title,),
        "notes": (item.notes,),
        "judgement": (item.judgement,),
        "version": (str(item.version),),
        "member": tuple(each.user_id for each in item.members),
        "who": tuple(each.who for each in item.decisions),
        "what": tuple(each.what for each in item.decisions),
        "by": tuple(written_day(each.by_on) if each.by_on else "" for each in item.decisions),
        "done": tuple(str(n) for n, each in enumerate(item.decisions) if each.done_on),
    }
    for each in item.members:
        fields[f"in-{each.user_id}"] = (_clock_words(each.entered_at),)
        fields[f"out-{each.user_id}"] = (_clock_words(each.left_at),)
    return Typed(fields)


def _clock_words(at: datetime | None) -> str:
    return f"{at.astimezone(TOKYO):%H:%M}" if at else ""


def _people(typed: Typed, wiring: Wiring) -> tuple[Taking, ...]:
    there = typed.all("member")
    return tuple(
        Taking(
            id=user.id,
            name=f"{user.name}（{user.office_id or '所属なし'}）",
            is_there=user.id in there,
            entered=typed.one(f"in-{user.id}"),
            left=typed.one(f"out-{user.id}"),
        )
        for user in wiring.users.users()
        if can_take_part(user, wiring.city.code)
    )


def _decision_fields(typed: Typed) -> tuple[DecisionFields, ...]:
    rows = list(zip(typed.all("who"), typed.all("what"), typed.all("by"), strict=False))
    filled = [
        DecisionFields(*row, str(number) in typed.all("done"))
        for number, row in enumerate(rows[:LONGEST_LIST])
    ]
    return (*filled, *(DecisionFields("", "", "", False) for _ in range(EMPTY_ROWS)))
