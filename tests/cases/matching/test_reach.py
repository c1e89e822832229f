"""Service areas of the catalogue against towns of a small made-up city."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from cases.matching.reach import resolve, resolve_reach
from catalog.service_area import (
    AnyOf,
    Except,
    InDistrict,
    Online,
    Outreach,
    Polygon,
    Radius,
    ServiceArea,
    Towns,
    TravelTime,
    WholeCity,
)
from geo.speeds import load_speeds
from geo.towns import Town, TownIndex

# Four towns in a row, about 910 m apart; b and c are "north" and "south" of two districts.
INDEX = TownIndex(
    [Town(name, name, "999999", 35.8, 139.50 + at / 100) for at, name in enumerate("abcd")]
)
DISTRICTS = {"welfare": {"a": "北", "b": "北", "c": "南"}}
SPEEDS = load_speeds()
LEFT_HALF = Polygon(shapely.to_wkb(shapely.box(139.49, 35.7, 139.515, 35.9)))


def served(area: ServiceArea) -> tuple[str, str, str]:
    """Return the towns served at the place, online and at home; * is the unknown town."""
    found = resolve(area, INDEX, DISTRICTS, SPEEDS)
    names = np.array(list("abcd*"))
    return ("".join(names[found.at_place]), "".join(names[found.online]),
            "".join(names[found.at_home]))  # fmt: skip


@pytest.mark.parametrize(
    ("area", "expected"),
    [
        (WholeCity(), ("abcd*", "", "")),
        (Towns(frozenset({"b", "d", "nowhere"})), ("bd", "", "")),
        (InDistrict("welfare", "北"), ("ab", "", "")),
        (InDistrict("welfare", "東"), ("", "", "")),
        (InDistrict("daily", "北"), ("", "", "")),
        (LEFT_HALF, ("ab", "", "")),
        (Radius(35.8, 139.50, 1000), ("ab", "", "")),
        (TravelTime(35.8, 139.53, "walk", 30), ("cd", "", "")),
        (Online(), ("", "abcd*", "")),
        (Outreach(), ("", "", "abcd*")),
        (AnyOf((Towns(frozenset({"a"})), Online())), ("a", "abcd*", "")),
        (Except(WholeCity(), InDistrict("welfare", "北")), ("cd*", "", "")),
        (Except(Outreach(), Towns(frozenset({"d"}))), ("", "", "abc*")),
        (Except(AnyOf((WholeCity(), Online())), Online()), ("abcd*", "", "")),
        (
            Except(WholeCity(), Except(InDistrict("welfare", "北"), Towns(frozenset({"a"})))),
            ("acd*", "", ""),
        ),
    ],
)
def test_areas(area: ServiceArea, expected: tuple[str, str, str]) -> None:
    assert served(area) == expected


def test_many_areas_at_once_are_the_areas_one_by_one() -> None:
    areas: list[ServiceArea] = [
        WholeCity(),
        Online(),
        InDistrict("welfare", "南"),
        WholeCity(),
        AnyOf((Outreach(), Towns(frozenset({"b"})))),
        InDistrict("welfare", "なし"),
    ]
    reach = resolve_reach(areas, INDEX, DISTRICTS, SPEEDS)
    towns = np.arange(5)
    for at, area in enumerate(areas):
        one = resolve(area, INDEX, DISTRICTS, SPEEDS)
        assert (reach.serves(towns)[:, at] == one.anyhow).all()
        assert (reach.serves_remotely(towns)[:, at] == (one.online | one.at_home)).all()
    assert reach.anyhow.shape == (5, 5), "equal areas are kept once"
    assert reach.serves_nobody().tolist() == [False, False, False, False, False, True]


def test_no_openings_and_no_towns() -> None:
    reach = resolve_reach([], INDEX, DISTRICTS, SPEEDS)
    assert reach.serves(np.arange(5)).shape == (5, 0)
    empty = resolve_reach([WholeCity()], TownIndex([]), {}, SPEEDS)
    assert empty.serves(np.array([0])).all(), "a city whose towns are not known yet is still served"
