"""Readers that go wrong as a library does with a crafted file; they run in another process."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path


def read_slowly(path: Path) -> None:
    """Never end, working."""
    while path:
        pass


def read_greedily(path: Path) -> list[bytes]:
    """Take memory without end."""
    taken = []
    while path:
        taken.append(b"a" * 2**20)
        time.sleep(0.001)
    return taken


def read_and_wait(path: Path) -> None:
    """Never end, doing nothing."""
    while path:
        time.sleep(1)


def read_and_break(path: Path) -> None:
    """End as a library does that breaks."""
    os.kill(os.getpid(), signal.SIGSEGV)


def read_at_length(path: Path) -> str:
    """Give back more than was asked for."""
    return "a" * 3_000_000


class Evil:
    """What would be carried out where it is unpacked."""

    def __reduce__(self) -> tuple[Callable[[str], object], tuple[str]]:
        return Path, ("/evil",)


def read_evil(path: Path) -> Evil:
    """Give back what is no plain value."""
    return Evil()


def read_wrongly(path: Path) -> None:
    """Meet what nobody has thought of."""
    raise ValueError("canary")
