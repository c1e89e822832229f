from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings

from matcher import couplings, cuts
from matcher.certificate import check
from matcher.couplings import best_by_program
from matcher.cuts import tightened
from matcher.errors import ResultRefused
from matcher.milp import Linear, Solved, best_real, best_whole
from matcher.problem import Problem
from matcher.program import program_of
from matcher.result import Assignment, Cut, Status
from matcher.rules import HostLimit, SameOpening
from matcher.time_limit import TimeLimit
from tests.matcher import reference
from tests.matcher.strategies import any_problems

TWO_PAIRS = Problem.from_arrays(
    participant_ids=["p1", "p2", "p3", "p4"],
    opening_ids=["o1"],
    capacity=[3],
    pair_participant=[0, 1, 2, 3],
    pair_opening=[0, 0, 0, 0],
    pair_score=[500_000] * 4,
    rules=[SameOpening(("p1", "p2")), SameOpening(("p3", "p4"))],
    objectives=["placed", "score"],
)
"""Of three places the relaxation gives the second pair half a place; only one pair fits."""
THREES = Problem.from_arrays(
    participant_ids=[f"p{at}" for at in range(6)],
    opening_ids=["o1", "o2"],
    capacity=[4, 3],
    host_names=["h"],
    opening_host=[0, 0],
    pair_participant=[*range(6), *range(6)],
    pair_opening=[0] * 6 + [1] * 6,
    pair_score=[500_000] * 12,
    rules=[
        SameOpening(("p0", "p1", "p2")),
        SameOpening(("p3", "p4", "p5")),
        HostLimit("h", 5),
    ],
    objectives=["placed"],
)
"""Five places of the host are one and two thirds for groups of three."""


@pytest.fixture
def as_if_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take every problem for a large one."""
    monkeypatch.setattr(couplings, "MOST_IN_CASES", 0)


def _bound(problem: Problem) -> tuple[int, int]:
    """Bound of how many can be placed without and with cuts, rounded up to 0.001."""
    program = program_of(problem)
    gain = program.values[0].astype(np.float64)
    rows = program.rows
    real = best_real(Linear(gain, program.upper, rows.matrix, rows.limit, rows.exact), TimeLimit())
    assert real is not None
    return round(1000 * real.value), round(
        1000 * tightened(program, gain, real, TimeLimit())[1].value
    )


def test_half_a_place_is_cut_off() -> None:
    assert _bound(TWO_PAIRS) == (3000, 2000)


def test_thirds_of_a_place_are_cut_off() -> None:
    assert _bound(THREES) == (5000, 3000)


@given(any_problems())
@settings(max_examples=60)
def test_cuts_lose_no_assignment(problem: Problem) -> None:
    """Whatever they cut off, it is nothing whole."""
    program = program_of(problem)
    assume(program.upper.size)
    gain = np.ones(program.upper.size)
    rows = program.rows
    linear = Linear(gain, program.upper, rows.matrix, rows.limit, rows.exact)
    every = list(reference.every_assignment(problem))
    assume(every)
    real = best_real(linear, TimeLimit())
    assert real is not None
    cut, _ = tightened(program, gain, real, TimeLimit())
    for places in every:
        assert cut.rows.keeps(cut.solution(cut.chosen(np.array(places, np.int32))))


@given(any_problems())
@settings(max_examples=40)
def test_the_way_of_large_problems_equals_brute_force(problem: Problem) -> None:
    best = reference.best(problem)
    assume(best is not None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(couplings, "MOST_IN_CASES", 0)
        found = best_by_program(problem)
    assert found.status is Status.OPTIMAL
    assert tuple(one.value for one in found.objectives) == best
    assert check(problem, found, trust_solver=True).claim is Status.OPTIMAL


@pytest.mark.usefixtures("as_if_large")
def test_without_time_for_the_solver_the_bounds_are_proven_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What the relaxation gave stays, and a third party accepts how far it may be from best."""

    def out_of_time(*_: object, start: object = None, **__: object) -> Solved:
        assert start is None or isinstance(start, np.ndarray)
        return Solved(start, np.inf, proven=False)

    limited = replace(TWO_PAIRS, time_limit_seconds=60.0)
    monkeypatch.setattr(couplings, "best_whole", out_of_time)
    found = best_by_program(limited)
    assert check(limited, found).claim is found.status
    assert (found.objectives[0].value, found.objectives[0].bound) == (2, 2)
    assert found.proof.cuts


