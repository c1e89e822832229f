"""Events of reading: queued and written in groups, so that looking costs little and is never lost.

One thread writes. While it waits for the disk, further events gather; it then writes all of them
in one transaction. An answer waits for its own event; nobody waits for a timer.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select

from catalog.audit import AuditEvent
from db import audit
from db.audit import Head
from db.session import Database
from db.tables import participants

MOST_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class _Waiting:
    """An event, and what its answer waits for."""

    event: AuditEvent
    written: Future[None]


class ReadRecorder:
    """Writes the events of one municipality's readers.

    Parameters
    ----------
    after_group
        Is told the end of the chain after each group; what it raises concerns no reader.
    """

    def __init__(
        self,
        database: Database,
        municipality_code: str,
        after_group: Callable[[Head], None] = lambda _: None,
    ) -> None:
        self.database = database
        self.code = municipality_code
        self._after_group = after_group
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def write(self, event: AuditEvent) -> Future[None]:
        """Queue an event; the future is done when the disk has it, or says why it has not."""
        waiting = _Waiting(event, Future())
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="reads", daemon=True)
                self._thread.start()
            self._queue.put(waiting)
        return waiting.written

    def close(self) -> None:
        """Return when all that is queued is written; whoever comes later starts it again."""
        with self._starting:
            if self._thread is not None:
                self._queue.put(None)
                self._thread.join()
                self._thread = None

    def _work(self) -> None:
        is_open = True
        while is_open:
            group, is_open = self._group()
            if group:
                self._write(group)

    def _group(self) -> tuple[list[_Waiting], bool]:
        """Wait for an event, and take all that have gathered with it."""
        group: list[_Waiting] = []
        first = self._queue.get()
        while first is not None:
            group.append(first)
            if self._queue.empty() or len(group) == MOST_AT_ONCE:
                return group, True
            first = self._queue.get()
        return group, False

    def _write(self, group: Sequence[_Waiting]) -> None:
        try:
            with self.database.writing() as connection:
                end = audit.append_all(connection, self.code, [each.event for each in group])
        except BaseException as error:
            for each in group:
                each.written.set_exception(error)
            return
        for each in group:
            each.written.set_result(None)
        try:
            self._after_group(end)
        except Exception:
            return  # has told of it itself; the events are written


def read_event(
    kind: str, actor_id: str, people: Collection[str], at: datetime, detail: Mapping[str, str]
) -> AuditEvent:
    """Return the event of a reader: one person is its subject, several stand in its detail."""
    one = next(iter(people)) if len(people) == 1 else ""
    among = {audit.PEOPLE: ",".join(sorted(people))} if len(people) > 1 else {}
    return AuditEvent(
        kind=kind,
        actor_id=actor_id,
        subject_kind="participant" if one else "participants",
        subject_id=one,
        at=at,
        detail={**detail, **among},
    )


def is_person(database: Database, municipality_code: str, id_: str) -> bool:
    """Tell whether there is a person with an id, whoever may open them: for the record only."""
    query = select(participants.c.id).where(
        participants.c.municipality_code == municipality_code, participants.c.id == id_
    )
    with database.reading() as connection:
        return connection.execute(query).first() is not None
