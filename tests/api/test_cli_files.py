"""`import` and `export`: lists of a city in and out, with a report and the right exit code."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.cli import run
from api.commands import files
from db.municipality import SqlMunicipalityStore
from db.session import Database
from exchange import importing
from tests.api.homes import Homes, living_in

CODE = "112305"
TOWNS = "町名,緯度,経度,人口\n野火止五丁目,35.790,139.550,1000\n野火止六丁目,35.791,139.552,900\n"
BAD_ROW = "東北一丁目,北,139.57,5\n"


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Homes:
    return Homes(tmp_path_factory.mktemp("homes"))


@pytest.fixture
def niiza(homes: Homes) -> Iterator[SqlMunicipalityStore]:
    """Work in a city with its settings only."""
    home = homes.copy("init --municipality niiza")
    database = Database(f"sqlite:///{home / 'cases.sqlite3'}")
    with living_in(home):
        yield SqlMunicipalityStore(database, CODE)
    database.close()


def written(folder: Path, text: str, name: str = "towns.csv") -> str:
    """Write a file and return its path."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_towns_come_in_and_go_out_with_their_districts(
    niiza: SqlMunicipalityStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The town lists of the settings are resolved by the import."""
    assert run(["import", "towns", written(tmp_path, TOWNS)]) == 0
    assert "2行のうち 2行を取り込みました" in capsys.readouterr().out
    out = tmp_path / "out.csv"
    assert run(["export", "towns", str(out)]) == 0
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "2町" in printed.err
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    layers = [layer.key for layer in niiza.settings().districts]
    assert list(rows[0]) == ["id", "name", "lat", "lon", *layers]
    assert {row["name"] for row in rows} == {"野火止五丁目", "野火止六丁目"}
    towns = {town.id: town for town in niiza.towns()}
    for row in rows:
        assert float(row["lat"]) == towns[row["id"]].lat
    welfare = next(each for each in niiza.settings().districts if each.key == "community_welfare")
    assert {row["community_welfare"] for row in rows} <= {each.name for each in welfare.districts}


def test_rejected_rows_are_reported_and_the_rest_goes_in(
    niiza: SqlMunicipalityStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 0; the report has every row and adds up."""
    report = tmp_path / "report.json"
    path = written(tmp_path, TOWNS + BAD_ROW)
    assert run(["import", "towns", path, "--report", str(report)]) == 0
    assert "取り込めなかった行 1" in capsys.readouterr().out
    (entry,) = json.loads(report.read_text(encoding="utf-8"))
    assert (entry["file"], entry["rows"], entry["imported"], entry["new"]) == ("towns.csv", 3, 2, 2)
    assert [each["row"] for each in entry["rejected"]] == [4]
    assert len(niiza.towns()) == 2


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (["--dry-run"], 0, "何も保存していません"),
        (["--strict"], 1, "取り込めなかった行 3"),
        (["--strict", "--dry-run"], 1, "何も保存していません"),
    ],
)
def test_nothing_goes_in_when_trying_or_strict(
    niiza: SqlMunicipalityStore,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    code: int,
    told: str,
) -> None:
    assert run(["import", "towns", written(tmp_path, TOWNS + BAD_ROW), *options]) == code
    printed = capsys.readouterr()
    assert told in printed.out
    assert printed.err.startswith("✕ towns.csv: ") == (code == 1)
    assert printed.err.count("\n") == code
    assert niiza.towns() == []


def test_what_strict_keeps_out_does_not_stop_the_others(
    niiza: SqlMunicipalityStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each file stands for itself; the highest exit code wins."""
    bad = written(tmp_path, "町名\n野火止七丁目\n" + "\n".join(["東一丁目"] * 2), "bad.csv")
    good, empty = written(tmp_path, TOWNS), written(tmp_path, "", "empty.csv")
    assert run(["import", "towns", bad, good, "--strict"]) == 1
    assert {town.name for town in niiza.towns()} == {"野火止五丁目", "野火止六丁目"}
    told = capsys.readouterr().err
    assert "bad.csv" in told
    assert "towns.csv" not in told
    assert run(["import", "towns", good, "--strict"]) == 0
    assert run(["import", "towns", bad, empty, good, "--strict"]) == 2


def test_a_row_with_a_cell_too_many_is_named(
    niiza: SqlMunicipalityStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A comma in a number moves what stands behind it; commas at the end move nothing."""
    moved = '野火止七丁目,35.792,139.554,1,234\n野火止八丁目,35.793,139.556,"1,234",,\n'
    assert run(["import", "towns", written(tmp_path, TOWNS + moved)]) == 0
    assert "4行目「見出しより右」 見出しの数より セルが多い行です。" in capsys.readouterr().out
    people = {town.name: town.people for town in niiza.towns()}
    assert people == {"野火止五丁目": 1000, "野火止六丁目": 900, "野火止八丁目": 1234}


def test_a_file_that_cannot_be_read_does_not_stop_the_others(
    niiza: SqlMunicipalityStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its reason on stderr, the highest exit code at the end."""
    missing = str(tmp_path / "missing.csv")
    report = tmp_path / "report.json"
    good = written(tmp_path, TOWNS)
    assert run(["import", "towns", missing, good, "--report", str(report)]) == 2
    assert "missing.csv" in capsys.readouterr().err
    assert len(niiza.towns()) == 2
    assert len(json.loads(report.read_text(encoding="utf-8"))) == 1


def test_an_unknown_kind_is_refused_with_the_nearest(
    niiza: SqlMunicipalityStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["import", "town", written(tmp_path, TOWNS)]) == 2
    assert "towns" in capsys.readouterr().err


def test_the_help_names_the_kinds_that_there_are() -> None:
    assert files.KINDS.split() == list(importing.KINDS)


def test_polygons_want_to_know_their_layer(
    niiza: SqlMunicipalityStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ring = [[139.54, 35.78], [139.58, 35.78], [139.58, 35.81], [139.54, 35.78]]
    shape = json.dumps({"type": "Polygon", "coordinates": [ring]})
    path = written(tmp_path, shape, "outline.geojson")
    assert run(["import", "boundaries", path]) == 2
    assert "--layer" in capsys.readouterr().err
    assert run(["import", "boundaries", path, "--layer", "outline"]) == 0
    assert niiza.outline() is not None


def test_a_report_that_could_not_be_written_stops_the_import_before_it_begins(
    niiza: SqlMunicipalityStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nor does it ever overwrite the file that is imported."""
    path = written(tmp_path, TOWNS)
    for report in (tmp_path / "nowhere" / "r.json", tmp_path, path):
        assert run(["import", "towns", path, "--report", str(report)]) == 2
        assert "--report" in capsys.readouterr().err
    assert niiza.towns() == []
    assert Path(path).read_text(encoding="utf-8") == TOWNS


def test_a_layer_is_said_only_where_there_is_one(
    niiza: SqlMunicipalityStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["import", "towns", written(tmp_path, TOWNS), "--layer", "outline"]) == 2
    assert "districts と boundaries" in capsys.readouterr().err
    assert niiza.towns() == []


def test_a_place_that_cannot_be_written_is_named(
    niiza: SqlMunicipalityStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["export", "towns", str(tmp_path / "nowhere" / "out.csv")]) == 1
    assert "out.csv" in capsys.readouterr().err
