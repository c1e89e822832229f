"""Boundaries: the outline of the city, polygons of towns or of a layer of 圏域."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from exchange.cells import plain
from exchange.city import City, skip_other_municipality
from exchange.columns import load_columns
from exchange.errors import ExchangeError
from exchange.geographic import Feature, read_layer, shape_of, table_of
from exchange.rows import Reading, Row, read_rows
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


def read_boundaries(path: Path, layer: str, city: City) -> Reading[Boundary]:
    """Read a polygon layer.

    Parameters
    ----------
    layer
        `outline` (needs no name), `towns`, or the key of a layer of 圏域.
    """
    source = read_layer(path)
    features = {feature.row: feature for feature in source.features}

    def read(row: Row) -> Boundary:
        _read_long_code(row, city)
        shape = _shape(row, features[row.row], source.crs)
        name = row.text("name")
        key = "" if layer == OUTLINE else _key(row, name, layer, city)
        return Boundary(name, key, shape)

    return read_rows(table_of(source, COLUMNS), COLUMNS, "boundaries", read, (GeoError,))


def _read_long_code(row: Row, city: City) -> None:
    """Look at the municipality only: a KEY_CODE of a census tract begins with its five digits."""
    digits = plain(row.cell("municipality_code"))
    if len(digits) > 6 and digits.isdecimal():
        row.replace("municipality_code", digits[:5])
    skip_other_municipality(row, city)


def _shape(row: Row, feature: Feature, crs: str | None) -> bytes:
    try:
        cleaned = clean_polygon(shape_of(feature, crs))
    except (ExchangeError, GeoError) as error:
        row.reject(SHAPE, error)
        return b""
    for repair in cleaned.repairs:
        row.repair(SHAPE, "", f"repaired_{repair}", before="")
    return cleaned.wkb


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
