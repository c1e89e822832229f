"""Nobody is lost from the lists of their office when a database of before is brought up to date."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import delete

from cases.permissions import PeopleScope
from catalog.actor import Actor, Remit, Role
from catalog.audit import AuditEvent
from db import backup, migrate
from db.cases import SqlCaseStore
from db.errors import DatabaseError
from db.forgetting import delete_person
from db.people_scope import TOWN
from db.restore import restore
from db.scope_filling import fill, people_left
from db.secrets import Keyring
from db.session import Database
from db.tables import name_index
from tests.databases import PostgresqlDatabases, SqliteDatabases
from tests.db.conftest import KEYRING, a_city
from tests.db.examples import (
    AT,
    CODE,
    HOUSEHOLD,
    PARTICIPANT,
    SYSTEM,
    TOWNS,
    an_event,
    kinds_of_events,
)
from tests.db.test_forgetting import DELETION

SOUTH: Final = Remit(town_ids=frozenset({TOWNS[0].id}))
OF_SOUTH: Final = PeopleScope(Actor("user-9", "林", Role.COORDINATOR, CODE, remits=(SOUTH,)))
COUNT: Final = 7
PEOPLE: Final = [
    replace(
        PARTICIPANT,
        id=f"person-{number}",
        case_no=f"2026-00{number}",
        address_protected=False,
        town_id=TOWNS[number % 2].id,
        programmes=(),
        member_office_ids=frozenset(),
    )
    for number in range(1, COUNT + 1)
]
SOUTHERN: Final = {each.id for each in PEOPLE if each.town_id == TOWNS[0].id}


def as_of_0011(url: str) -> None:
    """Leave a database as the version before the tokens wrote it: names can be found, only."""
    database = Database(url)
    a_city(database)
    store = SqlCaseStore(database, CODE, KEYRING)
    store.save_household(HOUSEHOLD, an_event())
    store.save_participants(PEOPLE, an_event("written_before"))
    tokens = [KEYRING.scope_token(CODE, TOWN, each.id) for each in TOWNS]
    with database.writing() as connection:
        connection.execute(delete(name_index).where(name_index.c.token.in_(tokens)))
    database.close()
    migrate.downgrade(url, "0011")


@pytest.fixture
def url(databases: SqliteDatabases | PostgresqlDatabases) -> Iterator[str]:
    """Return the address of a database of version 0011 with people in it."""
    url = databases.create()
    as_of_0011(url)
    assert migrate.current(url) == "0011"
    yield url
    databases.drop(url)


@pytest.fixture
def upgraded(url: str) -> Iterator[Database]:
    """Open it with the tables of today."""
    migrate.upgrade(url)
    database = Database(url)
    yield database
    database.close()


def event_of(count: int) -> AuditEvent:
    """Return the event of a step."""
    return replace(an_event("scopes_indexed"), detail={"count": str(count)})


def seen(database: Database, scope: PeopleScope = OF_SOUTH) -> set[str]:
    """Return whom somebody meets whose work is limited to a town."""
    return {each.id for each in SqlCaseStore(database, CODE, KEYRING).participants(scope)}


def test_everybody_is_met_again_after_the_upgrade(upgraded: Database) -> None:
    """Without the step nobody would be; the values themselves stay as they were."""
    assert seen(upgraded) == set()
    assert people_left(upgraded, CODE) == COUNT
    assert list(fill(upgraded, CODE, KEYRING, event_of, batch=3)) == [4, 1, 0]
    assert seen(upgraded) == SOUTHERN
    store = SqlCaseStore(upgraded, CODE, KEYRING)
    assert sorted(store.participants(SYSTEM), key=lambda each: each.id) == PEOPLE
    assert {each.id for each in store.find_by_name(SYSTEM, "花子")} == {each.id for each in PEOPLE}
    assert kinds_of_events(upgraded)[-3:] == ["scopes_indexed"] * 3
    assert list(fill(upgraded, CODE, KEYRING, event_of)) == []


def test_a_step_that_was_broken_off_is_taken_again(upgraded: Database) -> None:
    """Whoever is done stays done, and who was saved meanwhile as well."""
    steps = fill(upgraded, CODE, KEYRING, event_of, batch=2)
    assert next(steps) == COUNT - 2
    SqlCaseStore(upgraded, CODE, KEYRING).save_participant(PEOPLE[-1], an_event())
    assert people_left(upgraded, CODE) == COUNT - 3

    def fail(_: int) -> AuditEvent:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(fill(upgraded, CODE, KEYRING, fail))
    assert people_left(upgraded, CODE) == COUNT - 3
    assert list(fill(upgraded, CODE, KEYRING, event_of))[-1] == 0
    assert seen(upgraded) == SOUTHERN


def test_who_was_deleted_is_nobody_to_be_found(upgraded: Database) -> None:
    """Of them an empty row is left, which looks as old ones do."""
    delete_person(upgraded, CODE, KEYRING, DELETION, an_event())
    assert people_left(upgraded, CODE) == COUNT - 1
    assert list(fill(upgraded, CODE, KEYRING, event_of)) == [0]
    assert seen(upgraded) == SOUTHERN - {DELETION.participant_id}


def test_with_other_keys_nothing_is_filled(upgraded: Database) -> None:
    other = Keyring({"1": bytes(32)}, "1", bytes(32))
    with pytest.raises(DatabaseError):
        list(fill(upgraded, CODE, other, event_of))
    assert people_left(upgraded, CODE) == COUNT
    assert kinds_of_events(upgraded)[-1] == "written_before"


def test_an_old_backup_comes_back_with_everybody(upgraded: Database, tmp_path: Path) -> None:
    """It is brought up to date as well, beside the database that it replaces."""
    file = tmp_path / "old.backup"
    backup.make(upgraded, file, KEYRING, AT, tmp_path)
    url = upgraded.engine.url.render_as_string(hide_password=False)
    upgraded.close()
    restore(url, file, KEYRING, AT, tmp_path, tmp_path / "deletions.jsonl")
    now = Database(url)
    assert people_left(now, CODE) == 0
    assert seen(now) == SOUTHERN
    now.close()
