"""Every hard rule refuses what it should, and all reasons of a pair are kept."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher import eligibility
from matcher.eligibility import RULES, Reason, check_eligibility
from matcher.errors import MatcherError
from matcher.policy import own_policy
from matcher.profiles import people_blocks
from tests.matcher import scoring_reference as reference
from tests.matcher.pair_strategies import Inputs, inputs
from tests.matcher.tables import (
    THURSDAY_AFTERNOON,
    WEDNESDAY_AFTERNOON,
    WEDNESDAY_MORNING,
    offers,
    pairs,
    profiles,
    usual_pairs,
)

WHOLE_WEDNESDAY = WEDNESDAY_MORNING | WEDNESDAY_AFTERNOON
OPENS_EARLY_LEAVE = {"slots": [WHOLE_WEDNESDAY, 0], "leave_early": True}


def refused(person: dict[str, Any], place: dict[str, Any], pair: dict[str, Any]) -> set[Reason]:
    eligibility = check_eligibility(profiles(person), offers(place), pairs([pair]))
    return set(eligibility.reasons(0, 0))


CASES: list[tuple[Reason, dict[str, Any], dict[str, Any], dict[str, Any], bool]] = [
    # reason, person, place, pair, refused?
    (Reason.NOT_OPEN, {}, {"open": False}, {}, True),
    (Reason.FULL, {}, {"free": 0}, {}, True),
    (Reason.FULL, {}, {"free": 1}, {}, False),
    (Reason.OUTSIDE_AREA, {}, {}, {"in_area": False}, True),
    (Reason.AVOIDED, {}, {}, {"avoided": True}, True),
    (Reason.AVOIDED_ACTIVITY, {"avoids": [True, False, False]}, {}, {}, True),
    (Reason.AVOIDED_ACTIVITY, {"avoids": [False, True, True]}, {}, {}, False),
    (Reason.AGE, {"age": 64}, {"min_age": 65}, {}, True),
    (Reason.AGE, {"age": 65}, {"min_age": 65}, {}, False),
    (Reason.AGE, {"age": 40}, {"max_age": 39}, {}, True),
    (Reason.AGE, {"age": 39}, {"max_age": 39}, {}, False),
    (Reason.AGE, {"age": -1}, {"min_age": 65}, {}, True),
    (Reason.AGE, {"age": -1}, {"max_age": 39}, {}, True),
    (Reason.AGE, {"age": -1}, {"min_age": 0}, {}, True),
    (Reason.AGE, {"age": -1}, {}, {}, False),
    (Reason.SEX, {"sex": 1}, {"sex": 2}, {}, True),
    (Reason.SEX, {"sex": 2}, {"sex": 2}, {}, False),
    (Reason.SEX, {"sex": 0}, {"sex": 2}, {}, True),
    (Reason.SEX, {"sex": 0}, {"sex": 0}, {}, False),
    (Reason.CHILD, {"with_child": False}, {"child": 1}, {}, True),
    (Reason.CHILD, {"with_child": True}, {"child": 1}, {}, False),
    (Reason.CHILD, {"with_child": True}, {"child": 2}, {}, True),
    (Reason.CHILD, {"with_child": False}, {"child": 2}, {}, False),
    (Reason.CHILD, {"with_child": True}, {"child": 0}, {}, False),
    (Reason.FIELD, {"fields": 0b01}, {"fields": 0b10}, {}, True),
    (Reason.FIELD, {"fields": 0b01}, {"fields": 0b11}, {}, False),
    (Reason.FIELD, {"fields": 0b00}, {"fields": 0b10}, {}, True),
    (Reason.FIELD, {"fields": 0b00}, {"fields": 0b00}, {}, False),
    (Reason.STAGE, {"stage": 0}, {"first_stage": 3}, {}, True),
    (Reason.STAGE, {"stage": 0}, {"first_stage": 2}, {}, False),
    (Reason.STAGE, {"stage": 3}, {"first_stage": 1}, {}, False),
    (Reason.STAGE, {"stage": 1, "next_step": 1}, {"first_stage": 3}, {}, False),
    (Reason.STAGE, {"stage": 1, "next_step": 0}, {"first_stage": 3}, {}, True),
    (Reason.STAGE, {"stage": 1, "next_step": 0}, {"first_stage": 2}, {}, False),
    (Reason.STAGE, {"stage": 2, "next_step": -1}, {"first_stage": 3}, {}, True),
    (Reason.STAGE, {"stage": 2, "next_step": -1}, {"first_stage": 2}, {}, False),
    (Reason.LOWER_STAGE, {"stage": 4}, {"last_stage": 3}, {}, True),
    (Reason.LOWER_STAGE, {"stage": 3}, {"last_stage": 3}, {}, False),
    (Reason.LOWER_STAGE, {"stage": 4, "next_step": 0}, {"last_stage": 3}, {}, True),
    (Reason.LOWER_STAGE, {"stage": 4, "next_step": -1}, {"last_stage": 1}, {}, False),
    (Reason.TIME, {}, {"slots": [THURSDAY_AFTERNOON, 0]}, {}, True),
    (Reason.TIME, {}, {"slots": [THURSDAY_AFTERNOON, WEDNESDAY_MORNING]}, {}, False),
    (Reason.TIME, {}, {"slots": [WHOLE_WEDNESDAY, 0]}, {}, True),
    (Reason.TIME, {"available": WEDNESDAY_MORNING}, OPENS_EARLY_LEAVE, {}, False),
    (Reason.TIME, {"available": WEDNESDAY_AFTERNOON}, OPENS_EARLY_LEAVE, {}, True),
    (Reason.TIME, {"available": 0}, {}, {}, True),
    (Reason.TIME, {"available": 0}, {"by_arrangement": True}, {}, False),
    (Reason.TIME, {}, {"slots": [0, 0]}, {}, True),
    (Reason.DURATION, {"max_minutes": 30}, {"min_minutes": 31}, {}, True),
    (Reason.DURATION, {"max_minutes": 30}, {"min_minutes": 30}, {}, False),
    (Reason.DURATION, {"max_minutes": 0}, {"min_minutes": 300}, {}, False),
    (Reason.TRAVEL, {}, {}, {"travel_minutes": 30.5}, True),
    (Reason.TRAVEL, {}, {}, {"travel_minutes": 30}, False),
    (Reason.TRAVEL, {}, {"pickup": True}, {"travel_minutes": 90}, False),
    (Reason.UNREACHABLE, {}, {}, {"travel_minutes": math.inf}, True),
    (
        Reason.UNREACHABLE,
        {"travel_limit_minutes": math.inf},
        {},
        {"travel_minutes": math.inf},
        True,
    ),
    (Reason.UNREACHABLE, {}, {"pickup": True}, {"travel_minutes": math.inf}, False),
    (Reason.ACCOMMODATION, {"needs": 0b100}, {}, {}, True),
    (Reason.ACCOMMODATION, {"needs": 0b11}, {}, {}, False),
    (Reason.NOISE, {"noise_limit": 1}, {"noise": 2}, {}, True),
    (Reason.NOISE, {"noise_limit": 2}, {"noise": 2}, {}, False),
    (Reason.CROWD, {"crowd_limit": 1}, {"crowd": 2}, {}, True),
    (Reason.CROWD, {"crowd_limit": 2}, {"crowd": 2}, {}, False),
    (Reason.COMPANION, {"companion": 2}, {"companion_welcome": False}, {}, True),
    (Reason.COMPANION, {"companion": 1}, {"companion_welcome": False}, {}, False),
    (Reason.COMPANION, {"companion": 2}, {"companion_welcome": True}, {}, False),
    (Reason.COST, {"cost_limit_yen": 500}, {"cost_yen": 501}, {}, True),
    (Reason.COST, {"cost_limit_yen": 500}, {"cost_yen": 500}, {}, False),
    (Reason.COST, {"cost_limit_yen": 0}, {"cost_yen": 1}, {}, True),
    (Reason.COST, {"cost_limit_yen": -1}, {"cost_yen": 9000}, {}, False),
]


@pytest.mark.parametrize(("reason", "person", "place", "pair", "yes"), CASES)
def test_each_rule_by_itself(
    reason: Reason,
    person: dict[str, Any],
    place: dict[str, Any],
    pair: dict[str, Any],
    yes: bool,
) -> None:
    assert refused(person, place, pair) == ({reason} if yes else set())


def test_each_reason_has_its_rule_and_cases_of_both_kinds() -> None:
    assert list(RULES) == list(Reason)
    assert {reason for reason, *_, yes in CASES if yes} == set(Reason)


def test_all_reasons_are_kept_and_told_in_order() -> None:
    found = check_eligibility(
        profiles({"age": 30}),
        offers({"cost_yen": 900, "min_age": 65, "free": 0}),
        usual_pairs(1, 1),
    )
    assert found.reasons(0, 0) == (Reason.FULL, Reason.AGE, Reason.COST)
    assert found.first_reasons().tolist() == [[Reason.FULL]]


def test_counts_by_first_reason_and_candidates_make_all_openings() -> None:
    places = offers({}, {"free": 0, "cost_yen": 900}, {"cost_yen": 900}, {"cost_yen": 900}, {})
    found = check_eligibility(profiles({}), places, usual_pairs(1, 5))
    assert found.counts(0) == {Reason.FULL: 1, Reason.COST: 2}
    assert found.candidates()[0].tolist() == [True, False, False, False, True]


def test_the_city_says_how_far_a_first_step_may_go() -> None:
    own = own_policy()
    careful = dataclasses.replace(own, stage=dataclasses.replace(own.stage, most_steps=1))
    trial = (profiles({"stage": 0}), offers({"first_stage": 2}), usual_pairs(1, 1))
    assert check_eligibility(*trial).reasons(0, 0) == ()
    assert check_eligibility(*trial, careful).reasons(0, 0) == (Reason.STAGE,)


def test_inputs_must_belong_together() -> None:
    with pytest.raises(MatcherError, match="sizes_differ"):
        check_eligibility(profiles({}), offers({}), usual_pairs(2, 2))


@given(st.one_of(inputs(), inputs(welcoming=True)))
def test_rules_agree_with_the_slow_reference(given_: Inputs) -> None:
    found = check_eligibility(*given_)
    for i in range(len(given_.profiles)):
        for j in range(len(given_.offers)):
            expected = reference.reasons(*given_, i, j, own_policy())
            assert found.reasons(i, j) == tuple(sorted(expected))
            assert found.candidates()[i, j] == (not expected)
            assert found.first_reasons()[i, j] == min(expected, default=-1)
        assert sum(found.counts(i).values()) + found.candidates()[i].sum() == len(given_.offers)


def test_many_people_are_asked_in_blocks_with_the_same_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    people = profiles(*({"age": age} for age in range(30, 70, 4)))
    places = offers({"min_age": 40}, {"max_age": 50}, {})
    whole = check_eligibility(people, places, usual_pairs(10, 3)).failed
    monkeypatch.setattr(eligibility, "people_blocks", lambda n, m: people_blocks(n, m, 9))
    assert np.array_equal(check_eligibility(people, places, usual_pairs(10, 3)).failed, whole)
