"""Restoring a backup: everything is made ready beside the database, then it takes its place.

What was there before stays, under another name.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, delete, inspect, select, text, tuple_, update
from sqlalchemy.exc import DBAPIError

from catalog.audit import AuditEvent
from catalog.dates import TOKYO
from db import audit, backup_file, migrate, occupancy, scope_filling, snapshots
from db.backup import private_folder, sync_folder
from db.errors import DatabaseError
from db.forgetting import apply_deletions, keep_deletions, kept_deletions
from db.municipality import municipality_codes
from db.secrets import Keyring
from db.session import Database, lock_writers_out, sqlite_path
from db.tables.one_time import one_time
from db.tables.passkeys import passkeys
from db.tables.staff import identities, sessions, users

_BESIDE: Final = ("-wal", "-shm")
_IDENTITY: Final = tuple_(identities.c.issuer, identities.c.subject, identities.c.user_id)


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored, how many were deleted again, and where the old database lies now."""

    municipality_code: str
    made_at: datetime
    events: int
    deleted: int
    kept: str


def restore(
    url: str, file: Path, keys: Keyring, at: datetime, workroom: Path, deletions_file: Path
) -> Restored:
    """Put a backup in the place of a database, which may be damaged or not be there at all.

    Parameters
    ----------
    workroom
        A folder on the disk of the database.
    deletions_file
        The log of deletions outside the database: whom the office has deleted since the backup
        is deleted again.

    Raises
    ------
    DatabaseError
        ``not_a_backup``, ``backup_other_keys``, ``backup_damaged``, ``backup_other_city``,
        ``newer_database``: nothing was changed. ``database_in_use`` while anybody works with it.
    """
    with private_folder(workroom) as folder:
        fresh = folder / "restored.sqlite3"
        about = backup_file.unseal(file, fresh, keys)
        migrate.upgrade(snapshots.address_of(fresh))
        _fill_scopes(fresh, keys, at)
        contents = snapshots.examine(fresh)
        with _place_alone(url) as place:
            code = contents.municipality_code
            _check_city(place.now, code)
            deleted = _delete_again(place.now, fresh, keys, at, code, deletions_file)
            _finish(place.now, fresh, about.made_at, at, code)
            snapshots.examine(fresh)
            if place.now is not None:
                place.now.close()
            kept = place.put(fresh, at)
    return Restored(code, about.made_at, contents.head.number, deleted, kept)


def _fill_scopes(fresh: Path, keys: Keyring, at: datetime) -> None:
    """Have everybody of an old backup found by those whose work is limited."""
    with closing(Database(snapshots.address_of(fresh))) as database:
        for code in municipality_codes(database):

            def event_of(count: int, code: str = code) -> AuditEvent:
                told = {"count": str(count)}
                return AuditEvent("scopes_indexed", "system", "database", code, at, told)

            for _left in scope_filling.fill(database, code, keys, event_of):
                pass


def _check_city(now: Database | None, code: str) -> None:
    there = _codes(now)
    if there and code not in there:
        raise DatabaseError("backup_other_city", found=code, expected=there[0])


def _codes(now: Database | None) -> list[str]:
    """Return of which cities a database is; none where it cannot be read any more."""
    if now is None:
        return []
    try:
        return list(municipality_codes(now))
    except DBAPIError:
        return []


def _delete_again(
    now: Database | None, fresh: Path, keys: Keyring, at: datetime, code: str, log: Path
) -> int:
    """Delete whom the backup still knows and the office has deleted since; return how many."""
    if now is not None and _codes(now):
        with suppress(DBAPIError):  # one that is too damaged; the file was written at each deletion
            keep_deletions(now, code, log)
    event = AuditEvent("deletions_applied", "system", "database", code, at)
    with closing(Database(snapshots.address_of(fresh))) as database:
        return apply_deletions(database, code, keys, kept_deletions(log, code), event)


def _finish(now: Database | None, fresh: Path, made_at: datetime, at: datetime, code: str) -> None:
    """Sign everybody out, let no link and no closed account come back, tell of the restoring."""
    detail = {"made_at": made_at.isoformat(timespec="seconds"), "replaced": _end_of(now, code)}
    event = AuditEvent("database_restored", "system", "database", code, at, detail)
    closed = _closed_accounts(now)
    linked, devices = _ways_in(now, *_IDENTITY.clauses), _ways_in(now, passkeys.c.credential_id)
    with closing(Database(snapshots.address_of(fresh))) as database, database.writing() as rows:
        audit.append(rows, code, event)
        rows.execute(delete(sessions))
        rows.execute(delete(one_time))
        if linked is not None:
            rows.execute(delete(identities).where(_IDENTITY.not_in(linked)))
        if devices is not None:
            known = [credential_id for (credential_id,) in devices]
            rows.execute(delete(passkeys).where(passkeys.c.credential_id.not_in(known)))
        rows.execute(update(users).where(users.c.id.in_(closed)).values(disabled=True))


