"""Transactions mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError

from db import audit, session
from db.errors import DatabaseError
from db.session import Database
from tests.db.examples import CODE, an_event


@pytest.fixture
def counter(database: Database) -> Database:
    """Make a database with one number in it."""
    with database.writing() as connection:
        connection.execute(text("CREATE TABLE counter (value INTEGER CHECK (value < 1000))"))
        connection.execute(text("INSERT INTO counter VALUES (0)"))
    return database


def value(database: Database) -> int:
    with database.reading() as connection:
        return int(connection.execute(text("SELECT value FROM counter")).scalar_one())


def add_one(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(text("UPDATE counter SET value = value + 1"))


def add_one_and_fail(database: Database) -> None:
    with database.writing():
        add_one(database)
        raise RuntimeError


def test_an_exception_leaves_nothing_behind(counter: Database) -> None:
    with pytest.raises(RuntimeError):
        add_one_and_fail(counter)
    assert value(counter) == 0


def test_a_reader_cannot_write(counter: Database) -> None:
    with pytest.raises(DBAPIError), counter.reading() as connection:
        connection.execute(text("UPDATE counter SET value = 5"))
    assert value(counter) == 0
    add_one(counter)
    assert value(counter) == 1


def test_a_reader_is_given_again_what_was_read_and_a_writer_reads_afresh(
    counter: Database,
) -> None:
    """Only within one block: the next one is another picture."""
    reads = []

    def read(connection: Connection) -> int:
        reads.append(connection)
        return int(connection.execute(text("SELECT value FROM counter")).scalar_one())

    with counter.reading():
        assert [counter.read_once("value", read) for _ in range(2)] == [0, 0]
        with counter.writing():
            add_one(counter)
            assert counter.read_once("value", read) == 1
        assert counter.read_once("value", read) == 0
    assert len(reads) == 2
    assert [counter.read_once("value", read) for _ in range(2)] == [1, 1]
    assert len(reads) == 4


def test_a_reader_sees_one_state_throughout(counter: Database) -> None:
    with counter.reading():
        assert value(counter) == 0
        writer = threading.Thread(target=add_one, args=(counter,))
        writer.start()
        writer.join()
        assert value(counter) == 0
    assert value(counter) == 1


def test_inner_blocks_join_the_outer_transaction(counter: Database) -> None:
    with counter.writing():
        add_one(counter)
        with pytest.raises(RuntimeError):
            add_one_and_fail(counter)
        assert value(counter) == 1, "the failed inner block is undone, the outer one goes on"
        add_one(counter)
    assert value(counter) == 2


def test_a_writer_inside_a_reader_has_its_own_transaction(counter: Database) -> None:
    with counter.reading():
        assert value(counter) == 0
        add_one(counter)
        assert value(counter) == 0
    assert value(counter) == 1


def test_many_writers_lose_no_update(counter: Database) -> None:
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda _: add_one(counter), range(64)))
    assert value(counter) == 64


def test_two_databases_on_one_sqlite_file_share_the_queue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "WAIT_SECONDS", 0.05)
    one, other = (Database(f"sqlite:///{tmp_path / 'x.sqlite'}") for _ in range(2))
    with one.writing(), pytest.raises(DatabaseError, match="database_busy"), other.writing():
        pass
    one.close()
    other.close()


def test_another_process_that_does_not_let_go_is_named(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "WAIT_SECONDS", 0.05)
    database = Database(database_url)
    with other_process(database_url), pytest.raises(DatabaseError, match="database_busy"):
        append_event(database)
    append_event(database)
    database.close()


@contextmanager
def other_process(url: str) -> Iterator[None]:
    """Hold what a writer needs, outside the queue of this process."""
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.exec_driver_sql("LOCK TABLE audit_events")
        yield
        connection.rollback()
    engine.dispose()


def append_event(database: Database) -> None:
    with database.writing() as connection:
        audit.append(connection, CODE, an_event())


def test_sqlite_keeps_every_commit_and_every_reference(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'x.sqlite'}")
    with database.writing(survives_power_cut=False) as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 1
    with database.writing() as connection:  # the same one, out of the pool
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    database.close()
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


@pytest.mark.parametrize("url", ["mysql://x", "sqlite://", "sqlite:///:memory:", "nonsense"])
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(DatabaseError, match="unknown_database"):
        session.make_engine(url)


def test_a_password_is_not_told_with_a_wrong_address() -> None:
    for url in ("postgresql//user:geheim@host/name", "mysql://user:geheim@host/name"):
        with pytest.raises(DatabaseError) as caught:
            session.make_engine(url)
        assert "geheim" not in str(caught.value)
