"""アウトリーチ: going to see somebody, before any consent, as often as it takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from cases.errors import CaseError
from cases.life import Life, Required, Row


class VisitState(StrEnum):
    """Where a visit stands."""

    PLANNED = "planned"
    DONE = "done"
    CALLED_OFF = "called_off"


class VisitStep(StrEnum):
    """What can happen to a visit."""

    WRITE_DOWN = "write_down"
    CALL_OFF = "call_off"


_S, _V = VisitState, VisitStep
LIFE: Final = Life(
    "visit",
    frozenset({_S.PLANNED, _S.DONE}),
    {
        (_S.PLANNED, _V.WRITE_DOWN): Row(_S.DONE, frozenset({Required.DAY, Required.ANSWER})),
        (_S.PLANNED, _V.CALL_OFF): Row(_S.CALLED_OFF, frozenset({Required.REASON})),
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One visit, planned or made.

    Attributes
    ----------
    visitor_ids, office_ids
        Who goes: staff, and the offices of a joint visit (同行訪問).
    result
        What came of it: a code of the list `visit_result` (会えた, 断られた, 留守 …).
    relation
        How far the relation has come: a code of the list `relation_stage`, in its order.
    """

    id: str
    participant_id: str
    planned_on: date
    visitor_ids: tuple[str, ...] = ()
    office_ids: tuple[str, ...] = ()
    state: VisitState = VisitState.PLANNED
    done_on: date | None = None
    result: str = ""
    relation: str = ""
    words: str = ""
    next_on: date | None = None
    recorded_by: str = ""
    recorded_at: datetime | None = None
    version: int = 1

    def __post_init__(self) -> None:
        if self.state is VisitState.DONE and (self.done_on is None or not self.result):
            raise CaseError("visit_without_result")
        if self.next_on and self.done_on and self.next_on < self.done_on:
            raise CaseError("next_before_last", next=self.next_on, last=self.done_on)
