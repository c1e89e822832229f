"""What runs hold of people is sealed: frozen files with a key of the run, parts with the person's.

The only migration that needs the keyring, and only where there are runs. Compressed files are
sealed as they are; of whom was deleted nothing is kept.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache

import sqlalchemy as sa
from alembic import context, op

from db.errors import DatabaseError
from db.secrets import DataKey, Keyring, Place, SealedKey

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

FILES = {"match_runs": ("problem", "result", "views"), "helper_runs": ("rounds",)}
"""Stay in their columns; sealed with the key of the run."""
OF_RUNS = {"helper_runs": ("unplaced", "not_considered", "unfilled")}
OF_PEOPLE = {"proposals": ("parts",), "run_unplaced": ("refused",), "helper_proposals": ("parts",)}
KEYS = {"run_unplaced": ("run_id", "position")}
"""Columns that tell the rows of a municipality apart, where that is not the id."""
AT_ONCE = 500


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":  # what stood in clear must not stay in free pages
        connection.exec_driver_sql("PRAGMA secure_delete = ON")
    documents = OF_RUNS | OF_PEOPLE
    for table, columns in documents.items():
        for name in columns:
            op.add_column(table, sa.Column(f"{name}_sealed", sa.LargeBinary(), nullable=True))
    if any(_count(connection, table) for table in FILES):
        _seal_all(connection)
    for table, columns in documents.items():
        for name in columns:
            op.drop_column(table, name)
            op.execute(f"ALTER TABLE {table} RENAME COLUMN {name}_sealed TO {name}")


def downgrade() -> None:
    for table in FILES:
        if _count(op.get_bind(), table):
            raise DatabaseError("runs_stay_sealed")
    for table, columns in (OF_RUNS | OF_PEOPLE).items():
        with op.batch_alter_table(table) as batch:
            for name in columns:
                batch.drop_column(name)
        with op.batch_alter_table(table) as batch:
            for name in columns:
                batch.add_column(sa.Column(name, sa.JSON(), nullable=False))


def _count(connection: sa.Connection, table: str) -> int:
    return connection.scalar(sa.select(sa.func.count()).select_from(sa.table(table))) or 0


def _seal_all(connection: sa.Connection) -> None:
    attributes = context.config.attributes
    load: Callable[[], Keyring] | None = attributes.get("keys")
    if load is None:
        raise DatabaseError("migration_needs_keys")
    tell: Callable[[int], None] = attributes.get("tell") or (lambda _left: None)
    tables = {*FILES, *OF_PEOPLE}
    left = sum(_count(connection, table) for table in tables)
    keys = _Keys(connection, load())
    for table in sorted(tables):
        for count in _seal_table(connection, keys, table):
            tell(left)
            left -= count
    attributes["is_rewritten"] = True


class _Keys:
    """The data keys of people as they are, and of runs, made here."""

    def __init__(self, connection: sa.Connection, keyring: Keyring) -> None:
        self.connection = connection
        self.keyring = keyring
        rows = connection.execute(
            sa.text("SELECT municipality_code, subject_id, key_id, sealed FROM data_keys")
        )
        self.kept = {(row[0], row[1]): SealedKey(row[2], bytes(row[3])) for row in rows}
        self.of_person = cache(self._of_person)
        self.of_run = cache(self._of_run)

    def _of_person(self, code: str, id_: str) -> DataKey | None:
        sealed = self.kept.get((code, id_))
        return self.keyring.open_data_key(sealed, code, id_) if sealed else None

    def _of_run(self, code: str, id_: str) -> DataKey:
        if kept := self._of_person(code, id_):
            return kept
        key, sealed = self.keyring.new_data_key(code, id_)
        self.connection.execute(
            sa.text("INSERT INTO data_keys VALUES (:code, :id, :key_id, :sealed)"),
            {"code": code, "id": id_, "key_id": sealed.key_id, "sealed": sealed.sealed},
        )
        return key


def _seal_table(connection: sa.Connection, keys: _Keys, name: str) -> Iterator[int]:
    """Seal the rows of a table, and yield how many each step is about."""
    files, documents = FILES.get(name, ()), (OF_RUNS | OF_PEOPLE).get(name, ())
    ids, whose = KEYS.get(name, ("id",)), "id" if name in FILES else "participant_id"
    table = sa.table(
        name,
        *(sa.column(each) for each in {"municipality_code", whose, *ids}),
        *(sa.column(each, sa.LargeBinary()) for each in files),
        *(sa.column(each, sa.JSON()) for each in documents),
        *(sa.column(f"{each}_sealed", sa.LargeBinary()) for each in documents),
    )
    primary = [table.c[each] for each in ("municipality_code", *ids)]
    statement = sa.update(table).where(
        *(each == sa.bindparam(f"of_{each.name}") for each in primary)
    )
    rows = connection.execute(sa.select(*primary).order_by(*primary)).all()
    for start in range(0, len(rows), AT_ONCE):
        part = rows[start : start + AT_ONCE]
        yield len(part)
        for at in part:
            this = [column == value for column, value in zip(primary, at, strict=True)]
            row = connection.execute(sa.select(table).where(*this)).mappings().one()
            code, row_id = row["municipality_code"], "/".join(str(row[each]) for each in ids)
            find = keys.of_run if name in FILES else keys.of_person
            key = find(code, row[whose])
            content = {each: row[each] for each in files} | {
                f"{each}_sealed": json.dumps(row[each], ensure_ascii=False).encode()
                for each in documents
            }
            places = {
                each: Place(code, name, each.removesuffix("_sealed"), row_id) for each in content
            }
            sealed = {
                each: key.seal_bytes(value, places[each]) if key and value is not None else None
                for each, value in content.items()
            }
            told = {f"of_{each.name}": value for each, value in zip(primary, at, strict=True)}
            connection.execute(statement.values(sealed), told)
