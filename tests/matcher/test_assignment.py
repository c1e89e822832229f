from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings

from matcher.assignment import assign
from matcher.certificate import check
from matcher.problem import Problem
from matcher.result import Status, Unplaced
from matcher.rules import Fixed, GroupFloor, HostLimit, Rule, SameOpening
from tests.matcher import potentials as proofs
from tests.matcher import reference
from tests.matcher.strategies import flow_problems

EXAMPLES = settings().max_examples


@settings(max_examples=4 * EXAMPLES)
@given(flow_problems())
def test_the_solver_equals_brute_force(problem: Problem) -> None:
    """Over all assignments, none is better, and infeasible is said only where there is none."""
    assignment = assign(problem)
    best = reference.best(problem)
    if best is None:
        assert assignment.status is Status.INFEASIBLE
        return
    assert assignment.status is Status.OPTIMAL
    assert assignment.method == "flow"
    places = tuple(assignment.opening_of.tolist())
    assert places in set(reference.every_assignment(problem))
    assert reference.values(problem, places) == best
    assert tuple(one.value for one in assignment.objectives) == best
    assert tuple(one.bound for one in assignment.objectives) == best


@settings(max_examples=2 * EXAMPLES)
@given(flow_problems())
def test_one_more_place_equals_solving_again(problem: Problem) -> None:
    assume(reference.best(problem) is not None)
    assignment = assign(problem)
    assert assignment.one_more_place is not None
    assert assignment.gains_exact is None
    for opening in range(len(problem.opening_ids)):
        gained = tuple(assignment.one_more_place[:, opening].tolist())
        assert gained == reference.one_more_place(problem, opening)


@settings(max_examples=2 * EXAMPLES)
@given(flow_problems())
def test_reasons_of_the_unplaced_follow_their_definition(problem: Problem) -> None:
    assume(reference.best(problem) is not None)
    assignment = assign(problem)
    for participant, place in enumerate(assignment.opening_of.tolist()):
        reason = assignment.unplaced[participant]
        if place >= 0:
            assert reason is None
        else:
            assert reason == reference.unplaced_reason(problem, participant)


@given(flow_problems())
def test_a_conflict_is_irreducible(problem: Problem) -> None:
    """The rules named cannot hold together, and can as soon as any one of them is dropped."""
    conflict = assign(problem).conflict
    if conflict:
        assert reference.is_irreducible(problem, conflict)


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


def test_a_floor_may_ask_for_the_exact_weights() -> None:
    """One of a and b must be placed, so not the heaviest go first but the heavier two together.

    a competes with c, b with d, and the weights are too large for the solver as they are.
    """
    problem = _two_places_and_a_floor([7, 1, 10, 8])
    assert assign(problem).opening_of.tolist() == [0, -1, -1, 1]
    for more, expected in ((1, [0, -1, -1, 1]), (-1, [-1, 1, 0, -1])):
        huge = _two_places_and_a_floor([7 << 57, 1 << 57, 10 << 57, (4 << 57) + more])
        assert assign(huge).opening_of.tolist() == expected


def _two_places_and_a_floor(weight: list[int]) -> Problem:
    return Problem.from_arrays(
        participant_ids=["a", "b", "c", "d"],
        weight=weight,
        group_names=["g"],
        membership=[(0, 0), (1, 0)],
        opening_ids=["o1", "o2"],
        capacity=[1, 1],
        pair_participant=[0, 1, 2, 3],
        pair_opening=[0, 1, 0, 1],
        pair_score=[0, 0, 0, 0],
        rules=[GroupFloor("g", 0.5)],
        objectives=["floors", "placed"],
    )


HOSTED = Problem.from_arrays(
    participant_ids=["p1", "p2", "p3"],
    previous=["", "o2", ""],
    group_names=["g"],
    membership=[(2, 0)],
    opening_ids=["o1", "o2"],
    capacity=[1, 2],
    host_names=["h"],
    opening_host=[0, 0],
    pair_participant=[0, 0, 1, 1, 2],
    pair_opening=[0, 1, 0, 1, 1],
    pair_score=[500_000, 100_000, 900_000, 300_000, 200_000],
    rules=[HostLimit("h", 2)],
)
"""Two of the three places of one host may be used; p2 is at o2 already."""


