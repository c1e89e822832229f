"""Hostile and broken files: each is refused or cleaned, in words and within bounds."""

from __future__ import annotations

import multiprocessing
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from catalog.actor import Actor, Role
from db.session import Database
from exchange import worker
from exchange.errors import ExchangeError
from exchange.importing import KINDS, import_file
from exchange.messages import in_japanese
from exchange.report import ImportReport
from exchange.target import Target
from tests.databases import SqliteDatabases
from tests.exchange import readers_astray as astray
from tests.exchange.hostile_files import HOSTILE, SECRET, TOWN, Hostile
from tests.exchange.test_importing import AT, KEYS, NIIZA, initialised
from tests.figures import figure

MOST_BYTES: Final = 300 * 2**20
HEAVY: Final = frozenset(
    {
        "lying-bomb.xlsx",
        "ten-million-nameless.xlsx",
        "long-line.csv",
        "million.geojson",
        "star.geojson",
        "holes.geojson",
    }
)
"""What takes seconds to make or to refuse: tried in `make full`."""
JAPANESE: Final = frozenset("。」はをがの")


class Watched:
    """What the processes that read have taken."""

    def __init__(self, resident_bytes: Callable[[int | None], int]) -> None:
        self._resident_bytes = resident_bytes
        self.most_bytes = 0
        self.slowest: tuple[float, str] = (0.0, "")

    def look(self, pid: int | None) -> int:
        """Look at a process, as the product does."""
        taken = self._resident_bytes(pid)
        self.most_bytes = max(self.most_bytes, taken)
        return taken


@pytest.fixture(scope="module")
def watched() -> Iterator[Watched]:
    """Note the most memory that any of the processes takes."""
    notes = Watched(worker.resident_bytes)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(worker, "resident_bytes", notes.look)
        yield notes
    seconds, name = notes.slowest
    figure(
        f"hostile files: most {notes.most_bytes / 2**20:.0f} MiB, slowest {name} {seconds:.1f} s"
    )


@pytest.fixture(scope="module")
def office(sqlite_databases: SqliteDatabases) -> Iterator[Target]:
    """Open a database with 新座市's own settings."""
    url = sqlite_databases.create(initialised)
    database = Database(url)
    actor = Actor("system", "取り込み", Role.SYSTEM, NIIZA)
    yield Target(database, actor, AT, KEYS)
    database.close()
    sqlite_databases.drop(url)


def content(office: Target) -> list[str]:
    """Return all that the database holds."""
    path = str(office.database.engine.url.database)
    with closing(sqlite3.connect(path)) as database:
        return list(database.iterdump())


def placed(hostile: Hostile, folder: Path) -> Path:
    """Put a file into a folder."""
    path = folder / hostile.name
    if hostile.place is not None:
        hostile.place(path)
    elif hostile.make is not None:
        path.write_bytes(hostile.make())
    return path


@pytest.mark.parametrize(
    "hostile",
    [
        pytest.param(each, id=each.name, marks=pytest.mark.full if each.name in HEAVY else ())
        for each in HOSTILE
    ],
)
def test_each_is_refused_or_cleaned(
    office: Target, watched: Watched, tmp_path: Path, hostile: Hostile
) -> None:
    """In Japanese, with the name of the file, nothing written; or every row accounted for."""
    path = placed(hostile, tmp_path)
    target = replace(office, layer="outline" if hostile.kind == "boundaries" else "")
    before = content(office)
    started = time.perf_counter()
    reports: list[ImportReport] = []
    answer, words = "read", hostile.name + "。"
    try:
        reports = import_file(hostile.kind, path, target, dry_run=True)
    except ExchangeError as error:
        answer, words = error.code, in_japanese(error)
    assert JAPANESE & set(words)
    assert hostile.name in words or answer == "geometry_missing"
    watched.slowest = max(watched.slowest, (time.perf_counter() - started, hostile.name))
    assert answer in hostile.answers
    assert watched.most_bytes < MOST_BYTES
    assert content(office) == before
    for report in reports:
        refused = {each.row for each in report.rejected}
        assert report.imported == report.rows - len(refused)
        told = str(report.as_json())
        assert "root:" not in told
        assert SECRET not in told
        assert not {"\u202e", "\u200b", "\x1b", "\x07"} & set(told)


def test_the_corpus_is_large_enough() -> None:
    """A name stands once."""
    assert len({each.name for each in HOSTILE}) == len(HOSTILE) >= 100
    figure(f"hostile files: {len(HOSTILE)}")


@pytest.mark.parametrize(
    ("read", "code"),
    [
        (astray.read_slowly, "file_takes_too_long"),
        (astray.read_and_wait, "file_takes_too_long"),
        (astray.read_and_stop_answering, "file_takes_too_long"),
        (astray.read_greedily, "file_takes_too_much"),
        (astray.read_at_length, "file_takes_too_much"),
        (astray.read_and_break, "file_stops_reader"),
        (astray.read_wrongly, "file_broken"),
    ],
)
def test_a_reader_that_goes_astray_is_ended(
    tmp_path: Path, read: Callable[[Path], object], code: str
) -> None:
    """Whatever happens there, here it is one refusal, and the next file is read as ever."""
    path = tmp_path / "towns.csv"
    path.write_text(TOWN, encoding="utf-8")
    bounds = worker.Bounds(
        work_seconds=1 if read is astray.read_slowly else 20,
        seconds=2 if read in (astray.read_and_wait, astray.read_and_stop_answering) else 120,
        memory_bytes=200 * 2**20,
        answer_bytes=1_000_000,
    )
    with pytest.raises(ExchangeError) as caught:
        worker.read_apart(read, path, bounds)
    assert caught.value.code == code
    assert "towns.csv" in in_japanese(caught.value)
    assert "canary" not in in_japanese(caught.value)
    (table,) = worker.read_apart(KINDS["towns"].read, path)
    assert [record.fields["name"] for record in table.records] == ["東一丁目"]


def test_a_reader_does_not_see_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They tell where the keys are, and may tell the password of the database."""
    path = tmp_path / "towns.csv"
    path.write_text(TOWN, encoding="utf-8")
    monkeypatch.setenv("TSUNAGITE_DATABASE_URL", "postgresql://office:secret@db/office")
    # A process of its own, that begins with what is set now.
    monkeypatch.setattr(worker, "_context", lambda: multiprocessing.get_context("spawn"))
    assert worker.read_apart(astray.read_settings, path) == ""


def test_nothing_that_comes_back_is_carried_out(tmp_path: Path) -> None:
    """Whoever takes over the process that reads gains nothing in this one."""
    with pytest.raises(ExchangeError, match="file_broken"):
        worker.read_apart(astray.read_evil, tmp_path / "a.csv")
