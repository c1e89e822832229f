"""Rows with personal columns: sealed with their person's key on the way in, opened on the way out.

What is sealed is the field's value as a JSON document, so that dates, numbers and lists come back
as what they were.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Column, Connection, RowMapping, Select, Table, insert, select

from db.documents import field_types, from_document, to_document
from db.errors import DatabaseError
from db.rows import Value, from_row, to_row
from db.secrets import DataKey, Keyring, Place, SealedKey
from db.tables import Encrypted, EncryptedFile, data_keys, deletions, dropped_keys, helpers

_V = TypeVar("_V", bound=Value)


class Sealing:
    """Seals and opens the rows of one municipality."""

    def __init__(self, keyring: Keyring, municipality_code: str) -> None:
        self.keyring = keyring
        self.code = municipality_code

    def keys(self, connection: Connection, subject_ids: Iterable[str]) -> dict[str, DataKey]:
        """Return the data keys of people or households, made where there are none yet.

        Raises
        ------
        DatabaseError
            ``deleted_already`` where one of them was deleted: a new key would bring them back.
        """
        ids = set(subject_ids)
        kept = self._kept_keys(connection, ids)
        self.check_kept(connection, ids - set(kept))
        return kept | self._new_keys(connection, ids - set(kept))

    def keys_even_of_deleted(
        self, connection: Connection, subject_ids: Iterable[str]
    ) -> dict[str, DataKey]:
        """Return keys as `keys`; for whom was deleted meanwhile one that is kept nowhere.

        What they seal is noise at once, as if the deletion had come after it.
        """
        ids = set(subject_ids)
        kept = self._kept_keys(connection, ids)
        gone = self.deleted(connection, ids - set(kept))
        lost = {id_: self.keyring.new_data_key(self.code, id_)[0] for id_ in gone}
        return kept | lost | self._new_keys(connection, ids - set(kept) - gone)

    def check_kept(self, connection: Connection, subject_ids: Collection[str]) -> None:
        """Refuse what is about people who were deleted while it was prepared.

        Raises
        ------
        DatabaseError
            ``deleted_already``.
        """
        if self.deleted(connection, subject_ids):
            raise DatabaseError("deleted_already")

    def deleted(self, connection: Connection, ids: Collection[str]) -> set[str]:
        """Return who of people and helpers was deleted; their log outlives every key."""
        if not ids:
            return set()
        gone = select(deletions.c.participant_id).where(deletions.c.municipality_code == self.code)
        as_helpers = select(helpers.c.id).where(
            helpers.c.municipality_code == self.code, helpers.c.participant_id.in_(gone)
        )
        return set(ids) & {*connection.scalars(gone), *connection.scalars(as_helpers)}

    def _kept_keys(self, connection: Connection, ids: Collection[str]) -> dict[str, DataKey]:
        query = select(data_keys).where(data_keys.c.municipality_code == self.code)
        if len(ids) <= 100:  # of many, reading all is quicker than naming each
            query = query.where(data_keys.c.subject_id.in_(ids))
        return {
            row.subject_id: self._open_key(row.subject_id, row.key_id, row.sealed)
            for row in connection.execute(query)
            if row.subject_id in ids
        }

    def _new_keys(self, connection: Connection, ids: Collection[str]) -> dict[str, DataKey]:
        made = {id_: self.keyring.new_data_key(self.code, id_) for id_ in sorted(ids)}
        rows = [
            {
                "municipality_code": self.code,
                "subject_id": id_,
                "key_id": sealed.key_id,
                "sealed": sealed.sealed,
            }
            for id_, (_, sealed) in made.items()
        ]
        if rows:
            self._check_current(connection)
            connection.execute(insert(data_keys), rows)
        return {id_: key for id_, (key, _) in made.items()}

    def _check_current(self, connection: Connection) -> None:
        """Refuse to seal with a key that was dropped: after a restart nothing would open it."""
        # Whatever the municipality: they share the file.
        dropped = select(dropped_keys.c.key_id).where(dropped_keys.c.key_id == self.keyring.current)
        if connection.scalar(dropped) is not None:
            raise DatabaseError("unknown_key", key_id=self.keyring.current)

    def row(self, table: Table, value: Value, key: DataKey, row_id: str) -> dict[str, Any]:
        """Return the row of a value, its personal columns sealed."""
        return self.seal_row(table, to_row(self.code, value), key, row_id)

    def seal_row(
        self, table: Table, row: Mapping[str, Any], key: DataKey, row_id: str
    ) -> dict[str, Any]:
        """Return a row with its personal columns sealed."""
        return dict(row) | {
            column.name: self.seal(row[column.name], column, key, row_id)
            for column in _sealed_columns(table)
        }

    def value(
        self, kind: type[_V], table: Table, row: RowMapping, row_id: str, **instead: Any
    ) -> _V:
        """Return the value of a row that was selected by `with_key`.

        What `instead` gives is not opened.
        """
        key = self.key_of(row)
        types = field_types(kind)
        opened = {
            column.name: self.open(types[column.name], row[column.name], column, key, row_id)
            for column in _sealed_columns(table)
            if column.name not in instead
        }
        return from_row(kind, row, **(opened | instead))

    def seal(self, value: Any, column: Column[Any], key: DataKey, row_id: str) -> bytes | None:
        """Seal one field; None stays None."""
        if value is None:
            return None
        place = self._place(column, row_id)
        if isinstance(column.type, EncryptedFile):
            return key.seal_bytes(zlib.compress(value), place)
        return key.seal(json.dumps(to_document(value), ensure_ascii=False), place)

    def open(
        self, kind: Any, sealed: bytes | None, column: Column[Any], key: DataKey, row_id: str
    ) -> Any:
        """Open one field of a type."""
        if sealed is None:
            return None
        place = self._place(column, row_id)
        if isinstance(column.type, EncryptedFile):
            return zlib.decompress(key.open_bytes(sealed, place))
        return from_document(kind, json.loads(key.open(sealed, place)))

    def with_key(self, table: Table, subject: str, without: Collection[str] = ()) -> Select[Any]:
        """Select rows of a table with the data key of whom the column `subject` names.

        Rows whose key was destroyed are no longer there for anyone. Columns may be left out.
        """
        columns = [each for each in table.columns if each.name not in without]
        return (
            select(*columns, data_keys.c.key_id, data_keys.c.sealed, data_keys.c.subject_id)
            .join(
                data_keys,
                (data_keys.c.municipality_code == table.c.municipality_code)
                & (data_keys.c.subject_id == table.c[subject]),
            )
            .where(table.c.municipality_code == self.code)
        )

    def key_of(self, row: RowMapping) -> DataKey:
        """Open the data key of a row that was selected by `with_key`."""
        return self._open_key(row["subject_id"], row["key_id"], row["sealed"])

    def _open_key(self, subject_id: str, key_id: str, sealed: bytes) -> DataKey:
        return self.keyring.open_data_key(SealedKey(key_id, sealed), self.code, subject_id)

    def _place(self, column: Column[Any], row_id: str) -> Place:
        return Place(self.code, column.table.name, column.name, row_id)


@cache
def _sealed_columns(table: Table) -> tuple[Column[Any], ...]:
    return tuple(each for each in table.columns if isinstance(each.type, Encrypted))
