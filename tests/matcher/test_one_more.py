from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings

from matcher.assignment import assign
from matcher.certificate import check
from matcher.couplings import best_by_program, solve
from matcher.one_more import with_places_solved_again
from matcher.one_more_by_bounds import most_with_one_more
from matcher.problem import Problem
from matcher.program import program_of
from matcher.result import Assignment, ObjectiveValue, Status
from matcher.rules import AllOrNone, Apart, HostLimit, Rule, SameOpening
from matcher.structure import is_flow
from tests.matcher import reference
from tests.matcher.strategies import any_problems

WAITING = Problem.from_arrays(
    participant_ids=["p1", "p2", "p3"],
    previous=["", "o1", ""],
    opening_ids=["o1", "o2"],
    capacity=[1, 0],
    host_names=["h"],
    opening_host=[0, 0],
    pair_participant=[0, 1, 2],
    pair_opening=[0, 0, 1],
    pair_score=[100_000, 200_000, 300_000],
)
"""p1 and p2 want the one place at o1; p3 waits for a first place at o2."""


@settings(max_examples=3 * settings().max_examples)
@given(any_problems())
def test_gains_equal_solving_again_wherever_the_method_is_a_flow(problem: Problem) -> None:
    """Also where rules between people, or seats, begin to matter with one more place."""
    assume(is_flow(problem))
    if reference.best(problem) is None:
        return
    assignment = assign(problem)
    assert assignment.one_more_place is not None
    for opening in range(len(problem.opening_ids)):
        gained = tuple(assignment.one_more_place[:, opening].tolist())
        assert gained == reference.one_more_place(problem, opening)


@pytest.mark.parametrize(
    ("rules", "seats", "gains"),
    [
        ((), [1, 1, 1], [100_000, 300_000]),
        ((), [2, 1, 1], [0, 300_000]),
        ((), [1, 2, 1], [100_000, 300_000]),
        ((SameOpening(("p1", "p2")),), [1, 1, 1], [300_000, 300_000]),
        (
            (
                Apart(
                    ("p1", "p2"),
                ),
            ),
            [2, 2, 1],
            [200_000, 300_000],
        ),
        ((AllOrNone(("p1", "p3")),), [1, 1, 1], [0, 200_000]),
        ((Apart(("p1", "p3"), "host"),), [1, 1, 1], [100_000, 300_000]),
        ((HostLimit("h", 1, "newcomers"),), [1, 1, 1], [100_000, 300_000]),
        ((HostLimit("h", 1, "all"),), [1, 1, 1], [0, 100_000]),
    ],
    ids=str,
)
def test_a_place_may_allow_what_was_not_possible(
    rules: tuple[Rule, ...], seats: list[int], gains: list[int]
) -> None:
    """By hand: who comes in with one more place at o1, and at o2."""
    problem = replace(
        WAITING, rules=rules, pair_seats=WAITING.pair_seats * 0 + seats, objectives=("score",)
    )
    assert is_flow(problem)
    for opening, gain in enumerate(gains):
        assert reference.one_more_place(problem, opening) == (gain,)
    assignment = assign(problem)
    assert assignment.one_more_place is not None
    assert assignment.one_more_place.tolist() == [gains]


def test_a_limit_of_newcomers_may_bind_with_one_place_more() -> None:
    """With a place at o2, p1 and p3 would be two newcomers; p2 and p3 are one."""
    problem = replace(
        WAITING,
        rules=(HostLimit("h", 1, "newcomers"),),
        pair_score=np.array([400_000, 200_000, 300_000]),
        objectives=("score",),
    )
    assert is_flow(problem)
    gains = assign(problem).one_more_place
    assert gains is not None
    assert gains.tolist() == [[200_000, 100_000]]


def test_what_is_not_solved_to_the_end_is_a_bound() -> None:
    """Two together can take o1 if it has one place more; the solver stops before it knows."""
    problem = replace(WAITING, rules=(SameOpening(("p1", "p2")),), objectives=("score",))
    assignment = assign(problem)

    def stopped(_: Problem) -> Assignment:
        told = (ObjectiveValue("score", 0, 900_000),)
        return replace(assignment, status=Status.FEASIBLE, objectives=told)

    bounded = with_places_solved_again(problem, assignment, stopped)
    assert bounded.gains_exact is not None
    assert bounded.gains_exact.tolist() == [False, True]
    assert bounded.one_more_place is not None
    assert bounded.one_more_place.tolist() == [[900_000, 300_000]]


def test_a_place_inside_each_of_two_full_hosts() -> None:
    """Nobody comes from outside: whoever is at the worse opening of the host moves up."""
    problem = Problem.from_arrays(
        participant_ids=["p1", "p2", "p3", "p4", "p5"],
        opening_ids=["a0", "a1", "b0", "b1"],
        capacity=[1, 1, 1, 1],
        host_names=["a", "b"],
        opening_host=[0, 0, 1, 1],
        pair_participant=[0, 0, 1, 1, 2, 2, 3, 3],
        pair_opening=[0, 1, 0, 1, 2, 3, 2, 3],
        pair_score=[900_000, 100_000, 900_000, 100_000, 700_000, 200_000, 700_000, 200_000],
        rules=[HostLimit("a", 2), HostLimit("b", 2)],
        objectives=("placed", "score"),
    )
    found = assign(problem)
    assert found.one_more_place is not None
    assert found.one_more_place.tolist() == [[0, 0, 0, 0], [800_000, 0, 500_000, 0]]
    assert check(problem, found).claim is Status.OPTIMAL


def test_a_place_that_lets_a_partner_go_elsewhere() -> None:
    """p1 alone is worth less than nothing; but p2, who goes only if p1 does, had room all along."""
    problem = Problem.from_arrays(
        participant_ids=["p1", "p2"],
        opening_ids=["o1", "o2"],
        capacity=[1, 1],
        pair_participant=[0, 1],
        pair_opening=[0, 1],
        pair_score=[-1_000_000, 5_000_000],
        pair_seats=[2, 1],
        rules=[AllOrNone(("p1", "p2"))],
        objectives=("score",),
    )
    found = best_by_program(problem)
    assert found.one_more_place is not None
    assert found.one_more_place.tolist() == [[4_000_000, 0]]


def test_a_place_that_two_who_belong_together_lack() -> None:
    """Together they need one place more than there is, and are worth more than who has it."""
    problem = Problem.from_arrays(
        participant_ids=["p1", "p2", "p3"],
        weight=[2, 2, 1],
        opening_ids=["o"],
        capacity=[1],
        pair_participant=[0, 1, 2],
        pair_opening=[0, 0, 0],
        pair_score=[0, 0, 0],
        rules=[SameOpening(("p1", "p2"))],
        objectives=("placed",),
    )
    program = program_of(problem)
    reached = solve(program)
    assert most_with_one_more(program, reached.values, reached.bounded)[0, 0] >= 4
    found = assign(problem)
    assert found.one_more_place is not None
    assert found.one_more_place.tolist() == [[3]]
    assert check(problem, found).claim is Status.OPTIMAL
