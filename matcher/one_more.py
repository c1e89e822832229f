"""One more place where it allows what is not possible by itself today: solved again.

Otherwise what one more place gains is a chain of moves (`matcher.flow_stages`). But it may make
room for a pair of several seats, or for people who go only together; or a limit for newcomers
that cannot bind today then does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from matcher.errors import MatcherError
from matcher.possible import newcomers, possible_pairs
from matcher.problem import Int64s, Problem
from matcher.result import Assignment, Status
from matcher.rules import AllOrNone, Apart, HostLimit, SameOpening, SameSlot


def with_places_solved_again(
    problem: Problem, assignment: Assignment, solve: Callable[[Problem], Assignment]
) -> Assignment:
    """Replace the gains of one more place where a chain of moves does not tell them.

    Parameters
    ----------
    assignment
        Optimal.
    """
    openings = _openings_to_solve(problem)
    if not openings.size or assignment.one_more_place is None:
        return assignment
    gains = assignment.one_more_place.copy()
    exact = np.ones(gains.shape[1], np.bool_)
    before = np.array([one.value or 0 for one in assignment.objectives])
    for opening in openings.tolist():
        try:
            after = solve(problem.with_one_more_place(opening))
        except MatcherError:  # too large to be solved with couplings
            exact[opening], told = False, _at_most(problem)
        else:
            exact[opening] = after.status is Status.OPTIMAL
            told = [one.value if exact[opening] else one.bound for one in after.objectives]
        gains[:, opening] = np.array(told) - before
    return replace(assignment, one_more_place=gains, gains_exact=None if exact.all() else exact)


def _at_most(problem: Problem) -> list[int | None]:
    """Values of the objectives if everyone took the pair that is best for each."""
    best = np.zeros(len(problem.participant_ids), np.int64)
    np.maximum.at(best, problem.pair_participant, problem.pair_score)
    most = {
        "placed": sum(problem.weight.tolist()),
        "floors": 0,
        "score": sum(best.tolist()),
        "stay": sum(map(bool, problem.previous)),
    }
    return [most[name] for name in problem.objectives]


def _openings_to_solve(problem: Problem) -> Int64s:
    """Positions of openings where one more place changes what is possible by itself."""
    bound = {
        name
        for rule in problem.rules
        if isinstance(rule, SameOpening | AllOrNone | SameSlot | Apart)
        for name in rule.participants
    }
    by_name = {
        rule.host
        for rule in problem.rules
        if isinstance(rule, HostLimit) and rule.of == "newcomers"
    }
    if not bound and not by_name and (problem.pair_seats == 1).all():
        return np.empty(0, np.int64)
    at = [position for position, one in enumerate(problem.participant_ids) if one in bound]
    free = problem.capacity[problem.pair_opening]
    seats = problem.pair_seats
    changed = ~possible_pairs(problem) & (seats <= free + 1)
    changed &= (seats > 1) | np.isin(problem.pair_participant, at)
    hosts = [position for position, one in enumerate(problem.host_names) if one in by_name]
    limited = np.isin(problem.opening_host[problem.pair_opening], hosts) & ~newcomers(problem)
    crowded = np.isin(problem.opening_host, problem.opening_host[problem.pair_opening[limited]])
    crowded &= problem.opening_host >= 0
    return np.union1d(problem.pair_opening[changed], np.flatnonzero(crowded))
