"""Nouns of which each correction is a further row: the last one counts, and all are kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Generic, Protocol, TypeVar

from sqlalchemy import ColumnElement, Connection, Table
from sqlalchemy.exc import IntegrityError

from cases.permissions import PeopleScope
from catalog.audit import AuditEvent
from db import audit
from db.errors import DatabaseError
from db.people_scope import admitted_ids
from db.rows import Value, insert_new, is_standing
from db.sealing import Sealing
from db.session import Database


class Versioned(Value, Protocol):
    """A frozen value about one person, perhaps nobody known yet, with the number of its version."""

    @property
    def id(self) -> str:
        """Return its id, the same in all its versions."""

    @property
    def participant_id(self) -> str | None:
        """Return whom it is about."""

    @property
    def version(self) -> int:
        """Return which version it is; they count from 1."""


_V = TypeVar("_V", bound=Versioned)


class VersionedRows(Generic[_V]):
    """The rows of one noun in one municipality; texts are sealed with the person's key.

    Its table has the columns ``id``, ``version`` and ``participant_id``.

    Parameters
    ----------
    subject
        The column that names whose key seals the texts: the person's, or ``id`` for a key of its
        own where nobody may be known yet.
    exists
        Under which condition a row exists for a reader; without one, as its person does.
    beside
        Columns that hold what a value tells of its sealed fields, for lists that open none.
    """

    def __init__(
        self,
        kind: type[_V],
        table: Table,
        database: Database,
        sealing: Sealing,
        *,
        subject: str = "participant_id",
        exists: Callable[[PeopleScope], ColumnElement[bool]] | None = None,
        beside: Sequence[str] = (),
    ) -> None:
        self.subject = subject
        self.exists = exists or self._as_its_person
        self.kind = kind
        self.table = table
        self.database = database
        self.sealing = sealing
        self.beside = beside

    def latest(self, scope: PeopleScope, *conditions: ColumnElement[bool]) -> list[_V]:
        """Return the last version of each, about admitted people, where it meets conditions."""
        return self._values(scope, is_standing(self.table), *conditions)

    def one(self, scope: PeopleScope, id_: str) -> _V | None:
        """Return the last version of one, or None where the scope does not admit its person."""
        return next(iter(self.latest(scope, self.table.c.id == id_)), None)

    def all_of(self, scope: PeopleScope, id_: str) -> list[_V]:
        """Return every version of one, the first first."""
        return self._values(scope, self.table.c.id == id_)

    def save(self, value: _V, event: AuditEvent, seen: int) -> _V:
        """Keep a new version after the one that was seen, 0 for none, and return it.

        Raises
        ------
        DatabaseError
            ``changed_meanwhile`` where somebody else has kept one since; ``broken_reference``
            where what it points to is missing; ``deleted_already``.
        """
        new = replace(value, version=seen + 1)
        code, whose = self.sealing.code, str(getattr(value, self.subject))
        with self.database.writing() as connection:
            audit.append(connection, code, event)
            self._check_kept(connection, value, seen)
            key = self.sealing.keys(connection, [whose])[whose]
            row = self.sealing.row(self.table, new, key, _place(new.id, new.version))
            row |= {name: getattr(new, name) for name in self.beside}
            try:
                is_new = insert_new(connection, self.table, row)
            except IntegrityError as error:
                raise DatabaseError("broken_reference", table=self.table.name) from error
            if not is_new:
                raise DatabaseError("changed_meanwhile")
        return new

    def _check_kept(self, connection: Connection, value: _V, seen: int) -> None:
        """Refuse what is about somebody deleted, and to go on with words whose key is gone."""
        whose = value.participant_id
        self.sealing.check_kept(connection, {whose} if whose else ())
        readable = self.sealing.with_key(self.table, self.subject).where(
            self.table.c.id == value.id
        )
        if self.subject == "id" and seen and connection.execute(readable.limit(1)).first() is None:
            raise DatabaseError("deleted_already")

    def _as_its_person(self, scope: PeopleScope) -> ColumnElement[bool]:
        known = admitted_ids(scope, self.sealing.code, self.sealing.keyring)
        return self.table.c.participant_id.in_(known)

    def _values(self, scope: PeopleScope, *conditions: ColumnElement[bool]) -> list[_V]:
        query = (
            self.sealing.with_key(self.table, self.subject)
            .where(self.exists(scope), *conditions)
            .order_by(self.table.c.recorded_at, self.table.c.id, self.table.c.version)
        )
        with self.database.reading() as connection:
            rows = connection.execute(query).mappings().all()
        return [
            self.sealing.value(self.kind, self.table, row, _place(row["id"], row["version"]))
            for row in rows
        ]


def _place(id_: str, version: int) -> str:
    """Name the row for what is sealed in it, so that no version can stand in for another."""
    return f"{id_}/{version}"
