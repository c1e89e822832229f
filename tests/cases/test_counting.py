"""The places for one person with the others counted: who is told, and what is kept of it."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace

import pytest

from cases.actions import counting
from cases.actions.counting import count_for_person
from cases.actions.matching import Stores, start_matching, weigh_person
from cases.matching.waiting_counted import Counted
from catalog.actor import Role
from exchange.frozen_runs import freeze, thaw
from matcher.errors import MatcherError
from matcher.problem import Problem
from matcher.result import Assignment
from tests.cases.conftest import COORDINATOR, clock


@pytest.fixture(autouse=True)
def _nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "_kept", OrderedDict())


def counted(stores: Stores, thawing: counting.Thaw = thaw) -> tuple[Counted, ...]:
    """Order the openings of p1 as the coordinator is told them."""
    weighed = weigh_person(COORDINATOR, stores, clock, "p1")
    return count_for_person(COORDINATOR, stores, thawing, weighed, "p1")


def test_without_a_run_or_for_who_sees_none_there_is_no_order(two_people: Stores) -> None:
    assert counted(two_people) == ()
    start_matching(COORDINATOR, two_people, clock, freeze, "0.1.0")
    assert counted(two_people)
    weighed = weigh_person(COORDINATOR, two_people, clock, "p1")
    member = replace(COORDINATOR, role=Role.MEMBER_AGENCY)
    assert count_for_person(member, two_people, thaw, weighed, "p1") == ()


def test_a_run_is_counted_once(two_people: Stores) -> None:
    start_matching(COORDINATOR, two_people, clock, freeze, "0.1.0")
    asked = []

    def asking(problem: bytes, result: bytes) -> tuple[Problem, Assignment]:
        asked.append(problem)
        return thaw(problem, result)

    assert counted(two_people, asking) == counted(two_people, asking)
    assert len(asked) == 1


def test_only_the_last_few_runs_are_kept(
    two_people: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "MOST_KEPT", 0)
    start_matching(COORDINATOR, two_people, clock, freeze, "0.1.0")
    assert counted(two_people)
    assert not counting._kept


def test_a_run_that_cannot_be_counted_says_nothing(two_people: Stores) -> None:
    def refuses(_: bytes, __: bytes) -> tuple[Problem, Assignment]:
        raise MatcherError("not_proven", objective="placed")

    start_matching(COORDINATOR, two_people, clock, freeze, "0.1.0")
    assert counted(two_people, refuses) == ()


def test_another_request_may_drop_what_is_kept_at_any_moment(
    two_people: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between looking whether it is there and taking it, as two requests at once would."""

    class Dropping(OrderedDict[str, object]):
        def __contains__(self, digest: object) -> bool:
            found = super().__contains__(digest)
            self.clear()
            return found

    monkeypatch.setattr(counting, "_kept", Dropping())
    start_matching(COORDINATOR, two_people, clock, freeze, "0.1.0")
    assert counted(two_people) == counted(two_people) != ()
