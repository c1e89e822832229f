"""Readers that go wrong as a library does with a crafted file; they run in another process."""

from __future__ import annotations

import os
import signal
import stat
import time
from collections.abc import Callable
from contextlib import suppress
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


def read_and_stop_answering(path: Path) -> None:
    """Begin an answer, as somebody who has taken the process over, and never end it."""
    for number in range(3, 64):
        with suppress(OSError):
            if stat.S_ISFIFO(os.fstat(number).st_mode):
                os.write(number, b"\0\0\1\0part")
    read_and_wait(path)


def read_settings(path: Path) -> str:
    """Give back what of the settings can be seen."""
    return ",".join(name for name in os.environ if name.startswith("TSUNAGITE_"))


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
