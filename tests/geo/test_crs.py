from __future__ import annotations

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.crs import (
    check_measuring,
    plane_epsg,
    polygon_to_metric,
    to_metric,
    to_storage,
    zone_bounds,
)
from geo.errors import GeoError
from geo.travel import distance_m


def test_zones_are_the_epsg_codes_in_a_row() -> None:
    assert [plane_epsg(zone) for zone in (1, 9, 19)] == [6669, 6677, 6687]


@pytest.mark.parametrize("zone", [0, 20, -1])
def test_other_zones_are_refused(zone: int) -> None:
    with pytest.raises(GeoError, match="unknown_plane_zone"):
        plane_epsg(zone)


def test_the_origin_of_zone_nine_is_where_the_law_puts_it() -> None:
    """平成14年国土交通省告示第9号: 36 N, 139 50 E."""
    np.testing.assert_allclose(to_metric(36.0, 139 + 50 / 60, 9), [[0.0, 0.0]], atol=1e-6)


@given(st.floats(35.7, 35.9), st.floats(139.4, 139.7), st.floats(-0.02, 0.02))
def test_metres_in_the_plane_are_metres_on_the_ground(lat: float, lon: float, step: float) -> None:
    here, there = to_metric([lat, lat + step], [lon, lon + step], 9)
    on_ground = distance_m(lat, lon, lat + step, lon + step)
    assert np.hypot(*(there - here)) == pytest.approx(on_ground, rel=2e-4, abs=1e-6)


def test_east_comes_first() -> None:
    south_west, north_east = to_metric([35.8, 35.81], [139.5, 139.53], 9)
    assert north_east[0] - south_west[0] == pytest.approx(2713, abs=3)
    assert north_east[1] - south_west[1] == pytest.approx(
        1110, abs=12
    )  # north on the map leans a little


@pytest.mark.parametrize("crs", [3857, "EPSG:3857", 6668, 4326, 3395])
def test_degrees_and_web_maps_are_refused_for_measuring(crs: object) -> None:
    with pytest.raises(GeoError, match="not_for_measuring"):
        check_measuring(crs)


@pytest.mark.parametrize("crs", [*range(6669, 6688), 6691])
def test_plane_zones_and_utm_are_good_for_measuring(crs: int) -> None:
    """Ten metres are ten metres there, while the degrees they stand for are refused."""
    check_measuring(crs)
    assert pyproj.CRS(crs).axis_info[0].unit_name == "metre"
    with pytest.raises(GeoError, match="not_for_measuring"):
        check_measuring(pyproj.CRS(crs).geodetic_crs)


def test_what_is_no_coordinate_system_is_refused() -> None:
    with pytest.raises(GeoError, match="unknown_crs"):
        check_measuring("EPSG:999999")


def test_a_polygon_comes_back_from_the_plane() -> None:
    square = shapely.box(139.5, 35.8, 139.51, 35.81)
    back = to_storage(polygon_to_metric(square, 9), 6677)
    np.testing.assert_allclose(
        shapely.get_coordinates(back), shapely.get_coordinates(square), atol=1e-9
    )


def test_tokyo_datum_is_shifted_by_about_400_metres() -> None:
    moved = to_storage(shapely.Point(139.5, 35.8), 4301)
    lon, lat = shapely.get_coordinates(moved)[0]
    assert 380 < float(distance_m(35.8, 139.5, lat, lon)) < 520


def test_a_zone_has_bounds_that_hold_its_cities() -> None:
    south, west, north, east = zone_bounds(9)
    assert south < 35.79 < north
    assert west < 139.56 < east
