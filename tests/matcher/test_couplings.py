from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given

from matcher.assignment import assign
from matcher.certificate import check
from matcher.couplings import best_by_program, solve
from matcher.errors import MatcherError
from matcher.one_more_by_bounds import most_with_one_more
from matcher.problem import Problem
from matcher.program import program_of
from matcher.replanning import least_moves
from matcher.result import Status
from matcher.rules import AllOrNone, GroupFloor, SameOpening, SameSlot
from matcher.structure import is_flow
from tests.matcher import reference
from tests.matcher.strategies import any_problems


@given(any_problems())
def test_a_program_equals_brute_force(problem: Problem) -> None:
    """Over all assignments that keep every rule, none is better in the order asked."""
    best = reference.best(problem)
    assume(best is not None)
    found = best_by_program(problem)
    places = tuple(found.opening_of.tolist())
    assert reference.is_feasible(problem, places)
    assert tuple(one.value for one in found.objectives) == best
    assert reference.values(problem, places) == best
    assert found.status is Status.OPTIMAL
    assert tuple(one.bound for one in found.objectives) == best
    assert found.proof.kind == "tree"


@given(any_problems())
def test_one_more_place_equals_solving_again(problem: Problem) -> None:
    assume(reference.best(problem) is not None)
    found = best_by_program(problem)
    assert found.one_more_place is not None
    assert found.gains_exact is not None
    assert found.gains_exact.all()
    for opening in range(len(problem.opening_ids)):
        told = tuple(found.one_more_place[:, opening].tolist())
        assert told == reference.one_more_place(problem, opening)


def test_one_more_place_fills_a_floor() -> None:
    """Two together of a group in which two are asked for; what is missing falls from 2 to 0."""
    problem = Problem.from_arrays(
        participant_ids=["p1", "p2", "p3"],
        group_names=["g"],
        membership=[[0, 0], [1, 0]],
        opening_ids=["o1"],
        capacity=[1],
        pair_participant=[0, 1, 2],
        pair_opening=[0, 0, 0],
        pair_score=[100_000, 100_000, 500_000],
        pair_seats=[1, 1, 1],
        rules=[SameOpening(("p1", "p2")), GroupFloor("g", 1.0)],
        objectives=["floors", "score"],
    )
    found = best_by_program(problem)
    assert found.one_more_place is not None
    assert found.one_more_place[:, 0].tolist() == [-2, -300_000]


@given(any_problems())
def test_reasons_follow_their_definition(problem: Problem) -> None:
    assume(reference.best(problem) is not None)
    found = best_by_program(problem)
    for participant, place in enumerate(found.opening_of.tolist()):
        reason = found.unplaced[participant]
        if place >= 0:
            assert reason is None
        else:
            assert reason == reference.unplaced_reason(problem, participant)


@given(any_problems())
def test_bounds_of_one_more_place_hold(problem: Problem) -> None:
    """Where it is not solved again, nothing gains more than is told while those before stay."""
    before = reference.best(problem)
    assume(before is not None)
    program = program_of(problem)
    reached = solve(program)
    most = most_with_one_more(program, reached.values, reached.bounded)
    for opening in range(len(problem.opening_ids)):
        after = reference.best(reference.with_one_more_place(problem, opening))
        assert after is not None
        gained = reference.worth(problem, after)
        for level, value in enumerate(gained):
            assert value <= most[level, opening]
            if value > reached.values[level]:
                break


def test_sums_that_floats_cannot_hold_are_refused_clearly() -> None:
    """One unit would be lost, so nothing is told rather than something nearly right."""
    problem = Problem.from_arrays(
        participant_ids=["p1", "p2"],
        weight=[2**60, 1],
        opening_ids=["o1"],
        capacity=[2],
        pair_participant=[0, 1],
        pair_opening=[0, 0],
        pair_score=[0, 0],
        pair_seats=[2, 2],
    )
    with pytest.raises(MatcherError) as refused:
        best_by_program(problem)
    assert refused.value.code == "sums_too_large_to_couple"


def test_a_flow_tells_bounds_where_more_places_would_need_such_sums() -> None:
    problem = Problem.from_arrays(
        participant_ids=["p1", "p2"],
        weight=[2**60, 1],
        opening_ids=["o1"],
        capacity=[1],
        pair_participant=[0, 1],
        pair_opening=[0, 0],
        pair_score=[5, 7],
        pair_seats=[2, 1],
    )
    found = assign(problem)
    assert found.method == "flow"
    assert found.opening_of.tolist() == [-1, 0]
    assert found.gains_exact is not None
    assert found.gains_exact.tolist() == [False]
    assert found.one_more_place is not None
    assert found.one_more_place[:, 0].tolist() == [2**60, 0, 5]
    assert check(problem, found).claim is Status.OPTIMAL


@given(any_problems())
def test_bounds_of_one_more_place_are_those_that_the_check_reads_off(problem: Problem) -> None:
    """As a bound it is not too low, and as an exact gain it would not be too high.

    Where people wait for each other it may be: room is then made for all of them at once.
    """
    assume(reference.best(problem) is not None and not is_flow(problem))
    program = program_of(problem)
    reached = least_moves(program)
    if reached is None or not reached.optimal:
        reached = solve(program)
    told = best_by_program(problem)
    assume(told.proof.kind == "tree")
    bounds = most_with_one_more(program, reached.values, reached.bounded)
    bounds -= np.array(reached.values)[:, np.newaxis]
    bounds[[name == "floors" for name in problem.objectives]] *= -1
    waits = any(isinstance(rule, AllOrNone | SameSlot) for rule in problem.rules)
    for exact in (False,) if waits else (False, True):
        which = np.full(len(problem.opening_ids), exact)
        claimed = replace(told, one_more_place=bounds, gains_exact=which)
        assert check(problem, claimed).claim is Status.OPTIMAL
