"""The migrations make exactly the tables that the code works with, and can go back."""

from __future__ import annotations

import stat
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from db import audit, migrate
from db.errors import DatabaseError
from db.session import Database
from tests.databases import PostgresqlDatabases, SqliteDatabases
from tests.db.examples import CODE, an_event

REVISIONS = [script.revision for script in ScriptDirectory(str(migrate.SCRIPTS)).walk_revisions()][
    ::-1
]


def test_the_tables_are_those_in_code(database_url: str) -> None:
    migrate.check(database_url)


def test_a_table_too_many_is_noticed(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(text("CREATE TABLE stray (id INTEGER)"))
    with pytest.raises(DatabaseError, match="stray"):
        migrate.check(database.engine.url)


def test_every_step_goes_up_and_down(databases: SqliteDatabases | PostgresqlDatabases) -> None:
    url = databases.create_empty()
    for revision in REVISIONS:  # each goes up, down, and up again along with the next
        migrate.upgrade(url, revision)
        migrate.downgrade(url, "-1")
    migrate.upgrade(url)
    assert migrate.current(url) == migrate.head()
    migrate.check(url)
    migrate.downgrade(url, "base")
    database = Database(url)
    assert inspect(database.engine).get_table_names() == ["alembic_version"]
    database.close()
    databases.drop(url)


def test_events_from_before_they_were_found_by_people_are_found(
    databases: SqliteDatabases | PostgresqlDatabases,
) -> None:
    """0013 left their table empty: the record looked as if somebody had changed it."""
    url = databases.create()
    named, nobody = replace(an_event("bond_settled"), detail={"people": "p2,p1"}), an_event("other")
    with closing(Database(url)) as database, database.writing() as connection:
        audit.append_all(connection, CODE, [named, nobody, named])
    migrate.downgrade(url, "0012")
    migrate.upgrade(url, "0018")
    with (
        closing(Database(url)) as database,
        database.reading() as connection,
        pytest.raises(DatabaseError, match="audit_chain_broken"),
    ):
        audit.verify(connection, CODE)
    migrate.upgrade(url)
    with closing(Database(url)) as database, database.reading() as connection:
        assert audit.verify(connection, CODE).number == 3
        for person_id in ("p1", "p2"):
            found = audit.find(connection, CODE, audit.Chosen(person_id=person_id))
            assert [each.number for each in found] == [3, 1]
    databases.drop(url)


def test_a_later_version_of_the_product_is_recognised(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseError, match="newer_database"):
        migrate.upgrade(database.engine.url)


def test_a_new_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "cases.sqlite"
    assert migrate.current(f"sqlite:///{path}") is None
    migrate.upgrade(f"sqlite:///{path}")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
