"""終結と見守り: how support ended, who keeps watch afterwards, and how it opens again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
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


CLOSES: Final = "close"
"""The judgement (`evaluation_judgement`) with which support can end."""
NOBODY_TO_WATCH: Final = frozenset({"died", "moved_away"})
"""Reasons of an end (`closure_reason`) after which nobody can be watched over."""
SOON: Final = timedelta(days=7)
"""How long before its day a look is told of."""
LONG_OVERDUE: Final = timedelta(days=14)
"""After how long a look that did not happen is told to who is responsible for the person."""


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
    closed_on, no_watch_reason
        When support ended with this evaluation, and why nobody keeps watch, where nobody does.
    reopened_on, reopen_reason
        When and why it began again.
    """

    id: str
    participant_id: str
    on: date
    judgement: str
    reason: str = ""
    reached: str = ""
    changes: tuple[str, ...] = ()
    left: str = ""
    closed_on: date | None = None
    no_watch_reason: str = ""
    reopened_on: date | None = None
    reopen_reason: str = ""
    made_by: str = ""
    recorded_at: datetime | None = None
    version: int = 1

    def __post_init__(self) -> None:
        if self.judgement == CLOSES and not self.reason:
            raise CaseError("closure_without_reason")
        if self.closed_on is not None and self.judgement != CLOSES:
            raise CaseError("closing_without_evaluation")


@dataclass(frozen=True, slots=True)
class Looked:
    """One look: when, by whom (an account), how the person was, whether help is needed again."""

    on: date
    by: str
    words: str = ""
    again: bool = False


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
    made_by: str = ""
    recorded_at: datetime | None = None
    version: int = 1

    def __post_init__(self) -> None:
        if not self.office_id:
            raise CaseError("watch_without_office")
        if self.state is WatchState.WATCHING and self.next_on is None:
            raise CaseError("watch_without_day")

    @property
    def last_look(self) -> Looked | None:
        """Return the last look, None before the first."""
        return self.looks[-1] if self.looks else None

    def is_due(self, today: date) -> bool:
        """Tell whether somebody of the office should look, now or within a week."""
        return self._falls_by(today + SOON)

    def is_long_overdue(self, today: date) -> bool:
        """Tell whether the office has let the day pass by two weeks."""
        return self._falls_by(today - LONG_OVERDUE)

    def asks_again(self) -> bool:
        """Tell whether the last look found that help is needed again."""
        last = self.last_look
        return self.state is WatchState.WATCHING and last is not None and last.again

    def _falls_by(self, day: date) -> bool:
        is_watching = self.state is WatchState.WATCHING
        return is_watching and self.next_on is not None and self.next_on <= day


def closing_evaluation(evaluations: Sequence[Evaluation]) -> Evaluation | None:
    """Return the last evaluation, as they stand, if support may end with it."""
    last = max(evaluations, key=lambda each: (each.on, each.id), default=None)
    return last if last and last.judgement == CLOSES and last.closed_on is None else None


def closed_with(evaluations: Sequence[Evaluation]) -> Evaluation | None:
    """Return the evaluation with which support ended and has not begun again."""
    ended = [each for each in evaluations if each.closed_on and not each.reopened_on]
    return max(ended, key=lambda each: each.closed_on or date.min, default=None)


class News(StrEnum):
    """What somebody is told of a watch, the most urgent first."""

    AGAIN = "again"
    """Help is needed again."""
    LOOK = "look"
    """It is the office's turn to look."""
    NOT_LOOKED = "not_looked"
    """The office has let the day pass by two weeks."""


def news_of(watch: Watch, office_id: str | None, today: date, *, is_theirs: bool) -> News | None:
    """Return what a reader is to be told of a watch, None where nothing.

    Parameters
    ----------
    office_id
        Of the reader.
    is_theirs
        The reader is responsible for the person.
    """
    if is_theirs and watch.asks_again():
        return News.AGAIN
    if watch.office_id == office_id and watch.is_due(today):
        return News.LOOK
    if is_theirs and watch.is_long_overdue(today):
        return News.NOT_LOOKED
    return None
