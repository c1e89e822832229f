from __future__ import annotations

from hypothesis import assume, given

from matcher.couplings import best_by_program, solve
from matcher.one_more_by_bounds import most_with_one_more
from matcher.problem import Problem
from matcher.program import program_of
from matcher.result import Status
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
