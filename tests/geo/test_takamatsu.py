"""Addresses of real municipal lists against the city's own list of towns."""

from __future__ import annotations

from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from geo.towns import MatchedBy, Town, TownIndex, town_id

CODE = "372013"


def column(path: Path, name: str) -> list[str]:
    """Read one column of the first sheet."""
    header, *rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    at = header.index(name)
    return [str(row[at]) for row in rows]


@pytest.fixture(scope="module")
def folder(shared: Path) -> Path:
    return shared / "data" / "takamatsu"


@pytest.fixture(scope="module")
def takamatsu(folder: Path) -> TownIndex:
    names = column(folder / "population_0066_202602.xlsx", "regionName")
    towns = (Town(town_id(CODE, name), name, CODE) for name in names)
    return TownIndex(towns, prefixes=("香川県", "高松市"))


def test_all_235_towns_have_their_own_id_and_are_found(takamatsu: TownIndex) -> None:
    assert len(takamatsu) == 235
    for town in takamatsu:
        assert takamatsu.find(town.name).town == town
        assert takamatsu.find_in_address(f"高松市{town.name}12番地").towns[0] == town


@pytest.mark.parametrize(
    ("file", "addresses", "not_found"),
    [
        ("community_center_data.xlsx", 52, []),
        ("elderly_welfare_facility_data.xlsx", 47, []),
        ("childrens_hall_data.xlsx", 8, []),
        ("nursery_school_data.xlsx", 118, ["高松市浅野816-2"]),  # leaves out 香川町
    ],
)
def test_addresses_of_facilities_lead_to_their_towns(
    takamatsu: TownIndex, folder: Path, file: str, addresses: int, not_found: list[str]
) -> None:
    written = column(folder / file, "address")
    found = {address: takamatsu.find_in_address(address) for address in written}
    assert len(written) == addresses
    assert [a for a, match in found.items() if match.by is MatchedBy.NOTHING] == not_found
    assert [a for a, match in found.items() if match.is_ambiguous] == []
