"""The city as a map without tiles: its shape and 圏域, and what people find their way by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Final, TypeAlias

from api.wiring import Wiring
from cases.matching.reach_shape import Ground, shape_of
from catalog.service_area import Online, Outreach, ServiceArea, WholeCity

Feature: TypeAlias = dict[str, Any]
"""A GeoJSON feature; the kinds that are drawn are listed in `static/js/map.js`."""
MOST_MOVED_M: Final = 10.0
KEPT: Final = 64
"""Shapes change once in years; the same bytes are thinned out once. Nobody changes a feature."""


def collection(features: Iterable[Feature]) -> dict[str, Any]:
    """Return features as one GeoJSON document."""
    return {"type": "FeatureCollection", "features": list(features)}


def point_feature(kind: str, lat: float, lon: float, **properties: object) -> Feature:
    """Return a point of the map; JGD2011, rounded to 0.1 m."""
    at = [round(lon, 6), round(lat, 6)]
    return _feature(kind, {"type": "Point", "coordinates": at}, properties)


def line_feature(kind: str, points: Sequence[tuple[float, float]], **properties: object) -> Feature:
    """Return a line through points of latitude and longitude."""
    line = [[round(lon, 6), round(lat, 6)] for lat, lon in points]
    return _feature(kind, {"type": "LineString", "coordinates": line}, properties)


def city_features(
    wiring: Wiring, on: date, district_notes: Mapping[str, str] | None = None
) -> list[Feature]:
    """Return the ground of every map: outline, 圏域 with their names, towns, river, railway.

    Parameters
    ----------
    on
        The day whose 圏域 are drawn: the first layer of the settings that holds then.
    district_notes
        What stands below the name of a 圏域, by name.
    """
    with wiring.database.reading():
        ground = wiring.ground
        layer = next(iter(ground.memberships(on)), "")
        outline, towns = ground.outline(), ground.towns()
        town_shapes, district_shapes = ground.town_shapes(), ground.district_shapes(layer)
        marks = wiring.map_features.features()
    features = [] if outline is None else [*_areas("outline", (("", outline),))]
    features += _areas("district", tuple(district_shapes.items()))
    features += [_without_name(each) for each in _areas("town", tuple(town_shapes.items()))]
    features += _marks(tuple((each.kind, each.name, each.shape) for each in marks))
    features += _district_labels(district_shapes, district_notes or {})
    features += [
        point_feature("label", town.lat, town.lon, name=town.name, of="town")
        for town in towns
        if town.lat is not None and town.lon is not None
    ]
    return features


def served_features(wiring: Wiring, area: ServiceArea, on: date) -> list[Feature]:
    """Return whom a place serves as an area of the map; nothing for the whole city or online."""
    if isinstance(area, WholeCity | Outreach | Online):
        return []
    from shapely import to_wkb

    with wiring.database.reading():
        ground = wiring.ground
        shapes = Ground(
            outline=ground.outline(), towns=ground.town_shapes(), districts=ground.memberships(on)
        )
    shape = shape_of(area, shapes)
    return [] if shape.is_empty else [*_areas("served", (("", to_wkb(shape)),))]


def _feature(kind: str, geometry: Mapping[str, Any], properties: Mapping[str, object]) -> Feature:
    return {"type": "Feature", "properties": {"kind": kind, **properties}, "geometry": geometry}


@lru_cache(maxsize=KEPT)
def _areas(kind: str, shapes: tuple[tuple[str, bytes], ...]) -> tuple[Feature, ...]:
    """Return polygons by name, thinned out together to what a screen can show."""
    from geo.polygons import feature_collection, polygon_from_wkb, simplify_for_map

    if not shapes:
        return ()
    names = [name for name, _ in shapes]
    thinned = simplify_for_map([polygon_from_wkb(shape) for _, shape in shapes], MOST_MOVED_M)
    about = [{"kind": kind, "name": name} for name in names]
    return tuple(feature_collection(thinned, about, names)["features"])


def _without_name(feature: Feature) -> Feature:
    return _feature(feature["properties"]["kind"], feature["geometry"], {})


@lru_cache(maxsize=KEPT)
def _marks(marks: tuple[tuple[str, str, bytes], ...]) -> tuple[Feature, ...]:
    """Return rivers, railways and stations; the name of a river is written on it."""
    import shapely

    features: list[Feature] = []
    for kind, name, wkb in marks:
        shape = shapely.from_wkb(wkb)
        if kind == "station":
            lon, lat = shapely.get_coordinates(shape)[0].tolist()
            features.append(point_feature(kind, lat, lon, name=name))
            continue
        line = shapely.set_precision(shape, 1e-6)
        features.append(_feature(kind, shapely.geometry.mapping(line), {"name": name}))
    return tuple(features)


def _district_labels(shapes: Mapping[str, bytes], notes: Mapping[str, str]) -> list[Feature]:
    """Return the names of the 圏域, each well inside its polygon."""
    labels = []
    for name, shape in shapes.items():
        lat, lon = _middle(shape)
        note = {"note": notes[name]} if name in notes else {}
        labels.append(point_feature("label", lat, lon, name=name, of="district", **note))
    return labels


@lru_cache(maxsize=KEPT)
def _middle(shape: bytes) -> tuple[float, float]:
    """Return the latitude and longitude of a point well inside a polygon."""
    from geo.polygons import polygon_from_wkb

    polygon = polygon_from_wkb(shape)
    centre = polygon.centroid
    at = centre if polygon.contains(centre) else polygon.point_on_surface()
    return at.y, at.x
