"""Enquiries and placements: every version stays, of two who write at once one is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from cases.permissions import PeopleScope
from cases.placing.enquiry import EnquiryState
from cases.placing.placement import PlacementState
from catalog.actor import Actor, Role
from db.errors import DatabaseError
from db.placing import SqlPlacementStore
from db.session import Database
from tests.databases import Fill
from tests.db.conftest import KEYRING
from tests.db.examples import CODE, SYSTEM, an_event, kinds_of_events
from tests.db.placings import ENDED, ENQUIRY, PLACEMENT
from tests.db.test_forgetting import an_office

OTHERS = PeopleScope(Actor("user-5", "林", Role.COORDINATOR, CODE))
"""Does not admit the first person, whose address is protected."""


@pytest.fixture
def store(database_with: Callable[[Fill], Database]) -> SqlPlacementStore:
    """Give the store of a city with three people."""
    return SqlPlacementStore(database_with(an_office), CODE, KEYRING)


def test_the_last_version_counts_and_all_are_kept(store: SqlPlacementStore) -> None:
    first = store.save_enquiry(ENQUIRY, an_event("enquiry_sent"))
    said_yes = replace(first, state=EnquiryState.ACCEPTED, host_words="どうぞ")
    second = store.save_enquiry(said_yes, an_event("enquiry_answered"), first.version)
    assert (first.version, second.version) == (1, 2)
    assert store.enquiries(OTHERS) == [second]
    assert store.enquiries(OTHERS, EnquiryState.SENT) == []
    assert store.enquiry(OTHERS, ENQUIRY.id) == second
    assert store.enquiries_of(OTHERS, "person-2") == [second]
    assert store.versions_of_enquiry(OTHERS, ENQUIRY.id) == [first, second]
    assert kinds_of_events(store.database)[-2:] == ["enquiry_sent", "enquiry_answered"]


def test_placements_come_back_by_state(store: SqlPlacementStore) -> None:
    running = store.save_placement(PLACEMENT, an_event())
    ended = store.save_placement(ENDED, an_event())
    assert store.placements(OTHERS) == [running, ended]
    assert store.placements(OTHERS, PlacementState.ENDED) == [ended]
    assert store.placement(OTHERS, ENDED.id) == ended
    assert store.placements_of(OTHERS, "person-2") == [running, ended]
    assert store.versions_of_placement(OTHERS, PLACEMENT.id) == [running]


def test_who_writes_on_an_old_version_is_told(store: SqlPlacementStore) -> None:
    store.save_placement(PLACEMENT, an_event())
    store.save_placement(replace(PLACEMENT, companion="家族"), an_event(), 1)
    with pytest.raises(DatabaseError, match="changed_meanwhile"):
        store.save_placement(replace(PLACEMENT, companion="職員"), an_event("lost"), 1)
    assert [each.companion for each in store.placements(OTHERS)] == ["家族"]
    assert "lost" not in kinds_of_events(store.database)
    with pytest.raises(DatabaseError, match="broken_reference"):
        store.save_enquiry(replace(ENQUIRY, opening_id="no-such"), an_event())


def test_what_is_about_a_hidden_person_is_absent(store: SqlPlacementStore) -> None:
    store.save_enquiry(replace(ENQUIRY, participant_id="person-1"), an_event())
    store.save_placement(replace(PLACEMENT, participant_id="person-1"), an_event())
    assert store.enquiries(OTHERS) == []
    assert store.enquiry(OTHERS, ENQUIRY.id) is None
    assert store.versions_of_enquiry(OTHERS, ENQUIRY.id) == []
    assert store.placements_of(OTHERS, "person-1") == []
    assert store.placement(OTHERS, PLACEMENT.id) is None
    assert len(store.placements(SYSTEM)) == 1
