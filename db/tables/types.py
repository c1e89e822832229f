"""Column types: each turns a domain value into what both databases can keep, and back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import JSON, DateTime, Dialect, Integer, LargeBinary, String, TypeDecorator
from sqlalchemy.types import TypeEngine

MOST_REMEMBERED: Final = 4096
"""Of each column: more than a city has different schedules."""


class Encrypted(TypeDecorator[bytes]):
    """A personal datum, sealed by ``db.secrets`` before it comes here; the database sees bytes.

    The row functions seal and open explicitly, because the key depends on whose row it is. The
    type marks the column, so that `db.tables.personal_columns` can list what is personal.
    """

    impl = LargeBinary
    cache_ok = True


class EncryptedFile(Encrypted):
    """As `Encrypted`, of bytes that are long: they are compressed before they are sealed."""

    cache_ok = True


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse an instant without a zone; write the others in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant needs a time zone: {value!r}")
        in_utc = value.astimezone(UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """SQLite forgets the zone, PostgreSQL answers in the session's: both are UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Document(TypeDecorator[Any]):
    """A value inside a row that nobody searches by, as JSON.

    Parameters
    ----------
    write, read
        To JSON values and back.
    is_frozen
        The value can never change: equal documents give one and the same value, read once.
    """

    impl = JSON(none_as_null=True)
    cache_ok = True

    def __init__(
        self, write: Callable[[Any], Any], read: Callable[[Any], Any], *, is_frozen: bool = False
    ) -> None:
        super().__init__()
        self.write = write
        self.read = read
        self.is_frozen = is_frozen

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        """Remember the values of texts that were read; PostgreSQL gives documents, no texts."""
        process: Callable[[Any], Any] | None = super().result_processor(dialect, coltype)
        if process is None or not self.is_frozen or dialect.name != "sqlite":
            return process
        return lru_cache(MOST_REMEMBERED)(process)

    def process_bind_param(self, value: Any, _dialect: Dialect) -> Any:
        """Turn a value into JSON values."""
        return None if value is None else self.write(value)

    def process_result_value(self, value: Any, _dialect: Dialect) -> Any:
        """Turn JSON values into the value."""
        return None if value is None else self.read(value)


def tuple_of_codes() -> Document:
    """Keep a tuple of codes in its order."""
    return Document(list, tuple, is_frozen=True)


def set_of_codes() -> Document:
    """Keep a set of codes, sorted."""
    return Document(sorted, frozenset, is_frozen=True)


class Member(TypeDecorator[Any]):
    """A member of a `StrEnum`, kept as its text."""

    impl: type[TypeEngine[Any]] = String
    cache_ok = True

    def __init__(self, kind: type[Enum]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: Any, _dialect: Dialect) -> Any:
        """Take the member's value."""
        return None if value is None else self.kind(value).value

    def process_result_value(self, value: Any, _dialect: Dialect) -> Any:
        """Find the member."""
        return None if value is None else self.kind(value)


class NumberedMember(Member):
    """A member of an `IntEnum`, kept as its number."""

    impl = Integer
    cache_ok = True
