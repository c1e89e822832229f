from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings

from matcher.assignment import assign
from matcher.certificate import check
from matcher.errors import NotSupported
from matcher.problem import Problem
from matcher.result import Status
from matcher.rules import GroupFloor, SameOpening
from tests.matcher import reference
from tests.matcher.strategies import problems

THOROUGH = 4 * settings().max_examples


@settings(max_examples=THOROUGH)
@given(problems())
def test_the_solver_equals_brute_force(problem: Problem) -> None:
    """Over all assignments, none is better, and infeasible is said only where there is none."""
    assignment = assign(problem)
    best = reference.best(problem)
    if best is None:
        assert assignment.status is Status.INFEASIBLE
        return
    assert assignment.status is Status.OPTIMAL
    places = tuple(assignment.opening_of.tolist())
    assert places in set(reference.every_assignment(problem))
    assert reference.values(problem, places) == best
    assert tuple(one.value for one in assignment.objectives) == best
    assert tuple(one.bound for one in assignment.objectives) == best


@given(problems())
def test_one_more_place_equals_solving_again(problem: Problem) -> None:
    before = reference.best(problem)
    assume(before is not None and problem.opening_ids)
    gained = assign(problem).one_more_place
    assert gained is not None
    assert before is not None
    for opening in range(len(problem.opening_ids)):
        after = reference.best(reference.with_one_more_place(problem, opening))
        assert after is not None
        difference = [new - old for new, old in zip(after, before, strict=True)]
        assert gained[:, opening].tolist() == difference


@given(problems())
def test_reasons_of_the_unplaced_follow_their_definition(problem: Problem) -> None:
    assignment = assign(problem)
    assume(assignment.status is Status.OPTIMAL)
    for participant, place in enumerate(assignment.opening_of.tolist()):
        reason = assignment.unplaced[participant]
        if place >= 0:
            assert reason is None
        else:
            assert reason == reference.unplaced_reason(problem, participant)


@given(problems())
def test_a_conflict_is_irreducible(problem: Problem) -> None:
    """The rules named cannot hold together, and can as soon as any one of them is dropped."""
    conflict = assign(problem).conflict
    named = [problem.rules[int(name.removeprefix("rules/"))] for name in conflict]
    assume(named)
    assert reference.best(replace(problem, rules=tuple(named))) is None
    for superfluous in range(len(named)):
        rest = (*named[:superfluous], *named[superfluous + 1 :])
        assert reference.best(replace(problem, rules=rest)) is not None


def test_weights_decide_before_numbers() -> None:
    """One person of weight 3 goes before two of weight 1, although fewer are placed."""
    problem = Problem.from_arrays(
        participant_ids=["p1", "p2", "p3"],
        weight=[1, 3, 1],
        opening_ids=["o1"],
        capacity=[1],
        pair_participant=[0, 1, 2],
        pair_opening=[0, 0, 0],
        pair_score=[900_000, 100_000, 800_000],
    )
    assignment = assign(problem)
    assert assignment.opening_of.tolist() == [-1, 0, -1]
    assert assignment.unplaced == ("crowded_out", None, "crowded_out")
    assert [one.value for one in assignment.objectives] == [3, 0, 100_000]


def test_one_more_placed_outweighs_any_loss_of_score() -> None:
    """Ten people give up their best place, one after the other, so that an eleventh has one."""
    chain = [(at, at, 1_000_000) for at in range(10)] + [(at, at + 1, 0) for at in range(10)]
    people, openings, scores = zip(*chain, (10, 0, 0), strict=True)
    problem = Problem.from_arrays(
        participant_ids=[f"p{at:02}" for at in range(11)],
        opening_ids=[f"o{at:02}" for at in range(11)],
        capacity=[1] * 11,
        pair_participant=people,
        pair_opening=openings,
        pair_score=scores,
    )
    assignment = assign(problem)
    assert [one.value for one in assignment.objectives] == [11, 0, 0]
    assert check(problem, assignment).claim is Status.OPTIMAL


def test_weights_may_fill_64_bits() -> None:
    """The whole sum of weights is 2^63 − 1 and still counts to the last unit."""
    problem = Problem.from_arrays(
        participant_ids=["p1", "p2"],
        weight=[2**62, 2**62 - 1],
        opening_ids=["o1", "o2"],
        capacity=[1, 0],
        pair_participant=[0, 1, 1],
        pair_opening=[0, 0, 1],
        pair_score=[0, 0, 0],
        objectives=["placed"],
    )
    assignment = assign(problem)
    assert assignment.opening_of.tolist() == [0, -1]
    assert assignment.objectives[0].value == 2**62
    assert assignment.one_more_place is not None
    assert assignment.one_more_place.tolist() == [[2**62 - 1, 2**62 - 1]]


@pytest.mark.parametrize("shuffle_seed", range(5))
def test_order_of_entries_changes_nothing(shuffle_seed: int) -> None:
    """Ties are broken by id, so the same people go to the same openings in any order."""
    chance = random.Random(shuffle_seed)
    participants, openings = [f"p{at}" for at in range(12)], [f"o{at}" for at in range(5)]
    pairs = [(p, o) for p in participants for o in openings]
    expected = _places(participants, openings, pairs)
    chance.shuffle(participants)
    chance.shuffle(openings)
    chance.shuffle(pairs)
    assert _places(participants, openings, pairs) == expected


def _places(
    participants: list[str], openings: list[str], pairs: list[tuple[str, str]]
) -> dict[str, str]:
    """Who goes where when every pair is worth the same."""
    assignment = assign(
        Problem.from_arrays(
            participant_ids=participants,
            opening_ids=openings,
            capacity=[2] * len(openings),
            pair_participant=[participants.index(p) for p, _ in pairs],
            pair_opening=[openings.index(o) for _, o in pairs],
            pair_score=[500_000] * len(pairs),
        )
    )
    places = zip(participants, assignment.opening_of.tolist(), strict=True)
    return {who: openings[place] for who, place in places if place >= 0}


ONE = Problem.from_arrays(
    participant_ids=["p1", "p2"],
    opening_ids=["o1"],
    capacity=[3],
    pair_participant=[0, 1],
    pair_opening=[0, 0],
    pair_score=[1, 2],
    group_names=["g"],
    membership=[(0, 0)],
)


@pytest.mark.parametrize(
    ("problem", "code"),
    [
        (replace(ONE, rules=(SameOpening(("p1", "p2")),)), "rule_not_supported"),
        (replace(ONE, rules=(GroupFloor("g", 0.5),)), "rule_not_supported"),
        (replace(ONE, pair_seats=ONE.pair_seats + 1), "seats_not_supported"),
        (replace(ONE, objectives=("stay",)), "stay_not_supported"),
        (replace(ONE, moves_limit=3), "moves_limit_not_supported"),
    ],
)
def test_what_is_outside_the_flow_class_is_refused(problem: Problem, code: str) -> None:
    with pytest.raises(NotSupported) as refused:
        assign(problem)
    assert refused.value.code == code


def test_a_floor_that_nobody_asks_for_changes_nothing() -> None:
    """`group_floor` matters only where `floors` is an objective."""
    problem = replace(ONE, rules=(GroupFloor("g", 0.5),), objectives=("placed",))
    assert assign(problem).objectives[0].value == 2
