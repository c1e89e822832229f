"""Polygons: cleaned on the way in, searched, joined, and thinned out for the map on the screen.

All coordinates are JGD2011 degrees, longitude first, as in GeoJSON.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely import GeometryType
from shapely.geometry.base import BaseGeometry

from geo.errors import GeoError
from geo.schema import is_in_japan

Polygons = Sequence[BaseGeometry] | NDArray[np.object_]

METRES_PER_DEGREE = 111_000.0
"""Of latitude, roughly; only for how much a drawn line may be thinned out."""


@dataclass(frozen=True, slots=True)
class CleanPolygon:
    """A polygon or multipolygon that is valid, with what had to be mended.

    Parameters
    ----------
    repairs
        Any of ``swapped_axes`` (latitude came first) and ``self_crossing`` (a bow-tie, say).
    """

    polygon: BaseGeometry
    repairs: tuple[str, ...] = ()

    @property
    def wkb(self) -> bytes:
        """As it is stored."""
        return bytes(shapely.to_wkb(self.polygon))


def clean_polygon(geometry: BaseGeometry | None) -> CleanPolygon:
    """Make one valid polygon or multipolygon of a geometry in degrees, or refuse it.

    A geometry collection is one area: the union of its polygons.

    Raises
    ------
    GeoError
        ``empty_polygon``, ``not_a_polygon`` (points and lines only), ``impossible_coordinate``
        (outside Japan whichever axis comes first, or not a number).
    """
    if geometry is None or geometry.is_empty:
        raise GeoError("empty_polygon")
    areas = _areas(shapely.force_2d(geometry))
    if not areas:
        raise GeoError("not_a_polygon", found=geometry.geom_type)
    repairs = []
    lon, lat = shapely.get_coordinates(areas).T
    in_japan = is_in_japan(lat, lon)
    if not in_japan.all():
        if not is_in_japan(lon, lat).all():
            wrong = int(np.argmin(in_japan))
            raise GeoError("impossible_coordinate", lat=float(lat[wrong]), lon=float(lon[wrong]))
        areas = [shapely.transform(area, lambda points: points[:, ::-1]) for area in areas]
        repairs.append("swapped_axes")
    if not all(area.is_valid for area in areas):
        areas = [
            shapely.make_valid(area, method="structure", keep_collapsed=False) for area in areas
        ]
        repairs.append("self_crossing")
    polygon = areas[0] if len(areas) == 1 else shapely.union_all(areas)
    if polygon.is_empty:
        raise GeoError("empty_polygon")
    return CleanPolygon(polygon, tuple(repairs))


def polygon_from_wkb(wkb: bytes) -> BaseGeometry:
    """Read a stored polygon.

    Raises
    ------
    GeoError
        ``not_a_polygon`` for bytes that are none, ``empty_polygon``.
    """
    try:
        polygon = shapely.from_wkb(wkb)
    except shapely.GEOSException as error:
        raise GeoError("not_a_polygon", found="bytes") from error
    if polygon.geom_type not in ("Polygon", "MultiPolygon"):
        raise GeoError("not_a_polygon", found=polygon.geom_type)
    if polygon.is_empty:
        raise GeoError("empty_polygon")
    return polygon


def locate(points: ArrayLike, polygons: Polygons) -> NDArray[np.int64]:
    """Find the polygon in which each point lies; its edge belongs to it.

    Parameters
    ----------
    points
        Latitude and longitude, shape (n, 2), NaN where unknown.
    polygons
        Where they overlap, the first in the list wins.

    Returns
    -------
    int64[n]
        Index of the polygon, -1 where there is none.
    """
    lat_lon = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    known = np.flatnonzero(np.isfinite(lat_lon).all(axis=1))
    tree = shapely.STRtree(list(polygons))
    at, inside = tree.query(shapely.points(lat_lon[known][:, ::-1]), predicate="intersects")
    nothing = len(polygons)
    found = np.full(len(lat_lon), nothing, dtype=np.int64)
    np.minimum.at(found, known[at], inside)
    found[found == nothing] = -1
    return found


def dissolve(labels: Sequence[str], polygons: Polygons) -> dict[str, BaseGeometry]:
    """Join the polygons of each label into one, in the order in which labels first appear."""
    groups: dict[str, list[BaseGeometry]] = {}
    for label, polygon in zip(labels, polygons, strict=True):
        groups.setdefault(label, []).append(polygon)
    return {label: shapely.union_all(group) for label, group in groups.items()}


def simplify_for_map(polygons: Polygons, tolerance_m: float = 10.0) -> list[BaseGeometry]:
    """Thin out neighbouring polygons together, so that no gap opens between them.

    Parameters
    ----------
    tolerance_m
        About how far a line may move.
    """
    simpler = shapely.coverage_simplify(list(polygons), tolerance_m / METRES_PER_DEGREE)
    return list(simpler)


def feature_collection(
    polygons: Polygons, properties: Sequence[Mapping[str, object]], ids: Sequence[str]
) -> dict[str, Any]:
    """Write GeoJSON (RFC 7946) for the map: longitude first, 6 decimals (about 0.1 m)."""
    features = [
        {"type": "Feature", "id": id_, "properties": dict(about), "geometry": _as_json(polygon)}
        for polygon, about, id_ in zip(polygons, properties, ids, strict=True)
    ]
    return {"type": "FeatureCollection", "features": features}


def _as_json(polygon: BaseGeometry) -> dict[str, Any]:
    outward = shapely.orient_polygons(polygon, exterior_cw=False)
    geometry: dict[str, Any] = shapely.geometry.mapping(
        shapely.transform(outward, lambda xy: np.round(xy, 6))
    )
    return geometry


def _areas(geometry: BaseGeometry) -> list[BaseGeometry]:
    """Take collections apart, however deep, and keep the polygons."""
    parts = np.array([geometry])
    while (shapely.get_type_id(parts) > GeometryType.POLYGON).any():
        parts = shapely.get_parts(parts)
    return [part for part in parts if part.geom_type == "Polygon" and not part.is_empty]
