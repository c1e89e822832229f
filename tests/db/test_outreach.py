"""Visits: for whom they are there, their versions, what a deletion leaves of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Final

import pytest

from cases.outreach import Visit, VisitState
from cases.permissions import PeopleScope
from catalog.actor import Actor, Role
from db.errors import DatabaseError
from db.outreach import SqlVisitStore
from db.session import Database
from tests.databases import Fill
from tests.db.conftest import KEYRING
from tests.db.examples import AT, CODE, SYSTEM, an_event
from tests.db.test_forgetting import an_office, delete_it

OTHERS: Final = PeopleScope(Actor("user-5", "林", Role.COORDINATOR, CODE))
"""Does not admit the first person, whose address is protected."""
PLANNED: Final = Visit(
    id="v-1", participant_id="person-2", planned_on=date(2026, 11, 4), visitor_ids=("user-5",),
    office_ids=("社協",), words="お茶を持って", recorded_by="user-5", recorded_at=AT,
)  # fmt: skip
DONE: Final = replace(
    PLANNED, state=VisitState.DONE, done_on=date(2026, 11, 4), result="refused",
    relation="unknown", words="帰ってくれ", next_on=date(2026, 11, 18),
)  # fmt: skip


@pytest.fixture
def store(database_with: Callable[[Fill], Database]) -> SqlVisitStore:
    """Keep visits to somebody and to somebody protected."""
    store = SqlVisitStore(database_with(an_office), CODE, KEYRING)
    store.save_visit(PLANNED, an_event("visit_planned"))
    store.save_visit(replace(PLANNED, id="v-2", participant_id="person-1"), an_event())
    return store


def test_every_version_stays_and_the_last_one_counts(store: SqlVisitStore) -> None:
    done = store.save_visit(DONE, an_event("visit_written"), 1)
    assert store.visit(OTHERS, "v-1") == done
    assert store.visits(OTHERS) == store.visits_of(OTHERS, "person-2") == [done]
    assert store.visits(OTHERS, VisitState.PLANNED) == []
    assert store.versions_of_visit(OTHERS, "v-1") == [PLANNED, done]
    with pytest.raises(DatabaseError, match="changed_meanwhile"):
        store.save_visit(DONE, an_event(), 1)


def test_they_exist_for_whom_the_person_does_and_go_with_them(store: SqlVisitStore) -> None:
    assert store.visit(OTHERS, "v-2") is None
    assert [each.id for each in store.visits(SYSTEM)] == ["v-1", "v-2"]
    delete_it(store.database)
    assert [each.id for each in store.visits(SYSTEM)] == ["v-2"]
    with pytest.raises(DatabaseError, match="deleted_already"):
        store.save_visit(DONE, an_event(), 1)