def test_one_more_place_does_not_lift_the_limit_of_the_host() -> None:
    """Nobody more can be placed, but p1 could go up into o1 beside p2."""
    assignment = assign(HOSTED)
    assert assignment.opening_of.tolist() == [1, 0, -1] or assignment.used.tolist() == [1, 1]
    assert assignment.one_more_place is not None
    assert assignment.one_more_place.T.tolist() == [[0, 0, 300_000], [0, 0, 0]]


@pytest.mark.parametrize(
    ("objectives", "expected"),
    [
        (["placed", "floors", "score"], [-1, 0, 1]),
        (["placed", "stay", "score"], [0, 1, -1]),
        (["score"], [-1, 0, 1]),
    ],
)
def test_the_order_of_objectives_decides(objectives: list[str], expected: list[int]) -> None:
    """The floor brings p3 in, `stay` keeps p2 where it is, `score` alone neither."""
    floor: list[Rule] = [GroupFloor("g", 1.0)]
    problem = replace(HOSTED, rules=(*HOSTED.rules, *floor), objectives=tuple(objectives))
    assert reference.best(problem) == tuple(one.value for one in assign(problem).objectives)
    assert assign(problem).opening_of.tolist() == expected


def test_who_could_be_placed_only_at_a_loss_was_not_worth_it() -> None:
    """Without `placed`, p3 stays out for the score; p4 has one pair, and that is forbidden."""
    problem = Problem.from_arrays(
        participant_ids=["p3", "p4", "p5"],
        opening_ids=["o1", "o2"],
        capacity=[1, 0],
        pair_participant=[0, 1],
        pair_opening=[0, 1],
        pair_score=[-1, 5],
        objectives=["score"],
    )
    assert assign(problem).unplaced == (Unplaced.NOT_WORTH, Unplaced.RULE, Unplaced.NO_PAIR)


@given(flow_problems())
def test_every_arc_against_the_potentials_is_held(problem: Problem) -> None:
    """Whoever knows only `Stage` and its list of held arcs can follow the proof."""
    assume(reference.best(problem) is not None)
    assignment = assign(problem)
    for stage in assignment.proof.stages:
        held = stage.held
        told = [held.pairs.tolist(), held.placed.tolist(), held.full_openings.tolist()]
        told += [held.full_hosts.tolist(), held.none_missing.tolist(), held.no_surplus.tolist()]
        assert told == proofs.against(problem, stage)


def test_what_is_placed_at_a_loss_is_held_at_its_host() -> None:
    """All of them could only lower the score, but as many must be placed as there is room for."""
    problem = replace(
        HOSTED,
        rules=(HostLimit("h", 1),),
        pair_score=-HOSTED.pair_score,
        objectives=("placed", "score"),
    )
    held = assign(problem).proof.stages[1].held
    assert held.full_hosts.tolist() == [0]
    alone = replace(problem, rules=(), capacity=np.array([0, 1]))
    held = assign(alone).proof.stages[1].held
    assert held.full_openings.tolist() == [0, 1]


def test_floors_are_held_where_they_are_reached() -> None:
    """g1 has the only place at o1 and g2 lacks one; g3 has a place at a loss."""
    problem = Problem.from_arrays(
        participant_ids=["p1", "p2", "p3"],
        group_names=["g1", "g2", "g3"],
        membership=[(0, 0), (1, 1), (2, 2)],
        opening_ids=["o1", "o2"],
        capacity=[1, 2],
        pair_participant=[0, 1, 2],
        pair_opening=[0, 0, 1],
        pair_score=[500_000, 300_000, -400_000],
        rules=[GroupFloor(group, 1.0) for group in ("g1", "g2", "g3")],
        objectives=["floors", "score"],
    )
    stages = assign(problem).proof.stages
    assert stages[0].groups.tolist() == [1, 1, 0]
    assert stages[1].groups.tolist() == [-200_000, 0, 400_000]
    assert stages[1].held.no_surplus.tolist() == [0]
    assert stages[1].held.none_missing.tolist() == [2]


