"""Boundaries: the outline of the city, polygons of towns or of a layer of 圏域."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from exchange.cells import plain
from exchange.city import City, skip_other_municipality
from exchange.columns import load_columns
from exchange.errors import ExchangeError, Fault
from exchange.geographic import Feature, read_layer, shape_of, table_of
from exchange.rows import Reading, Row, read_rows
from exchange.tabular import Table
from geo.errors import GeoError
from geo.polygons import clean_polygon

COLUMNS = load_columns("boundaries")
OUTLINE, TOWNS = "outline", "towns"
SHAPE = "形"
"""How messages call the geometry of a feature."""


@dataclass(frozen=True, slots=True)
class Boundary:
    """One polygon or multipolygon: WKB in JGD2011 (longitude, latitude).

    `key` is the town's id, the 圏域's name, or "" for the outline and for names that nobody
    here knows yet (those are listed as unresolved).
    """

    name: str
    key: str
    wkb: bytes


@dataclass(frozen=True, slots=True)
class Shape:
    """The polygon of a feature as it is stored, with what was mended; or why there is none."""

    wkb: bytes = b""
    repairs: tuple[str, ...] = ()
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Shapes:
    """What a file of polygons says: its rows, and the shape of each."""

    table: Table
    of_row: Mapping[int, Shape]


def read_shapes(path: Path) -> Shapes:
    """Read and clean the polygons of a file; nothing of the city is needed for it."""
    source = read_layer(path)
    shapes = {feature.row: _shape(feature, source.crs) for feature in source.features}
    return Shapes(table_of(source, COLUMNS), shapes)


def _shape(feature: Feature, crs: str | None) -> Shape:
    try:
        cleaned = clean_polygon(shape_of(feature, crs))
    except (ExchangeError, GeoError) as error:
        return Shape(fault=Fault.of(error))
    return Shape(cleaned.wkb, cleaned.repairs)


def read_boundaries(shapes: Shapes, layer: str, city: City) -> Reading[Boundary]:
    """Find whose the polygons are.

    Parameters
    ----------
    layer
        `outline` (needs no name), `towns`, or the key of a layer of 圏域.
    """

    def read(row: Row) -> Boundary:
        _read_long_code(row, city)
        wkb = _usable(row, shapes.of_row[row.row])
        name = row.text("name")
        key = "" if layer == OUTLINE else _key(row, name, layer, city)
        return Boundary(name, key, wkb)

    return read_rows(shapes.table, COLUMNS, "boundaries", read, (GeoError,))


def _read_long_code(row: Row, city: City) -> None:
    """Look at the municipality only: a KEY_CODE of a census tract begins with its five digits."""
    digits = plain(row.cell("municipality_code"))
    if len(digits) > 6 and digits.isdecimal():
        row.replace("municipality_code", digits[:5])
    skip_other_municipality(row, city)


def _usable(row: Row, shape: Shape) -> bytes:
    """Give the polygon and note what was mended, or reject the row."""
    if shape.fault is not None:
        row.reject(SHAPE, shape.fault.error())
    for repair in shape.repairs:
        row.repair(SHAPE, "", f"repaired_{repair}", before="")
    return shape.wkb


def _key(row: Row, name: str, layer: str, city: City) -> str:
    """Find whose boundary it is."""
    if not name:
        row.reject("name", ExchangeError("cell_blank", column=row.column("name")))
        return ""
    if layer == TOWNS:
        town = city.towns.find(name).town
        if town is None:
            hint = row.did_you_mean(name, (each.name for each in city.towns))
            row.unresolve("name", "town_added", value=name, hint=hint)
        return town.id if town else ""
    if (layer, name) not in city.district_names:
        known = [each for key, each in city.district_names if key == layer]
        hint = row.did_you_mean(name, known)
        row.unresolve("name", "district_added", value=name, hint=hint)
        return ""
    return name
