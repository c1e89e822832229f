"""What a place that does not exist yet would bring: one that certain participants could take.

Whoever takes it leaves a place behind, for which the residual graph knows the best use already:
the distance from outside to where the participant stands. So the gain is the best over those who
could take it, exact for each objective in turn. Where rules bind people to each other, small
problems are solved again with the place in them.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from matcher.again import best_again
from matcher.errors import MatcherError, NotSupported
from matcher.possible import Bools, possible_pairs
from matcher.prices import Prices, prices_of
from matcher.problem import Int32s, Int64s, Problem
from matcher.result import Assignment, Status
from matcher.rules import AllOrNone, Fixed, SameOpening, SameSlot
from matcher.structure import is_flow

Whole = TypeVar("Whole", np.int32, np.int64)

MOST_AGAIN = 50_000
"""Pairs times places up to which coupled problems are solved again for each place."""
SECONDS_EACH = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class ImaginedPlaces:
    """Openings with one place each, of no host and at no time of the week.

    Attributes
    ----------
    members
        Rows (participant, place): who could take it, positions in the problem, [r, 2].
    score
        Score of each pair at each place, whole units of 1e-6, [places].
    """

    members: Int32s
    score: Int64s


@dataclass(frozen=True, slots=True, eq=False)
class ImaginedGains:
    """New value minus old of each objective, [objectives, places], and where that is known."""

    gains: Int64s
    known: Bools


def at_median_scores(problem: Problem, members: Int32s, places: int) -> ImaginedPlaces:
    """Places that fit their members as what they could have now does in the middle.

    The median of the scores of all listed pairs of the members that are possible by themselves.
    Of two in the middle it is their mean, half a unit rounded to the even one. Members without
    any such pair get the median of everybody, and 0 where nobody has one.
    """
    possible = np.flatnonzero(possible_pairs(problem))
    who, score = problem.pair_participant[possible], problem.pair_score[possible]
    usual = _median(score) if score.size else 0
    found = []
    for place in range(places):
        own = score[np.isin(who, members[members[:, 1] == place, 0])]
        found.append(_median(own) if own.size else usual)
    return ImaginedPlaces(members, np.array(found, np.int64))


def _median(values: Int64s) -> int:
    middle = np.sort(values)[[(values.size - 1) // 2, values.size // 2]]
    half, odd = divmod(int(middle[0]) + int(middle[1]), 2)
    return half + (half & odd)


def gains_of(problem: Problem, assignment: Assignment, places: ImaginedPlaces) -> ImaginedGains:
    """Find what each place would gain alone.

    Raises
    ------
    MatcherError
        When the assignment does not claim to be optimal, or is not.
    """
    if is_flow(problem) and not _takes_others_along(problem, places):
        gains = _by_chains(prices_of(problem, assignment), places)
        return ImaginedGains(gains, np.ones(places.score.size, np.bool_))
    return _solved_again(problem, assignment, places)


def with_place(problem: Problem, places: ImaginedPlaces, place: int) -> Problem:
    """Add one of the places to the problem."""
    name = "imagined"
    while name in problem.opening_ids:
        name += "+"
    own = places.members[places.members[:, 1] == place, 0]
    m = len(problem.opening_ids)

    return replace(
        problem,
        opening_ids=(*problem.opening_ids, name),
        capacity=_grown(problem.capacity, 1, 1),
        opening_host=_grown(problem.opening_host, -1, 1),
        pair_participant=np.concatenate([problem.pair_participant, own]),
        pair_opening=_grown(problem.pair_opening, m, own.size),
        pair_score=_grown(problem.pair_score, int(places.score[place]), own.size),
        pair_seats=_grown(problem.pair_seats, 1, own.size),
        pair_slot=_grown(problem.pair_slot, -1, own.size),
    )


def _grown(column: NDArray[Whole], value: int, times: int) -> NDArray[Whole]:
    return np.concatenate([column, np.full(times, value, column.dtype)])


def _by_chains(prices: Prices, places: ImaginedPlaces) -> Int64s:
    network, problem = prices.network, prices.network.problem
    rank = np.empty_like(network.participants)
    rank[network.participants] = np.arange(rank.size)
    members = places.members[~np.isin(places.members[:, 0], _bound(problem))]
    person, place = rank[members[:, 0]], members[:, 1]
    worth = {"placed": problem.weight[members[:, 0]], "score": places.score[place]}
    nothing = np.zeros(person.size, np.int64)
    gained = np.stack(
        [
            worth.get(name, nothing) - gain[prices.chosen[person]] - lost[prices.node_of[person]]
            for name, gain, lost in zip(
                problem.objectives, prices.gains, prices.distance, strict=True
            )
        ]
    )
    # A place that helps nobody stays empty.
    count = places.score.size
    gained = np.concatenate([gained, np.zeros((len(gained), count), np.int64)], axis=1)
    place = np.concatenate([place, np.arange(count)])
    order = np.lexsort((*gained[::-1], place))
    last = np.searchsorted(place[order], np.arange(count), side="right") - 1
    best: Int64s = prices.signs[:, np.newaxis] * gained[:, order[last]]
    return best


def _takes_others_along(problem: Problem, places: ImaginedPlaces) -> bool:
    """Whether somebody for whom others wait elsewhere could take a place.

    In a flow they all have nothing yet; a place at one time, or for two, they would not find here.
    """
    waited_for = {
        one for rule in problem.rules if isinstance(rule, AllOrNone) for one in rule.participants
    }
    members = np.unique(places.members[:, 0]).tolist()
    return any(problem.participant_ids[at] in waited_for for at in members)


def _bound(problem: Problem) -> list[int]:
    """Who cannot go to a new place alone: fixed elsewhere, or only together with others."""
    bound: set[str] = set()
    for rule in problem.rules:
        match rule:
            case Fixed(participant):
                bound.add(participant)
            case SameOpening(people) | AllOrNone(people) | SameSlot(people):
                bound.update(people)
    return [at for at, one in enumerate(problem.participant_ids) if one in bound]


def _solved_again(
    problem: Problem, assignment: Assignment, places: ImaginedPlaces
) -> ImaginedGains:
    if assignment.status is not Status.OPTIMAL:
        raise MatcherError("assignment_not_optimal")
    count = places.score.size
    gains = np.zeros((len(problem.objectives), count), np.int64)
    known = np.zeros(count, np.bool_)
    if problem.pair_score.size * count <= MOST_AGAIN:
        before = np.array([one.value for one in assignment.objectives])
        for place in range(count):
            with suppress(NotSupported):
                after = best_again(with_place(problem, places, place), SECONDS_EACH)
                assert after is not None  # one place more contradicts no rule
                gains[:, place], known[place] = np.array(after.values) - before, True
    return ImaginedGains(gains, known)
