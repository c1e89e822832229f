"""A small city and its towns for the readers' tests, and files written for one test."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TypeVar

from catalog.municipality import DistrictLayer, DistrictSetting, Municipality
from exchange.city import City
from exchange.columns import ColumnMap
from exchange.rows import Reading
from exchange.sources import tables_of
from exchange.tabular import Table
from geo.towns import Town, TownIndex, town_id

T = TypeVar("T")
TODAY = date(2026, 4, 1)
CODE = "112305"
NAMES = ("本町一丁目", "本町二丁目", "東", "東北一丁目", "新塚", "新塚一丁目")


def city(names: Sequence[str] = NAMES, outline: bool = True) -> City:
    """Make 新座市 with a few towns around 35.80, 139.56 and a square outline."""
    import shapely

    towns = [
        Town(town_id(CODE, name), name, CODE, lat=35.79 + at / 1000, lon=139.56)
        for at, name in enumerate(names)
    ]
    layer = DistrictLayer(
        "community_welfare",
        "地域福祉圏域",
        districts=(
            DistrictSetting("北部", ("本町一丁目", "本町二丁目")),
            DistrictSetting("南部", ("東", "東北一丁目", "新塚")),
        ),
    )
    return City(
        municipality=Municipality(CODE, "新座市", "にいざし", 9, districts=(layer,)),
        towns=TownIndex(towns, ("新座市",)),
        today=TODAY,
        outline=shapely.box(139.5, 35.7, 139.6, 35.85) if outline else None,
        ids=numbered_ids(),
    )


def numbered_ids() -> Callable[[], str]:
    """Make a source of ids that tests can foresee."""
    last = 0

    def next_id() -> str:
        nonlocal last
        last += 1
        return f"id{last}"

    return next_id


def read_csv(
    folder: Path,
    text: str,
    columns: ColumnMap,
    read: Callable[[Table], Reading[T]],
    encoding: str = "utf-8",
) -> Reading[T]:
    """Write a CSV and read it with a reader."""
    path = folder / "file.csv"
    path.write_bytes(text.encode(encoding))
    (table,) = tables_of(path, columns)
    return read(table)


def rejected(reading: Reading[T]) -> list[tuple[int, str]]:
    """Row and column of each rejection."""
    return [(each.row, each.column) for each in reading.report.rejected]


def unresolved(reading: Reading[T]) -> list[tuple[int, str, str]]:
    """Row, column and value of each unresolved value."""
    return [(each.row, each.column, each.value) for each in reading.report.unresolved]


def repaired(reading: Reading[T]) -> list[tuple[int, str, str, str]]:
    """Row, column and both values of each repair."""
    return [(e.row, e.column, e.before, e.after) for e in reading.report.repaired]


def is_complete(reading: Reading[T]) -> bool:
    """Say whether every data row is either a value or rejected, never both, never neither."""
    report = reading.report
    bad = {each.row for each in report.rejected}
    good = {each.row for each in reading.values}
    return not bad & good and report.rows == len(good) + len(bad) and report.imported == len(good)
