"""What runs hold of people is sealed, also of the time before it was; nothing changes by that."""

from __future__ import annotations

import json
import zlib
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import select, text

from cases.helper import Helper
from cases.retention import Deletion
from db import audit, backup, migrate, restore, secrets, snapshots
from db.documents import to_document
from db.errors import DatabaseError
from db.forgetting import delete_person
from db.helping import SqlHelperStore
from db.runs import SqlRunStore
from db.session import Database, sqlite_path
from db.tables import data_keys, helper_runs, match_runs, proposals, run_unplaced
from db.tables.helping import write_rounds
from tests.databases import PostgresqlDatabases, SqliteDatabases
from tests.db.conftest import KEYRING
from tests.db.examples import AT, CODE, SYSTEM, an_event
from tests.db.test_helping import RUN as HELPED
from tests.db.test_runs import OF_PROTECTED, OTHER, PROPOSAL, RUN, a_run

DELETION: Final = Deletion(
    participant_id=OTHER.id, at=AT, ground="asked", decided_by="u", approved_by="課長"
)
HELPER_PROPOSAL: Final = replace(PROPOSAL, id="hp", run_id=HELPED.id, participant_id="helper-1")


def runs_of_both_kinds(database: Database) -> None:
    """Make a city with a run of people and one of helpers."""
    a_run(database)
    helping = SqlHelperStore(database, CODE, KEYRING)
    helping.save_helpers([Helper(id=f"helper-{n}", name="x") for n in (1, 2)], an_event())
    helping.add_helper_run(HELPED, [HELPER_PROPOSAL], an_event())


def check_all_there(database: Database) -> None:
    """Read everything as it was told."""
    runs, helping = SqlRunStore(database, CODE, KEYRING), SqlHelperStore(database, CODE, KEYRING)
    assert runs.run(SYSTEM, RUN.id) == RUN
    assert runs.proposals(SYSTEM, RUN.id) == [PROPOSAL, OF_PROTECTED]
    assert helping.latest_helper_run(SYSTEM) == replace(HELPED, number=1)
    assert helping.helper_proposals(SYSTEM, HELPED.id) == [HELPER_PROPOSAL]


def unseal(database: Database) -> None:
    """Write runs as versions up to 0019 did, which had none of the later tables."""
    migrate.downgrade(database.engine.url.render_as_string(hide_password=False), "0020")
    files: dict[str, dict[str, bytes | None]] = {
        "match_runs": {"problem": RUN.problem, "result": RUN.result, "views": RUN.views},
        "helper_runs": {"rounds": write_rounds(HELPED.rounds)},
    }
    documents: dict[str, dict[str, object]] = {
        "proposals": {"parts": PROPOSAL.parts},
        "helper_proposals": {"parts": HELPER_PROPOSAL.parts},
        "run_unplaced": {"refused": RUN.unplaced[0].refused},
        "helper_runs": {
            name: getattr(HELPED, name) for name in ("unplaced", "not_considered", "unfilled")
        },
    }
    with database.writing() as connection:
        for table, contents in files.items():
            for name, content in contents.items():
                connection.execute(
                    text(f"UPDATE {table} SET {name} = :content"),
                    {"content": zlib.compress(content or b"")},
                )
        for table, values in documents.items():
            for name, value in values.items():
                connection.execute(text(f"ALTER TABLE {table} DROP COLUMN {name}"))
                connection.execute(
                    text(f"ALTER TABLE {table} ADD COLUMN {name} JSON NOT NULL DEFAULT '[]'")
                )
                connection.execute(
                    text(f"UPDATE {table} SET {name} = :content"),
                    {"content": json.dumps(to_document(value))},
                )
        connection.execute(text("UPDATE run_unplaced SET refused = '[]' WHERE position = 1"))
        connection.execute(
            data_keys.delete().where(data_keys.c.subject_id.in_([RUN.id, HELPED.id]))
        )
        connection.execute(text("UPDATE alembic_version SET version_num = '0019'"))


def test_runs_from_before_are_sealed_and_as_they_were(
    databases: SqliteDatabases | PostgresqlDatabases,
) -> None:
    url, told = databases.create(runs_of_both_kinds), list[int]()
    with closing(Database(url)) as database:
        unseal(database)
    with pytest.raises(DatabaseError, match="migration_needs_keys"):
        migrate.upgrade(url)
    assert migrate.current(url) == "0019"
    migrate.upgrade(url, keys=lambda: KEYRING, tell=told.append)
    migrate.check(url)
    assert told[0] == 7
    with closing(Database(url)) as database:
        check_all_there(database)
        check_sealed(database)
        path = sqlite_path(database.engine)
    assert path is None or b"crowded_out" in path.read_bytes()  # the search would find it
    assert path is None or b'"travel", 3' not in path.read_bytes()
    databases.drop(url)


