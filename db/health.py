"""What can be found out about a database without changing it: is it whole, do the keys fit."""

from __future__ import annotations

from sqlalchemy import make_url, select
from sqlalchemy.exc import DBAPIError

from db.errors import DatabaseError
from db.secrets import Keyring, SealedKey
from db.session import Database
from db.tables import data_keys

_MOST_FAULTS = 10


def shown_address(url: str) -> str:
    """Return the address of a database as it may be shown: without its password."""
    return make_url(url).render_as_string(hide_password=True)


def find_faults(database: Database) -> list[str]:
    """Return what SQLite finds damaged in its file, in its own words; nothing where it is whole.

    PostgreSQL has no such check for its users; it watches over its pages itself.
    """
    if database.engine.dialect.name != "sqlite":
        return []
    try:
        with database.reading() as connection:
            told = connection.exec_driver_sql(f"PRAGMA integrity_check({_MOST_FAULTS})").scalars()
            damaged = [str(line) for line in told if line != "ok"]
            dangling = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    except DBAPIError as error:  # so badly damaged that it cannot even be checked
        return [str(error.orig)]
    return damaged + [f"{row[0]} → {row[2]}" for row in dangling[:_MOST_FAULTS]]


def unreadable_subjects(database: Database, municipality_code: str, keyring: Keyring) -> list[str]:
    """Return the ids of the people and households whose data key this keyring does not open."""
    query = (
        select(data_keys.c.subject_id, data_keys.c.key_id, data_keys.c.sealed)
        .where(data_keys.c.municipality_code == municipality_code)
        .order_by(data_keys.c.subject_id)
    )
    with database.reading() as connection:
        rows = connection.execute(query).all()
    return [
        row.subject_id
        for row in rows
        if not _opens(keyring, SealedKey(row.key_id, row.sealed), municipality_code, row.subject_id)
    ]


def _opens(keyring: Keyring, sealed: SealedKey, municipality_code: str, subject_id: str) -> bool:
    try:
        keyring.open_data_key(sealed, municipality_code, subject_id)
    except DatabaseError:
        return False
    return True
