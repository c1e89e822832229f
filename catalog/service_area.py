"""Where a resource serves: one tagged union, the same in memory, in the database and in files.

Only the meaning is here; `geo` turns an area into towns and shapes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import NoReturn, TypeAlias

from catalog.errors import CatalogError

MOST_NESTED = 8


@dataclass(frozen=True, slots=True)
class WholeCity:
    """Everyone who lives in the municipality (市内全域)."""


@dataclass(frozen=True, slots=True)
class Towns:
    """The named towns, by their id."""

    town_ids: frozenset[str]

    def __post_init__(self) -> None:
        if not self.town_ids:
            raise CatalogError("area_value", area="towns", key="towns", value=[])


@dataclass(frozen=True, slots=True)
class InDistrict:
    """One 圏域 of one layer, by its Japanese name."""

    layer: str
    name: str

    def __post_init__(self) -> None:
        _check(bool(self.layer), "in_district", "layer", self.layer)
        _check(bool(self.name), "in_district", "name", self.name)


@dataclass(frozen=True, slots=True)
class Polygon:
    """A drawn shape: WKB of a polygon or multipolygon in JGD2011 (longitude, latitude)."""

    wkb: bytes

    def __post_init__(self) -> None:
        if not _is_polygon(self.wkb):
            raise CatalogError("area_polygon", start=self.wkb[:5].hex())


@dataclass(frozen=True, slots=True)
class Radius:
    """A circle around a point, measured along the ground."""

    lat: float
    lon: float
    metres: float

    def __post_init__(self) -> None:
        _check_point("radius", self.lat, self.lon)
        _check(_is_positive(self.metres), "radius", "metres", self.metres)


@dataclass(frozen=True, slots=True)
class TravelTime:
    """All that is within some minutes of a point by one means of travel."""

    lat: float
    lon: float
    mode: str
    minutes: float

    def __post_init__(self) -> None:
        _check_point("travel_time", self.lat, self.lon)
        _check(bool(self.mode), "travel_time", "mode", self.mode)
        _check(_is_positive(self.minutes), "travel_time", "minutes", self.minutes)


@dataclass(frozen=True, slots=True)
class Online:
    """Joined from anywhere over the internet."""


@dataclass(frozen=True, slots=True)
class Outreach:
    """The host comes to the person."""


@dataclass(frozen=True, slots=True)
class Except:
    """`base` without `minus` (北部を除く市内全域)."""

    base: ServiceArea
    minus: ServiceArea


@dataclass(frozen=True, slots=True)
class AnyOf:
    """All parts together."""

    parts: tuple[ServiceArea, ...]

    def __post_init__(self) -> None:
        if not self.parts:
            raise CatalogError("area_value", area="any_of", key="parts", value=[])


ServiceArea: TypeAlias = (
    WholeCity
    | Towns
    | InDistrict
    | Polygon
    | Radius
    | TravelTime
    | Online
    | Outreach
    | Except
    | AnyOf
)


def to_json(area: ServiceArea) -> dict[str, object]:
    """Return the area as plain JSON values; `from_json` is its inverse."""
    match area:
        case WholeCity():
            return {"kind": "whole_city"}
        case Towns(town_ids):
            return {"kind": "towns", "towns": sorted(town_ids)}
        case InDistrict(layer, name):
            return {"kind": "in_district", "layer": layer, "name": name}
        case Polygon(wkb):
            return {"kind": "polygon", "wkb": wkb.hex()}
        case Radius(lat, lon, metres):
            return {"kind": "radius", "lat": lat, "lon": lon, "metres": metres}
        case TravelTime(lat, lon, mode, minutes):
            return {"kind": "travel_time", "lat": lat, "lon": lon, "mode": mode, "minutes": minutes}
        case Online():
            return {"kind": "online"}
        case Outreach():
            return {"kind": "outreach"}
        case Except(base, minus):
            return {"kind": "except", "base": to_json(base), "minus": to_json(minus)}
        case AnyOf(parts):
            return {"kind": "any_of", "parts": [to_json(part) for part in parts]}


def from_json(data: object) -> ServiceArea:
    """Read what `to_json` wrote.

    Raises
    ------
    CatalogError
        Unknown kind, missing or surplus keys, impossible values, or nested too deeply.
    """
    return _read(data, 1)


def _read(data: object, depth: int) -> ServiceArea:
    if depth > MOST_NESTED:
        raise CatalogError("area_depth", most=MOST_NESTED)
    kind = data.get("kind") if isinstance(data, Mapping) else None
    if not isinstance(data, Mapping) or not isinstance(kind, str) or kind not in _READERS:
        near = get_close_matches(str(kind), _READERS, n=3, cutoff=0.5)
        raise CatalogError("area_kind", value=kind, near=", ".join(near))
    keys, build = _READERS[kind]
    if set(data) != {"kind", *keys}:
        raise CatalogError(
            "area_keys",
            area=kind,
            expected=", ".join(keys),
            found=", ".join(sorted(set(data) - {"kind"})),
        )
    return build(_Fields(kind, data, depth))


@dataclass(frozen=True, slots=True)
class _Fields:
    """The values of one JSON object, read with the type that each must have."""

    kind: str
    data: Mapping[str, object]
    depth: int

    def text(self, key: str) -> str:
        value = self.data[key]
        return value if isinstance(value, str) else self._refuse(key)

    def number(self, key: str) -> float:
        value = self.data[key]
        if isinstance(value, bool) or not isinstance(value, int | float):
            self._refuse(key)
        return value

    def texts(self, key: str) -> frozenset[str]:
        values = self.data[key]
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            self._refuse(key)
        return frozenset(values)

    def hex(self, key: str) -> bytes:
        try:
            return bytes.fromhex(self.text(key))
        except ValueError:
            self._refuse(key)

    def area(self, key: str) -> ServiceArea:
        return _read(self.data[key], self.depth + 1)

    def areas(self, key: str) -> tuple[ServiceArea, ...]:
        values = self.data[key]
        if not isinstance(values, list):
            self._refuse(key)
        return tuple(_read(value, self.depth + 1) for value in values)

    def _refuse(self, key: str) -> NoReturn:
        raise CatalogError("area_value", area=self.kind, key=key, value=self.data[key])


_READERS: dict[str, tuple[tuple[str, ...], Callable[[_Fields], ServiceArea]]] = {
    "whole_city": ((), lambda _: WholeCity()),
    "towns": (("towns",), lambda f: Towns(f.texts("towns"))),
    "in_district": (("layer", "name"), lambda f: InDistrict(f.text("layer"), f.text("name"))),
    "polygon": (("wkb",), lambda f: Polygon(f.hex("wkb"))),
    "radius": (
        ("lat", "lon", "metres"),
        lambda f: Radius(f.number("lat"), f.number("lon"), f.number("metres")),
    ),
    "travel_time": (
        ("lat", "lon", "mode", "minutes"),
        lambda f: TravelTime(f.number("lat"), f.number("lon"), f.text("mode"), f.number("minutes")),
    ),
    "online": ((), lambda _: Online()),
    "outreach": ((), lambda _: Outreach()),
    "except": (("base", "minus"), lambda f: Except(f.area("base"), f.area("minus"))),
    "any_of": (("parts",), lambda f: AnyOf(f.areas("parts"))),
}


def _is_polygon(wkb: bytes) -> bool:
    """Say whether the header (byte order, then type) names a polygon (3) or multipolygon (6)."""
    if len(wkb) < 9 or wkb[0] > 1:
        return False
    kind = int.from_bytes(wkb[1:5], "little" if wkb[0] == 1 else "big")
    return kind in (3, 6)


def _is_positive(value: float) -> bool:
    return math.isfinite(value) and value > 0


def _check(holds: bool, area: str, key: str, value: object) -> None:
    if not holds:
        raise CatalogError("area_value", area=area, key=key, value=value)


def _check_point(area: str, lat: float, lon: float) -> None:
    _check(-90 <= lat <= 90, area, "lat", lat)
    _check(-180 <= lon <= 180, area, "lon", lon)
