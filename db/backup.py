"""Backups: made while everybody works, sealed, opened again to see that they are good, counted out.

A backup that could not be read back whole never gets its name.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import mkstemp
from typing import Final

from catalog.audit import AuditEvent
from catalog.dates import TOKYO
from db import audit, backup_file, file_locks, snapshots
from db.errors import DatabaseError
from db.secrets import Keyring
from db.session import Database

ENDING: Final = ".backup"
WORKROOM: Final = ".tsunagite-"
_LOCK: Final = ".lock"
SUBJECT: Final = "backup"
_DATED: Final = re.compile(rf"tsunagite-(\w+)-\d{{8}}-\d{{6}}{re.escape(ENDING)}")


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was read back whole: its file's name, when it was made, how large it is."""

    made_at: datetime
    file_name: str
    size_bytes: int
    rows: int
    events: int


def dated_name(municipality_code: str, at: datetime) -> str:
    """Return the name of a day's backup, in Japan's time."""
    return f"tsunagite-{municipality_code}-{at.astimezone(TOKYO):%Y%m%d-%H%M%S}{ENDING}"


def make(database: Database, file: Path, keys: Keyring, at: datetime, workroom: Path) -> Backup:
    """Write a backup and read it back.

    Parameters
    ----------
    workroom
        A folder on the disk of the database, where the copy lies until it is sealed.

    Raises
    ------
    DatabaseError
        ``backup_exists``; ``backup_not_readable`` when what was written is not what was copied;
        ``snapshot_damaged`` or ``audit_chain_broken`` when the database itself is not whole.
    """
    if file.exists():
        raise DatabaseError("backup_exists", file=str(file))
    with private_folder(workroom) as folder, private_folder(file.parent) as beside:
        copy, back, part = folder / "copy.sqlite3", folder / "back.sqlite3", beside / file.name
        snapshots.take(database, copy)
        contents = snapshots.examine(copy)
        backup_file.seal(copy, part, contents.municipality_code, contents.revision, at, keys)
        copy.unlink()
        backup_file.unseal(part, back, keys)
        if snapshots.examine(back) != contents:
            raise DatabaseError("backup_not_readable", file=str(file))
        os.replace(part, file)
    sync_folder(file.parent)
    size = file.stat().st_size
    return Backup(at, file.name, size, contents.rows, contents.head.number)


def note(database: Database, municipality_code: str, made: Backup, actor_id: str) -> None:
    """Keep that a backup was made."""
    detail = {
        "file": made.file_name,
        "bytes": str(made.size_bytes),
        "rows": str(made.rows),
        "events": str(made.events),
    }
    event = AuditEvent("backup_made", actor_id, "database", SUBJECT, made.made_at, detail)
    with database.writing() as connection:
        audit.append(connection, municipality_code, event)


def last_made_at(database: Database, municipality_code: str) -> datetime | None:
    """Return when the last backup was made that this database knows of."""
    with database.reading() as connection:
        found = audit.events(connection, municipality_code, subject_id=SUBJECT, newest=1)
    return found[0].at if found else None


def rotate(folder: Path, municipality_code: str, keep: int, at: datetime) -> list[str]:
    """Remove all but the newest dated backups of a city; return the names of those removed.

    Only names that `dated_name` gives are looked at: what a person named themselves stays. So
    does what a wrong clock has dated later than now; it would push out those that are newer.
    """
    dated = sorted(
        path
        for path in folder.glob(f"*{ENDING}")
        if (named := _DATED.fullmatch(path.name))
        and named[1] == municipality_code
        and path.name <= dated_name(municipality_code, at)
    )
    old = dated[: max(0, len(dated) - keep)]
    for path in old:
        path.unlink()
    return [path.name for path in old]


@contextmanager
def private_folder(beside: Path) -> Iterator[Path]:
    """Give a folder that only its owner may open, and remove it with all that is in it.

    What others left that were killed goes as well: it may be a whole database.
    """
    _remove_left_behind(beside)
    number, name = mkstemp(prefix=WORKROOM, suffix=_LOCK, dir=beside)
    os.close(number)
    mark = Path(name)
    lock = file_locks.take(mark, alone=True)  # first: without it the folder counts as left behind
    folder = mark.with_suffix("")
    try:
        folder.mkdir(mode=0o700)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if lock is not None:
            file_locks.release(lock)
        mark.unlink(missing_ok=True)


def _remove_left_behind(beside: Path) -> None:
    """Remove the folders that nobody works in any more; whoever does holds the lock beside."""
    for folder in [each for each in beside.glob(f"{WORKROOM}*") if each.is_dir()]:
        mark = folder.with_name(f"{folder.name}{_LOCK}")
        with suppress(PermissionError):  # another user's, in a folder that several share
            lock = file_locks.take(mark, alone=True)
            if lock is not None:
                shutil.rmtree(folder, ignore_errors=True)
                file_locks.release(lock)
                mark.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Have the disk keep the names in a folder, too."""
    if os.name != "posix":
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
