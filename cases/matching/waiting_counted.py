"""The places for one person when everyone who waits, and who will come, is counted.

Beside "what fits this person best" stands "what is best when the others are counted": the fit
less what the place is worth to others. To those who wait it is worth what the last run would lose;
to those who will come, what samples of them, drawn from who asked before, would lose. No figure
of a person is made: what is weighed is the place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache

import numpy as np

from cases.own_data import own_data
from cases.words.wording import own_wording
from matcher.arrivals import Candidates, like_before, place_prices
from matcher.assignment import assign
from matcher.errors import MatcherError
from matcher.places_lost import as_flow, lost_places
from matcher.prices import Displacement, Prices, prices_of
from matcher.problem import UNITS_PER_POINT, Int64s, Problem
from matcher.residual import FAR
from matcher.result import Assignment


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """How far and how those who will come are counted; dated data with a source."""

    version: str
    source: str
    weeks_ahead: int
    weeks_back: int
    samples: int
    told_from: float


@cache
def own_outlook() -> Outlook:
    """Return what comes with the product (`cases/data/arrivals.toml`)."""
    return Outlook(**own_data("arrivals"))


class Effect(StrEnum):
    """What taking a place does to others, the first that holds."""

    LAST = "last"  # somebody who waits has no other place
    WEAKER = "weaker"  # somebody who waits then has a place that fits less
    LATER = "later"  # those who will come often need it
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Counted:
    """An opening for one person, with the others counted.

    Attributes
    ----------
    worth
        What it brings all together: for each objective of the run, and the fit (in units of
        1e-6) with those who will come taken off. Larger is better, first things first.
    """

    opening_id: str
    worth: tuple[int, ...]
    effect: Effect


@dataclass(frozen=True, slots=True, eq=False)
class OthersCounted:
    """What the places of one run are worth to others, ready for questions; see `count_others`.

    Attributes
    ----------
    lost
        With one place fewer at each opening, [objectives, m].
    later
        Price of a place to those who will come, in units of 1e-6, [m].
    left
        Places that the run leaves, [m].
    fit
        Of each pair of the run, by positions, in units of 1e-6.
    """

    prices: Prices
    lost: Int64s
    later: Int64s
    left: Int64s
    fit: Mapping[tuple[int, int], int]

    def of(self, participant_id: str, fits: Mapping[str, float]) -> tuple[Counted, ...]:
        """Order the openings of one person, the best for all together first.

        Parameters
        ----------
        fits
            The fit (0 to 1) of each opening that no rule refuses, by id, the best first. What
            the run did not know is left out.
        """
        problem = self.prices.network.problem
        if participant_id in problem.participant_ids:
            found = self._of_known(problem.participant_ids.index(participant_id), fits)
        else:
            found = self._of_new(fits)
        order = {opening_id: at for at, opening_id in enumerate(fits)}
        key = [(*(-part for part in each.worth), order[each.opening_id]) for each in found]
        return tuple(each for _, each in sorted(zip(key, found, strict=True), key=lambda e: e[0]))

    def _of_known(self, person: int, fits: Mapping[str, float]) -> list[Counted]:
        problem = self.prices.network.problem
        found = []
        for each in self.prices.alternatives(person):
            opening_id = problem.opening_ids[each.opening]
            if each.displacement is None or opening_id not in fits:
                continue
            effect, later = self._effect(person, each.displacement)
            found.append(self._counted(opening_id, each.displacement.change, later, effect))
        return found

    def _of_new(self, fits: Mapping[str, float]) -> list[Counted]:
        problem = self.prices.network.problem
        at = {opening_id: j for j, opening_id in enumerate(problem.opening_ids)}
        placed, score = (_objective(problem, name) for name in ("placed", "score"))
        found = []
        for opening_id, fit in fits.items():
            j = at.get(opening_id)
            if j is None or self.lost[0, j] == FAR or not self.prices.network.problem.capacity[j]:
                continue
            lost = self.lost[:, j]
            change: list[int] = (self.prices.signs * -lost).tolist()
            change[score] += round(fit * UNITS_PER_POINT)
            later = int(self.later[j]) if self.left[j] else 0
            effect = self._named(bool(lost[placed] > 0), int(lost[score]), later)
            found.append(self._counted(opening_id, change, later, effect))
        return found

    def _effect(self, person: int, needed: Displacement) -> tuple[Effect, int]:
        """Name what a chain of moves does to others, and what it costs those who will come."""
        others = [move for move in needed.moves if move.participant != person]
        own = next((move for move in needed.moves if move.participant == person), None)
        if own is None:
            return Effect.NONE, 0
        end = needed.moves[-1].to_opening
        later = 0
        if end != own.from_opening:
            later += int(self.later[end]) if end >= 0 else 0
            later -= int(self.later[own.from_opening]) if own.from_opening >= 0 else 0
        weaker = sum(
            self.fit.get((move.participant, move.from_opening), 0)
            - self.fit.get((move.participant, move.to_opening), 0)
            for move in others
        )
        return self._named(any(move.to_opening < 0 for move in others), weaker, later), later

    def _named(self, someone_loses: bool, weaker: int, later: int) -> Effect:
        told_from = own_outlook().told_from * UNITS_PER_POINT
        if someone_loses:
            return Effect.LAST
        if weaker >= told_from:
            return Effect.WEAKER
        return Effect.LATER if later >= told_from else Effect.NONE

    def _counted(
        self, opening_id: str, change: Iterable[int], later: int, effect: Effect
    ) -> Counted:
        problem = self.prices.network.problem
        signs = (-1 if name == "floors" else 1 for name in problem.objectives)
        worth = [sign * part for sign, part in zip(signs, change, strict=True)]
        worth[_objective(problem, "score")] -= later
        return Counted(opening_id, tuple(worth), effect)


def count_others(
    problem: Problem, assignment: Assignment, weekly: float, seed: int
) -> OthersCounted:
    """Find what the places of a run are worth to others.

    Parameters
    ----------
    problem, assignment
        Those of the run.
    weekly
        How many people come in a week.
    seed
        Decides the futures that are drawn.

    Raises
    ------
    MatcherError
        Where the run is not proven best, or has no prices.
    """
    flow = as_flow(problem)
    found = assignment if flow is problem else assign(flow)
    if "placed" not in flow.objectives or "score" not in flow.objectives:
        raise MatcherError("objectives_missing")
    used = np.bincount(found.opening_of[found.opening_of >= 0], minlength=flow.capacity.size)
    left = np.maximum(flow.capacity - used, 0)
    prices = prices_of(flow, found)
    return OthersCounted(
        prices=prices,
        lost=lost_places(prices),
        later=_later(flow, left, weekly, seed),
        left=left,
        fit=_fits_of(flow),
    )


def _later(problem: Problem, left: Int64s, weekly: float, seed: int) -> Int64s:
    """Price a place for those who will come, like those who asked before, [m]."""
    outlook = own_outlook()
    history = Candidates(
        len(problem.participant_ids),
        problem.pair_participant.astype(np.int64),
        problem.pair_opening.astype(np.int64),
        problem.pair_score,
    )
    if not history.people or not weekly:
        return np.zeros(left.size, np.int64)
    expected = weekly * outlook.weeks_ahead
    random = np.random.default_rng(seed)
    return place_prices(left, like_before(history, expected, outlook.samples, random))


def weekly_arrivals(since: Iterable[date], on: date) -> float:
    """Return how many people came in a week of late, by the days on which they first asked."""
    weeks = own_outlook().weeks_back
    first = on - timedelta(weeks=weeks)
    return sum(first < day <= on for day in since) / weeks


def _objective(problem: Problem, name: str) -> int:
    return problem.objectives.index(name)


def _fits_of(problem: Problem) -> Mapping[tuple[int, int], int]:
    pairs = zip(problem.pair_participant.tolist(), problem.pair_opening.tolist(), strict=True)
    return dict(zip(pairs, problem.pair_score.tolist(), strict=True))


def effect_words(effect: Effect) -> str:
    """Return what taking a place does to others: never who, how many, or a figure."""
    return own_wording().say("counted", effect)
