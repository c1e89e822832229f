"""Who belongs together, and which pairs are possible by themselves.

A pair that falls away here can be in no assignment at all, whatever the others do.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from matcher.problem import MAX_WHOLE, Int64s, Problem, find_pairs, order_of
from matcher.rules import (
    AllOrNone,
    Apart,
    Fixed,
    Forbidden,
    HostLimit,
    SameOpening,
    SameSlot,
)

Bools = NDArray[np.bool_]
_BETWEEN_PEOPLE = SameOpening | AllOrNone | SameSlot | Apart


def units_of(problem: Problem) -> tuple[Int64s, Int64s]:
    """Find whoever `same_opening` binds together.

    Returns
    -------
    unit
        Of each participant, [n]; units count in the order of their names.
    names
        Position of each unit's member with the least id, [units].
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    n = len(problem.participant_ids)
    at = {name: position for position, name in enumerate(problem.participant_ids)}
    ways = [
        (at[rule.participants[0]], at[other])
        for rule in problem.rules
        if isinstance(rule, SameOpening)
        for other in rule.participants[1:]
    ]
    one, other = np.array(ways, np.int64).reshape(-1, 2).T
    graph = coo_array((np.ones(one.size), (one, other)), shape=(n, n))
    found = connected_components(graph, directed=False)[1] if n else np.empty(0, np.int64)
    by_name, _ = order_of(problem.participant_ids)
    _, first, unit = np.unique(found[by_name], return_index=True, return_inverse=True)
    # `first` is where the least id of each component stands; count the units in that order.
    order = np.argsort(first)
    rank = np.empty_like(order)
    rank[order] = np.arange(order.size)
    unit_of = np.empty(n, np.int64)
    unit_of[by_name] = rank[unit]
    return unit_of, by_name[first[order]]


def possible_pairs(problem: Problem) -> Bools:
    """Which pairs some assignment might use as far as each can tell alone, [k].

    Forbidden or fixed elsewhere, too many seats, or a partner who cannot follow; what falls away
    for one may make more fall away for another, until nothing changes.
    """
    possible = _allowed(problem) & _room(problem)
    if not any(isinstance(rule, _BETWEEN_PEOPLE) for rule in problem.rules):
        return possible
    together = _Together(problem)
    left = -1
    while left != (left := int(possible.sum())):
        together.strike(possible)
    return possible


def rules_at(problem: Problem, kind: type[Fixed] | type[Forbidden]) -> Int64s:
    """Pair that each rule of a kind names, in their order; -1 where it is not listed."""
    if not any(isinstance(rule, kind) for rule in problem.rules):
        return np.empty(0, np.int64)
    people = {name: at for at, name in enumerate(problem.participant_ids)}
    places = {name: at for at, name in enumerate(problem.opening_ids)}
    named = [
        (people[rule.participant], places[rule.opening])
        for rule in problem.rules
        if isinstance(rule, kind)
    ]
    return find_pairs(problem, *np.array(named, np.int64).reshape(-1, 2).T)


def host_of(problem: Problem) -> Int64s:
    """Host of each opening, [m]; those without one are their own, below 0."""
    own = -1 - np.arange(len(problem.opening_ids))
    return np.where(problem.opening_host >= 0, problem.opening_host, own).astype(np.int64)


def newcomers(problem: Problem) -> Bools:
    """Whether the pair's participant was not at the pair's host before, [k]."""
    places = {name: at for at, name in enumerate(problem.opening_ids)}
    host = np.append(host_of(problem), np.iinfo(np.int64).min)
    before = np.array([places.get(name, -1) for name in problem.previous], np.int64)
    new: Bools = host[before][problem.pair_participant] != host[problem.pair_opening]
    return new


def stays(problem: Problem) -> Bools:
    """Whether the pair's participant is there already, [k]."""
    places = {name: at for at, name in enumerate(problem.opening_ids)}
    before = np.array([places.get(name, -1) for name in problem.previous], np.int64)
    there: Bools = before[problem.pair_participant] == problem.pair_opening
    return there


