"""A database as it is at one instant, as a file of SQLite, while others go on writing.

The file is the same whether the database is SQLite or PostgreSQL, so that a backup of the one can
be restored into the other.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from sqlalchemy import (
    Connection,
    TypeDecorator,
    column,
    func,
    insert,
    select,
    table,
    text,
    type_coerce,
)
from sqlalchemy.types import TypeEngine

from db import audit, migrate
from db.errors import DatabaseError
from db.health import find_faults
from db.municipality import municipality_codes
from db.session import Database
from db.tables import metadata
from db.tables.types import Instant

_ROWS_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in a snapshot: of which city, how many rows, where its audit chain ends."""

    municipality_code: str
    revision: str
    rows: int
    head: audit.Head


def address_of(path: Path) -> str:
    """Return the address of an SQLite file."""
    return f"sqlite:///{path}"


def take(database: Database, target: Path) -> None:
    """Copy a database to a new file; nobody has to wait meanwhile."""
    if database.engine.dialect.name == "sqlite":
        with database.engine.connect() as connection, closing(sqlite3.connect(target)) as file:
            source = cast("sqlite3.Connection", connection.connection.driver_connection)
            try:
                source.backup(file)
            except sqlite3.OperationalError as error:
                raise DatabaseError("disk_full") from error
        return
    migrate.upgrade(address_of(target))
    copy = Database(address_of(target))
    try:
        with database.reading() as rows, copy.writing() as into:
            copy_rows(rows, into)
    finally:
        copy.close()


def examine(path: Path) -> Contents:
    """Look whether a snapshot is whole, and say what is in it.

    Raises
    ------
    DatabaseError
        ``snapshot_damaged``, ``audit_chain_broken``.
    """
    database = Database(address_of(path))
    try:
        if faults := find_faults(database):
            raise DatabaseError("snapshot_damaged", why=faults[0])
        codes = municipality_codes(database)
        if not codes:
            raise DatabaseError("snapshot_damaged", why="municipalities")
        with database.reading() as connection:
            revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
            there = set(connection.scalars(text("SELECT name FROM sqlite_master")))
            rows = sum(
                connection.scalar(select(func.count()).select_from(each)) or 0
                for each in metadata.sorted_tables
                if each.name in there
            )
            head = audit.verify(connection, codes[0])
        return Contents(codes[0], str(revision), rows, head)
    finally:
        database.close()


def copy_rows(source: Connection, target: Connection) -> None:
    """Copy all rows of all tables, sealed values as they are, into tables that are empty.

    They go in the order of their keys, in which the audit chain was written.
    """
    if target.dialect.name == "sqlite":
        target.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    for each in metadata.sorted_tables:
        types = {known.name: _plain(known.type) for known in each.columns}
        query = select(*(type_coerce(known, types[known.name]) for known in each.columns))
        query = query.order_by(*each.primary_key)
        into = insert(table(each.name, *(column(name, type_) for name, type_ in types.items())))
        with source.execute(query.execution_options(yield_per=_ROWS_AT_ONCE)) as rows:
            for part in rows.partitions():
                values: Sequence[dict[str, Any]] = [
                    dict(zip(types, row, strict=True)) for row in part
                ]
                target.execute(into, values)


def _plain(type_: TypeEngine[Any]) -> TypeEngine[Any]:
    """Return how the database sees a column; what our own types mean by it stays as it is."""
    if isinstance(type_, TypeDecorator) and not isinstance(type_, Instant):
        return type_.impl_instance
    return type_
