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
from typing import Final

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from catalog.audit import AuditEvent
from catalog.dates import TOKYO
from db import audit, backup_file, migrate, occupancy, scope_filling, snapshots
from db.backup import private_folder, sync_folder
from db.carried_over import Settled, keep_accounts_settled, keep_ended, keep_protected, read_settled
from db.cases import SqlCaseStore
from db.errors import DatabaseError
from db.forgetting import apply_deletions, keep_deletions, kept_deletions
from db.health import unreadable_subjects
from db.secrets import Keyring
from db.session import Database, lock_writers_out, others_kept_out, sqlite_path

_BESIDE: Final = ("-wal", "-shm")


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored, what was kept of the time since, and where the old database lies now.

    Attributes
    ----------
    deleted, protected, ended
        How many people were deleted again, are protected as they were since, and have refused or
        withdrawn since.
    """

    municipality_code: str
    made_at: datetime
    events: int
    deleted: int
    kept: str
    protected: int = 0
    ended: int = 0


def restore(
    url: str,
    file: Path,
    keys: Keyring,
    at: datetime,
    workroom: Path,
    deletions_file: Path,
    *,
    without_deletions: bool = False,
) -> Restored:
    """Put a backup in the place of a database, which may be damaged or not be there at all.

    Parameters
    ----------
    workroom
        A folder on the disk of the database.
    deletions_file
        The log of deletions outside the database: whom the office has deleted since the backup
        is deleted again.
    without_deletions
        Go on where nothing tells whom: they come back.

    Raises
    ------
    DatabaseError
        ``not_a_backup``, ``backup_other_keys``, ``backup_damaged``, ``backup_other_city``,
        ``newer_database``, ``backup_unreadable``, ``deletions_unknown``: nothing was changed.
        ``database_in_use`` while anybody works with it.
    """
    with private_folder(workroom) as folder:
        fresh = folder / "restored.sqlite3"
        about = backup_file.unseal(file, fresh, keys)
        _check_keys(fresh, file, about.municipality_code, keys)
        migrate.upgrade(snapshots.address_of(fresh), keys=lambda: keys)
        contents = snapshots.examine(fresh)
        code = contents.municipality_code
        with _place_alone(url) as place:
            settled = read_settled(place.now, contents.head)
            if settled.codes and code not in settled.codes:
                raise DatabaseError("backup_other_city", found=code, expected=settled.codes[0])
            if not (deletions_file.exists() or settled.goes_on or without_deletions):
                raise DatabaseError("deletions_unknown", path=str(deletions_file))
            with closing(Database(snapshots.address_of(fresh))) as database:
                _note_deletions(place.now, settled, code, deletions_file)
                _make_findable(database, code, keys, at)
                again = kept_deletions(deletions_file, code)
                event = AuditEvent("deletions_applied", "system", "database", code, at)
                deleted = apply_deletions(database, code, keys, again, event)
                protected = keep_protected(database, code, keys, settled, at)
                ended = _finish(database, code, settled, about.made_at, at)
            snapshots.examine(fresh)
            if place.now is not None:
                place.now.close()
            kept = place.put(fresh, at)
    events = contents.head.number
    return Restored(code, about.made_at, events, deleted, kept, protected, ended)


def _check_keys(fresh: Path, file: Path, code: str, keys: Keyring) -> None:
    """Refuse what the keys that open the file do not open: they were dropped since."""
    with closing(Database(snapshots.address_of(fresh))) as database:
        if count := len(unreadable_subjects(database, code, keys)):
            raise DatabaseError("backup_unreadable", file=file.name, count=count)


def _note_deletions(now: Database | None, settled: Settled, code: str, log: Path) -> None:
    """Have the log hold what the database in place knows."""
    if now is not None and settled.codes:
        with suppress(DBAPIError):  # one that is too damaged; the file was written at each deletion
            keep_deletions(now, code, log)


def _make_findable(database: Database, code: str, keys: Keyring, at: datetime) -> None:
    """Have everybody of an old backup found by name, and by those whose work is limited."""

    def event_of(count: int) -> AuditEvent:
        told = {"count": str(count)}
        return AuditEvent("scopes_indexed", "system", "database", code, at, told)

    for _left in scope_filling.fill(database, code, keys, event_of):
        pass
    # The index key may have changed since.
    SqlCaseStore(database, code, keys).index_names(keys.index_id)


def _finish(
    database: Database, code: str, settled: Settled, made_at: datetime, at: datetime
) -> int:
    """Let nobody in whom the office has shut out since, and tell of the restoring.

    Returns
    -------
    int
        How many people have refused or withdrawn since.
    """
    detail = {"made_at": made_at.isoformat(timespec="seconds"), "replaced": settled.last_event}
    event = AuditEvent("database_restored", "system", "database", code, at, detail)
    with database.writing() as rows:
        audit.append(rows, code, event)
        keep_accounts_settled(rows, settled)
        return keep_ended(rows, settled)


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
                with others_kept_out(connection), closing(Database(url)) as now:
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
            kept = f"before_{stamp(at).replace('-', '_')}"
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
        kept = f"{path.name}.before-{stamp(at)}"
        for ending in ("", *_BESIDE):
            _copy_if_there(path, ending, path.with_name(kept))
        sync_folder(path.parent)
    # A log of the old database beside the new one would ruin it.
    for ending in _BESIDE:
        path.with_name(f"{path.name}{ending}").unlink(missing_ok=True)
    os.replace(fresh, path)
    sync_folder(path.parent)
    return kept


def stamp(at: datetime) -> str:
    """Return how what is put aside is marked."""
    return f"{at.astimezone(TOKYO):%Y%m%d-%H%M%S}"


def _make_one_file(path: Path) -> None:
    """Have all that is written down in the log go into the file itself."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")


def _copy_if_there(path: Path, ending: str, target: Path) -> None:
    source = path.with_name(f"{path.name}{ending}")
    if not source.exists():
        return
    copied = target.with_name(f"{target.name}{ending}")
    shutil.copy2(source, copied)
    with copied.open("rb+") as file:  # it has to outlive a power cut before the other goes
        os.fsync(file.fileno())
