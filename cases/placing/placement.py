"""A placement: one person at one opening, step by step, with rests and without failure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from cases.errors import CaseError
from cases.life import Life, Required, Row
from catalog.opening import Stage


class PlacementState(StrEnum):
    """Where a placement stands; on which step of the ladder is its `stage`."""

    RUNNING = "running"
    RESTING = "resting"
    ENDED = "ended"


class PlacementStep(StrEnum):
    """What can happen to a placement."""

    STEP_UP = "step_up"
    STEP_BACK = "step_back"
    REST = "rest"
    RESUME = "resume"
    END = "end"


_S, _V = PlacementState, PlacementStep
_WHY: Final = frozenset({Required.REASON})
_CONSENT: Final = frozenset({Required.CONSENT})
LIFE: Final = Life(
    "placement",
    frozenset({_S.RUNNING}),
    {
        (_S.RUNNING, _V.STEP_UP): Row(
            _S.RUNNING, _CONSENT | {Required.INSURANCE, Required.AGREEMENT}
        ),
        (_S.RUNNING, _V.STEP_BACK): Row(_S.RUNNING),
        (_S.RUNNING, _V.REST): Row(_S.RESTING, _WHY),
        (_S.RUNNING, _V.END): Row(_S.ENDED, _WHY),
        (_S.RESTING, _V.RESUME): Row(_S.RUNNING, _CONSENT),
        (_S.RESTING, _V.END): Row(_S.ENDED, _WHY),
    },
)


@dataclass(frozen=True, slots=True)
class Moved:
    """One step that was taken; `reason` is a code of `placement_reason`, `words` free."""

    step: PlacementStep
    on: date
    stage: Stage
    reason: str = ""
    words: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """One person at one opening, since the host said yes.

    Attributes
    ----------
    stage
        VISIT while 見学, TRIAL while 体験, then PARTICIPATION, ROLE.
    moves
        Every step so far, the first first.
    rests_until_on
        When somebody asks again.
    term_on
        Last day that the opening allows.
    insurance, agreement_on
        What was checked: a code of the list `insurance`, and when 確認書 was signed.
    end_reason
        A code of the list `end_reason` (達成, 移行, 本人都合 …).
    """

    id: str
    participant_id: str
    opening_id: str
    host_id: str
    enquiry_id: str | None = None
    state: PlacementState = PlacementState.RUNNING
    stage: Stage = Stage.VISIT
    begun_on: date
    visit_at: datetime | None = None
    companion: str = ""
    moves: tuple[Moved, ...] = field(default_factory=tuple)
    rests_until_on: date | None = None
    term_on: date | None = None
    insurance: str = ""
    agreement_on: date | None = None
    ended_on: date | None = None
    end_reason: str = ""
    next_place: str = ""
    coordinator_id: str | None = None
    recorded_at: datetime | None = None
    version: int = 1

    @property
    def moved_on(self) -> date | None:
        """Return the day of the last step, None where there is none yet."""
        return self.moves[-1].on if self.moves else None

    def __post_init__(self) -> None:
        if self.ended_on is not None and self.ended_on < self.begun_on:
            raise CaseError("ended_before_begun", on=self.ended_on, begun=self.begun_on)
        if (self.state is PlacementState.ENDED) != bool(self.end_reason):
            raise CaseError("end_without_reason")
