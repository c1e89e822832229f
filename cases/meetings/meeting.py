"""One sitting of a meeting, and one item of its agenda."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from cases.errors import CaseError
from cases.life import Life, Required, Row


class MeetingState(StrEnum):
    """Where a sitting stands."""

    PLANNED = "planned"
    HELD = "held"
    CALLED_OFF = "called_off"


class MeetingStep(StrEnum):
    """What can happen to a sitting."""

    HOLD = "hold"
    CALL_OFF = "call_off"


OPAQUE: Final = "会議"
_S, _V = MeetingState, MeetingStep
LIFE: Final = Life(
    "meeting",
    frozenset({_S.PLANNED}),
    {
        (_S.PLANNED, _V.HOLD): Row(_S.HELD, frozenset({Required.DAY})),
        (_S.PLANNED, _V.CALL_OFF): Row(_S.CALLED_OFF, frozenset({Required.REASON})),
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """One sitting; `kind` and `name` name a `MeetingSetting` of the city.

    `starts_at` is an aware instant. `matter` is what a sitting without persons is about.
    `confidential` says that it is a 支援会議: who is not invited (`called_by`, staff of
    `office_ids`, members of an item) knows of it as 「会議」 without a name.
    """

    id: str
    kind: str
    starts_at: datetime
    minutes: int = 90
    place: str = ""
    state: MeetingState = MeetingState.PLANNED
    matter: str = ""
    called_by: str = ""
    chair: str = ""
    office_ids: tuple[str, ...] = ()
    outcome: str = ""
    reason: str = ""
    version: int = 1
    name: str = ""
    confidential: bool = False

    def __post_init__(self) -> None:
        if self.starts_at.utcoffset() is None:
            raise CaseError("meeting_without_zone", value=self.starts_at.isoformat())
        if self.minutes < 1:
            raise CaseError("meeting_without_length")
        if self.confidential and self.matter:
            raise CaseError("meeting_matter_in_room")

    @property
    def is_opaque(self) -> bool:
        """Tell whether the reader knows no more than that there is a meeting."""
        return not self.kind


def seen_from_outside(meeting: Meeting) -> Meeting:
    """Return what somebody who is not invited knows of a 支援会議: that there is a meeting."""
    return Meeting(
        id=meeting.id,
        kind="",
        name=OPAQUE,
        starts_at=meeting.starts_at,
        minutes=meeting.minutes,
        state=meeting.state,
        confidential=True,
    )


@dataclass(frozen=True, slots=True)
class Attendance:
    """Somebody at one item: the office, the person of it, when they came in and left."""

    office_id: str
    user_id: str
    entered_at: datetime | None = None
    left_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision: who does what by when."""

    who: str
    what: str
    by_on: date | None = None
    done_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaItem:
    """What a sitting talks about: a household or a person, or a matter without anybody.

    Attributes
    ----------
    participant_id
        Whose item it is; None for a matter. A household is spoken of through one of its people.
    members
        Who takes part in this item. Of a 支援会議 nobody else may know that it exists.
    notes, decisions
        Sealed; of a 支援会議 they stay in its room.
    judgement
        For 重層的支援会議: a code of the list `plan_judgement`, empty until decided.
    confidential
        In the room of a 支援会議: for who is no member of the item it does not exist.
    """

    id: str
    meeting_id: str
    number: int
    participant_id: str | None = None
    title: str = ""
    members: tuple[Attendance, ...] = ()
    notes: str = ""
    decisions: tuple[Decided, ...] = ()
    judgement: str = ""
    plan_id: str | None = None
    version: int = 1
    confidential: bool = False

    def __post_init__(self) -> None:
        if not self.title.strip() and (self.participant_id is None or self.confidential):
            raise CaseError("agenda_without_title")
        if self.confidential and not self.members:
            raise CaseError("room_without_members")
        for each in self.members:
            times = each.entered_at, each.left_at
            if times[0] is not None and times[1] is not None and times[1] < times[0]:
                raise CaseError("left_before_entering")
        if any(not each.who.strip() or not each.what.strip() for each in self.decisions):
            raise CaseError("decision_incomplete")

    def open_decisions(self) -> tuple[Decided, ...]:
        """Return what is still to be done, by its day."""
        still = (each for each in self.decisions if each.done_on is None)
        return tuple(sorted(still, key=lambda each: each.by_on or date.max))
