"""Words about sittings, their items and how they stand in their rhythm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from api.wiring import Wiring
from cases.actions.meeting import Table
from cases.life_words import state_word
from cases.meetings.meeting import LIFE, AgendaItem, Decided, Meeting
from cases.meetings.rhythm import Rhythm, Standing
from cases.permissions import Action, Relation, may
from cases.ports import CaseStore
from cases.words.dates import date_words, day_words, time_words
from catalog.actor import Actor
from catalog.dates import TOKYO
from db.users import User


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """One sitting in a list; `in_room`: it is a 支援会議 to which the reader is invited."""

    name: str
    href: str
    when: str
    state: str
    place: str
    in_room: bool


@dataclass(frozen=True, slots=True)
class RhythmRow:
    """One kind of meeting: how often, and how it stands."""

    name: str
    rhythm: str
    standing: str
    kind: str
    basis: str
    members: tuple[str, ...]
    conditions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """One decision that is still to be carried out."""

    by: str
    who: str
    what: str
    href: str = ""


def table_of(wiring: Wiring, cases: CaseStore) -> Table:
    """Return what the verbs about meetings work with."""
    return Table(wiring.meetings, cases, wiring.ground.settings())


def when_words(starts_at: datetime, minutes: int) -> str:
    """Return when a sitting is: 令和8年11月24日（火）13時30分〜15時."""
    local = starts_at.astimezone(TOKYO)
    ends = local + timedelta(minutes=minutes)
    return f"{date_words(local.date())} {time_words(local.time())}〜{time_words(ends.time())}"


def meeting_row(meeting: Meeting) -> MeetingRow:
    """Return a sitting as a list says it."""
    return MeetingRow(
        name=meeting.name,
        href=f"/meetings/{meeting.id}",
        when=when_words(meeting.starts_at, meeting.minutes),
        state=state_word(LIFE.noun, meeting.state),
        place=meeting.place,
        in_room=meeting.confidential and not meeting.is_opaque,
    )


def rhythm_row(rhythm: Rhythm) -> RhythmRow:
    """Return how a kind of meeting stands, in words."""
    setting = rhythm.setting
    until = f"{day_words(rhythm.until_on)}まで" if rhythm.until_on else ""
    last = f"前回は {date_words(rhythm.last_on)}" if rhythm.last_on else "まだ開いていません"
    words = {
        Standing.OVERDUE: f"遅れています。{last}",
        Standing.DUE: f"{until}に開く予定を。{last}",
        Standing.SAT: f"予定があります。{date_words(rhythm.next_on)}" if rhythm.next_on else last,
        Standing.AS_NEEDED: "必要なときに開きます",
    }
    return RhythmRow(
        name=setting.name,
        rhythm=setting.rhythm or "決まりはありません",
        standing=words[rhythm.standing],
        kind="attention" if rhythm.standing in (Standing.OVERDUE, Standing.DUE) else "",
        basis=setting.basis,
        members=setting.members,
        conditions=setting.conditions,
    )


def decision_rows(item: AgendaItem, href: str = "") -> tuple[DecisionRow, ...]:
    """Return what an item decided and nobody has carried out yet, by its day."""
    return tuple(DecisionRow(by_words(each), each.who, each.what, href)
                 for each in item.open_decisions())  # fmt: skip


def by_words(decided: Decided) -> str:
    """Return by when something is to be done."""
    return f"{date_words(decided.by_on)}まで" if decided.by_on else "日は決めていません"


def can_take_part(user: User, code: str) -> bool:
    """Tell whether an account can be a member of an item: its role may enter a room."""
    actor = Actor(user.id, user.name, user.role, code, user.office_id)
    return not user.disabled and may(actor, Action.SEE_ROOM, frozenset({Relation.ITEM_MEMBER}))


def people_words(users: Mapping[str, User], item: AgendaItem) -> str:
    """Return who takes part in an item: 水野（福祉相談室）、堤（つつじ会）."""
    named = (
        f"{users[each.user_id].name}（{each.office_id or '所属なし'}）"
        if each.user_id in users
        else f"（{each.office_id}）"
        for each in item.members
    )
    return "、".join(named)
