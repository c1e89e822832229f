"""Where a place serves, as a shape on the map."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cases.matching.reach import Districts
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
from geo.areas import circle, circle_of_minutes
from geo.polygons import polygon_from_wkb
from geo.speeds import Speeds, TravelMode, load_speeds

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """The shapes of a city, WKB in JGD2011: its outline and its towns by id."""

    outline: bytes | None
    towns: Mapping[str, bytes]
    districts: Districts = field(default_factory=dict)
    speeds: Speeds = field(default_factory=load_speeds)


def shape_of(area: ServiceArea, ground: Ground) -> BaseGeometry:
    """Return from where people come, or where the host goes to them; empty for what is online.

    A list of towns or a 圏域 is drawn by the polygons of its towns that are known. What reaches
    beyond the city is drawn beyond it.
    """
    from shapely import union_all

    match area:
        case Online():
            return _joined(())
        case WholeCity() | Outreach():
            return _joined([ground.outline] if ground.outline else ground.towns.values())
        case Towns(town_ids):
            return _joined(ground.towns[id_] for id_ in town_ids if id_ in ground.towns)
        case InDistrict(layer, name):
            district_of = ground.districts.get(layer, {})
            named = (id_ for id_, of in district_of.items() if of == name)
            return _joined(ground.towns[id_] for id_ in named if id_ in ground.towns)
        case Polygon(wkb):
            return polygon_from_wkb(wkb)
        case Radius(lat, lon, metres):
            return circle((lat, lon), metres)
        case TravelTime(lat, lon, mode, minutes):
            return circle_of_minutes((lat, lon), minutes, TravelMode(mode), ground.speeds)
        case AnyOf(parts):
            return union_all([shape_of(part, ground) for part in parts])
        case Except(base, minus):
            return shape_of(base, ground).difference(shape_of(minus, ground))


def _joined(shapes: Iterable[bytes]) -> BaseGeometry:
    from shapely import union_all

    return union_all([polygon_from_wkb(shape) for shape in shapes])
