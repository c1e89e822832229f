"""What a command told of people, for the audit record: one event when it has ended.

Whoever sits at the terminal holds the database and its keys; the record says what was shown to
them, and cannot keep it from them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextvars import Token
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, TextIO, cast

if TYPE_CHECKING:
    from api.settings import Settings
    from cases.reading import Reading


class _Heard:
    """A stream that passes everything on and keeps what was written, as text or as bytes."""

    def __init__(self, stream: Any, kept: list[str]) -> None:
        self._stream = stream
        self._kept = kept

    def write(self, written: str | bytes) -> int:
        """Write, and keep it."""
        done: int = self._stream.write(written)
        self._kept.append(
            written if isinstance(written, str) else written.decode("utf-8", "replace")
        )
        return done

    @property
    def buffer(self) -> _Heard:
        """The stream of bytes below, which is listened to as well."""
        return _Heard(self._stream.buffer, self._kept)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@dataclass(slots=True)
class _Command:
    """The command under way."""

    settings: Settings
    code: str
    actor_id: str
    clock: Callable[[], datetime]
    noted: Reading
    token: Token[Any]
    printed: list[str]
    stream: TextIO


_under_way: Final[list[_Command]] = []


def begin(
    settings: Settings, municipality_code: str, actor_id: str, clock: Callable[[], datetime]
) -> None:
    """Note from now on whom the command reads, and listen to what it prints."""
    from cases.reading import begin_reading

    if _under_way:
        return
    noted, token = begin_reading()
    printed: list[str] = []
    _under_way.append(
        _Command(settings, municipality_code, actor_id, clock, noted, token, printed, sys.stdout)
    )
    sys.stdout = cast("TextIO", _Heard(sys.stdout, printed))


def end(name: str) -> None:
    """Write the event, if the command has told of anybody.

    Parameters
    ----------
    name
        The words of the command without what was typed after them.
    """
    if not _under_way:
        return
    command = _under_way.pop()
    sys.stdout = command.stream
    from cases.reading import end_reading

    end_reading(command.token)
    people = command.noted.shown_in("".join(command.printed))
    if people:
        _write(command, people, name)


def _write(command: _Command, people: frozenset[str], name: str) -> None:
    from cases.words.audit import Kind
    from db import audit
    from db.audit_reads import read_event
    from db.session import Database

    event = read_event(Kind.COMMAND, command.actor_id, people, command.clock(), {"command": name})
    database = Database(command.settings.database_url)
    try:
        with database.writing() as connection:
            audit.append(connection, command.code, event)
    finally:
        database.close()
