"""Which towns a service area covers, and its shape on the map.

Whole areas (all but …, several at once) are put together from these with ``&``, ``|`` and ``~``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from geo.errors import GeoError
from geo.speeds import Speeds, TravelMode, TravelProfile
from geo.towns import TownIndex
from geo.travel import distances_m, reach_m, travel_minutes

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

Point = tuple[float, float]
"""Latitude and longitude in degrees."""


def named_towns(index: TownIndex, town_ids: Iterable[str]) -> NDArray[np.bool_]:
    """Tell of every town whether it is named, bool[n_towns]; ids of no town count for nothing."""
    wanted = frozenset(town_ids)
    return np.array([town.id in wanted for town in index], dtype=bool)


def within_radius(index: TownIndex, centre: Point, radius_m: float) -> NDArray[np.bool_]:
    """Tell of every town whether its point lies within a circle, its edge included.

    A town whose point is unknown is outside.
    """
    within: NDArray[np.bool_] = distances_m(index.points, [centre])[:, 0] <= radius_m
    return within


def within_polygon(index: TownIndex, wkb: bytes) -> NDArray[np.bool_]:
    """Tell of every town whether its point lies in a polygon, its edge included.

    Raises
    ------
    GeoError
        ``not_a_polygon``, ``empty_polygon``.
    """
    from geo.polygons import locate, polygon_from_wkb

    within: NDArray[np.bool_] = locate(index.points, [polygon_from_wkb(wkb)]) == 0
    return within


def within_minutes(
    index: TownIndex,
    centre: Point,
    minutes: float,
    mode: TravelMode,
    speeds: Speeds,
    profile: TravelProfile = TravelProfile.GENERAL,
) -> NDArray[np.bool_]:
    """Tell from which towns one gets to a place in time, bool[n_towns]."""
    needed = travel_minutes(index.points, [centre], mode, profile, speeds)[:, 0]
    within: NDArray[np.bool_] = needed <= minutes
    return within


def circle(centre: Point, radius_m: float) -> BaseGeometry:
    """Draw a circle on the ground as a polygon of 64 corners.

    Raises
    ------
    GeoError
        ``impossible_radius``.
    """
    from pyproj import Geod
    from shapely import Polygon

    if not 0 < radius_m < 1_000_000:
        raise GeoError("impossible_radius", metres=radius_m)
    lat, lon = centre
    corners = 64
    bearings = np.linspace(360.0, 0.0, corners, endpoint=False)  # counter-clockwise
    east, north, _ = Geod(ellps="GRS80").fwd(
        np.full(corners, lon), np.full(corners, lat), bearings, np.full(corners, radius_m)
    )
    return Polygon(np.column_stack([east, north]))


def circle_of_minutes(
    centre: Point,
    minutes: float,
    mode: TravelMode,
    speeds: Speeds,
    profile: TravelProfile = TravelProfile.GENERAL,
) -> BaseGeometry:
    """Draw from where one gets to a place in time: a circle, since the detour is a ratio.

    Raises
    ------
    GeoError
        ``impossible_radius`` when the time does not even suffice to reach the stop.
    """
    return circle(centre, reach_m(minutes, mode, profile, speeds))
