from __future__ import annotations

import numpy as np
import pytest
import shapely

from geo.areas import (
    circle,
    circle_of_minutes,
    named_towns,
    within_minutes,
    within_polygon,
    within_radius,
)
from geo.crs import polygon_to_metric
from geo.errors import GeoError
from geo.polygons import locate
from geo.towns import Town, TownIndex
from geo.travel import TravelMode, TravelProfile, distance_m, load_speeds

HALL = (35.80, 139.55)
TOWNS = TownIndex(
    [
        Town("near", "近所町", "999997", 35.805, 139.55),
        Town("far", "遠山町", "999997", 35.84, 139.60),
        Town("unknown", "不明町", "999997"),
    ]
)
SPEEDS = load_speeds()


def test_a_radius_includes_its_edge_and_no_unknown_place() -> None:
    metres = float(distance_m(*HALL, 35.805, 139.55))
    assert within_radius(TOWNS, HALL, metres).tolist() == [True, False, False]
    assert within_radius(TOWNS, HALL, metres - 0.01).tolist() == [False, False, False]
    assert within_radius(TOWNS, HALL, 20_000).tolist() == [True, True, False]


def test_a_polygon_holds_the_towns_whose_points_lie_in_it() -> None:
    wkb = shapely.to_wkb(shapely.box(139.54, 35.79, 139.56, 35.81))
    assert within_polygon(TOWNS, wkb).tolist() == [True, False, False]


def test_minutes_depend_on_who_travels_and_how() -> None:
    def within(mode: TravelMode, profile: TravelProfile) -> list[bool]:
        return list(within_minutes(TOWNS, HALL, 12.0, mode, SPEEDS, profile))

    assert within(TravelMode.WALK, TravelProfile.GENERAL) == [True, False, False]
    assert within(TravelMode.WALK, TravelProfile.AID) == [False, False, False]
    assert within(TravelMode.BUS, TravelProfile.GENERAL) == [False, False, False]
    assert within_minutes(TOWNS, HALL, 25.0, TravelMode.CAR, SPEEDS).tolist() == [True, True, False]


def test_named_towns_are_those_named() -> None:
    assert named_towns(TOWNS, ["far", "not a town"]).tolist() == [False, True, False]


def test_areas_are_put_together_by_logic() -> None:
    all_but_far = ~named_towns(TOWNS, ["far"])
    assert (all_but_far & within_radius(TOWNS, HALL, 20_000)).tolist() == [True, False, False]


def test_a_circle_has_its_radius_on_the_ground() -> None:
    drawn = circle(HALL, 1000.0)
    lon, lat = shapely.get_coordinates(drawn).T
    np.testing.assert_allclose(distance_m(*HALL, lat, lon), 1000.0, rtol=1e-7)
    assert polygon_to_metric(drawn, 9).area == pytest.approx(np.pi * 1e6, rel=0.01)
    assert shapely.LinearRing(shapely.get_coordinates(drawn)).is_ccw


def test_a_circle_of_minutes_holds_the_towns_within_them() -> None:
    drawn = circle_of_minutes(HALL, 25.0, TravelMode.CAR, SPEEDS)
    inside = locate(TOWNS.points, [drawn]) == 0
    np.testing.assert_array_equal(inside, within_minutes(TOWNS, HALL, 25.0, TravelMode.CAR, SPEEDS))


@pytest.mark.parametrize("radius_m", [0.0, -1.0, float("nan"), float("inf")])
def test_impossible_circles_are_refused(radius_m: float) -> None:
    with pytest.raises(GeoError, match="impossible_radius"):
        circle(HALL, radius_m)


def test_a_time_too_short_for_the_stop_has_no_circle() -> None:
    with pytest.raises(GeoError, match="impossible_radius"):
        circle_of_minutes(HALL, 5.0, TravelMode.BUS, SPEEDS)
