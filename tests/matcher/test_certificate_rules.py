from __future__ import annotations

from itertools import product

import numpy as np
from hypothesis import given

from matcher.certificate_rules import Ground, check_kept, ground_of
from matcher.errors import ResultRefused
from matcher.problem import Problem
from tests.matcher import reference
from tests.matcher.strategies import any_problems, flow_problems


@given(any_problems() | flow_problems())
def test_possible_by_itself_is_the_fixpoint_of_its_definition(problem: Problem) -> None:
    possible = np.flatnonzero(ground_of(problem).pairs)
    pairs = zip(
        problem.pair_participant[possible].tolist(),
        problem.pair_opening[possible].tolist(),
        strict=True,
    )
    assert set(pairs) == reference.possible_pairs(problem)


@given(any_problems() | flow_problems())
def test_an_assignment_is_kept_exactly_when_brute_force_finds_it(problem: Problem) -> None:
    """Also those to pairs that are not listed."""
    ground = ground_of(problem)
    every = set(reference.every_assignment(problem))
    openings = range(-1, len(problem.opening_ids))
    for places in product(openings, repeat=len(problem.participant_ids)):
        assert _is_kept(ground, places) == (places in every)


def _is_kept(ground: Ground, places: reference.Places) -> bool:
    try:
        check_kept(ground, np.array(places, np.int32))
    except ResultRefused:
        return False
    return True
