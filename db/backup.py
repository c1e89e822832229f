"""Backups: made while everybody works, sealed, opened again to see that they are good, counted out.

A backup that could not be read back whole never gets its name.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from catalog.audit import AuditEvent
from catalog.dates import TOKYO
from db import audit, backup_file, snapshots
from db.errors import DatabaseError
from db.secrets import Keyring
from db.session import Database

ENDING: Final = ".backup"
WORKROOM: Final = ".tsunagite-"
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
    part = file.with_name(f"{WORKROOM}{file.name}.part")
    with private_folder(workroom) as folder:
        copy, back = folder / "copy.sqlite3", folder / "back.sqlite3"
        snapshots.take(database, copy)
        contents = snapshots.examine(copy)
        try:
            part.unlink(missing_ok=True)
            backup_file.seal(copy, part, contents.municipality_code, contents.revision, at, keys)
            copy.unlink()
            backup_file.unseal(part, back, keys)
            if snapshots.examine(back) != contents:
                raise DatabaseError("backup_not_readable", file=str(file))
            os.replace(part, file)
        finally:
            part.unlink(missing_ok=True)
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


def rotate(folder: Path, municipality_code: str, keep: int) -> list[str]:
    """Remove all but the newest dated backups of a city; return the names of those removed.

    Only names that `dated_name` gives are looked at: what a person named themselves stays.
    """
    dated = sorted(
        path
        for path in folder.glob(f"*{ENDING}")
        if (named := _DATED.fullmatch(path.name)) and named[1] == municipality_code
    )
    old = dated[: max(0, len(dated) - keep)]
    for path in old:
        path.unlink()
    return [path.name for path in old]


@contextmanager
def private_folder(beside: Path) -> Iterator[Path]:
    """Give a folder that only its owner may open, and remove it with all that is in it."""
    with TemporaryDirectory(prefix=WORKROOM, dir=beside) as folder:
        yield Path(folder)


def sync_folder(folder: Path) -> None:
    """Have the disk keep the names in a folder, too."""
    if os.name != "posix":
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
