"""Towns (町丁目) of a city from a list of any of the usual shapes."""

from __future__ import annotations

from exchange.cells import parts
from exchange.city import City, read_point, skip_other_municipality
from exchange.columns import load_columns
from exchange.errors import ExchangeError
from exchange.rows import Reading, Row, read_rows
from exchange.tabular import Table
from geo.errors import GeoError
from geo.towns import Town, town_id

COLUMNS = load_columns("towns")


def read_towns(table: Table, city: City) -> Reading[Town]:
    """Read towns; rows of other municipalities are skipped, a second use of a town rejected."""
    first_row: dict[str, int] = {}

    def read(row: Row) -> Town:
        skip_other_municipality(row, city)
        name = row.required_text("name") + row.text("koaza")
        town = Town(
            id=town_id(city.municipality.code, name or "?", row.text("machiaza_id")),
            name=name or "?",
            municipality_code=city.municipality.code,
            kana=row.text("kana"),
            aliases=parts(row.cell("aliases")),
            people=row.integer("people", least=0),
            **_point(row, city),
        )
        if town.id in first_row:
            row.reject("name", ExchangeError("town_twice", name=name, row=first_row[town.id]))
        first_row.setdefault(town.id, row.row)
        return town

    return read_rows(table, COLUMNS, "towns", read, (GeoError,))


def _point(row: Row, city: City) -> dict[str, float | None]:
    """Read the point; a town without one, or with one outside the city, is unresolved."""
    lat, lon, _ = read_point(row, city)
    if lat is None and not row.is_rejected:
        row.unresolve("lat", "town_without_point", name=row.text("name"))
    return {"lat": lat, "lon": lon}
