"""No past event can be changed, removed or reordered unnoticed."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import (
    ColumnElement,
    Connection,
    Delete,
    Update,
    delete,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.exc import DBAPIError

from catalog.audit import AuditEvent
from db import audit
from db.errors import DatabaseError
from db.session import Database
from db.tables import audit_events

CODE = "999999"
AT = datetime(2026, 11, 4, 9, 30, 0, 125, tzinfo=timezone(timedelta(hours=9)))


def an_event(number: int = 1) -> AuditEvent:
    return AuditEvent(
        kind="opening.saved",
        actor_id="user-1",
        subject_kind="opening",
        subject_id=f"opening-{number}",
        at=AT + timedelta(seconds=number),
        detail={"理由": "満員", "number": str(number)},
    )


@pytest.fixture
def chain(database: Database) -> Database:
    """Make a database with ten events."""
    with database.writing() as connection:
        for number in range(1, 11):
            audit.append(connection, CODE, an_event(number))
    return database


def verify(database: Database, kept: audit.Head | None = None) -> audit.Head:
    with database.reading() as connection:
        return audit.verify(connection, CODE, kept)


def test_events_come_back_as_written_newest_first(chain: Database) -> None:
    with chain.reading() as connection:
        assert audit.events(connection, CODE, newest=2) == [an_event(10), an_event(9)]
        assert audit.events(connection, CODE, subject_id="opening-3") == [an_event(3)]
        assert audit.events(connection, "other", newest=2) == []


def test_an_untouched_chain_is_whole(chain: Database) -> None:
    with chain.reading() as connection:
        assert verify(chain) == audit.head(connection, CODE)
        assert audit.verify(connection, "other").number == 0


def test_each_municipality_has_its_own_chain(chain: Database) -> None:
    with chain.writing() as connection:
        assert audit.append(connection, "111111", an_event()).number == 1
    assert verify(chain).number == 10


def test_an_event_goes_with_its_transaction(chain: Database) -> None:
    def fail_later() -> None:
        with chain.writing() as connection:
            audit.append(connection, CODE, an_event(11))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_later()
    assert verify(chain).number == 10


@pytest.mark.parametrize("statement", [update(audit_events).values(kind="x"), delete(audit_events)])
def test_the_database_refuses_to_change_events(chain: Database, statement: Update | Delete) -> None:
    with pytest.raises(DBAPIError, match="append-only"), chain.writing() as connection:
        connection.execute(statement)
    assert verify(chain).number == 10


def at_number(number: int) -> ColumnElement[bool]:
    return audit_events.c.number == number


def swap(connection: Connection) -> None:
    for old, new in ((4, 99), (5, 4), (99, 5)):
        connection.execute(update(audit_events).where(at_number(old)).values(number=new))


def copy_to_the_end(connection: Connection) -> None:
    copied = connection.execute(select(audit_events).where(at_number(10))).one()
    connection.execute(insert(audit_events).values({**copied._mapping, "number": 11}))


def change(**values: object) -> Callable[[Connection], object]:
    return lambda c: c.execute(update(audit_events).where(at_number(5)).values(values))


def remove(number: int) -> Callable[[Connection], object]:
    return lambda c: c.execute(delete(audit_events).where(at_number(number)))


TAMPERINGS = {
    "kind": (change(kind="x"), 5),
    "actor": (change(actor_id="x"), 5),
    "time": (change(at=AT), 5),
    "detail": (change(detail="{}"), 5),
    "hash": (change(hash=bytes(32)), 5),
    "owner": (change(municipality_code="x"), 5),
    "removed": (remove(5), 5),
    "first removed": (remove(1), 1),
    "swapped": (swap, 4),
    "copied": (copy_to_the_end, 11),
}


def without_triggers(connection: Connection) -> None:
    """Do what only somebody with full power over the database can do."""
    if connection.dialect.name == "sqlite":
        connection.execute(text("DROP TRIGGER audit_events_no_update"))
        connection.execute(text("DROP TRIGGER audit_events_no_delete"))
    else:
        for change in ("change", "delete"):
            connection.execute(text(f"DROP TRIGGER audit_events_no_{change} ON audit_events"))


@pytest.mark.parametrize("kind", TAMPERINGS)
def test_tampering_is_found_at_its_place(chain: Database, kind: str) -> None:
    tamper, number = TAMPERINGS[kind]
    with chain.writing() as connection:
        without_triggers(connection)
        tamper(connection)
    with pytest.raises(DatabaseError) as caught:
        verify(chain)
    assert (caught.value.code, caught.value.params) == ("audit_chain_broken", {"number": number})


def test_cutting_off_the_end_is_found_with_a_head_kept_elsewhere(chain: Database) -> None:
    kept = verify(chain)
    with chain.writing() as connection:
        without_triggers(connection)
        connection.execute(delete(audit_events).where(at_number(10)))
    assert verify(chain).number == 9
    with pytest.raises(DatabaseError, match="audit_events_missing"):
        verify(chain, kept)


def test_a_head_kept_elsewhere_stays_valid_as_the_chain_grows(chain: Database) -> None:
    kept = verify(chain)
    with chain.writing() as connection:
        audit.append(connection, CODE, an_event(11))
    assert verify(chain, kept).number == 11


def test_parallel_writers_make_one_chain(chain: Database) -> None:
    def write(number: int) -> None:
        with chain.writing() as connection:
            audit.append(connection, CODE, an_event(number))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(11, 51)))
    assert verify(chain).number == 50
