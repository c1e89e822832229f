"""Slow and obvious: every assignment there is, tried one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from matcher.problem import Problem
from matcher.rules import Fixed, Forbidden

Places = tuple[int, ...]
"""Opening of each participant, -1 for none."""


def every_assignment(problem: Problem) -> Iterator[Places]:
    """All assignments that keep capacities, pairs and the rules `fixed` and `forbidden`."""
    listed = [[-1] for _ in problem.participant_ids]
    for participant, opening in zip(problem.pair_participant, problem.pair_opening, strict=True):
        listed[participant].append(int(opening))
    for places in product(*listed):
        if _within_capacity(problem, places) and _within_rules(problem, places):
            yield places


def _within_capacity(problem: Problem, places: Places) -> bool:
    return all(places.count(at) <= most for at, most in enumerate(problem.capacity.tolist()))


def _within_rules(problem: Problem, places: Places) -> bool:
    for rule in problem.rules:
        assert isinstance(rule, Fixed | Forbidden)
        place = places[problem.participant_ids.index(rule.participant)]
        is_there = place == problem.opening_ids.index(rule.opening)
        if is_there != isinstance(rule, Fixed):
            return False
    return True


def values(problem: Problem, places: Places) -> tuple[int, ...]:
    """Worth of an assignment to each objective asked, in its whole units."""
    score = {
        (int(participant), int(opening)): int(units)
        for participant, opening, units in zip(
            problem.pair_participant, problem.pair_opening, problem.pair_score, strict=True
        )
    }
    taken = [(participant, place) for participant, place in enumerate(places) if place >= 0]
    worth = {
        "placed": sum(int(problem.weight[participant]) for participant, _ in taken),
        "floors": 0,
        "score": sum(score[pair] for pair in taken),
    }
    return tuple(worth[name] for name in problem.objectives)


def best(problem: Problem) -> tuple[int, ...] | None:
    """Greatest values, first things first; None where no assignment is possible."""
    return max((values(problem, places) for places in every_assignment(problem)), default=None)


def with_one_more_place(problem: Problem, opening: int) -> Problem:
    """Add one place at one opening."""
    capacity = problem.capacity.copy()
    capacity[opening] += 1
    return replace(problem, capacity=capacity)


def best_with(problem: Problem, participant: int, opening: int) -> tuple[int, ...] | None:
    """Greatest values when one participant takes one opening."""
    fixed = Fixed(problem.participant_ids[participant], problem.opening_ids[opening])
    return best(replace(problem, rules=(*problem.rules, fixed)))


def unplaced_reason(problem: Problem, participant: int) -> str:
    """Why a participant has no place, from the definition of the format."""
    pairs = {
        int(opening)
        for who, opening in zip(problem.pair_participant, problem.pair_opening, strict=True)
        if who == participant
    }
    barred = {
        problem.opening_ids.index(rule.opening)
        for rule in problem.rules
        if isinstance(rule, Forbidden) and rule.participant == problem.participant_ids[participant]
    }
    if not pairs:
        return "no_pair"
    if all(problem.capacity[opening] < 1 for opening in pairs - barred):
        return "rule"
    before = (*problem.objectives, "placed").index("placed")
    placing = [
        values(problem, places)[:before]
        for places in every_assignment(problem)
        if places[participant] >= 0
    ]
    top = best(problem)
    assert top is not None
    return "not_worth" if placing and max(placing) < top[:before] else "crowded_out"
