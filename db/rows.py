"""Values of the domain as rows and back, and many rows written at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from functools import cache
from typing import Any, ClassVar, Protocol, TypeVar

from sqlalchemy import ColumnElement, Connection, FromClause, RowMapping, Table, select
from sqlalchemy.dialects import postgresql, sqlite


class Value(Protocol):
    """Any dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


_V = TypeVar("_V", bound=Value)


def to_row(municipality_code: str, value: Value) -> dict[str, Any]:
    """Return the row of a value whose table names its columns as the fields are named."""
    content = {name: getattr(value, name) for name in _names(type(value))}
    return {"municipality_code": municipality_code} | content


def from_row(kind: type[_V], row: RowMapping, **instead: Any) -> _V:
    """Return the value of a row; `instead` gives fields that are not as they stand there."""
    names = _names(kind)
    return kind(**{name: instead[name] if name in instead else row[name] for name in names})


@cache
def _names(kind: type[Value]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def upsert(
    connection: Connection,
    table: Table,
    rows: Iterable[Mapping[str, Any]],
    keep: Sequence[str] = (),
) -> None:
    """Add rows, and give those whose key exists already their new content.

    All rows must name the same columns; a column that they do not name keeps its content, and so
    do those to `keep`, which are for new rows only.
    """
    values: Sequence[Mapping[str, Any]] = list(rows)
    if not values:
        return
    keys = [column.name for column in table.primary_key]
    same = {*keys, *keep}
    insert = _insert(connection, table)
    changed = {name: insert.excluded[name] for name in values[0] if name not in same}
    on_conflict = (
        insert.on_conflict_do_update(index_elements=keys, set_=changed)
        if changed
        else insert.on_conflict_do_nothing(index_elements=keys)
    )
    connection.execute(on_conflict, values)


def insert_new(connection: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    """Add a row if there is none with its key; of two who try at once, one is told True."""
    statement = _insert(connection, table).values(row).on_conflict_do_nothing()
    return connection.execute(statement.returning(*table.primary_key)).first() is not None


def is_standing(table: FromClause) -> ColumnElement[bool]:
    """Return the condition that a row of a versioned table has no later version beside it."""
    later = table.alias()
    return ~(
        select(later.c.id)
        .where(
            later.c.municipality_code == table.c.municipality_code,
            later.c.id == table.c.id,
            later.c.version > table.c.version,
        )
        .exists()
    )


def version_id(id_: str, version: int) -> str:
    """Return what a row of a versioned table is sealed as: each version for itself."""
    return f"{id_}/{version}"


def _insert(connection: Connection, table: Table) -> Any:
    dialect: Any = sqlite if connection.dialect.name == "sqlite" else postgresql
    return dialect.insert(table)
