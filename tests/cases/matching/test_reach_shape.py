"""The shape of a service area covers the towns that it serves, and no other."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from cases.matching.reach import resolve
from cases.matching.reach_shape import Ground, shape_of
from catalog.service_area import (
    AnyOf,
    Except,
    InDistrict,
    Online,
    Outreach,
    Radius,
    ServiceArea,
    Towns,
    TravelTime,
    WholeCity,
)
from tests.cases.matching.test_reach import DISTRICTS, INDEX, LEFT_HALF, SPEEDS

# A square around the point of each town; together they are the city.
SQUARES = {
    town.id: shapely.box(town.lon - 0.005, 35.79, town.lon + 0.005, 35.81)
    for town in INDEX
    if town.lon is not None
}
GROUND = Ground(
    outline=shapely.to_wkb(shapely.union_all(list(SQUARES.values()))),
    towns={name: shapely.to_wkb(square) for name, square in SQUARES.items()},
    districts=DISTRICTS,
    speeds=SPEEDS,
)


@pytest.mark.parametrize(
    "area",
    [
        WholeCity(),
        Outreach(),
        Towns(frozenset({"b", "d", "nowhere"})),
        InDistrict("welfare", "北"),
        LEFT_HALF,
        Radius(35.8, 139.50, 1000),
        TravelTime(35.8, 139.50, "walk", 5),
        TravelTime(35.8, 139.50, "bicycle", 12),
        AnyOf((Towns(frozenset({"a"})), Radius(35.8, 139.53, 100), Online())),
        Except(WholeCity(), InDistrict("welfare", "北")),
        Except(WholeCity(), Online()),
    ],
)
def test_the_points_in_the_shape_are_the_towns_served(area: ServiceArea) -> None:
    """Both ways of resolving an area agree on every town."""
    shape = shape_of(area, GROUND)
    served = resolve(area, INDEX, DISTRICTS, SPEEDS)
    inside = shapely.intersects_xy(shape, INDEX.points[:, 1], INDEX.points[:, 0])
    assert inside.tolist() == (served.at_place | served.at_home)[:-1].tolist()


def test_what_is_online_has_no_shape() -> None:
    assert shape_of(Online(), GROUND).is_empty


def test_a_city_without_outline_is_its_towns() -> None:
    whole = shape_of(WholeCity(), Ground(outline=None, towns=GROUND.towns))
    assert np.isclose(whole.area, sum(square.area for square in SQUARES.values()))
