"""When to ask how it goes, on both sides of a placement (`cases/data/follow_up.toml`)."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any, Final, Protocol

from cases.following.follow_up import FollowUpState, Side
from cases.own_data import own_data
from cases.placing.placement import PlacementState
from catalog.opening import Stage

AGREED: Final = "agreed"
REST: Final = "rest"
THEN: Final = "then"
EXTRA: Final = "extra"


class Placed(Protocol):
    """What the rhythm asks of a placement; `cases.placing.placement.Placement` has it."""

    @property
    def state(self) -> PlacementState:
        """Return whether it runs, rests or has ended."""

    @property
    def stage(self) -> Stage:
        """Return the step on which the person stands."""

    @property
    def begun_on(self) -> date:
        """Return the first day."""

    @property
    def moved_on(self) -> date | None:
        """Return the day of the last step: up, back, into a rest or out of it."""

    @property
    def rests_until_on(self) -> date | None:
        """Return when somebody asks again."""


class Talk(Protocol):
    """What the rhythm asks of a talk; `FollowUp` has it."""

    @property
    def side(self) -> Side:
        """Return with whom it was."""

    @property
    def state(self) -> FollowUpState:
        """Return whether it took place."""

    @property
    def done_on(self) -> date | None:
        """Return when."""

    @property
    def next_on(self) -> date | None:
        """Return which day was agreed for the next one."""


@dataclass(frozen=True, slots=True)
class OpenPlacement:
    """A placement that has not ended, of which only this much is known, for long lists."""

    id: str
    participant_id: str
    host_id: str
    state: PlacementState
    stage: Stage
    begun_on: date
    moved_on: date | None = None
    rests_until_on: date | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A time in days or whole months."""

    days: int = 0
    months: int = 0

    @classmethod
    def read(cls, text: str) -> Span:
        """Read ``1d``, ``2w`` or ``3m``."""
        number, unit = int(text[:-1]), text[-1]
        return {"d": cls(days=number), "w": cls(days=7 * number), "m": cls(months=number)}[unit]

    def times(self, number: int) -> Span:
        """Return the time taken so often."""
        return Span(self.days * number, self.months * number)

    def after(self, day: date) -> date:
        """Return the day after it; a month that is too short ends on its last day."""
        whole = day.year * 12 + day.month - 1 + self.months
        year, month = whole // 12, whole % 12 + 1
        last = calendar.monthrange(year, month)[1]
        return date(year, month, min(day.day, last)) + timedelta(self.days)


@dataclass(frozen=True, slots=True)
class Occasion:
    """A reason to ask: how long after a step, and how many days before it a talk counts."""

    code: str
    name: str
    early_days: int
    after: Span = Span()


@dataclass(frozen=True, slots=True)
class Beat:
    """How often one asks on one side at one stage."""

    occasions: tuple[Occasion, ...]
    then_each: Span


@dataclass(frozen=True, slots=True)
class Rhythm:
    """The dated rules.

    Attributes
    ----------
    beats
        For each side and stage; a stage that has none takes that of the stage before it.
    rest_each
        How long one waits during a rest for which no day was agreed.
    """

    version: str
    source: str
    beats: Mapping[tuple[Side, Stage], Beat]
    occasions: Mapping[str, Occasion]
    rest_each: Span

    def beat(self, side: Side, stage: Stage) -> Beat:
        """Return how often one asks."""
        at = max((s for of, s in self.beats if of is side and s <= stage), default=Stage.VISIT)
        return self.beats[side, at]

    def name(self, occasion: str) -> str:
        """Return what an occasion is called: 1か月の節目."""
        found = self.occasions.get(occasion)
        return found.name if found else "聞き取り"


@dataclass(frozen=True, slots=True)
class TalkDay:
    """A talk of which only the days are known, for long lists."""

    side: Side
    state: FollowUpState
    done_on: date | None
    next_on: date | None = None


@dataclass(frozen=True, slots=True)
class OpenThread:
    """A placement that has not ended, with the days of the last talk on each side."""

    placement: OpenPlacement
    talks: tuple[TalkDay, ...] = ()

    @property
    def participant_id(self) -> str:
        """Return whose it is."""
        return self.placement.participant_id


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """What is to be asked next on one side."""

    due_on: date
    side: Side
    occasion: str


@cache
def own_rhythm() -> Rhythm:
    """Return the rules that come with the product."""
    data = own_data("follow_up")
    occasions = {code: _occasion(code, told) for code, told in data["occasions"].items()}
    beats = {
        (Side(side), Stage[stage.upper()]): Beat(
            tuple(occasions[code] for code in told["occasions"]), Span.read(told["then_each"])
        )
        for side, stages in data["sides"].items()
        for stage, told in stages.items()
    }
    return Rhythm(data["version"], data["source"], beats, occasions, Span.read(data["rest_each"]))


def _occasion(code: str, told: Mapping[str, Any]) -> Occasion:
    after = Span.read(told["after"]) if "after" in told else Span()
    return Occasion(code, told["name"], told["early_days"], after)


def due_of(placement: Placed, talks: Iterable[Talk], rhythm: Rhythm) -> tuple[Due, ...]:
    """Return what is due next on each side, the earliest first; after the end nothing is.

    A talk counts for every occasion up to its day and for the next one that is near. A day that
    was agreed in the last talk takes the place of the rhythm until the person takes a step. During
    a rest only its last day asks, or one agreed day after the other.
    """
    if placement.state is PlacementState.ENDED:
        return ()
    done = [each for each in talks if each.state is FollowUpState.DONE and each.done_on]
    return tuple(
        sorted(_due(placement, [t for t in done if t.side is side], side, rhythm) for side in Side)
    )


def _due(placement: Placed, talks: list[Talk], side: Side, rhythm: Rhythm) -> Due:
    last = max(talks, key=_day, default=None)
    spoken_on = _day(last) if last else None
    if placement.state is PlacementState.RESTING:
        return _after_rest(placement, last, side, rhythm)
    began_on = _began_on(placement)
    if last and last.next_on and began_on <= _day(last):
        return Due(last.next_on, side, AGREED)
    beat = rhythm.beat(side, placement.stage)
    for occasion in beat.occasions:
        on = occasion.after.after(began_on)
        if not _covers(spoken_on, on, occasion):
            return Due(on, side, occasion.code)
    then = rhythm.occasions[THEN]
    base = beat.occasions[-1].after
    number = 1
    while True:
        each = beat.then_each.times(number)
        on = Span(base.days + each.days, base.months + each.months).after(began_on)
        if not _covers(spoken_on, on, then):
            return Due(on, side, THEN)
        number += 1


def _after_rest(placement: Placed, last: Talk | None, side: Side, rhythm: Rhythm) -> Due:
    rested_on = _began_on(placement)
    until = placement.rests_until_on or rhythm.rest_each.after(rested_on)
    if last is None or _day(last) < rested_on:
        return Due(until, side, REST)
    if last.next_on:
        return Due(last.next_on, side, AGREED)
    return Due(until if _day(last) < until else rhythm.rest_each.after(_day(last)), side, REST)


def _began_on(placement: Placed) -> date:
    """Return since when the rhythm runs: each step begins it anew, as does a rest."""
    return max(placement.begun_on, placement.moved_on or placement.begun_on)


def _covers(spoken_on: date | None, on: date, occasion: Occasion) -> bool:
    return spoken_on is not None and on <= spoken_on + timedelta(occasion.early_days)


def _day(talk: Talk) -> date:
    return talk.done_on or date.min