@pytest.mark.usefixtures("as_if_large")
def test_no_bound_of_the_solver_stands_beside_a_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    """The solver settles `placed` but runs out of time at `score`: told is what the tree shows."""

    def in_time_for_placed(program: Linear, limit: TimeLimit, **wanted: Any) -> Solved:
        return replace(best_whole(program, limit, **wanted), proven=wanted.get("gap", 0.0) > 0)

    monkeypatch.setattr(cuts, "MOST_ROUNDS", 0)
    monkeypatch.setattr(couplings, "best_whole", in_time_for_placed)
    found = best_by_program(TWO_PAIRS)
    assert [(one.value, one.bound) for one in found.objectives] == [(2, 3), (1_000_000, 1_500_000)]
    assert check(TWO_PAIRS, found).claim is Status.FEASIBLE


@pytest.mark.usefixtures("as_if_large")
def test_what_the_solver_settles_is_best_by_its_word(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without cuts one leaf leaves half a place open, at which the solver finds nothing."""
    monkeypatch.setattr(cuts, "MOST_ROUNDS", 0)
    found = best_by_program(TWO_PAIRS)
    assert (found.status, found.proof.kind) == (Status.OPTIMAL, "solver")
    assert check(TWO_PAIRS, found, trust_solver=True).trusted


@pytest.mark.usefixtures("as_if_large")
def test_one_leaf_with_cuts_proves_what_one_leaf_alone_cannot() -> None:
    found = best_by_program(TWO_PAIRS)
    assert found.proof.kind == "tree"
    assert check(TWO_PAIRS, found).claim is Status.OPTIMAL
    with pytest.raises(ResultRefused):
        check(TWO_PAIRS, replace(found, proof=replace(found.proof, cuts=())))


@pytest.mark.usefixtures("as_if_large")
def test_a_cut_may_rise_with_one_more_place() -> None:
    """A fourth place takes in the second pair, and the check finds the same gain."""
    found = best_by_program(TWO_PAIRS)
    assert found.one_more_place is not None
    assert found.one_more_place[:, 0].tolist() == [2, 1_000_000]
    told = replace(found, one_more_place=np.zeros((2, 1), np.int64), gains_exact=np.array([False]))
    with pytest.raises(ResultRefused) as refused:
        check(TWO_PAIRS, told)
    assert refused.value.code == "one_more_place_differs"


def _named(**multipliers: int) -> dict[str, int]:
    return {name.replace("__", "/"): factor for name, factor in multipliers.items()}


WRONG: dict[str, tuple[str, Callable[[Cut], Cut]]] = {
    "unknown row": ("row_unknown", lambda cut: replace(cut, multipliers=_named(openings__o9=1))),
    "itself": ("row_unknown", lambda cut: replace(cut, multipliers=_named(cuts__0=1))),
    "an objective": (
        "row_unknown",
        lambda cut: replace(cut, multipliers=_named(objectives__placed=1)),
    ),
    "below zero": (
        "multiplier_below_zero",
        lambda cut: replace(cut, multipliers=_named(openings__o1=-1)),
    ),
    "no denominator": ("denominator_below_one", lambda cut: replace(cut, denominator=0)),
    "not rounded enough": ("not_proven", lambda cut: replace(cut, denominator=1)),
    "of any size": (
        "not_proven",
        lambda cut: replace(cut, denominator=1, multipliers=_named(openings__o1=10**30)),
    ),
}


@pytest.mark.usefixtures("as_if_large")
@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_cut_is_refused(wrong: str) -> None:
    code, change = WRONG[wrong]
    found = best_by_program(TWO_PAIRS)
    with pytest.raises(ResultRefused) as refused:
        check(TWO_PAIRS, _with_cuts(found, change))
    assert refused.value.code == code


def _with_cuts(found: Assignment, change: Callable[[Cut], Cut]) -> Assignment:
    cuts = tuple(change(cut) for cut in found.proof.cuts)
    return replace(found, proof=replace(found.proof, cuts=cuts))
