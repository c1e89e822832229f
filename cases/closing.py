"""終結と見守り: how support ended, who keeps watch afterwards, and how it opens again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from cases.errors import CaseError
from cases.life import Life, Required, Row


class WatchState(StrEnum):
    """Where a 見守り stands."""

    WATCHING = "watching"
    ENDED = "ended"
    REOPENED = "reopened"
    """Support began again."""


class WatchStep(StrEnum):
    """What can happen to a 見守り."""

    LOOK = "look"
    END = "end"
    REOPEN = "reopen"


_S, _V = WatchState, WatchStep
LIFE: Final = Life(
    "watch",
    frozenset({_S.WATCHING}),
    {
        (_S.WATCHING, _V.LOOK): Row(_S.WATCHING, frozenset({Required.DAY})),
        (_S.WATCHING, _V.END): Row(_S.ENDED, frozenset({Required.REASON})),
        (_S.WATCHING, _V.REOPEN): Row(_S.REOPENED, frozenset({Required.REASON})),
        (_S.ENDED, _V.REOPEN): Row(_S.REOPENED, frozenset({Required.REASON})),
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """評価: what was reached and what is left, at the end or in between.

    Attributes
    ----------
    reason
        Why support ends: a code of the list `closure_reason`.
    judgement
        終結, 再プラン, 休止: a code of the list `evaluation_judgement`.
    changes
        What changed: codes of the list `change_seen`.
    """

    id: str
    participant_id: str
    on: date
    judgement: str
    reason: str = ""
    reached: str = ""
    changes: tuple[str, ...] = ()
    left: str = ""
    made_by: str = ""
    recorded_at: datetime | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class Looked:
    """One look: when, by whom, how the person was."""

    on: date
    by: str
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Which office looks after a person whose support has ended, and when."""

    id: str
    participant_id: str
    evaluation_id: str
    office_id: str
    since_on: date
    next_on: date | None
    how: str = ""
    state: WatchState = WatchState.WATCHING
    looks: tuple[Looked, ...] = ()
    ended_on: date | None = None
    reason: str = ""
    version: int = 1

    def __post_init__(self) -> None:
        if not self.office_id:
            raise CaseError("watch_without_office")
        if self.state is WatchState.WATCHING and self.next_on is None:
            raise CaseError("watch_without_day")
