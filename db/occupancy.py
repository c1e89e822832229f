"""Who has an SQLite file open: many at a time, or one alone who puts another in its place.

Every process that opens a database holds the lock file beside it; a restore takes it for itself.
The lock goes with the process, however it ends. The file itself says nothing and may stay.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from db.errors import DatabaseError

_own: Final[set[Path]] = set()
"""Files that this process has for itself; it may still open them."""


def enter(path: Path) -> int | None:
    """Join those who have a database open; return what `leave` gives back.

    Raises
    ------
    DatabaseError
        ``database_being_restored``.
    """
    if path in _own:
        return None
    lock = _opened(path)
    if not _locked(lock, alone=False):
        os.close(lock)
        raise DatabaseError("database_being_restored")
    return lock


def leave(lock: int) -> None:
    """Go away again."""
    os.close(lock)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Keep everybody else out of a database.

    Raises
    ------
    DatabaseError
        ``database_in_use`` when another program, or another part of this one, has it open.
    """
    lock = _opened(path)
    try:
        if not _locked(lock, alone=True):
            raise DatabaseError("database_in_use")
        _own.add(path)
        yield
    finally:
        _own.discard(path)
        os.close(lock)


def _opened(path: Path) -> int:
    return os.open(path.with_name(f"{path.name}.lock"), os.O_CREAT | os.O_RDWR, 0o600)


def _locked(lock: int, *, alone: bool) -> bool:
    try:
        import fcntl
    except ImportError:  # on Windows nobody can replace a file that is open
        return True
    try:
        fcntl.flock(lock, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
