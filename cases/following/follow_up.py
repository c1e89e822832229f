"""One talk with a person or a host about a placement: due, made, or no longer needed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from cases.errors import CaseError
from cases.life import Life, Required, Row


class Side(StrEnum):
    """With whom one talks: each placement has a thread for each."""

    PERSON = "person"
    HOST = "host"


class FollowUpState(StrEnum):
    """Where a follow-up stands."""

    DUE = "due"
    DONE = "done"
    DROPPED = "dropped"
    """No longer needed: the placement ended, rests, or another rhythm holds."""


class FollowUpStep(StrEnum):
    """What can happen to a follow-up."""

    WRITE_DOWN = "write_down"
    DROP = "drop"


_S, _V = FollowUpState, FollowUpStep
LIFE: Final = Life(
    "follow_up",
    frozenset({_S.DUE, _S.DONE}),
    {
        (_S.DUE, _V.WRITE_DOWN): Row(_S.DONE, frozenset({Required.DAY})),
        (_S.DUE, _V.DROP): Row(_S.DROPPED),
    },
)


@dataclass(frozen=True, slots=True)
class Worry:
    """A worry of a host: a code of the list `host_worry`, its weight 1-3, what was done."""

    kind: str
    weight: int
    support: str = ""

    def __post_init__(self) -> None:
        if not 1 <= self.weight <= 3:
            raise CaseError("worry_weight", value=self.weight)


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """One talk.

    Attributes
    ----------
    participant_id
        Whose placement it is (rights are asked of the person on both threads).
    occasion
        Why it is due: a code of the rhythm (`day_1`, `week_1`, `month_3` …) or `extra`.
    fits_state, fits_wishes
        Of the person, asked separately: 1 (合っていない) … 4 (よく合っている); None not asked.
    burden
        1 (軽い) … 4 (重い).
    came, planned
        Attendance since the last talk: times.
    voice
        The person's or the host's own words.
    dangers
        Codes of the list `danger_sign`; each says whom to call.
    scales
        Answers on scales: (scale id, version, values); see `cases.following.scales`.
    rematch
        Whether another place should be sought.
    """

    id: str
    placement_id: str
    participant_id: str
    side: Side
    due_on: date
    occasion: str = ""
    state: FollowUpState = FollowUpState.DUE
    done_on: date | None = None
    how: str = ""
    fits_state: int | None = None
    fits_wishes: int | None = None
    burden: int | None = None
    came: int | None = None
    planned: int | None = None
    absence_reason: str = ""
    voice: str = ""
    worries: tuple[Worry, ...] = ()
    dangers: tuple[str, ...] = ()
    scales: tuple[tuple[str, str, tuple[int, ...]], ...] = ()
    note: str = ""
    next_on: date | None = None
    rematch: bool = False
    made_by: str = ""
    recorded_at: datetime | None = None
    version: int = 1

    def __post_init__(self) -> None:
        if self.state is FollowUpState.DONE and self.done_on is None:
            raise CaseError("follow_up_without_day")
        for value in (self.fits_state, self.fits_wishes, self.burden):
            if value is not None and not 1 <= value <= 4:
                raise CaseError("answer_out_of_range", value=value)
        if self.came is not None and self.planned is not None and self.came > self.planned:
            raise CaseError("came_more_than_planned", came=self.came, planned=self.planned)
