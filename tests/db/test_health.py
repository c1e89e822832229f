"""Damage to the file and keys that do not fit are found."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import insert

from db.health import find_faults, shown_address, unreadable_subjects
from db.secrets import Keyring
from db.session import Database
from db.tables import data_keys
from tests.databases import SqliteDatabases
from tests.db.examples import CODE


def test_a_fresh_database_is_whole(database: Database) -> None:
    assert find_faults(database) == []


def test_a_damaged_page_is_found(sqlite_databases: SqliteDatabases) -> None:
    """One page in the middle of the file is overwritten."""
    url = sqlite_databases.create()
    path = Path(url.removeprefix("sqlite:///"))
    content = bytearray(path.read_bytes())
    content[4096:8192] = b"\x5a" * 4096
    path.write_bytes(content)
    database = Database(url)
    assert find_faults(database)
    database.close()


def test_a_row_that_points_nowhere_is_found(sqlite_databases: SqliteDatabases) -> None:
    """Somebody wrote past the foreign keys."""
    database = Database(sqlite_databases.create())
    connection = database.engine.raw_connection()
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = OFF")
    cursor.execute("INSERT INTO households (municipality_code, id) VALUES ('999999', 'h')")
    cursor.execute("PRAGMA foreign_keys = ON")
    connection.close()
    assert find_faults(database) == ["households → municipalities"]
    database.close()


@pytest.mark.parametrize("who", ["own", "other"])
def test_only_the_own_keyring_opens_the_keys(city: Database, keyring: Keyring, who: str) -> None:
    """Another office's key file, or an old one, opens nothing."""
    _, sealed = keyring.new_data_key(CODE, "person-1")
    with city.writing() as connection:
        row = {
            "municipality_code": CODE,
            "subject_id": "person-1",
            "key_id": sealed.key_id,
            "sealed": sealed.sealed,
        }
        connection.execute(insert(data_keys).values(row))
    other = Keyring({"1": bytes(32)}, "1", bytes(32))
    asked = keyring if who == "own" else other
    assert unreadable_subjects(city, CODE, asked) == ([] if who == "own" else ["person-1"])


def test_an_address_is_shown_without_its_password() -> None:
    assert "secret" not in shown_address("postgresql://office:secret@db/tsunagite")
    assert shown_address("sqlite:///var/cases.sqlite3") == "sqlite:///var/cases.sqlite3"
