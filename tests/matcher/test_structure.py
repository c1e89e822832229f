from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from matcher.problem import Problem
from matcher.rules import (
    AllOrNone,
    Apart,
    Fixed,
    Forbidden,
    GroupFloor,
    HostLimit,
    Rule,
    SameOpening,
    SameSlot,
)
from matcher.structure import is_flow
from tests.matcher.strategies import flow_problems

PEOPLE = Problem.from_arrays(
    participant_ids=["p1", "p2", "p3"],
    previous=["o1", "gone", ""],
    group_names=["g1", "g2", "g3"],
    membership=[(0, 0), (1, 0), (1, 1), (2, 2)],
    opening_ids=["o1", "o2", "o3"],
    capacity=[2, 1, 0],
    host_names=["h1", "h2"],
    opening_host=[0, 0, 1],
    pair_participant=[0, 1, 1, 2],
    pair_opening=[0, 0, 1, 2],
    pair_score=[1, 2, 3, 4],
    pair_seats=[1, 1, 1, 1],
)
"""p1 and p2 can meet at o1; p3 has a pair at o3 only, which has no place."""


@given(flow_problems())
def test_what_is_drawn_as_a_flow_is_one(problem: Problem) -> None:
    assert is_flow(problem)


@pytest.mark.parametrize(
    "rules",
    [
        (Fixed("p1", "o1"), Forbidden("p2", "o2")),
        (HostLimit("h1", 1), HostLimit("h1", 2), HostLimit("h2", 0)),
        (HostLimit("h1", 3, "newcomers"),),
        (HostLimit("h2", 0, "newcomers"),),
        (GroupFloor("g1", 0.5), GroupFloor("g3", 1.0)),
        (GroupFloor("g1", 0.5), GroupFloor("g2", 0.0), GroupFloor("g1", 0.0)),
        (Apart(("p1", "p3")),),
        (Apart(("p1", "p3"), "host"),),
        (SameOpening(("p3", "p1")), Forbidden("p1", "o1")),
        (AllOrNone(("p3", "p2")), Forbidden("p2", "o1"), Forbidden("p2", "o2")),
        (SameSlot(("p1", "p2")),),
        (SameOpening(("p1", "p3")),),
    ],
    ids=str,
)
def test_rules_of_a_flow(rules: tuple[Rule, ...]) -> None:
    """Limits of hosts, floors that share nobody, and whatever cannot bind."""
    assert is_flow(replace(PEOPLE, rules=rules))


@pytest.mark.parametrize(
    "rules",
    [
        (HostLimit("h1", 2, "newcomers"),),
        (GroupFloor("g1", 0.5), GroupFloor("g2", 0.1)),
        (GroupFloor("g1", 0.5), GroupFloor("g1", 0.9)),
        (Apart(("p1", "p2")),),
        (Apart(("p1", "p3", "p2")),),
        (Apart(("p1", "p2"), "host"), Forbidden("p2", "o1")),
        (SameOpening(("p1", "p2")),),
        (AllOrNone(("p1", "p2")),),
    ],
    ids=str,
)
def test_rules_beyond_a_flow(rules: tuple[Rule, ...]) -> None:
    """One's place depends on where someone else goes, or on who was there before."""
    assert not is_flow(replace(PEOPLE, rules=rules))


def test_floors_matter_only_where_they_are_asked() -> None:
    rules = (GroupFloor("g1", 0.5), GroupFloor("g2", 0.1))
    assert is_flow(replace(PEOPLE, rules=rules, objectives=("placed", "stay")))


def test_several_seats_matter_only_where_they_fit() -> None:
    """Two seats of o1 can be used, three cannot; o2 has one."""
    for seats, flow in (([2, 1, 1, 1], False), ([3, 1, 1, 1], True), ([1, 1, 2, 2], True)):
        assert is_flow(replace(PEOPLE, pair_seats=PEOPLE.pair_seats * 0 + seats)) is flow


@pytest.mark.parametrize(("limit", "flow"), [(None, True), (2, True), (1, False)])
def test_a_limit_of_moves_that_cannot_bind_is_idle(limit: int | None, flow: bool) -> None:
    """p1 and p2 have a previous place, though that of p2 is gone."""
    assert is_flow(replace(PEOPLE, moves_limit=limit)) is flow
