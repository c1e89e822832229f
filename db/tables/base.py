"""What all tables share: names of constraints, column types, the first column of every key."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import (
    Column,
    DateTime,
    Dialect,
    ForeignKeyConstraint,
    LargeBinary,
    MetaData,
    String,
    TypeDecorator,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Encrypted(TypeDecorator[bytes]):
    """A personal datum, sealed by ``db.secrets`` before it comes here; the database sees bytes.

    The row functions seal and open explicitly, because the key depends on whose row it is. The
    type marks the column, so that `personal_columns` can list what is personal.
    """

    impl = LargeBinary
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


def in_municipality() -> Column[str]:
    """Make the column that begins the key of every table."""
    return Column("municipality_code", String(6), primary_key=True)


def refers_to(table: str, **columns: str) -> ForeignKeyConstraint:
    """Point into another table of the same municipality: ``refers_to("towns", town_id="id")``."""
    return ForeignKeyConstraint(
        ["municipality_code", *columns],
        [f"{table}.municipality_code", *(f"{table}.{name}" for name in columns.values())],
    )


def personal_columns() -> Iterator[Column[bytes]]:
    """List every column that holds personal data."""
    for table in metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, Encrypted):
                yield column
