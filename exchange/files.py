"""Whole files in and out: a file is written completely or not at all."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from exchange.errors import ExchangeError


class CannotWrite(ExchangeError):
    """The place where a file should go cannot be written to."""


def read_bytes(path: Path) -> bytes:
    """Return the content of a file.

    Raises
    ------
    ExchangeError
        When there is no such file, or it may not be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise ExchangeError("file_not_found", file=path.name) from error


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file that its owner alone may read: it may tell of people.

    What was there before stays until the new content is complete.

    Raises
    ------
    CannotWrite
        When the folder is missing or may not be written to.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        number = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with open(number, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise CannotWrite("file_not_written", file=path.name) from error
    finally:  # also where somebody interrupts
        with suppress(OSError):
            part.unlink(missing_ok=True)
