"""Locks on files: they keep other processes out, and go with the process, however it ends."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def take(path: Path, *, alone: bool) -> int | None:
    """Lock a file, which is made if need be; nobody waits.

    Returns
    -------
    What `release` takes back; None where others, in this process or another, hold the lock.
    """
    lock = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    if _locked(lock, alone=alone):
        return lock
    os.close(lock)
    return None


def release(lock: int) -> None:
    """Let others have the lock."""
    os.close(lock)


def _locked(lock: int, *, alone: bool) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            if alone:  # there is no other kind; nor can a file that is open be replaced there
                msvcrt.locking(lock, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(lock, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True
