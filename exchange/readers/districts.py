"""圏域 and their towns, from a list with one row for each 圏域 or for each town."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from catalog.errors import CatalogError
from catalog.municipality import DistrictLayer, DistrictSetting
from exchange.city import City
from exchange.columns import load_columns
from exchange.errors import ExchangeError
from exchange.rows import Read, Reading, Row, read_rows
from exchange.tabular import Table
from geo.towns import expand_town_list

COLUMNS = load_columns("districts")


@dataclass(frozen=True, slots=True)
class DistrictRow:
    """What one row says: these towns belong to this 圏域."""

    district: str
    towns: str
    valid_from: date | None = None
    valid_to: date | None = None
    centre_count: int | None = None
    note: str = ""


def read_districts(table: Table, city: City) -> Reading[DistrictRow]:
    """Read town lists; a town that nobody knows or that two 圏域 name is listed as unresolved."""
    district_of: dict[str, str] = {}

    def read(row: Row) -> DistrictRow:
        district = row.required_text("district")
        towns = row.required_text("towns")
        valid_from, valid_to = row.day("valid_from"), row.day("valid_to")
        if valid_from and valid_to and valid_to < valid_from:
            row.reject(
                "valid_to", ExchangeError("end_before_start", start=valid_from, end=valid_to)
            )
        if not row.is_rejected:
            _check_towns(row, district, towns, city, district_of)
        return DistrictRow(
            district=district,
            towns=towns,
            valid_from=valid_from,
            valid_to=valid_to,
            centre_count=row.integer("centre_count", least=0),
            note=row.text("note"),
        )

    return read_rows(table, COLUMNS, "districts", read, (CatalogError,))


def _check_towns(
    row: Row, district: str, towns: str, city: City, district_of: dict[str, str]
) -> None:
    expansion = expand_town_list([towns], city.towns)
    for name in expansion.unmatched:
        hint = row.did_you_mean(name, (town.name for town in city.towns))
        row.unresolve("towns", "town_unknown", value=name, hint=hint)
    for name, _ in expansion.ambiguous:
        row.unresolve("towns", "town_ambiguous", value=name)
    for town_id in expansion.town_ids:
        other = district_of.setdefault(town_id, district)
        if other != district:
            name = city.towns[town_id].name
            row.unresolve("towns", "town_in_two_districts", value=name, other=other)


def layer_of(key: str, label: str, rows: tuple[Read[DistrictRow], ...]) -> DistrictLayer:
    """Put the rows of one file together into a layer, 圏域 and towns in the order of the file."""
    towns: dict[str, list[str]] = {}
    counts: dict[str, int | None] = {}
    notes: dict[str, str] = {}
    for read in rows:
        each = read.value
        towns.setdefault(each.district, []).append(each.towns)
        counts[each.district] = each.centre_count or counts.get(each.district)
        notes[each.district] = each.note or notes.get(each.district, "")
    froms = {read.value.valid_from for read in rows}
    untils = {read.value.valid_to for read in rows}
    return DistrictLayer(
        key=key,
        label=label,
        valid_from=froms.pop() if len(froms) == 1 else None,
        valid_to=untils.pop() if len(untils) == 1 else None,
        districts=tuple(
            DistrictSetting(name, tuple(listed), counts[name], notes[name])
            for name, listed in towns.items()
        ),
    )