def _closed_accounts(now: Database | None) -> list[str]:
    """Return whose account is closed now, as far as that can still be read."""
    if now is None or not _codes(now):
        return []
    try:
        with now.reading() as connection:
            return list(connection.scalars(select(users.c.id).where(users.c.disabled.is_(True))))
    except DBAPIError:
        return []


def _ways_in(now: Database | None, *columns: ColumnElement[Any]) -> list[tuple[Any, ...]] | None:
    """Return by what one can enter accounts now (columns of one table); None where unreadable.

    What was taken from an account since the backup does not come back to it.
    """
    if now is None or not _codes(now):
        return None
    try:
        with now.reading() as connection:
            return [tuple(row) for row in connection.execute(select(*columns))]
    except DBAPIError:
        return None


def _end_of(now: Database | None, code: str) -> str:
    """Return how many events the chain had that is put aside, or nothing."""
    if not _codes(now) or now is None:
        return ""
    try:
        with now.reading() as connection:
            return str(audit.head(connection, code).number)
    except DBAPIError:
        return ""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a database lies, kept from everybody else.

    `now` is what lies there, if anything does; `put` takes a file and the present instant, puts
    the file's content there, and returns under which name the old one stays.
    """

    now: Database | None
    put: Callable[[Path, datetime], str]


@contextmanager
def _place_alone(url: str) -> Iterator[_Place]:
    own = Database(url)
    path = sqlite_path(own.engine)
    try:
        if path is None:
            with own.engine.connect() as connection:
                _check_nobody_else(connection)
                with closing(Database(url)) as now:
                    yield _Place(now, partial(_put_rows, connection))
        else:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with occupancy.alone(path):
                yield _Place(own if path.exists() else None, partial(_put_file, path))
    finally:
        own.close()


def _check_nobody_else(connection: Connection) -> None:
    """Lock writers out, and refuse where somebody is in the database already."""
    lock_writers_out(connection)
    others = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    count = connection.scalar(others)
    connection.commit()
    if count:
        raise DatabaseError("database_in_use")


def _put_rows(connection: Connection, fresh: Path, at: datetime) -> str:
    """Copy a file into PostgreSQL in one transaction; the old schema is renamed, not removed."""
    source, kept = Database(snapshots.address_of(fresh)), ""
    with closing(source), connection.begin(), source.reading() as rows:
        if inspect(connection).has_table("alembic_version"):
            kept = f"before_{_stamp(at).replace('-', '_')}"
            connection.execute(text(f"ALTER SCHEMA public RENAME TO {kept}"))
            connection.execute(text("CREATE SCHEMA public"))
        migrate.upgrade_on(connection)
        snapshots.copy_rows(rows, connection)
    return kept


def _put_file(path: Path, fresh: Path, at: datetime) -> str:
    """Put a file in another's place; a crash at any moment leaves the old or the new one, whole."""
    _make_one_file(fresh)
    kept = ""
    if path.exists():
        with suppress(sqlite3.DatabaseError):  # too damaged for it: its log is kept beside it
            _make_one_file(path)
        kept = f"{path.name}.before-{_stamp(at)}"
        for ending in ("", *_BESIDE):
            _copy_if_there(path, ending, path.with_name(kept))
    # A log of the old database beside the new one would ruin it.
    for ending in _BESIDE:
        path.with_name(f"{path.name}{ending}").unlink(missing_ok=True)
    os.replace(fresh, path)
    sync_folder(path.parent)
    return kept


def _stamp(at: datetime) -> str:
    return f"{at.astimezone(TOKYO):%Y%m%d-%H%M%S}"


def _make_one_file(path: Path) -> None:
    """Have all that is written down in the log go into the file itself."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")


def _copy_if_there(path: Path, ending: str, target: Path) -> None:
    source = path.with_name(f"{path.name}{ending}")
    if source.exists():
        shutil.copy2(source, target.with_name(f"{target.name}{ending}"))
