"""Small made-up cities, and the real towns of 新座市 and 戸田市 where they are at hand."""

from __future__ import annotations

import csv
from pathlib import Path

import shapely
from shapely.geometry.base import BaseGeometry

from geo.towns import Town, TownIndex, town_id

CODES = {"新座市": "112305", "戸田市": "112241"}


def city(*names: str, code: str = "999997", **aliases: tuple[str, ...]) -> TownIndex:
    """Make a city of towns without places."""
    return TownIndex(
        Town(town_id(code, name), name, code, aliases=aliases.get(name, ())) for name in names
    )


def names_of(index: TownIndex, town_ids: tuple[str, ...]) -> list[str]:
    """Names instead of ids, to read in a test."""
    return [index[id_].name for id_ in town_ids]


def real_towns(shared: Path, name: str) -> TownIndex:
    """All towns of a real city with their points."""
    path = shared / "data" / "towns_niiza_toda.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["city"] == name]
    code = CODES[name]
    towns = [
        Town(
            town_id(code, row["town"]),
            row["town"],
            code,
            float(row["lat"]) if row["lat"] else None,
            float(row["lng"]) if row["lng"] else None,
        )
        for row in rows
    ]
    return TownIndex(towns, prefixes=("埼玉県", name))


def real_outline(shared: Path, name: str) -> BaseGeometry:
    """Read the polygon of a real city."""
    path = shared / "data" / "city_boundaries_niiza_toda.geojson"
    outlines = shapely.get_parts(shapely.from_geojson(path.read_text("utf-8")))
    outline: BaseGeometry = outlines[list(CODES).index(name)]
    return outline
