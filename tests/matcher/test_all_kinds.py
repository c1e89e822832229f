"""Rules of every kind together, in every order of objectives, from the problem to the check."""

from __future__ import annotations

from hypothesis import given, settings

from matcher.assignment import assign
from matcher.certificate import check
from matcher.problem import Problem
from matcher.result import Status
from matcher.structure import is_flow
from tests.matcher import reference
from tests.matcher.strategies import any_problems


@settings(max_examples=3 * settings().max_examples)
@given(any_problems())
def test_the_best_is_found_and_its_proof_accepted(problem: Problem) -> None:
    """Over all assignments none is better, and the check believes it without the solver's word."""
    result = assign(problem)
    best = reference.best(problem)
    verdict = check(problem, result)
    assert not verdict.trusted
    if best is None:
        assert result.status is Status.INFEASIBLE
        assert reference.is_irreducible(problem, result.conflict)
        return
    assert result.status is Status.OPTIMAL
    assert (result.method == "flow") == is_flow(problem)
    assert tuple(one.value for one in result.objectives) == best
    assert reference.values(problem, tuple(result.opening_of.tolist())) == best
