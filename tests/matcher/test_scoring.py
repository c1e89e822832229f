"""The parts of the fit mean what they say, stay between 0 and 1 and never depend on the crowd."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher import scoring
from matcher.errors import MatcherError
from matcher.policy import PART_NAMES, own_policy, policy_from
from matcher.profiles import people_blocks
from matcher.scoring import own_fit, score
from tests.matcher import scoring_reference as reference
from tests.matcher.pair_strategies import Inputs, inputs
from tests.matcher.tables import (
    THURSDAY_MORNING,
    WEDNESDAY_AFTERNOON,
    WEDNESDAY_MORNING,
    offers,
    pairs,
    profiles,
    usual_pairs,
)

OWN = own_policy()


def part(name: str, person: dict[str, Any], place: dict[str, Any], pair: dict[str, Any]) -> float:
    found = score(profiles(person), offers(place), pairs([pair]), OWN)
    return float(found.parts[0, 0, PART_NAMES.index(name)])


BOTH_HALVES = {"slots": [WEDNESDAY_MORNING | WEDNESDAY_AFTERNOON, 0]}
TWO_DAYS = {"slots": [WEDNESDAY_MORNING, THURSDAY_MORNING]}
STAYS = {"leave_early": False, "min_minutes": 60}
EARLY = {"leave_early": True, "first_stage": 1, "last_stage": 3}
OTHER_MENU = {"menu": [False, False, True]}


@pytest.mark.parametrize(
    ("name", "person", "place", "pair", "value"),
    [
        ("wish", {"wants": [1, 0.5, 0]}, {"menu": [True, False, False]}, {}, 1),
        ("wish", {"wants": [1, 0.5, 0]}, {"menu": [False, True, False]}, {}, 0.5),
        ("wish", {"wants": [1, 0.5, 0]}, {"menu": [True, True, True]}, {}, 1),
        ("wish", {"wants": [0.2, 0.1, 0]}, {"menu": [True, False, False]}, {}, 1),
        ("wish", {}, OTHER_MENU, {}, 0),
        ("wish", {"wants": [0, 0, 0]}, OTHER_MENU, {}, 0.5),
        ("wish", {}, OTHER_MENU, {"similarity": 0.25}, 0.25),
        ("wish", {}, OTHER_MENU, {"similarity": 0.9}, 0.5),
        ("wish", {"dislikes": [True, False, False]}, {}, {}, 0.5),
        ("wish", {"dislikes": [False, True, True]}, {}, {}, 1),
        ("time", {}, {}, {}, 1),
        ("time", {}, TWO_DAYS, {}, 0.75),
        ("time", {}, BOTH_HALVES, {}, 0.5),
        ("time", {"available": 0}, {}, {}, 0),
        ("time", {"available": 0}, {"by_arrangement": True}, {}, 0.8),
        ("travel", {}, {}, {"travel_minutes": 0}, 1),
        ("travel", {}, {}, {"travel_minutes": 15}, 0.7),
        ("travel", {}, {}, {"travel_minutes": 30}, 0.4),
        ("travel", {}, {}, {"travel_minutes": 31}, 0),
        ("travel", {}, {}, {"travel_minutes": np.inf}, 0),
        ("travel", {"travel_limit_minutes": 0}, {}, {"travel_minutes": 0}, 1),
        ("travel", {"travel_limit_minutes": np.inf}, {}, {"travel_minutes": 30}, 0.7),
        ("travel", {}, {"pickup": True}, {"travel_minutes": np.inf}, 0.8),
        ("travel", {}, {"pickup": True}, {"travel_minutes": 0}, 1),
        ("calm", {"noise_limit": 1, "crowd_limit": 1}, {"people": 6}, {}, 1),
        ("calm", {"noise_limit": 1, "crowd_limit": 1}, {"people": 9}, {}, 2.5 / 3),
        ("calm", {"noise_limit": 1, "crowd_limit": 1}, {"people": 12}, {}, 2 / 3),
        ("calm", {"noise_limit": 1, "crowd_limit": 1}, {"people": -1, "noise": 2}, {}, 0.5),
        ("calm", {}, {"people": -1, "noise": 2}, {}, 0.8),
        ("calm", {"noise_limit": 3, "crowd_limit": 3}, {"people": -1, "noise": 3}, {}, 0.9),
        ("ease", {}, {"leave_early": True}, {}, 1),
        ("ease", {}, STAYS, {}, 3.4 / 4),
        ("ease", {"companion": 1}, {"companion_welcome": False}, {}, 2.6 / 4),
        ("ease", {"companion": 0}, {"companion_welcome": False}, {}, 3.4 / 4),
        ("ease", {"max_minutes": 60}, STAYS, {}, 2.4 / 4),
        ("ease", {"max_minutes": 0}, {"leave_early": True, "min_minutes": 90}, {}, 1),
        ("ease", {}, {"leave_early": True, "first_stage": 2}, {}, 3.5 / 4),
        ("ease", {}, {"leave_early": True, "first_stage": 4}, {}, 3 / 4),
        ("ease", {"stage": 3}, EARLY, {}, 3.5 / 4),
        ("ease", {"stage": 3, "next_step": 0}, EARLY, {}, 1),
        ("ease", {"stage": 4, "next_step": -1}, EARLY, {}, 1),
        ("ease", {"stage": 5, "next_step": -1}, EARLY, {}, 3.5 / 4),
        ("ease", {"stage": 0, "next_step": 0}, EARLY, {}, 3.5 / 4),
        ("ease", {"stage": 4}, EARLY | {"last_stage": 5}, {}, 1),
        ("ease", {}, STAYS, {"familiar": True}, 3.7 / 4),
        ("ease", {}, STAYS, {"acquainted": True}, 3.7 / 4),
        ("ease", {}, STAYS, {"familiar": True, "acquainted": True}, 3.7 / 4),
        ("fresh", {}, {"confirmed_days": 180}, {}, 1),
        ("fresh", {}, {"confirmed_days": 360}, {}, 0.6),
        ("fresh", {}, {"confirmed_days": 540}, {}, 0.2),
        ("fresh", {}, {"confirmed_days": -1}, {}, 0.2),
    ],
)
def test_each_part_by_itself(
    name: str, person: dict[str, Any], place: dict[str, Any], pair: dict[str, Any], value: float
) -> None:
    assert part(name, person, place, pair) == pytest.approx(value, abs=1e-6)


def test_the_total_is_the_weighted_mean_in_whole_units() -> None:
    only_travel = policy_from(
        {"from": OWN.from_on, "source": "x"}
        | {"weights": {"wish": 0, "time": 1, "travel": 2, "calm": 0, "ease": 0, "fresh": 0}}
    )
    found = score(profiles({}), offers({}), usual_pairs(1, 1), only_travel)
    assert found.total.tolist() == [[0.8]]
    thirds = score(profiles({}), offers({}), pairs([{"travel_minutes": 10}]), only_travel)
    assert thirds.total[0, 0] == 0.866667


def test_wishing_quietly_costs_nothing() -> None:
    loud = profiles({"wants": [1.0, 0.5, 0.0]}, {"wants": [0.4, 0.2, 0.0]})
    found = score(loud, offers({}, {"menu": [False, True, False]}), usual_pairs(2, 2), OWN)
    assert found.total[0].tolist() == found.total[1].tolist()


def test_inputs_must_belong_together() -> None:
    with pytest.raises(MatcherError, match="sizes_differ"):
        score(profiles({}), offers({}), usual_pairs(2, 2), OWN)


@given(inputs())
def test_parts_agree_with_the_slow_reference(given_: Inputs) -> None:
    found = score(*given_, OWN)
    assert found.parts.dtype == np.float32
    assert ((found.parts >= 0) & (found.parts <= 1)).all()
    assert ((found.total >= 0) & (found.total <= 1)).all()
    assert (found.total == np.round(found.total, 6)).all()
    for i in range(len(given_.profiles)):
        for j in range(len(given_.offers)):
            parts = reference.parts(*given_, i, j, OWN)
            # The wishes drawn are whole thousandths of the strongest, so nothing is rounded.
            assert found.parts[i, j].tolist() == pytest.approx(list(parts.values()), abs=1e-6)
            assert found.total[i, j] == pytest.approx(reference.total(parts, OWN), abs=1.5e-6)


@given(inputs(), st.data())
def test_a_pair_scores_the_same_alone_and_among_others(given_: Inputs, data: st.DataObject) -> None:
    people, places, of_pairs = given_
    whole = score(*given_, OWN)
    for i in range(len(people)):
        some = data.draw(st.permutations(range(len(places))))[:2]
        alone = score(people.take([i]), places.take(some), of_pairs.take([i], some), OWN)
        assert np.array_equal(alone.parts[0], whole.parts[i, some])
        assert np.array_equal(alone.total[0], whole.total[i, some])


def test_sums_of_many_wishes_are_exact_in_any_order() -> None:
    rng = np.random.default_rng(7)
    wants = rng.random((40, 30), np.float32) / 12
    menu = rng.random((50, 30)) < 0.3
    order = rng.permutation(30)
    flags = {"avoids": [False] * 30, "dislikes": [False] * 30}
    found = [
        score(
            profiles(*({"wants": row} | flags for row in wants[:, columns])),
            offers(*({"menu": row} for row in menu[:, columns])),
            usual_pairs(40, 50),
            OWN,
        ).parts
        for columns in (np.arange(30), order)
    ]
    assert np.array_equal(found[0], found[1])


def test_scoring_in_blocks_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    people = profiles(*({"travel_limit_minutes": limit} for limit in range(10, 20)))
    places = offers({}, TWO_DAYS, OTHER_MENU)
    whole = score(people, places, usual_pairs(10, 3), OWN)
    monkeypatch.setattr(scoring, "people_blocks", lambda n, m: people_blocks(n, m, 9))
    cut = score(people, places, usual_pairs(10, 3), OWN)
    assert np.array_equal(cut.parts, whole.parts)
    assert np.array_equal(cut.total, whole.total)


@given(inputs(), st.sampled_from([1.0, 12.0, 300.0]))
def test_a_host_is_weighed_only_where_a_city_says_so(given_: Inputs, weight: float) -> None:
    """The person's own fit is the same, to the last unit, whether hosts are weighed or not."""
    weights = dataclasses.replace(OWN.weights, host=weight)
    weighed = dataclasses.replace(OWN, weights=weights)
    without, found = score(*given_, OWN), score(*given_, weighed)
    assert (without.part_names, found.part_names) == (PART_NAMES, (*PART_NAMES, "host"))
    assert np.array_equal(own_fit(found, weighed), own_fit(without, OWN))
    assert np.array_equal(own_fit(without, OWN), np.rint(without.total * 1e6))
    glad = given_.pairs.glad
    part = np.where(glad < 0, OWN.host.unsaid, glad / 100)
    assert found.parts[..., -1] == pytest.approx(part, abs=1e-6)
    expected = np.average(found.parts, axis=-1, weights=weights.each)
    assert found.total == pytest.approx(expected, abs=2e-6)


@pytest.mark.parametrize("name", PART_NAMES)
def test_a_part_without_weight_changes_no_total(name: str) -> None:
    weights = dataclasses.replace(OWN.weights, **{name: 0.0})
    policy = dataclasses.replace(OWN, weights=weights)
    best = score(profiles({}), offers({"leave_early": True}), usual_pairs(1, 1), policy)
    kept = [place for place, each in enumerate(PART_NAMES) if each != name]
    expected = np.average(best.parts[0, 0, kept], weights=[weights.each[place] for place in kept])
    assert best.total[0, 0] == pytest.approx(expected, abs=1e-6)