def test_an_upgrade_forgets_parts_of_whom_was_deleted(
    databases: SqliteDatabases | PostgresqlDatabases,
) -> None:
    url = databases.create(runs_of_both_kinds)
    with closing(Database(url)) as database:
        delete_person(database, CODE, KEYRING, DELETION, an_event())
        unseal(database)
    migrate.upgrade(url, keys=lambda: KEYRING)
    with closing(Database(url)) as database, database.reading() as connection:
        parts = dict(
            connection.execute(select(proposals.c.participant_id, proposals.c.parts)).all()
        )
        assert parts[OTHER.id] is None
        assert SqlRunStore(database, CODE, KEYRING).proposals(SYSTEM, RUN.id) == [OF_PROTECTED]
        assert SqlRunStore(database, CODE, KEYRING).run(SYSTEM, RUN.id) is not None
    databases.drop(url)


def test_sealed_runs_do_not_go_back(databases: SqliteDatabases | PostgresqlDatabases) -> None:
    url = databases.create(runs_of_both_kinds)
    with pytest.raises(DatabaseError, match="runs_stay_sealed"):
        migrate.downgrade(url, "0019")
    assert migrate.current(url) == migrate.head()
    databases.drop(url)


def check_sealed(database: Database) -> None:
    """Look at what a thief of the database would see."""
    with database.reading() as connection:
        for column in (
            *(match_runs.c.problem, match_runs.c.result, match_runs.c.views),
            *(helper_runs.c.rounds, helper_runs.c.unplaced, helper_runs.c.unfilled),
            *(helper_runs.c.not_considered, run_unplaced.c.refused, proposals.c.parts),
        ):
            for value in connection.scalars(select(column)):
                sealed = bytes(value)
                assert sealed[:1] == b"\x01"
                for offset in (0, 1, 13):
                    with pytest.raises(zlib.error):
                        zlib.decompress(sealed[offset:])
                assert not any(word in sealed for word in (b"travel", b"wish", b"no_pair"))


@pytest.fixture
def both(databases: SqliteDatabases | PostgresqlDatabases) -> str:
    """Give the address of a city with runs."""
    return databases.create(runs_of_both_kinds)


def test_a_thief_of_the_database_reads_no_run(both: str) -> None:
    with closing(Database(both)) as database:
        check_all_there(database)
        check_sealed(database)


def test_a_run_stays_when_somebody_of_it_is_deleted(both: str) -> None:
    """It can still be computed again byte for byte, and nobody learns from it who it was."""
    with closing(Database(both)) as database:
        delete_person(database, CODE, KEYRING, DELETION, an_event())
        runs = SqlRunStore(database, CODE, KEYRING)
        kept = runs.run(SYSTEM, RUN.id)
        assert kept is not None
        assert (kept.problem, kept.result, kept.views) == (RUN.problem, RUN.result, RUN.views)
        check_sealed(database)


def test_a_list_of_runs_opens_none_of_their_files(
    both: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []
    original = secrets.DataKey.open_bytes

    def noting(key: secrets.DataKey, sealed: bytes, place: secrets.Place) -> bytes:
        opened.append(place.column)
        return original(key, sealed, place)

    monkeypatch.setattr(secrets.DataKey, "open_bytes", noting)
    with closing(Database(both)) as database:
        runs = SqlRunStore(database, CODE, KEYRING)
        (listed,) = runs.runs(SYSTEM)
        assert listed == replace(RUN, problem=b"", result=b"", views=None)
        assert not {"problem", "result", "views"} & set(opened)
        assert runs.latest_run(SYSTEM) == RUN
    assert {"problem", "result", "views"} <= set(opened)


def test_a_backup_from_before_is_sealed_when_it_is_restored(
    both: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "old.backup"
    if not both.startswith("sqlite"):
        pytest.skip("a backup is a file of SQLite, whatever it was made of")
    with closing(Database(both)) as database:
        unseal(database)
        contents = snapshots.Contents(CODE, "0019", 1, audit.Head(0, bytes(32)))
        monkeypatch.setattr(snapshots, "examine", lambda _path: contents)
        backup.make(database, file, KEYRING, AT, tmp_path)
    monkeypatch.undo()
    url = f"sqlite:///{tmp_path / 'new.sqlite3'}"
    restore.restore(
        url, file, KEYRING, AT, tmp_path, tmp_path / "deletions.jsonl", without_deletions=True
    )
    with closing(Database(url)) as database:
        check_all_there(database)
        check_sealed(database)
