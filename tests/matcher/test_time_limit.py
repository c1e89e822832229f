"""The clock may stop work, but what claims to be best does not depend on it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any

import numpy as np
import pytest

from benchmarks.instances import couplings
from exchange.result_files import result_to_json
from matcher import conflict, time_limit
from matcher import couplings as solving
from matcher.assignment import assign
from matcher.certificate import check
from matcher.errors import OutOfTime
from matcher.milp import Linear, Solved, best_whole
from matcher.problem import Problem
from matcher.result import Assignment, Status, Unplaced
from matcher.rules import Fixed, SameOpening
from matcher.time_limit import TimeLimit
from tests.matcher.test_cuts import TWO_PAIRS

LIMIT_SECONDS = 10_000.0
LARGE = replace(couplings(410, seed=4), time_limit_seconds=LIMIT_SECONDS)
"""Its relaxation is cut in several rounds; all of it takes less than a second."""


def _told(problem: Problem, assignment: Assignment) -> str:
    return json.dumps(result_to_json(problem, replace(assignment, wall_seconds=0.0)), default=str)


@pytest.fixture
def slow_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let a clock pass some seconds each time that it is read."""

    def pass_at_each_look(seconds: float) -> None:
        looks = count(step=seconds)
        monkeypatch.setattr(time_limit, "perf_counter", lambda: next(looks))

    return pass_at_each_look


def test_a_slow_clock_changes_no_byte_of_what_is_best(
    slow_clock: Callable[[float], None],
) -> None:
    """From hardly slower than usual to over before anything is found."""
    usual = assign(LARGE)
    assert (usual.status, len(usual.proof.cuts) > 0) == (Status.OPTIMAL, True)
    best = 0
    for parts in (1_000, 30, 22, 15, 2):
        slow_clock(LIMIT_SECONDS / parts)
        try:
            found = assign(LARGE)
        except OutOfTime:
            continue
        if found.status is Status.OPTIMAL:
            best += 1
            assert _told(LARGE, found) == _told(LARGE, usual)
        else:
            assert check(LARGE, found).claim is Status.FEASIBLE
    assert best >= 2


def test_without_a_limit_nothing_is_cut_off(slow_clock: Callable[[float], None]) -> None:
    slow_clock(1e9)
    limit = TimeLimit()
    assert (limit.left(), limit.stops(), limit.cut_off) == (None, False, False)


def test_time_counts_from_the_start_without_what_is_reserved(
    slow_clock: Callable[[float], None],
) -> None:
    slow_clock(1.0)
    limit = TimeLimit(10.0, reserved=2.0)
    assert limit.left() == 7.0
    assert (limit.stops(0.5), limit.cut_off) == (False, False)
    assert limit.stops(0.25)
    assert limit.cut_off
    slow_clock(100.0)
    assert TimeLimit(10.0).left() == time_limit.LEAST_SECONDS


def test_rules_that_may_contradict_are_not_called_kept_after_the_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where nobody knows in time whether they contradict, neither answer is given."""
    ids = [f"p{at}" for at in range(40)]
    problem = Problem.from_arrays(
        participant_ids=ids,
        opening_ids=[f"o{at}" for at in range(40)],
        capacity=[1] * 40,
        pair_participant=np.repeat(np.arange(40), 40),
        pair_opening=np.tile(np.arange(40), 40),
        pair_score=np.zeros(1600, np.int64),
        previous=[f"o{at}" for at in range(40)],
        rules=[Fixed("p0", "o1"), SameOpening(("p2", "p3"))],
        moves_limit=0,
    )
    assert assign(problem).status is Status.INFEASIBLE
    monkeypatch.setattr(conflict, "best_whole", _until(0))
    monkeypatch.setattr(solving, "best_whole", _until(0))
    with pytest.raises(OutOfTime):
        assign(problem)


def _until(calls: int) -> Callable[..., Solved]:
    """Return a solver whose time is over after some calls."""
    made = count()

    def solve(program: Linear, limit: TimeLimit, **wanted: Any) -> Solved:
        if next(made) < calls:
            return best_whole(program, limit, **wanted)
        limit.cut_off = True
        return Solved(None, np.inf, proven=False)

    return solve


NOT_WORTH = replace(
    TWO_PAIRS,
    pair_score=np.array([500_000, 500_000, -100_000, -100_000]),
    capacity=np.array([4]),
    objectives=("score", "placed"),
)


def test_a_reason_that_is_not_found_in_time_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second pair could be placed at a loss; then nobody claims to have looked at that."""
    assert assign(NOT_WORTH).unplaced[2:] == (Unplaced.NOT_WORTH, Unplaced.NOT_WORTH)
    monkeypatch.setattr(solving, "best_whole", _until(2))
    found = assign(NOT_WORTH)
    assert found.status is Status.FEASIBLE
    assert found.unplaced[2:] == (Unplaced.CROWDED_OUT, Unplaced.CROWDED_OUT)
    assert check(NOT_WORTH, found).claim is Status.FEASIBLE


def test_a_gain_that_is_not_found_in_time_is_told_as_a_bound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert assign(TWO_PAIRS).gains_exact == np.array([True])
    monkeypatch.setattr(solving, "best_whole", _until(1))
    found = assign(TWO_PAIRS)
    assert (found.status, found.gains_exact) == (Status.OPTIMAL, np.array([False]))
    assert check(TWO_PAIRS, found).claim is Status.OPTIMAL