def _allowed(problem: Problem) -> Bools:
    """Neither forbidden nor fixed elsewhere, [k]."""
    fixed, forbidden = (rules_at(problem, kind) for kind in (Fixed, Forbidden))
    named = np.zeros(problem.pair_participant.size, np.bool_)
    named[fixed] = True
    times = np.bincount(
        problem.pair_participant[np.unique(fixed)], minlength=len(problem.participant_ids)
    )[problem.pair_participant]
    allowed: Bools = (times == 0) | (times == 1) & named
    allowed[forbidden[forbidden >= 0]] = False
    return allowed


def _room(problem: Problem) -> Bools:
    """Seats within what the opening and its host have at most, [k]."""
    hosts = {name: at for at, name in enumerate(problem.host_names)}
    most = {of: np.full(len(hosts) + 1, MAX_WHOLE) for of in ("all", "newcomers")}
    for rule in problem.rules:
        if isinstance(rule, HostLimit):
            at = hosts[rule.host]
            most[rule.of][at] = min(most[rule.of][at], rule.places)
    host = problem.opening_host[problem.pair_opening]  # -1, no host, reads the last entry
    room: Bools = problem.pair_seats <= np.minimum(
        problem.capacity[problem.pair_opening], most["all"][host]
    )
    if (most["newcomers"] == MAX_WHOLE).all():
        return room
    return room & (~newcomers(problem) | (problem.pair_seats <= most["newcomers"][host]))


class _Together:
    """Who goes only with others, and what one can do only where the others follow."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._unit, names = units_of(problem)
        self._size = np.bincount(self._unit, minlength=names.size)
        m = len(problem.opening_ids)
        self._key = self._unit[problem.pair_participant] * m + problem.pair_opening
        self._by_person = np.argsort(problem.pair_participant, kind="stable")
        self._first = np.searchsorted(
            problem.pair_participant[self._by_person], np.arange(len(problem.participant_ids) + 1)
        )
        at = {name: position for position, name in enumerate(problem.participant_ids)}
        self._bound = [
            (rule.kind, [at[name] for name in rule.participants])
            for rule in problem.rules
            if isinstance(rule, SameOpening | AllOrNone | SameSlot)
        ]
        apart = [
            [at[name] for name in rule.participants]
            for rule in problem.rules
            if isinstance(rule, Apart)
        ]
        # Whoever must be both together and apart can go nowhere.
        self._torn = {
            one
            for people in apart
            for one in people
            if np.count_nonzero(self._unit[people] == self._unit[one]) > 1
        }

    def strike(self, possible: Bools) -> None:
        """Strike out once what the others cannot follow."""
        self._units(possible)
        self._nowhere(possible, self._torn)
        for kind, people in self._bound:
            if kind == SameSlot.kind:
                self._one_slot(possible, people)
            if not all(possible[self._pairs(one)].any() for one in people):
                self._nowhere(possible, people)

    def _units(self, possible: Bools) -> None:
        """Keep where every member of the unit can go and there is room for all."""
        if (self._size <= 1).all():
            return
        problem = self._problem
        keys, at = np.unique(self._key, return_inverse=True)
        able = np.bincount(at, weights=possible, minlength=keys.size)
        seats = np.zeros(keys.size, np.int64)
        np.add.at(seats, at, problem.pair_seats * possible)
        possible &= able[at] == self._size[self._unit[problem.pair_participant]]
        possible &= seats[at] <= problem.capacity[problem.pair_opening]

    def _one_slot(self, possible: Bools, people: list[int]) -> None:
        slot = self._problem.pair_slot
        own = [pairs[possible[pairs]] for pairs in map(self._pairs, people)]
        shared = set.intersection(*(set(slot[pairs].tolist()) for pairs in own)) - {-1}
        for pairs in own:
            possible[pairs[~np.isin(slot[pairs], list(shared))]] = False

    def _nowhere(self, possible: Bools, people: Iterable[int]) -> None:
        for one in people:
            possible[self._pairs(one)] = False

    def _pairs(self, participant: int) -> Int64s:
        return self._by_person[self._first[participant] : self._first[participant + 1]]
