"""A correction adds a version; what was known before stays readable, and sealed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest
from sqlalchemy import delete, select

from cases.participant import ParticipantStatus
from cases.versions import Version, closed_on
from catalog.audit import AuditEvent
from db.cases import SqlCaseStore
from db.sealing import Sealing
from db.session import Database
from db.tables import versions
from db.versions import open_version
from tests.databases import Fill
from tests.db.conftest import KEYRING
from tests.db.examples import AT, CODE, NEED, PARTICIPANT
from tests.db.test_cases import a_person_of_the_city

LATER: Final = AT + timedelta(days=3)
MOVED: Final = replace(PARTICIPANT, address="野火止9-9-9")


@pytest.fixture
def store(database_with: Callable[[Fill], Database]) -> SqlCaseStore:
    """Give a store with one person, who was written down once."""
    return SqlCaseStore(database_with(a_person_of_the_city), CODE, KEYRING)


def at(days: int) -> AuditEvent:
    """Return an event of a later day by a colleague."""
    return AuditEvent(
        "participant_changed", "user-2", "participant", "person-1", AT + timedelta(days=days)
    )


def kept(store: SqlCaseStore, part: str) -> list[Version]:
    """Return all versions of a part, opened."""
    sealing = Sealing(KEYRING, CODE)
    query = sealing.with_key(versions, "participant_id").where(versions.c.part == part)
    with store.database.reading() as connection:
        rows = connection.execute(query.order_by(versions.c.number)).mappings()
        return [open_version(row, sealing) for row in rows]


def test_every_correction_is_a_version(store: SqlCaseStore) -> None:
    store.save_participant(MOVED, at(3))
    store.save_need(replace(NEED, goal="働く"), at(4))
    people, needs = kept(store, "Participant"), kept(store, "Need")
    assert [each.content for each in people] == [PARTICIPANT, MOVED]
    assert [(each.number, each.by, each.at) for each in people] == [
        (1, "user-1", AT),
        (2, "user-2", LATER),
    ]
    assert [each.content for each in needs] == [NEED, replace(NEED, goal="働く")]


def test_what_says_the_same_is_no_version(store: SqlCaseStore) -> None:
    store.save_participant(PARTICIPANT, at(3))
    store.save_need(NEED, at(3))
    assert [len(kept(store, part)) for part in ("Participant", "Need")] == [1, 1]


def test_what_stood_there_before_versions_is_kept_as_the_first(store: SqlCaseStore) -> None:
    """A database of an earlier product has people without versions."""
    with store.database.writing() as connection:
        connection.execute(delete(versions))
    store.save_participant(MOVED, at(3))
    store.save_need(replace(NEED, goal="働く"), at(3))
    people = kept(store, "Participant")
    assert [(each.number, each.at, each.content) for each in people] == [
        (1, None, PARTICIPANT),
        (2, LATER, MOVED),
    ]
    assert [each.content for each in kept(store, "Need")] == [NEED, replace(NEED, goal="働く")]


def test_versions_are_sealed(store: SqlCaseStore) -> None:
    store.save_participant(MOVED, at(3))
    with store.database.reading() as connection:
        stored = b"".join(connection.scalars(select(versions.c.content)))
    assert PARTICIPANT.address.encode() not in stored


def test_the_end_of_support_is_the_first_closed_version_of_the_last_run() -> None:
    closed = replace(PARTICIPANT, status=ParticipantStatus.CLOSED)
    steps = [PARTICIPANT, closed, PARTICIPANT, closed, replace(closed, note="片づけ")]
    told = [
        Version(participant_id="person-1", number=n, content=each, at=AT + timedelta(days=n))
        for n, each in enumerate(steps)
    ]
    assert closed_on(told) == (AT + timedelta(days=3)).date()
    assert closed_on(told[:3]) is None
    assert closed_on([replace(told[1], at=None)]) is None
    needed = Version(participant_id="person-1", number=9, content=NEED, at=AT)
    assert closed_on([*told, needed]) == closed_on(told)
