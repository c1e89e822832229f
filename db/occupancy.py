"""Who has an SQLite file open: many at a time, or one alone who puts another in its place.

Every process that opens a database holds the lock file beside it; a restore takes it for itself.
The file itself says nothing and may stay.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from db import file_locks
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
    lock = file_locks.take(_lock_of(path), alone=False)
    if lock is None:
        raise DatabaseError("database_being_restored")
    return lock


def leave(lock: int) -> None:
    """Go away again."""
    file_locks.release(lock)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Keep everybody else out of a database.

    Raises
    ------
    DatabaseError
        ``database_in_use`` when another program, or another part of this one, has it open.
    """
    lock = file_locks.take(_lock_of(path), alone=True)
    if lock is None:
        raise DatabaseError("database_in_use")
    _own.add(path)
    try:
        yield
    finally:
        _own.discard(path)
        file_locks.release(lock)


def _lock_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.lock")
