"""Everyone at once: the best assignment, by the method that the structure of the problem allows."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from matcher.conflict import find_conflict
from matcher.flow_stages import best_by_flow
from matcher.one_more import with_places_solved_again
from matcher.problem import Problem
from matcher.result import Assignment, ObjectiveValue, Proof, Status
from matcher.structure import is_flow
from matcher.time_limit import TimeLimit

__all__ = ["Assignment", "assign"]


def assign(problem: Problem) -> Assignment:
    """Best assignment of all participants, proven.

    Returns
    -------
    Assignment
        `optimal`, `infeasible` with the rules that contradict each other, or as far as the
        problem's time limit allows.

    Raises
    ------
    MatcherError
        When a solver fails, or finds nothing in time.
    """
    limit = TimeLimit(problem.time_limit_seconds)
    found = find_conflict(problem, limit)
    assignment = _infeasible(problem, *found) if found else _best(problem, limit)
    return replace(assignment, wall_seconds=limit.used())


def _best(problem: Problem, limit: TimeLimit) -> Assignment:
    assignment = _by_structure(problem, limit)
    if assignment.method != "flow":
        return assignment
    return with_places_solved_again(problem, assignment, partial(_by_structure, limit=limit))


def _by_structure(problem: Problem, limit: TimeLimit) -> Assignment:
    if is_flow(problem):
        return best_by_flow(problem)
    from matcher.couplings import best_by_program

    return best_by_program(problem, limit)


def _infeasible(problem: Problem, conflict: tuple[str, ...], proof: Proof) -> Assignment:
    n, m = len(problem.participant_ids), len(problem.opening_ids)
    return Assignment(
        status=Status.INFEASIBLE,
        objectives=tuple(ObjectiveValue(name, None, None) for name in problem.objectives),
        opening_of=np.full(n, -1, np.int32),
        score_of=np.zeros(n, np.int64),
        unplaced=(None,) * n,
        used=np.full(m, -1, np.int64),
        one_more_place=None,
        proof=proof,
        conflict=conflict,
    )
