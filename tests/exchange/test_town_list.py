"""The list of towns that goes out can be read back, by programs and by spreadsheets."""

from __future__ import annotations

import csv
from pathlib import Path

from exchange.town_list import write_towns
from geo.towns import Town

CODE = "999997"
TOWNS = [
    Town(f"{CODE}-a", "つばめ町一丁目", CODE, 35.123456789, 139.5),
    Town(f"{CODE}-b", "堤, 外", CODE),
]


def test_each_town_has_its_district_in_every_layer(tmp_path: Path) -> None:
    """A comma in a name, a town without a point and one without a 圏域 stay in their cells."""
    out = tmp_path / "towns.csv"
    write_towns(
        out, TOWNS, ["welfare", "care"], {"welfare": {f"{CODE}-a": "北部"}, "care": {"x": "南"}}
    )
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [
        ["id", "name", "lat", "lon", "welfare", "care"],
        [f"{CODE}-a", "つばめ町一丁目", "35.123456789", "139.5", "北部", ""],
        [f"{CODE}-b", "堤, 外", "", "", "", ""],
    ]


def test_no_name_becomes_a_formula(tmp_path: Path) -> None:
    """Neither of a town nor of a 圏域."""
    out = tmp_path / "towns.csv"
    write_towns(out, [Town("a", "=1+1", CODE)], ["care"], {"care": {"a": "＠北"}})
    assert out.read_text("utf-8").splitlines()[1] == "a,'=1+1,,,'＠北"
