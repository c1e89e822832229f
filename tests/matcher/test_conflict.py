from __future__ import annotations

from hypothesis import given

from matcher.conflict import find_conflict
from matcher.problem import Problem
from tests.matcher import reference
from tests.matcher.strategies import any_problems


@given(any_problems())
def test_a_conflict_is_found_where_there_is_one_and_is_irreducible(problem: Problem) -> None:
    """Named rules cannot hold together, and can as soon as any one of them is dropped."""
    found = find_conflict(problem)
    assert (found is None) == (reference.best(problem) is not None)
    if found is None:
        return
    names, proof = found
    assert reference.is_irreducible(problem, names)
    assert proof.kind == "tree"
    assert all(leaf.infeasible for leaf in proof.trees[0].leaves)
    for at, witness in enumerate(proof.witnesses):
        rest = reference.with_only(problem, (*names[:at], *names[at + 1 :]))
        assert reference.is_feasible(rest, tuple(witness.tolist()))
    assert len(proof.witnesses) == len(names)
