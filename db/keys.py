"""Changing the keys while the application runs: new ones first, the old go when nothing needs them.

The file gets the new key before anything is sealed with it, and loses the old one after the last
thing that it sealed: whatever stops between two steps leaves everything readable, and the next
try goes on from there. One change at a time: a second one would write over the first one's key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, TypeAlias

from sqlalchemy import bindparam, func, insert, select, update

from catalog.audit import AuditEvent
from db import audit, file_locks
from db.cases import SqlCaseStore
from db.errors import DatabaseError
from db.health import unreadable_subjects
from db.secrets import Keyring, SealedKey
from db.session import Database
from db.tables import data_keys, dropped_keys, name_index

BATCH: Final = 500
EventOf: TypeAlias = Callable[[str, Mapping[str, str]], AuditEvent]
"""Makes an event of a kind and its detail, now."""


@dataclass(frozen=True, slots=True)
class KeyReport:
    """How a key file and a database fit together.

    Attributes
    ----------
    used
        How many data keys each key of the keyring seals, by key id; those of the file that seal
        none have 0.
    current
        The key that seals what is new.
    unreadable
        How many people, households and others nothing in the file opens.
    unknown
        Ids of keys that the file does not have.
    old_tokens
        How many people are found by tokens of an earlier index key.
    """

    used: Mapping[str, int]
    current: str
    unreadable: int
    unknown: tuple[str, ...]
    old_tokens: int

    @property
    def is_well(self) -> bool:
        """Whether everything can be read and found."""
        return not (self.unreadable or self.unknown or self.old_tokens)

    @property
    def unused(self) -> tuple[str, ...]:
        """Keys of the file that nothing in this database needs any more."""
        return tuple(id_ for id_, count in self.used.items() if not count and id_ != self.current)

    @property
    def is_between(self) -> bool:
        """Whether a change of keys has begun and not ended."""
        return bool(self.old_tokens) or any(
            count for id_, count in self.used.items() if id_ != self.current
        )


@dataclass(frozen=True, slots=True)
class KeyFile:
    """The key file of whoever changes it, alone; only `changing` gives one."""

    path: Path


@contextmanager
def changing(path: Path) -> Iterator[KeyFile]:
    """Keep all others from changing a key file, from before it is read until all is done with it.

    Raises
    ------
    DatabaseError
        ``keys_being_changed``; as `Keyring.load` where there are no keys.
    """
    Keyring.load(path)
    lock = file_locks.take(path.with_name(f".{path.name}.lock"), alone=True)
    if lock is None:
        raise DatabaseError("keys_being_changed", path=str(path))
    try:
        yield KeyFile(path)
    finally:
        file_locks.release(lock)


def report(database: Database, code: str, keyring: Keyring) -> KeyReport:
    """Look how the keys fit the database."""
    counts = (
        select(data_keys.c.key_id, func.count())
        .where(data_keys.c.municipality_code == code)
        .group_by(data_keys.c.key_id)
    )
    old = select(func.count(name_index.c.participant_id.distinct())).where(
        name_index.c.municipality_code == code, name_index.c.key_id != keyring.index_id
    )
    with database.reading() as connection:
        used = {row[0]: row[1] for row in connection.execute(counts)}
        old_tokens = connection.scalar(old) or 0
    return KeyReport(
        used={id_: used.get(id_, 0) for id_ in sorted({*keyring.keys, *used}, key=_number)},
        current=keyring.current,
        unreadable=len(unreadable_subjects(database, code, keyring)),
        unknown=tuple(sorted(set(used) - set(keyring.keys), key=_number)),
        old_tokens=old_tokens,
    )


def add_key(database: Database, code: str, file: KeyFile, event_of: EventOf) -> Keyring:
    """Write a new key to the file; one that an earlier try left half way is taken up again."""
    keyring = Keyring.load(file.path)
    state = report(database, code, keyring)
    if state.unreadable:
        # A new key in a file that does not belong here would only add to the confusion.
        raise DatabaseError("wrong_keyring", count=state.unreadable)
    if any(count for id_, count in state.used.items() if id_ != keyring.current):
        return keyring
    saved = keyring.with_new_key().save(file.path)
    with database.writing() as connection:
        audit.append(connection, code, event_of("key_added", {"key": saved.current}))
    return saved


def reseal(
    database: Database, code: str, keyring: Keyring, event_of: EventOf, batch: int = BATCH
) -> Iterator[int]:
    """Seal the data keys anew with the current key, and yield how many are left.

    Each batch is one transaction; whoever stops between two loses nothing.

    Raises
    ------
    DatabaseError
        ``keys_replaced`` when the file no longer holds the key that is to seal: somebody has
        put another file in its place.
    """
    of_city = data_keys.c.municipality_code == code
    old = (of_city, data_keys.c.key_id != keyring.current)
    statement = (
        update(data_keys)
        .where(of_city, data_keys.c.subject_id == bindparam("of"))
        .values(key_id=bindparam("new_id"), sealed=bindparam("new"))
    )
    while True:
        with database.writing() as connection:
            _check_in_file(keyring)
            query = select(data_keys).where(*old).order_by(data_keys.c.subject_id).limit(batch)
            rows = connection.execute(query).all()
            if not rows:
                return
            told = {"key": keyring.current, "count": str(len(rows))}
            audit.append(connection, code, event_of("keys_resealed", told))
            changed = [
                {"of": row.subject_id, "new_id": sealed.key_id, "new": sealed.sealed}
                for row in rows
                for sealed in [
                    keyring.reseal(SealedKey(row.key_id, row.sealed), code, row.subject_id)
                ]
            ]
            connection.execute(statement, changed)
            left = connection.scalar(select(func.count()).select_from(data_keys).where(*old))
        yield left or 0


def change_index_key(
    database: Database, code: str, file: KeyFile, event_of: EventOf, *, again: bool = True
) -> int:
    """Make all tokens of names anew with a new index key, and return of how many people.

    Parameters
    ----------
    again
        False only finishes what an earlier try began.
    """
    keyring = Keyring.load(file.path)
    if again and not report(database, code, keyring).old_tokens:
        keyring = keyring.with_new_index_key()
    with database.writing() as connection:
        told = {"key": keyring.index_id}
        audit.append(connection, code, event_of("index_key_changed", told))
        count = SqlCaseStore(database, code, keyring).index_names(keyring.index_id)
        # Last of all: should it stop here, either both are new or the tokens are made once more.
        keyring.save(file.path)
    return count


def drop_unused(
    database: Database, code: str, file: KeyFile, at: datetime, event_of: EventOf
) -> tuple[str, ...]:
    """Remove from the file the keys that seal nothing any more, and return their ids.

    A backup from before the change of keys can no longer be read with the file.
    """
    keyring = Keyring.load(file.path)
    with database.writing() as connection:
        # Whatever the municipality: they share the file.
        used = set(connection.scalars(select(data_keys.c.key_id).distinct()))
        unused = sorted(set(keyring.keys) - used - {keyring.current}, key=_number)
        if not unused:
            return ()
        audit.append(connection, code, event_of("keys_dropped", {"keys": ",".join(unused)}))
        known = set(connection.scalars(select(dropped_keys.c.key_id)))
        rows = [
            {"municipality_code": code, "key_id": id_, "dropped_at": at}
            for id_ in unused
            if id_ not in known
        ]
        if rows:
            connection.execute(insert(dropped_keys), rows)
    keyring.without(unused).save(file.path)
    return tuple(unused)


def _check_in_file(keyring: Keyring) -> None:
    """Refuse to seal with a key that would be gone with this process."""
    if keyring.path is None:
        return
    held = Keyring.load(keyring.path).keys.get(keyring.current)
    if held != keyring.keys[keyring.current]:
        raise DatabaseError("keys_replaced", path=str(keyring.path))


def _number(key_id: str) -> tuple[int, str]:
    return len(key_id), key_id
