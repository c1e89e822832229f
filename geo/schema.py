"""Can these coordinates be? Wrong ones are found, swapped axes put right."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.crs import zone_bounds

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

JAPAN = (20.0, 122.0, 46.0, 154.5)
"""South, west, north, east: 沖ノ鳥島 20.4 N, 与那国島 122.9 E, 択捉島 45.6 N, 南鳥島 154.0 E."""

ZONE_MARGIN_DEGREES = 0.1


class Fault(StrEnum):
    """What is wrong with a coordinate; the value is the code of its message."""

    SWAPPED_AXES = "swapped_axes"
    IMPOSSIBLE = "impossible_coordinate"
    OUTSIDE = "outside_city"


@dataclass(frozen=True, slots=True)
class CheckedPoints:
    """Coordinates after the check, axes put right.

    Parameters
    ----------
    lat, lon
        Degrees, float64[n]; swapped axes are mended, impossible ones NaN.
    swapped, impossible, outside
        bool[n]. Outside means: possible, but not in this city.
    """

    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    swapped: NDArray[np.bool_]
    impossible: NDArray[np.bool_]
    outside: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class CheckedPoint:
    """One coordinate after the check, axes put right, with what was found."""

    lat: float | None
    lon: float | None
    faults: tuple[Fault, ...] = ()


def is_in_japan(lat: ArrayLike, lon: ArrayLike) -> NDArray[np.bool_]:
    """Tell whether points can lie in Japan at all; false for NaN."""
    return _is_between(np.asarray(lat), np.asarray(lon), JAPAN, margin_degrees=0.0)


def check_points(
    lat: ArrayLike,
    lon: ArrayLike,
    outline: BaseGeometry | None = None,
    zone: int | None = None,
) -> CheckedPoints:
    """Check many coordinates at once.

    Latitudes and longitudes of Japan share no number, so swapped axes are certain when seen.
    0/0, 999 and half a coordinate are impossible; none at all (both NaN) is no fault.

    Parameters
    ----------
    lat, lon
        Degrees, shape (n,), NaN where there is none.
    outline
        The city's polygon; its edge counts as inside.
    zone
        The city's plane rectangular zone, a coarse stand-in where no outline is known.
    """
    lat_in = np.atleast_1d(np.asarray(lat, dtype=np.float64))
    lon_in = np.atleast_1d(np.asarray(lon, dtype=np.float64))
    swapped = is_in_japan(lon_in, lat_in)
    right_lat, right_lon = np.where(swapped, (lon_in, lat_in), (lat_in, lon_in))
    possible = is_in_japan(right_lat, right_lon)
    absent = np.isnan(lat_in) & np.isnan(lon_in)
    if outline is not None:
        import shapely

        shapely.prepare(outline)
        inside = shapely.intersects_xy(outline, right_lon, right_lat)
    elif zone is not None:
        inside = _is_between(right_lat, right_lon, zone_bounds(zone), ZONE_MARGIN_DEGREES)
    else:
        inside = possible
    return CheckedPoints(
        lat=np.where(possible, right_lat, np.nan),
        lon=np.where(possible, right_lon, np.nan),
        swapped=swapped,
        impossible=~possible & ~absent,
        outside=possible & ~inside,
    )


def check_point(
    lat: float | None,
    lon: float | None,
    outline: BaseGeometry | None = None,
    zone: int | None = None,
) -> CheckedPoint:
    """Check one coordinate; see `check_points`."""
    checked = check_points(
        np.nan if lat is None else lat, np.nan if lon is None else lon, outline, zone
    )
    found = {
        Fault.SWAPPED_AXES: checked.swapped[0],
        Fault.IMPOSSIBLE: checked.impossible[0],
        Fault.OUTSIDE: checked.outside[0],
    }
    is_known = not np.isnan(checked.lat[0])
    return CheckedPoint(
        lat=float(checked.lat[0]) if is_known else None,
        lon=float(checked.lon[0]) if is_known else None,
        faults=tuple(fault for fault, is_so in found.items() if is_so),
    )


def _is_between(
    lat: NDArray[np.float64],
    lon: NDArray[np.float64],
    bounds: tuple[float, float, float, float],
    margin_degrees: float,
) -> NDArray[np.bool_]:
    south, west, north, east = bounds
    inside: NDArray[np.bool_] = (
        (lat >= south - margin_degrees)
        & (lat <= north + margin_degrees)
        & (lon >= west - margin_degrees)
        & (lon <= east + margin_degrees)
    )
    return inside
