from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from matcher.certificate import check
from matcher.problem import Problem
from matcher.result import Status
from tests.matcher import proofs, reference
from tests.matcher.strategies import any_problems

MOST_LEAVES = 200
small = any_problems(extreme=True).filter(lambda one: proofs.choices(one) <= MOST_LEAVES)


@given(small, st.integers(1, 3))
def test_a_proof_by_all_cases_is_accepted(problem: Problem, denominator: int) -> None:
    """Of what brute force finds best, with the gains and reasons that it finds."""
    best = reference.best(problem)
    if best is None:
        assert check(problem, proofs.infeasible(problem)).claim is Status.INFEASIBLE
        return
    proof = proofs.tree(problem, best, denominator)
    for places in reference.every_assignment(problem):
        if reference.values(problem, places) == best:
            assert check(problem, proofs.claim(problem, places, proof)).claim is Status.OPTIMAL
            return
