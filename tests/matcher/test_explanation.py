"""Reasons are codes with values, and say nothing that the decision did not use."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given

from matcher.consideration import Consideration, consider
from matcher.eligibility import Reason
from matcher.explanation import (
    Fact,
    FactCode,
    PartWord,
    Word,
    explain_pair,
    part_word_of,
    word_of,
)
from matcher.policy import own_policy
from tests.matcher.pair_strategies import Inputs, inputs
from tests.matcher.tables import (
    THURSDAY_AFTERNOON,
    WEDNESDAY_MORNING,
    offers,
    pairs,
    profiles,
)

OWN = own_policy()


def considered(
    person: dict[str, Any] | None = None,
    place: dict[str, Any] | None = None,
    pair: dict[str, Any] | None = None,
) -> Consideration:
    return consider(profiles(person or {}), offers(place or {}), pairs([pair or {}]), OWN)


@pytest.mark.parametrize(
    ("score", "word"),
    [
        (1.0, Word.GOOD),
        (0.75, Word.GOOD),
        (0.749999, Word.FAIR),
        (0.6, Word.FAIR),
        (0.599999, Word.NEAR),
        (0.45, Word.NEAR),
        (0.449999, Word.POOR),
        (0.0, Word.POOR),
    ],
)
def test_a_cut_point_belongs_to_the_better_word(score: float, word: Word) -> None:
    assert word_of(score, OWN) == word


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (0.85, PartWord.EXACT),
        (0.84, PartWord.EASY),
        (0.6, PartWord.EASY),
        (0.59, PartWord.EFFORT),
        (0.3, PartWord.EFFORT),
        (0.29, PartWord.HARD),
    ],
)
def test_parts_have_words_of_their_own(value: float, word: PartWord) -> None:
    assert part_word_of(value, OWN) == word


def test_a_part_at_its_cut_point_is_not_lost_to_rounding() -> None:
    three_fifths = considered(pair={"travel_minutes": 20})
    travel = next(part for part in explain_pair(three_fifths, 0, 0).parts if part.name == "travel")
    assert (travel.value, travel.word) == (0.6, PartWord.EASY)


def test_a_good_match_is_told_by_its_three_strongest_facts() -> None:
    found = explain_pair(considered(pair={"travel_minutes": 6}), 0, 0)
    assert found.word == Word.GOOD
    assert found.reasons == ()
    assert found.strongest == (
        Fact(FactCode.MENU, (0,)),
        Fact(FactCode.SLOTS, (WEDNESDAY_MORNING,)),
        Fact(FactCode.TRAVEL_MINUTES, (6,)),
    )
    assert [part.name for part in found.parts] == [
        "wish",
        "time",
        "travel",
        "calm",
        "ease",
        "fresh",
    ]


def test_the_strongest_part_comes_first() -> None:
    unwished = considered({"wants": [0, 0, 1]}, pair={"travel_minutes": 0})
    found = explain_pair(unwished, 0, 0)
    assert [fact.code for fact in found.strongest] == [
        FactCode.SLOTS,
        FactCode.TRAVEL_MINUTES,
        FactCode.PEOPLE,
    ]
    assert found.parts[-1].name == "wish"


def test_what_fits_badly_is_not_told_as_a_strength() -> None:
    far = explain_pair(considered(pair={"travel_minutes": 29}), 0, 0)
    assert FactCode.TRAVEL_MINUTES not in {fact.code for fact in far.strongest}


def test_a_refused_pair_keeps_every_reason_and_praises_nothing() -> None:
    found = explain_pair(considered({"age": 30}, {"min_age": 65, "free": 0}), 0, 0)
    assert found.word == Word.POOR
    assert found.reasons == (Reason.FULL, Reason.AGE)
    assert found.strongest == ()
    assert len(found.parts) == 6


SHORT = {"min_minutes": 60, "leave_early": False}
TWO_SLOTS = {"slots": [THURSDAY_AFTERNOON, WEDNESDAY_MORNING]}


@pytest.mark.parametrize(
    ("part", "person", "place", "pair", "fact"),
    [
        ("wish", {"wants": [0.2, 1, 0]}, {"menu": [True, True, True]}, {}, ("menu", 1, 0)),
        ("wish", {"wants": [0, 0, 0]}, {}, {"similarity": 0.42}, ("own_words", 42)),
        ("wish", {"wants": [0, 0, 0]}, {}, {}, None),
        ("time", {}, TWO_SLOTS, {}, ("slots", WEDNESDAY_MORNING)),
        ("time", {"available": 0}, {"by_arrangement": True}, {}, ("by_arrangement",)),
        ("time", {"available": 0}, {}, {}, None),
        ("travel", {}, {"pickup": True}, {"travel_minutes": 17.6}, ("travel_minutes", 18)),
        ("travel", {}, {"pickup": True}, {"travel_minutes": 40}, ("pickup",)),
        ("travel", {}, {"pickup": True}, {"travel_minutes": np.inf}, ("pickup",)),
        ("travel", {}, {}, {"travel_minutes": 40}, None),
        ("calm", {}, {"people": 4}, {}, ("people", 4)),
        ("calm", {}, {"people": 30}, {}, ("quiet",)),
        ("calm", {}, {"people": -1, "noise": 2}, {}, ("uncrowded",)),
        ("calm", {}, {"people": -1, "noise": 2, "crowd": 2}, {}, None),
        ("ease", {"companion": 1}, {}, {"familiar": True}, ("familiar",)),
        ("ease", {"companion": 1}, {"leave_early": True}, {}, ("companion",)),
        ("ease", {}, {"leave_early": True}, {}, ("leave_early",)),
        ("ease", {"max_minutes": 120}, SHORT, {}, ("short_visit", 60)),
        ("ease", {"max_minutes": 119}, SHORT, {}, ("next_stage", 1)),
        ("ease", {"max_minutes": 90}, SHORT | {"first_stage": 2}, {}, None),
        ("fresh", {}, {"confirmed_days": 180}, {}, ("confirmed", 180)),
        ("fresh", {}, {"confirmed_days": 30}, {}, ("confirmed", 30)),
        ("fresh", {}, {"confirmed_days": 181}, {}, None),
        ("fresh", {}, {"confirmed_days": -1}, {}, None),
    ],
)
def test_each_part_has_its_fact(
    part: str,
    person: dict[str, Any],
    place: dict[str, Any],
    pair: dict[str, Any],
    fact: tuple[Any, ...] | None,
) -> None:
    found = explain_pair(considered(person, place, pair), 0, 0)
    told = next(each.fact for each in found.parts if each.name == part)
    assert told == (fact and Fact(FactCode(fact[0]), fact[1:]))


@given(inputs(welcoming=True))
def test_contributions_add_up_and_fall(given_: Inputs) -> None:
    found = consider(*given_, OWN)
    for i in range(len(given_.profiles)):
        for j in range(len(given_.offers)):
            told = explain_pair(found, i, j)
            added = [part.contribution for part in told.parts]
            assert sum(added) == pytest.approx(told.score, abs=2e-6)
            assert added == sorted(added, reverse=True)
            assert len(told.strongest) <= 3
            facts = [part.fact for part in told.parts if part.value >= OWN.part_words.easy]
            assert set(told.strongest) <= set(facts)
            assert bool(told.reasons) == (not found.eligibility.candidates()[i, j])
