"""What readers did is written in groups: before they see anything, and by several at once."""

from __future__ import annotations

import multiprocessing
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, event

from catalog.audit import AuditEvent
from db import audit
from db.audit_reads import ReadRecorder, read_event
from db.session import Database

CODE = "999999"
AT = datetime(2026, 11, 4, 0, 30, tzinfo=UTC)
FEW_COMMITS = 5


def a_look(number: int, *people: str) -> AuditEvent:
    return read_event("people_shown", f"user-{number}", people, AT, {"route": "GET /people"})


def count(database: Database) -> int:
    with database.reading() as connection:
        return audit.verify(connection, CODE).number


def test_who_waits_for_an_event_finds_it_written(database: Database) -> None:
    """By any other connection, under each person that it names."""
    recorder = ReadRecorder(database, CODE)
    recorder.write(a_look(1, "p1", "p2")).result(10)
    recorder.write(a_look(2, "p1")).result(10)
    recorder.write(a_look(3, "p3")).result(10)
    with database.reading() as connection:
        found = audit.find(connection, CODE, audit.Chosen(person_id="p1"))
        assert [each.event.actor_id for each in found] == ["user-2", "user-1"]
        assert found[1].event.detail["people"] == "p1,p2"
    recorder.close()
    assert count(database) == 3


def test_what_gathers_while_somebody_writes_goes_in_one_group(database: Database) -> None:
    """Fifty readers wait for one writer; then their events go together."""
    commits: list[Connection] = []
    recorder = ReadRecorder(database, CODE)
    with database.writing():
        waiting = [recorder.write(a_look(number)) for number in range(50)]
        event.listen(database.engine, "commit", commits.append)
        assert not any(each.done() for each in waiting[1:])
    for each in waiting:
        each.result(30)
    recorder.close()
    assert count(database) == 50
    assert len(commits) <= FEW_COMMITS


def test_who_cannot_be_recorded_is_told_so(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the next one is served again."""
    recorder = ReadRecorder(database, CODE)

    def fail(*_: object) -> audit.Head:
        raise OSError("no space")

    with monkeypatch.context() as broken:
        broken.setattr(audit, "append_all", fail)
        waiting = [recorder.write(a_look(number)) for number in range(5)]
        for each in waiting:
            with pytest.raises(OSError, match="no space"):
                each.result(10)
    recorder.write(a_look(6)).result(10)
    recorder.close()
    assert count(database) == 1


def test_closing_writes_what_is_queued(database: Database) -> None:
    """An event that was taken is never lost by an orderly end."""
    recorder = ReadRecorder(database, CODE)
    waiting = [recorder.write(a_look(number)) for number in range(20)]
    recorder.close()
    assert all(each.done() for each in waiting)
    assert count(database) == 20
    recorder.write(a_look(21)).result(10)
    recorder.close()
    assert count(database) == 21


def test_what_follows_a_group_concerns_no_reader(database: Database) -> None:
    """An anchor that cannot be written refuses nobody's page."""
    ends: list[int] = []

    def fail(end: audit.Head) -> None:
        ends.append(end.number)
        raise OSError

    recorder = ReadRecorder(database, CODE, fail)
    recorder.write(a_look(1)).result(10)
    recorder.write(a_look(2)).result(10)
    recorder.close()
    assert ends == [1, 2]


def read_much(url: str, who: int, events: int) -> None:
    """Record as one of several processes does, from four threads."""
    database = Database(url)
    recorder = ReadRecorder(database, CODE)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: recorder.write(a_look(who, f"p{n}")).result(60), range(events)))
    recorder.close()
    database.close()


def test_processes_and_writers_make_one_chain(database_url: str, database: Database) -> None:
    """Two processes record while a third writes about other things."""
    context = multiprocessing.get_context("spawn")
    readers = [context.Process(target=read_much, args=(database_url, who, 40)) for who in (1, 2)]
    for each in readers:
        each.start()
    stopped = threading.Event()
    written = 0
    while not stopped.wait(0.02):
        with database.writing() as connection:
            audit.append(connection, CODE, a_look(3))
        written += 1
        if not any(each.is_alive() for each in readers):
            stopped.set()
    assert [each.exitcode for each in readers] == [0, 0]
    assert count(database) == 80 + written
