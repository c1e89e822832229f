"""Talks: everything comes back, days are read without opening, a hidden person's are absent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from cases.following.follow_up import FollowUpState, Side
from cases.following.rhythm import TalkDay, due_of, own_rhythm
from cases.permissions import PeopleScope
from catalog.actor import Actor, Role
from db.errors import DatabaseError
from db.following import SqlFollowUpStore
from db.placing import SqlPlacementStore
from db.session import Database
from tests.databases import Fill
from tests.db.conftest import KEYRING
from tests.db.examples import CODE, SYSTEM, an_event
from tests.db.placings import ENDED, MOVED, PLACEMENT
from tests.db.talks import TALK
from tests.db.test_forgetting import an_office

OTHERS = PeopleScope(Actor("user-5", "林", Role.COORDINATOR, CODE))
"""Does not admit the first person, whose address is protected."""


@pytest.fixture
def store(database_with: Callable[[Fill], Database]) -> SqlFollowUpStore:
    """Give the store of a city with three people."""
    return SqlFollowUpStore(database_with(an_office), CODE, KEYRING)


@pytest.fixture
def placing(store: SqlFollowUpStore) -> SqlPlacementStore:
    """Give the store of placements of the same city."""
    return SqlPlacementStore(store.database, CODE, KEYRING)


def test_a_talk_comes_back_and_its_last_version_counts(store: SqlFollowUpStore) -> None:
    first = store.save_follow_up(TALK, an_event())
    assert store.follow_ups_of(OTHERS, "person-2") == [TALK] == [first]
    better = store.save_follow_up(replace(TALK, came=2, next_on=None), an_event(), first.version)
    assert store.follow_ups_of(OTHERS, "person-2") == [better]
    with pytest.raises(DatabaseError, match="changed_meanwhile"):
        store.save_follow_up(replace(TALK, came=0), an_event(), first.version)


def test_talks_about_a_hidden_person_are_absent(store: SqlFollowUpStore) -> None:
    store.save_follow_up(replace(TALK, participant_id="person-1"), an_event())
    assert store.follow_ups_of(OTHERS, "person-1") == []


def test_an_open_placement_comes_with_the_last_talk_of_each_side(
    store: SqlFollowUpStore, placing: SqlPlacementStore
) -> None:
    placing.save_placement(PLACEMENT, an_event())
    placing.save_placement(ENDED, an_event())
    (silent,) = store.open_threads(OTHERS)
    assert silent.talks == ()
    assert (silent.placement.id, silent.placement.moved_on) == (PLACEMENT.id, MOVED.on)
    assert due_of(silent.placement, (), own_rhythm()) == due_of(PLACEMENT, (), own_rhythm())
    first = store.save_follow_up(TALK, an_event())
    store.save_follow_up(replace(TALK, next_on=None), an_event(), first.version)
    earlier = replace(TALK, id="talk-0", done_on=TALK.due_on - timedelta(1))
    store.save_follow_up(earlier, an_event())
    store.save_follow_up(replace(TALK, id="talk-2", side=Side.HOST), an_event())
    (spoken,) = store.open_threads(OTHERS)
    assert set(spoken.talks) == {
        TalkDay(Side.PERSON, FollowUpState.DONE, TALK.done_on),
        TalkDay(Side.HOST, FollowUpState.DONE, TALK.done_on, TALK.next_on),
    }


def test_a_placement_of_a_hidden_person_is_absent(
    store: SqlFollowUpStore, placing: SqlPlacementStore
) -> None:
    placing.save_placement(replace(PLACEMENT, participant_id="person-1"), an_event())
    assert store.open_threads(OTHERS) == []
    assert len(store.open_threads(SYSTEM)) == 1
