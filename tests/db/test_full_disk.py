"""A disk without room refuses a write in words; what was kept before stays whole."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from db import backup
from db.catalog import SqlCatalogStore
from db.errors import DatabaseError
from db.health import find_faults
from db.messages import in_japanese
from db.session import Database, sqlite_path
from tests.databases import Fill, SqliteDatabases
from tests.db.conftest import KEYRING
from tests.db.examples import AT, CODE, OPENING, an_event, kinds_of_events
from tests.db.writers import a_catalogue

resource = pytest.importorskip("resource")


def fill_up(store: SqlCatalogStore) -> tuple[int, DatabaseError]:
    """Write until there is no room; return how often that went well, and what was said then."""
    for number in range(10_000):
        try:
            many = [replace(OPENING, id=f"o{number}-{each}") for each in range(20)]
            store.save_openings(many, an_event("kept"))
        except DatabaseError as error:
            return number, error
    raise AssertionError("it never ended")


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """Have the system refuse whatever would make a file larger."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)


def check_whole(database: Database, kept: int, error: DatabaseError) -> None:
    """Everything that was kept is there, nothing by halves, and the words help."""
    assert error.code == "disk_full"
    assert "空き" in in_japanese(error)
    assert find_faults(database) == []
    assert kinds_of_events(database).count("kept") == kept
    assert len(SqlCatalogStore(database, CODE).openings()) == 20 * kept


def test_a_file_that_may_not_grow(sqlite_databases: SqliteDatabases) -> None:
    """As a full disk: the system takes a part of a write, or none."""
    database = Database(sqlite_databases.create(a_catalogue))
    path = sqlite_path(database.engine)
    assert path is not None
    with files_no_larger_than(path.stat().st_size + 400_000):
        kept, error = fill_up(SqlCatalogStore(database, CODE))
    assert kept > 0
    check_whole(database, kept, error)
    SqlCatalogStore(database, CODE).save_opening(OPENING, an_event("room again"))
    assert kinds_of_events(database)[-1] == "room again"
    database.close()


def test_a_database_that_may_not_grow(sqlite_databases: SqliteDatabases) -> None:
    """SQLite itself says that it is full."""
    database = Database(sqlite_databases.create(a_catalogue))
    with database.reading() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
    database.close()

    @event.listens_for(database.engine, "connect")
    def limit(connection: Any, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages + 60}")

    kept, error = fill_up(SqlCatalogStore(database, CODE))
    check_whole(database, kept, error)
    database.close()


def test_a_backup_without_room_leaves_nothing(
    database_with: Callable[[Fill], Database], tmp_path: Path
) -> None:
    """Neither a file under its name nor a part of one."""
    database = database_with(a_catalogue)
    with files_no_larger_than(100_000), pytest.raises((OSError, DatabaseError)) as refused:
        backup.make(database, tmp_path / "x.backup", KEYRING, AT, tmp_path)
    if isinstance(refused.value, DatabaseError):
        assert refused.value.code == "disk_full"
    assert list(tmp_path.iterdir()) == []
    backup.make(database, tmp_path / "x.backup", KEYRING, AT, tmp_path)
