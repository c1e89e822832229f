"""Whom hosts would be glad of: the mean of what they named, and nothing where they named none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.errors import MatcherError
from matcher.host_wishes import HostWishes, gladness
from matcher.profiles import Profiles
from tests.matcher.pair_strategies import Inputs, inputs
from tests.matcher.tables import profiles

NOTHING: dict[str, Any] = {"min_age": -1, "max_age": -1, "stages": 0, "week": 0}


def wishes(*hosts: dict[str, Any], activities: int = 3) -> HostWishes:
    """Make what hosts named, one of each change to nothing at all."""
    rows = [NOTHING | {"menu": [False] * activities} | host for host in hosts]
    return HostWishes(
        np.array([row["min_age"] for row in rows], np.int16),
        np.array([row["max_age"] for row in rows], np.int16),
        np.array([row["stages"] for row in rows], np.int64),
        np.array([row["menu"] for row in rows], np.bool_).reshape(len(rows), activities),
        np.array([row["week"] for row in rows], np.int64),
    )


@pytest.mark.parametrize(
    ("person", "host", "percent"),
    [
        ({}, {}, -1),
        ({"age": 70}, {"min_age": 60, "max_age": 70}, 100),
        ({"age": 71}, {"max_age": 70}, 0),
        ({"age": 59}, {"min_age": 60}, 0),
        ({"age": -1}, {"min_age": 60}, 50),
        ({"stage": 2}, {"stages": 0b100}, 100),
        ({"stage": 2}, {"stages": 0b011}, 0),
        ({"available": 0b1000}, {"week": 0b111000}, 100),
        ({"available": 0b1000}, {"week": 0b111}, 0),
        ({"wants": [0.4, 0.8, 0]}, {"menu": [True, False, True]}, 50),
        ({"wants": [0.4, 0.8, 0]}, {"menu": [True, True, True]}, 100),
        ({"wants": [0, 0, 0]}, {"menu": [True, True, True]}, 0),
        ({"age": 70, "stage": 1}, {"min_age": 60, "stages": 0b100}, 50),
        ({"age": 70, "stage": 1, "available": 0}, {"min_age": 60, "stages": 2, "week": 7}, 67),
    ],
)
def test_it_is_the_mean_of_what_was_named(
    person: dict[str, Any], host: dict[str, Any], percent: int
) -> None:
    assert gladness(profiles(person), wishes(host)).tolist() == [[percent]]


def plain(people: Profiles, named: HostWishes, i: int, j: int) -> int:
    """Say it once more, one pair and one thing after the other."""
    met: list[float] = []
    low, high = int(named.min_age[j]), int(named.max_age[j])
    if low >= 0 or high >= 0:
        age = int(people.age[i])
        within = low <= age and (high < 0 or age <= high)
        met.append(50 if age < 0 else 100 if within else 0)
    if named.stages[j]:
        met.append(100 if int(named.stages[j]) >> int(people.stage[i]) & 1 else 0)
    if named.week[j]:
        met.append(100 if int(named.week[j]) & int(people.available[i]) else 0)
    if named.menu[j].any():
        wants = people.wants[i]
        liked = float((wants * named.menu[j]).max())
        met.append(round(100 * liked / float(wants.max())) if wants.max() > 0 else 0)
    return round(sum(met) / len(met)) if met else -1


@given(inputs(), st.data())
def test_all_pairs_at_once_are_as_one_by_one(given_: Inputs, data: st.DataObject) -> None:
    people = given_.profiles
    activities = people.wants.shape[1]
    host = st.fixed_dictionaries(
        {
            "min_age": st.sampled_from([-1, 0, 40]),
            "max_age": st.sampled_from([-1, 40, 90]),
            "stages": st.integers(0, 63),
            "week": st.sampled_from([0, 0b111, 1 << 20]),
            "menu": st.lists(st.booleans(), min_size=activities, max_size=activities),
        }
    )
    hosts = data.draw(st.lists(host, max_size=3))
    named = wishes(*hosts, activities=activities)
    found = gladness(people, named)
    assert found.shape == (len(people), len(hosts))
    for i in range(len(people)):
        for j in range(len(hosts)):
            assert abs(int(found[i, j]) - plain(people, named, i, j)) <= 1, "halves may round"


def test_columns_of_other_lengths_are_refused() -> None:
    one, two = np.zeros(1, np.int64), np.zeros(2, np.int64)
    with pytest.raises(MatcherError, match="sizes_differ"):
        HostWishes(one.astype(np.int16), one.astype(np.int16), two, np.zeros((1, 3), bool), one)
