"""After one opening in a hundred closes: how few must move, and what that costs."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks.assignment import problem_of
from benchmarks.instances import city
from matcher.assignment import assign
from matcher.problem import Problem
from matcher.result import Assignment

CLOSED_SHARE = 0.01
MOVED_PER_FORCED = 1.2
CASES = ((1_000, 10), (1_000, 50), (10_000, 10), (10_000, 50))
"""People, openings near each."""


def run(cases: tuple[tuple[int, int], ...] = CASES) -> dict[str, Any]:
    """Measure each case.

    Returns
    -------
    dict
        For each case: who was forced, who moved, score lost against moving freely, seconds.
    """
    return {
        "name": "replanning",
        "question": f"{CLOSED_SHARE:.0%} of openings close; at most 1.2 times the forced may move",
        "cases": [_case(*case) for case in cases],
    }


def _case(people: int, nearest: int) -> dict[str, Any]:
    problem = problem_of(city(people, nearest))
    before = assign(problem)
    closed, forced = _closed(problem, before)
    freely = assign(closed)
    limit = int(MOVED_PER_FORCED * forced)
    began = time.perf_counter()
    after = assign(replace(closed, moves_limit=limit))
    took_s = time.perf_counter() - began
    moved, moved_freely = (_moved(closed, one) for one in (after, freely))
    placed, score = _values(after)
    placed_freely, score_freely = _values(freely)
    bound = after.objectives[-1].bound
    assert bound is not None
    return {
        "question": f"{people:,} people × {nearest} openings, places for 105%",
        "seconds": {"with the limit, proof included": took_s},
        "forced": forced,
        "moved": moved,
        "moved_per_forced": moved / forced,
        "moved_freely": moved_freely,
        "placed_fewer": placed_freely - placed,
        "score_lost_percent": 100 * (1 - score / score_freely),
        "proven": after.status == "optimal",
        "gap_to_bound_percent": 100 * (bound - score) / max(score, 1),
    }


def _closed(problem: Problem, before: Assignment) -> tuple[Problem, int]:
    """Close every hundredth opening; how many were there."""
    m = len(problem.opening_ids)
    random = np.random.default_rng(m)
    shut = random.choice(m, max(1, round(CLOSED_SHARE * m)), replace=False)
    capacity = problem.capacity.copy()
    capacity[shut] = 0
    previous = [problem.opening_ids[at] if at >= 0 else "" for at in before.opening_of.tolist()]
    forced = int(np.isin(before.opening_of, shut).sum())
    return replace(problem, capacity=capacity, previous=tuple(previous)), forced


def _moved(problem: Problem, assignment: Assignment) -> int:
    now = [problem.opening_ids[at] if at >= 0 else "" for at in assignment.opening_of.tolist()]
    return sum(old not in ("", new) for old, new in zip(problem.previous, now, strict=True))


def _values(assignment: Assignment) -> tuple[int, int]:
    placed, _, score = (one.value for one in assignment.objectives)
    assert placed is not None
    assert score is not None
    return placed, score
