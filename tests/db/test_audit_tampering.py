"""Whatever one with full power over the database does to the record is found.

Bytes of an SQLite file are changed as they lie there; rows are changed, removed, exchanged, doubled
and cut off by statements, on both databases. Who has kept an end of the chain elsewhere finds all.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import Connection, delete, insert, select, text, update

from catalog.audit import AuditEvent
from db import audit
from db.errors import DatabaseError
from db.session import Database
from db.tables import audit_events, audit_subjects
from tests.databases import SqliteDatabases
from tests.figures import figure

CODE: Final = "999999"
AT: Final = datetime(2026, 11, 4, 0, 30, tzinfo=UTC)
EVENTS: Final = 40
HEADER_BYTES: Final = 10
"""Before the values of a row SQLite keeps their types, each in a byte, after their number."""
FEW_AND_MANY: Final = [100, pytest.param(1000, marks=pytest.mark.full)]


def an_event(number: int) -> AuditEvent:
    """Return an event; each third is about two people."""
    people = {"people": f"p{number},q{number}"} if number % 3 == 0 else {}
    return AuditEvent(
        kind="people_shown",
        actor_id=f"user-{number % 4}",
        subject_kind="participants",
        subject_id="" if people else f"p{number}",
        at=AT + timedelta(seconds=number),
        detail=people,
    )


def fill(database: Database) -> None:
    """Write a chain, and switch off what refuses to change it."""
    with database.writing() as connection:
        audit.append_all(connection, CODE, map(an_event, range(1, EVENTS + 1)))
        for table in ("audit_events", "audit_subjects"):
            if connection.dialect.name == "sqlite":
                for change in ("update", "delete"):
                    connection.execute(text(f"DROP TRIGGER {table}_no_{change}"))
            else:
                for trigger in ("change", "delete"):
                    connection.execute(text(f"DROP TRIGGER {table}_no_{trigger} ON {table}"))


def is_found(connection: Connection, kept: audit.Head) -> bool:
    """Tell whether verifying says that something is wrong."""
    try:
        audit.verify(connection, CODE, kept)
    except DatabaseError as error:
        return error.code in ("audit_chain_broken", "audit_events_missing")
    return False


def rows_in(data: bytes, hashes: list[bytes]) -> list[tuple[int, int]]:
    """Return where each row begins with its header, and where it ends, in the bytes of a file."""
    ends = [data.index(each) + len(each) for each in hashes]
    return [(data.rindex(CODE.encode(), 0, end) - HEADER_BYTES, end) for end in ends]


@pytest.mark.parametrize("mutations", FEW_AND_MANY)
def test_any_changed_byte_of_the_file_is_found(
    sqlite_databases: SqliteDatabases, mutations: int
) -> None:
    """Any byte of any row, the types of its values included."""
    url = sqlite_databases.create(fill)
    database = Database(url)
    with database.reading() as connection:
        kept = audit.verify(connection, CODE)
        hashes = list(connection.scalars(select(audit_events.c.hash)))
    database.close()
    path = Path(url.removeprefix("sqlite:///"))
    data, chance, missed = path.read_bytes(), random.Random(1), []
    codes: Counter[str] = Counter()
    rows = rows_in(data, hashes)
    assert len(rows) == EVENTS
    for _ in range(mutations):
        row = chance.randrange(EVENTS)
        at = chance.randrange(*rows[row])
        byte = chance.choice([value for value in range(256) if value != data[at]])
        path.write_bytes(data[:at] + bytes([byte]) + data[at + 1 :])
        changed = Database(url)
        try:
            with changed.reading() as connection:
                audit.verify(connection, CODE, kept)
            missed.append((row, at - rows[row][0], data[at], byte))
        except DatabaseError as error:
            codes[error.code] += 1
        changed.close()
    figure(f"{mutations} changed bytes of a file, {len(missed)} not found: {dict(codes)}")
    assert missed == []
    sqlite_databases.drop(url)


def change_a_value(connection: Connection, chance: random.Random) -> None:
    """Change one byte of one value of one row."""
    number = chance.randint(1, EVENTS)
    row = connection.execute(select(audit_events).where(audit_events.c.number == number)).one()
    name = chance.choice(list(audit_events.c.keys()))
    value: Any = row._mapping[name]
    changed: Any
    match value:
        case str():
            changed = with_one_byte_changed(value.encode() or b"\0", chance).decode(
                "ascii", "ignore"
            )
            changed = changed or "x"
        case bytes():
            changed = with_one_byte_changed(value, chance)
        case int():
            changed = value ^ 1 << chance.randrange(16, 30)
        case _:
            changed = value + timedelta(microseconds=1 << chance.randrange(40))
    where = audit_events.c.number == number
    connection.execute(update(audit_events).where(where).values({name: changed}))


def with_one_byte_changed(value: bytes, chance: random.Random) -> bytes:
    """Return bytes of which one is another; of text it stays text."""
    at = chance.randrange(len(value))
    allowed = range(33, 127) if value.isascii() and len(value) != 32 else range(256)
    byte = chance.choice([each for each in allowed if each != value[at]])
    return value[:at] + bytes([byte]) + value[at + 1 :]


def remove_one(connection: Connection, chance: random.Random) -> None:
    """Remove one row from anywhere."""
    number = chance.randint(1, EVENTS)
    connection.execute(delete(audit_events).where(audit_events.c.number == number))


def cut_off(connection: Connection, chance: random.Random) -> None:
    """Remove the newest rows, with the index that leads to them."""
    last = chance.randrange(EVENTS)
    for table in (audit_events, audit_subjects):
        connection.execute(delete(table).where(table.c.number > last))


def exchange(connection: Connection, chance: random.Random) -> None:
    """Let two rows change places."""
    one, other = chance.sample(range(1, EVENTS + 1), 2)
    for old, new in ((one, EVENTS + 1), (other, one), (EVENTS + 1, other)):
        where = audit_events.c.number == old
        connection.execute(update(audit_events).where(where).values(number=new))


def double(connection: Connection, chance: random.Random) -> None:
    """Write one row once more at the end."""
    number = chance.randint(1, EVENTS)
    row = connection.execute(select(audit_events).where(audit_events.c.number == number)).one()
    connection.execute(insert(audit_events).values({**row._mapping, "number": EVENTS + 1}))


def hide_from_the_index(connection: Connection, chance: random.Random) -> None:
    """Let an event no longer be found under somebody, or under somebody else."""
    number = chance.choice([each for each in range(1, EVENTS + 1) if each % 3 == 0])
    where = audit_subjects.c.subject_id == f"p{number}"
    if chance.random() < 0.5:
        connection.execute(delete(audit_subjects).where(where))
    else:
        connection.execute(update(audit_subjects).where(where).values(subject_id="nobody"))


def replace_one(connection: Connection, chance: random.Random) -> None:
    """Rewrite one event together with its own hash, as if it had always been so."""
    number = chance.randint(1, EVENTS)
    rewrite(connection, number, actor_id="somebody else")


def replace_two(connection: Connection, chance: random.Random) -> None:
    """Let two events tell what the other told, each with a hash of its own."""
    one, other = chance.sample(range(1, EVENTS + 1), 2)
    rows = {
        number: connection.execute(select(audit_events).where(audit_events.c.number == number))
        .one()
        ._mapping
        for number in (one, other)
    }
    for number, told in ((one, rows[other]), (other, rows[one])):
        rewrite(connection, number, at=told["at"], actor_id=told["actor_id"])


def rewrite(connection: Connection, number: int, **changed: Any) -> None:
    """Change an event and compute its hash as the product would."""
    query = select(audit_events).where(audit_events.c.number.in_((number - 1, number)))
    rows = connection.execute(query.order_by(audit_events.c.number)).mappings().all()
    previous = rows[0]["hash"] if len(rows) == 2 else bytes(32)
    values = {name: value for name, value in rows[-1].items() if name != "hash"} | changed
    where = audit_events.c.number == number
    new = changed | {"hash": audit._hash(previous, values)}
    connection.execute(update(audit_events).where(where).values(new))


WAYS: Final[tuple[Callable[[Connection, random.Random], None], ...]] = (
    change_a_value,
    remove_one,
    cut_off,
    exchange,
    double,
    hide_from_the_index,
    replace_one,
    replace_two,
)


class _Undone(Exception):
    """Ends a transaction so that nothing of it stays."""


@contextmanager
def undone(database: Database) -> Iterator[Connection]:
    """Let something be tried of which nothing stays."""
    with suppress(_Undone), database.writing() as connection:
        yield connection
        raise _Undone


@pytest.mark.parametrize("mutations", FEW_AND_MANY)
def test_any_tampering_with_rows_is_found(
    database_with: Callable[[Callable[[Database], None]], Database], mutations: int
) -> None:
    """By whatever statement, on both databases."""
    database, chance = database_with(fill), random.Random(2)
    with database.reading() as connection:
        kept = audit.verify(connection, CODE)
    missed: list[str] = []
    for turn in range(mutations):
        tamper = WAYS[turn % len(WAYS)]
        with undone(database) as connection:
            tamper(connection, chance)
            if not is_found(connection, kept):
                missed.append(tamper.__name__)
    name = database.engine.dialect.name
    figure(f"{mutations} tamperings on {name}, {len(missed)} not found")
    assert missed == []


@pytest.mark.parametrize("tamper", [replace_one, replace_two])
def test_without_the_link_to_the_event_before_it_would_not_be_found(
    database_with: Callable[[Callable[[Database], None]], Database],
    monkeypatch: pytest.MonkeyPatch,
    tamper: Callable[[Connection, random.Random], None],
) -> None:
    """A hash of an event alone protects nothing: everybody can compute it anew."""
    link = audit._hash
    monkeypatch.setattr(audit, "_hash", lambda _previous, values: link(b"", values))

    def fill_unlinked(database: Database) -> None:
        fill(database)

    database = database_with(fill_unlinked)
    with undone(database) as connection:
        kept = audit.Head(0, bytes(32))
        assert not is_found(connection, kept)
        tamper(connection, random.Random(3))
        assert not is_found(connection, kept)


@pytest.mark.parametrize("table", ["audit_events", "audit_subjects"])
def test_the_database_itself_refuses_to_empty_the_record(database: Database, table: str) -> None:
    """Row by row, and on PostgreSQL all at once."""
    with database.writing() as connection:
        audit.append_all(connection, CODE, map(an_event, range(1, 4)))
    ways = [f"DELETE FROM {table}", f"UPDATE {table} SET number = number + 1"]
    if database.engine.dialect.name == "postgresql":
        ways.append(f"TRUNCATE {table}")
    for statement in ways:
        with pytest.raises(Exception, match="append-only"), database.writing() as connection:
            connection.execute(text(statement))
    with database.reading() as connection:
        assert audit.verify(connection, CODE).number == 3
