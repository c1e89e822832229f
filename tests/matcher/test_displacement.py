from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from matcher import displacement
from matcher.assignment import assign
from matcher.displacement import displacements
from matcher.errors import MatcherError, NotSupported
from matcher.prices import Displacement, Move, prices_of
from matcher.problem import Problem
from matcher.result import Status
from matcher.rules import SameOpening
from matcher.structure import is_flow
from tests.matcher import reference
from tests.matcher.strategies import any_problems

PAIR = Problem.from_arrays(
    participant_ids=["p1", "p2", "p3", "p4"],
    opening_ids=["o1", "o2", "o3"],
    capacity=[2, 2, 1],
    pair_participant=[0, 0, 1, 1, 2, 2, 3, 3],
    pair_opening=[0, 1, 0, 1, 0, 2, 1, 2],
    pair_score=[800_000, 300_000, 800_000, 200_000, 100_000, 600_000, 500_000, 700_000],
    rules=(SameOpening(("p1", "p2")),),
)
"""p1 and p2 go together to o1, p4 to o2; p3 has o3."""


@settings(max_examples=settings().max_examples // 2)
@given(any_problems())
def test_what_it_costs_is_what_solving_again_says(problem: Problem) -> None:
    """Over all rules: the change is exact, and the moves lead from one assignment to the other."""
    if is_flow(problem) or reference.best(problem) is None:
        return
    assignment = assign(problem)
    before = tuple(one.value for one in assignment.objectives)
    possible = reference.possible_pairs(problem)
    for who in range(len(problem.participant_ids)):
        found = displacements(problem, assignment).alternatives(who)
        assert {one.opening for one in found} == {at for person, at in possible if person == who}
        for one in found:
            there = np.flatnonzero(assignment.opening_of == one.opening)
            assert set(one.occupants) == set(there.tolist())
            after = reference.best_with(problem, who, one.opening)
            if after is None:
                assert one.displacement is None
                continue
            assert one.displacement is not None
            change = tuple(new - (old or 0) for old, new in zip(before, after, strict=True))
            assert one.displacement.change == change
            places = assignment.opening_of.tolist()
            for move in one.displacement.moves:
                assert places[move.participant] == move.from_opening
                places[move.participant] = move.to_opening
            assert places[who] == one.opening
            assert tuple(places) in set(reference.every_assignment(problem))
            assert reference.values(problem, tuple(places)) == after


def test_whoever_goes_together_moves_together() -> None:
    """p3 wants a place at o1, so both of the pair must go, and p4 makes room for them at o2."""
    assignment = assign(PAIR)
    assert assignment.opening_of.tolist() == [0, 0, 2, 1]
    needed = displacements(PAIR, assignment).displacement(2, 0)
    assert needed == Displacement(
        change=(0, 0, -1_400_000),
        moves=(Move(2, 2, 0), Move(0, 0, 1), Move(1, 0, 1), Move(3, 1, 2)),
    )


def test_nobody_moves_without_need() -> None:
    """p4 stays where p4 is, and so does everybody else."""
    assert displacements(PAIR, assign(PAIR)).displacement(3, 1) == Displacement((0, 0, 0), ())


def test_a_flow_answers_by_its_chains() -> None:
    alone = replace(PAIR, rules=())
    assignment = assign(alone)
    prices = prices_of(alone, assignment)
    assert displacements(alone, assignment).alternatives(3) == prices.alternatives(3)
    assert displacements(alone, assignment).displacement(3, 1) == prices.displacement(3, 1)


def test_what_cannot_be_answered_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """No such pair, no proof, or too many people to solve again."""
    assignment = assign(PAIR)
    with pytest.raises(MatcherError, match="pair_not_possible"):
        displacements(PAIR, assignment).displacement(2, 1)
    with pytest.raises(MatcherError, match="assignment_not_optimal"):
        displacements(PAIR, replace(assignment, status=Status.FEASIBLE)).displacement(2, 0)
    monkeypatch.setattr(displacement, "MOST_PEOPLE", 4)
    assert displacements(PAIR, assignment).alternatives(2)
    monkeypatch.setattr(displacement, "MOST_PEOPLE", 3)
    with pytest.raises(NotSupported, match="too_large_to_solve_again"):
        displacements(PAIR, assignment).alternatives(2)
