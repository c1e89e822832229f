from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings

from matcher.assignment import assign
from matcher.errors import MatcherError, NotSupported
from matcher.prices import Alternative, Displacement, Move, prices_of
from matcher.problem import Problem
from matcher.result import Assignment, Status
from matcher.rules import Apart, Fixed
from tests.matcher import reference
from tests.matcher.strategies import flow_problems

LADDER = Problem.from_arrays(
    participant_ids=["p1", "p2", "p3"],
    opening_ids=["o1", "o2", "o3"],
    capacity=[1, 1, 1],
    pair_participant=[0, 1, 1, 2, 2],
    pair_opening=[0, 0, 1, 1, 2],
    pair_score=[300_000, 900_000, 500_000, 800_000, 100_000],
)
"""p1 takes o1, so p2 is at o2 and p3 at o3."""


def test_a_chain_names_everyone_who_moves() -> None:
    """If p2 gets o1, p1 has nowhere to go; p3 moves up into o2."""
    assignment = assign(LADDER)
    assert assignment.opening_of.tolist() == [0, 1, 2]
    assert prices_of(LADDER, assignment).displacement(1, 0) == Displacement(
        change=(-1, 0, 800_000), moves=(Move(1, 1, 0), Move(0, 0, -1), Move(2, 2, 1))
    )


def test_staying_costs_nothing_and_moves_nobody() -> None:
    stay = prices_of(LADDER, assign(LADDER)).displacement(1, 1)
    assert stay == Displacement(change=(0, 0, 0), moves=())


def test_alternatives_say_who_is_there_at_what_price() -> None:
    """The cheapest first; where everyone is fixed there is no price."""
    crowded = replace(LADDER, capacity=np.array([1, 1, 0]), rules=(Fixed("p1", "o1"),))
    assignment = assign(crowded)
    assert assignment.opening_of.tolist() == [0, -1, 1]
    assert prices_of(crowded, assignment).alternatives(1) == (
        Alternative(1, (2,), Displacement((0, 0, -300_000), (Move(1, -1, 1), Move(2, 1, -1)))),
        Alternative(0, (0,), None),
    )


@settings(max_examples=2 * settings().max_examples)
@given(flow_problems())
def test_prices_equal_solving_again(problem: Problem) -> None:
    """Each price is what forcing the pair costs, and its moves lead to such an assignment."""
    assume(reference.best(problem) is not None)
    assignment = assign(problem)
    prices = prices_of(problem, assignment)
    for participant in range(len(problem.participant_ids)):
        for one in prices.alternatives(participant):
            there = np.flatnonzero(assignment.opening_of == one.opening)
            assert set(one.occupants) == set(there.tolist())
            _check_price(problem, assignment, participant, one)


def _check_price(
    problem: Problem, assignment: Assignment, participant: int, one: Alternative
) -> None:
    before = tuple(objective.value for objective in assignment.objectives)
    after = reference.best_with(problem, participant, one.opening)
    if after is None:
        assert one.displacement is None
        return
    assert one.displacement is not None
    change = one.displacement.change
    assert after == tuple((old or 0) + more for old, more in zip(before, change, strict=True))
    places = assignment.opening_of.tolist()
    for move in one.displacement.moves:
        assert places[move.participant] == move.from_opening
        places[move.participant] = move.to_opening
    assert places[participant] == one.opening
    assert tuple(places) in set(reference.every_assignment(problem))
    assert reference.values(problem, tuple(places)) == after


def test_a_pair_that_is_not_possible_has_no_price() -> None:
    with pytest.raises(MatcherError, match="pair_not_possible"):
        prices_of(LADDER, assign(LADDER)).displacement(0, 1)


def test_an_assignment_that_is_not_optimal_is_noticed() -> None:
    """p1 and p2 could both be placed, so a cycle gains."""
    worse = replace(assign(LADDER), opening_of=np.array([-1, 0, 1], np.int32))
    with pytest.raises(MatcherError, match="assignment_not_optimal"):
        prices_of(LADDER, worse)
    elsewhere = replace(worse, opening_of=np.array([2, 0, 1], np.int32))
    with pytest.raises(MatcherError, match="assignment_not_optimal"):
        prices_of(LADDER, elsewhere)


def test_prices_need_the_claim_and_the_class() -> None:
    assignment = assign(LADDER)
    with pytest.raises(MatcherError, match="assignment_not_optimal"):
        prices_of(LADDER, replace(assignment, status=Status.FEASIBLE))
    with pytest.raises(NotSupported):
        prices_of(replace(LADDER, rules=(Apart(("p1", "p2")),)), assignment)
