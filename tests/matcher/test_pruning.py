"""Whoever begins with a few of the best pairs only ends where all pairs would have led."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from benchmarks.assignment import problem_of
from benchmarks.instances import city
from matcher.certificate import check
from matcher.conflict import find_conflict
from matcher.flow_stages import best_by_flow
from matcher.network import network_of
from matcher.optimum import best_choices
from matcher.problem import Problem
from matcher.pruning import best_of_all
from matcher.result import Status
from tests.matcher import reference
from tests.matcher.strategies import flow_problems

CROWD = Problem.from_arrays(
    participant_ids=["p1", "p2", "p3"],
    opening_ids=["o1", "o2", "o3"],
    capacity=[1, 1, 1],
    pair_participant=[0, 0, 1, 1, 2, 2],
    pair_opening=[0, 1, 0, 1, 0, 2],
    pair_score=[900_000, 100_000, 900_000, 200_000, 900_000, 300_000],
)
"""Everyone likes o1 best, where there is one place."""


@settings(max_examples=3 * settings().max_examples)
@given(flow_problems(), st.integers(1, 2))
def test_few_candidates_prove_the_best_of_all(problem: Problem, candidates: int) -> None:
    """As good as the best of every assignment, and the proof holds for every pair listed."""
    assume(not find_conflict(problem))
    result = best_by_flow(problem, candidates)
    assert tuple(one.value for one in result.objectives) == reference.best(problem)
    verdict = check(problem, result)
    assert verdict.claim is Status.OPTIMAL
    assert not verdict.trusted


@given(flow_problems(), st.integers(1, 2))
def test_few_candidates_lead_to_the_same_prices(problem: Problem, candidates: int) -> None:
    """What one more place gains, and the potentials, do not tell where the search began."""
    assume(not find_conflict(problem))
    network = network_of(problem)
    (_, few), (_, all_) = best_of_all(network, candidates), best_choices(network)
    assert few.tolist() == all_.tolist()


def test_what_was_left_out_is_brought_in() -> None:
    """With one candidate each, only one of three would have a place."""
    assert best_by_flow(CROWD, 1).opening_of.tolist().count(-1) == 0


@pytest.mark.parametrize("load", [0.9, 1.05])
def test_where_many_are_listed_few_are_solved(load: float) -> None:
    """On its own the core leaves out most of 200 pairs each, and nobody can tell."""
    network = network_of(problem_of(city(200, 50, load)))
    wide = network_of(problem_of(city(300, 75, load)))
    for some, most in ((network, 5), (wide, None)):
        chosen, distance = best_of_all(some, most)
        again, right = best_choices(some)
        gained = [some.gain(name)[chosen].sum() for name in ("placed", "score")]
        assert gained == [some.gain(name)[again].sum() for name in ("placed", "score")]
        assert np.array_equal(distance, right)
