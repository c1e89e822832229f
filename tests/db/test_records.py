"""Holds, disclosures, versions and deletions, for whom the reader may open and nobody else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest

from cases.disclosure import Disclosure
from cases.participant import ParticipantStatus
from cases.permissions import PeopleScope
from cases.retention import Deletion, LegalHold
from cases.versions import closed_on
from catalog.actor import Actor, Role
from db.cases import SqlCaseStore
from db.errors import DatabaseError
from db.records import DeletedInRun, SqlRecordStore
from db.session import Database
from tests.databases import Fill
from tests.db.conftest import KEYRING
from tests.db.examples import AT, CODE, PARTICIPANT, SYSTEM, an_event, kinds_of_events
from tests.db.test_forgetting import an_office
from tests.db.test_rules import OPEN_PERSON

OTHERS: Final = PeopleScope(Actor("user-5", "林", Role.COORDINATOR, CODE))
"""Does not admit the first person, whose address is protected."""
HOLD: Final = LegalHold(
    id="hold-1", participant_id="person-2", reason="訴えがある", made_by="user-5", made_at=AT,
    until_on=AT.date() + timedelta(days=400),
)  # fmt: skip
TOLD: Final = Disclosure(
    id="told-1", participant_id="person-2", on=AT.date(), recipient="つなぎ市社会福祉協議会",
    categories=frozenset({"属性", "福祉制度利用"}), basis="by_law", reason="見学の相談",
    approved_by="福祉課長", items="名前と電話", recorded_by="user-5", recorded_at=AT,
)  # fmt: skip


@pytest.fixture
def store(database_with: Callable[[Fill], Database]) -> SqlRecordStore:
    """Give the store of a city with three people, a run and its proposals."""
    return SqlRecordStore(database_with(an_office), CODE, KEYRING)


def test_what_was_kept_comes_back(store: SqlRecordStore) -> None:
    store.add_hold(HOLD, an_event("hold_made"))
    store.add_disclosure(TOLD, an_event("disclosed"))
    assert store.holds_of(OTHERS, "person-2") == [HOLD]
    assert store.holds(OTHERS) == {"person-2": [HOLD]}
    assert store.disclosures_of(OTHERS, "person-2") == [TOLD]
    assert store.disclosures_of(OTHERS, "person-3") == []
    assert kinds_of_events(store.database)[-2:] == ["hold_made", "disclosed"]
    with pytest.raises(DatabaseError, match="broken_reference"):
        store.add_hold(HOLD, an_event())
    with pytest.raises(DatabaseError, match="broken_reference"):
        store.add_disclosure(TOLD, an_event())


def test_a_hold_is_lifted_once(store: SqlRecordStore) -> None:
    store.add_hold(HOLD, an_event())
    lifted = replace(HOLD, lifted_by="user-5", lifted_at=AT + timedelta(days=1))
    store.lift_hold(lifted, an_event("hold_lifted"))
    assert store.holds_of(OTHERS, "person-2") == [lifted]
    with pytest.raises(DatabaseError, match="undone_meanwhile"):
        store.lift_hold(lifted, an_event("again"))
    assert kinds_of_events(store.database)[-1] == "hold_lifted"


def test_what_is_about_a_hidden_person_is_absent(store: SqlRecordStore) -> None:
    store.add_hold(replace(HOLD, participant_id="person-1"), an_event())
    store.add_disclosure(replace(TOLD, participant_id="person-1"), an_event())
    assert store.holds(OTHERS) == {}
    assert store.holds_of(OTHERS, "person-1") == []
    assert store.disclosures_of(OTHERS, "person-1") == []
    assert store.versions_of(OTHERS, "person-1") == []
    assert len(store.holds(SYSTEM)) == 1
    assert [each.content for each in store.versions_of(SYSTEM, "person-1")] == [PARTICIPANT]


def test_the_end_of_support_is_found_for_who_is_closed(store: SqlRecordStore) -> None:
    cases = SqlCaseStore(store.database, CODE, KEYRING)
    assert store.versions_of_closed(OTHERS) == {}
    closed = replace(OPEN_PERSON, status=ParticipantStatus.CLOSED, paused_until_on=None)
    cases.save_participant(closed, replace(an_event(), at=AT + timedelta(days=5)))
    (found,) = store.versions_of_closed(OTHERS).items()
    assert found[0] == "person-2"
    assert closed_on(found[1]) == (AT + timedelta(days=5)).date()


def test_the_counts_of_a_run_add_up_after_a_deletion(store: SqlRecordStore) -> None:
    """Each reader is told of as many deleted people as they knew of."""
    assert store.deleted_in(SYSTEM, "run-1") == DeletedInRun()
    store.add_hold(HOLD, an_event())
    store.add_disclosure(TOLD, an_event())
    for id_ in ("person-2", "person-1"):
        deletion = Deletion(participant_id=id_, at=AT, ground="mistake", decided_by="user-1")
        store.delete(deletion, an_event("person_deleted"))
    assert store.deleted_in(SYSTEM, "run-1") == DeletedInRun(2, 2, 2)
    assert store.deleted_in(SYSTEM, "run-1").total == 6
    assert store.deleted_in(OTHERS, "run-1") == DeletedInRun(1, 1, 1)
    assert store.holds(SYSTEM) == {}
    assert store.disclosures_of(SYSTEM, "person-2") == []
    assert [each.number for each in store.deletions()] == [1, 2]
