"""Coordinate systems: stored in JGD2011 degrees, measured in the city's plane rectangular zone."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.errors import GeoError

if TYPE_CHECKING:
    from pyproj import CRS, Transformer
    from shapely.geometry.base import BaseGeometry

STORAGE_EPSG = 6668
"""JGD2011, geographic. WGS84 (4326) and JGD2000 (4612) differ from it by less than our data do."""

ZONES = range(1, 20)


def plane_epsg(zone: int) -> int:
    """Give the EPSG code of a zone of the Japan Plane Rectangular CS on JGD2011.

    Parameters
    ----------
    zone
        系 1-19 (平成14年国土交通省告示第9号); Saitama is in zone 9.

    Raises
    ------
    GeoError
        ``unknown_plane_zone``.
    """
    if zone not in ZONES:
        raise GeoError("unknown_plane_zone", zone=zone, least=1, most=19)
    return STORAGE_EPSG + zone


def zone_bounds(zone: int) -> tuple[float, float, float, float]:
    """Give the least and greatest latitude and longitude of a zone: south, west, north, east."""
    area = _crs(plane_epsg(zone)).area_of_use
    if area is None:  # every zone of the register has one
        raise GeoError("unknown_plane_zone", zone=zone, least=1, most=19)
    return area.south, area.west, area.north, area.east


def check_measuring(crs: object) -> None:
    """Refuse to measure where a metre on paper is not a metre on the ground.

    Parameters
    ----------
    crs
        Anything pyproj reads: an EPSG number, ``"EPSG:6677"``, WKT.

    Raises
    ------
    GeoError
        ``not_for_measuring`` for degrees, Web Mercator (EPSG:3857, 24 % too long in Japan) and
        other Mercator maps; ``unknown_crs`` for what is no coordinate system.
    """
    read = _crs(crs)
    operation = read.coordinate_operation
    method = operation.method_name if operation else ""
    in_metres = read.is_projected and all(axis.unit_name == "metre" for axis in read.axis_info)
    if not in_metres or (method != "Transverse Mercator" and "Mercator" in method):
        raise GeoError("not_for_measuring", crs=str(crs))


def to_metric(lat: ArrayLike, lon: ArrayLike, zone: int) -> NDArray[np.float64]:
    """Project points into a plane rectangular zone.

    Parameters
    ----------
    lat, lon
        Degrees in JGD2011, shape (n,).
    zone
        系 1-19.

    Returns
    -------
    float64[n, 2]
        Metres east and metres north of the zone's origin. (The official X axis points north.)
    """
    east_m, north_m = _transformer(STORAGE_EPSG, plane_epsg(zone)).transform(
        np.atleast_1d(np.asarray(lon, dtype=np.float64)),
        np.atleast_1d(np.asarray(lat, dtype=np.float64)),
    )
    return np.column_stack([east_m, north_m])


def polygon_to_metric(polygon: BaseGeometry, zone: int) -> BaseGeometry:
    """Project a geometry in JGD2011 degrees into a zone, so that its area is in square metres."""
    return _reproject(polygon, STORAGE_EPSG, plane_epsg(zone))


def to_storage(polygon: BaseGeometry, crs: object) -> BaseGeometry:
    """Bring a geometry of another coordinate system into JGD2011 degrees.

    Parameters
    ----------
    polygon
        Coordinates in the order east, north (GIS order).
    crs
        Where it comes from: anything pyproj reads. Tokyo Datum (4301) is shifted, about 400 m.
    """
    return _reproject(polygon, _crs(crs), STORAGE_EPSG)


def _reproject(polygon: BaseGeometry, source: CRS | int, target: int) -> BaseGeometry:
    import shapely

    transformer = _transformer(source, target)

    def moved(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(transformer.transform(points[:, 0], points[:, 1]))

    return shapely.transform(polygon, moved)


@lru_cache(maxsize=32)
def _transformer(source: CRS | int, target: int) -> Transformer:
    from pyproj import Transformer

    return Transformer.from_crs(source, target, always_xy=True)


@lru_cache(maxsize=32)
def _crs(crs: object) -> CRS:
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        return CRS.from_user_input(crs)
    except CRSError as error:
        raise GeoError("unknown_crs", crs=str(crs)) from error
