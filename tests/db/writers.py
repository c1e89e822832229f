"""Writers in processes of their own, which tests end in the middle of whatever they do.

They are forked from a process that has imported everything, so that a trial takes milliseconds.
"""

from __future__ import annotations

import itertools
import multiprocessing
import os
import random
import signal
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection as Pipe
from multiprocessing.context import ForkServerProcess
from typing import Final

from sqlalchemy import func, select

from catalog.audit import AuditEvent
from catalog.opening import Opening
from db import audit
from db.catalog import SqlCatalogStore
from db.errors import DatabaseError
from db.health import find_faults
from db.session import Database
from db.tables import audit_events, openings, text_index
from tests.db.examples import AT, CODE, OPENING, ORGANISATION, RESOURCE, an_event

CONTEXT: Final = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.db.writers"])
KIND: Final = "kept"
LONGEST_PAUSE_SECONDS: Final = 0.008


def a_catalogue(database: Database) -> None:
    """Make the city in which the writers write."""
    from tests.db.conftest import a_city

    a_city(database)
    store = SqlCatalogStore(database, CODE)
    store.save_organisation(ORGANISATION, an_event())
    store.save_resource(RESOURCE, an_event())


def url_of(database: Database) -> str:
    """Return the address at which another process opens a database."""
    url = database.engine.url.set(drivername=database.engine.dialect.name)
    return url.render_as_string(hide_password=False)


def write(url: str, name: str, told: Pipe) -> None:
    """Add one opening after the other and tell of each that the database has said it kept."""
    database = Database(url)
    store = SqlCatalogStore(database, CODE)
    # Its server may be ended under it.
    with suppress(Exception):
        for number in itertools.count():
            id_ = f"{name}-{number}"
            event = AuditEvent(KIND, "user-1", "opening", id_, AT)
            keep(store, replace(OPENING, id=id_), event)
            told.send_bytes(id_.encode())
    os.kill(os.getpid(), signal.SIGKILL)


def keep(store: SqlCatalogStore, opening: Opening, event: AuditEvent) -> None:
    """Keep an opening, however long another writer rests with the lock in its hand."""
    while True:
        try:
            return store.save_opening(opening, event)
        except DatabaseError as error:
            if error.code != "database_busy":
                raise


@dataclass(slots=True)
class Writer:
    """A process that writes, and what it was told is kept."""

    process: ForkServerProcess
    told: Pipe
    acknowledged: list[str] = field(default_factory=list)

    def hear(self, count: int) -> None:
        """Wait until so many more writes were acknowledged."""
        self.acknowledged += [self.told.recv_bytes().decode() for _ in range(count)]

    def hear_all(self) -> int:
        """Take in what was acknowledged until now; return how many writes that are in all."""
        with suppress(EOFError):
            while self.told.poll():
                self.hear(1)
        return len(self.acknowledged)

    @contextmanager
    def resting(self) -> Iterator[None]:
        """Let it stand still wherever it is until the block ends."""
        assert self.process.pid is not None
        os.kill(self.process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.process.pid, signal.SIGCONT)

    def kill(self) -> None:
        """End it, wherever it is."""
        self.process.kill()
        self.process.join()
        self.hear_all()


@contextmanager
def writer(url: str, name: str) -> Iterator[Writer]:
    """Let a process write until the block ends."""
    here, there = CONTEXT.Pipe(duplex=False)
    process = CONTEXT.Process(target=write, args=(url, name, there))
    process.start()
    there.close()
    started = Writer(process, here)
    try:
        yield started
    finally:
        started.kill()
        process.close()
        here.close()


def pause(chance: random.Random) -> None:
    """Wait for a moment that nobody chooses."""
    time.sleep(chance.uniform(0, LONGEST_PAUSE_SECONDS))


def kept(database: Database) -> set[str]:
    """Return what is kept, having made sure that nothing is there by halves.

    Each opening has its event and all of its words for the search, each event its opening, the
    chain is unbroken and the file whole.
    """
    assert find_faults(database) == []
    with database.reading() as connection:
        audit.verify(connection, CODE)
        told = select(audit_events.c.subject_id).where(audit_events.c.kind == KIND)
        events = list(connection.scalars(told))
        ids = set(connection.scalars(select(openings.c.id)))
        words = select(func.count()).where(text_index.c.kind == "opening")
        counts = set(connection.scalars(words.group_by(text_index.c.item_id)))
    assert len(events) == len(set(events))
    assert ids == set(events)
    assert len(counts) <= 1
    return ids


def is_prefix(ids: Iterable[str], least: int, most: int) -> bool:
    """Tell whether one writer's writes are the first so many, none left out between."""
    numbers = sorted(int(id_.rpartition("-")[2]) for id_ in ids)
    return numbers == list(range(len(numbers))) and least <= len(numbers) <= most