def test_a_chain_may_change_twice_the_largest_score_at_each_opening() -> None:
    """One more place at the end lets everyone move down, from the best score to the worst."""
    steps = 4
    pairs = [(at, at, 1_000_000) for at in range(steps)]
    pairs += [(at, at + 1, -1_000_000) for at in range(steps)]
    people, openings, scores = zip(*pairs, (steps, 0, -1_000_000), strict=True)
    problem = Problem.from_arrays(
        participant_ids=[f"p{at}" for at in range(steps + 1)],
        opening_ids=[f"o{at}" for at in range(steps + 1)],
        capacity=[1] * steps + [0],
        pair_participant=people,
        pair_opening=openings,
        pair_score=scores,
        objectives=["placed", "score"],
    )
    gains = assign(problem).one_more_place
    assert gains is not None
    assert gains[:, steps].tolist() == [1, -1_000_000 - steps * 2_000_000]


@pytest.mark.parametrize("shuffle_seed", range(5))
def test_order_of_entries_changes_nothing(shuffle_seed: int) -> None:
    """Ties are broken by id, so the same people go to the same openings in any order."""
    chance = random.Random(shuffle_seed)
    participants, openings = [f"p{at}" for at in range(12)], [f"o{at}" for at in range(5)]
    hosts, groups = ["h1", "h2"], ["g1", "g2"]
    pairs = [(p, o) for p in participants for o in openings]
    expected = _outcome(participants, openings, hosts, groups, pairs)
    for names in (participants, openings, hosts, groups):
        chance.shuffle(names)
    chance.shuffle(pairs)
    assert _outcome(participants, openings, hosts, groups, pairs) == expected


def _outcome(
    participants: list[str],
    openings: list[str],
    hosts: list[str],
    groups: list[str],
    pairs: list[tuple[str, str]],
) -> dict[str, object]:
    """Who goes where, and every potential, when each pair is worth the same."""
    in_group = {one: "g1" if int(one[1:]) % 3 else "g2" for one in participants}
    at_host = {one: "h1" if int(one[1:]) < 2 else "h2" for one in openings}
    assignment = assign(
        Problem.from_arrays(
            participant_ids=participants,
            group_names=groups,
            membership=[(at, groups.index(in_group[p])) for at, p in enumerate(participants)],
            opening_ids=openings,
            capacity=[2] * len(openings),
            host_names=hosts,
            opening_host=[hosts.index(at_host[o]) for o in openings],
            pair_participant=[participants.index(p) for p, _ in pairs],
            pair_opening=[openings.index(o) for _, o in pairs],
            pair_score=[500_000] * len(pairs),
            rules=[GroupFloor("g1", 0.9), GroupFloor("g2", 0.5), HostLimit("h1", 3)],
        )
    )
    places = zip(participants, assignment.opening_of.tolist(), strict=True)
    outcome: dict[str, object] = {who: openings[place] for who, place in places if place >= 0}
    for stage in assignment.proof.stages:
        named = ((participants, stage.participants), (openings, stage.openings))
        for names, values in (*named, (hosts, stage.hosts), (groups, stage.groups)):
            for name, value in zip(names, values.tolist(), strict=True):
                outcome[f"{stage.objective} {name}"] = value
    return outcome


def test_rules_between_people_go_to_the_other_method() -> None:
    problem = replace(HOSTED, rules=(SameOpening(("p1", "p2")),))
    assignment = assign(problem)
    assert assignment.method == "mip"
    assert assignment.opening_of.tolist()[:2] == [1, 1]


def test_a_floor_that_nobody_asks_for_changes_nothing() -> None:
    """`group_floor` matters only where `floors` is an objective."""
    problem = replace(HOSTED, rules=(GroupFloor("g", 1.0),), objectives=("score",))
    assert assign(problem).objectives[0].value == 1_200_000


def test_whoever_is_fixed_counts_for_the_floor() -> None:
    """p3 must be placed, so the floor of its group misses nobody."""
    rules = (GroupFloor("g", 1.0), Fixed("p3", "o2"), HostLimit("h", 2))
    problem = replace(HOSTED, rules=rules, objectives=("floors", "score"))
    assert tuple(one.value for one in assign(problem).objectives) == reference.best(problem)
    assert assign(problem).opening_of.tolist() == [-1, 0, 1]
