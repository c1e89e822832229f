from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.schema import CheckedPoint, Fault, check_point, check_points

CITY = shapely.box(139.5, 35.75, 139.6, 35.85)
lats = st.floats(20.0, 46.0)
lons = st.floats(122.0, 154.5)


@given(lats, lons)
def test_swapped_axes_are_seen_and_put_right_anywhere_in_japan(lat: float, lon: float) -> None:
    assert check_point(lat, lon) == CheckedPoint(lat, lon)
    assert check_point(lon, lat) == CheckedPoint(lat, lon, (Fault.SWAPPED_AXES,))


@pytest.mark.parametrize(
    ("lat", "lon"),
    [
        (0.0, 0.0),
        (999.0, 999.0),
        (35.8, 999.0),
        (35.8, 0.0),
        (35.8, None),
        (None, 139.5),
        (-35.8, 139.5),
        (354748.0, 1393345.0),
        (float("inf"), 139.5),
    ],
)
def test_impossible_coordinates_are_said_and_not_kept(lat: float | None, lon: float | None) -> None:
    assert check_point(lat, lon, CITY, zone=9) == CheckedPoint(None, None, (Fault.IMPOSSIBLE,))


def test_no_coordinate_is_no_fault() -> None:
    assert check_point(None, None, CITY) == CheckedPoint(None, None)


@pytest.mark.parametrize(
    ("lat", "lon", "faults"),
    [
        (35.8, 139.55, ()),
        (35.75, 139.5, ()),  # the edge is inside
        (35.9, 139.55, (Fault.OUTSIDE,)),
        (139.55, 35.8, (Fault.SWAPPED_AXES,)),
        (139.55, 35.9, (Fault.SWAPPED_AXES, Fault.OUTSIDE)),
    ],
)
def test_points_outside_the_city_are_said(
    lat: float, lon: float, faults: tuple[Fault, ...]
) -> None:
    assert check_point(lat, lon, CITY).faults == faults


def test_without_an_outline_the_zone_tells_the_next_island_apart() -> None:
    assert check_point(34.34, 134.05, zone=4).faults == ()  # 高松
    assert check_point(35.79, 139.56, zone=4).faults == (Fault.OUTSIDE,)  # 新座


def test_many_points_are_checked_as_one_by_one() -> None:
    lat = [35.8, 139.55, 0.0, np.nan, 35.9]
    lon = [139.55, 35.8, 0.0, np.nan, 139.55]
    checked = check_points(lat, lon, CITY)
    assert checked.swapped.tolist() == [False, True, False, False, False]
    assert checked.impossible.tolist() == [False, False, True, False, False]
    assert checked.outside.tolist() == [False, False, False, False, True]
    np.testing.assert_array_equal(checked.lat, [35.8, 35.8, np.nan, np.nan, 35.9])


def test_no_points_are_no_trouble() -> None:
    assert check_points([], [], CITY).lat.shape == (0,)
