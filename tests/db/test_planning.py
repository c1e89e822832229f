"""Support plans in both databases: every version stays, and nothing of it can be read there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from cases.plan import PlanState
from db.errors import DatabaseError
from db.planning import SqlPlanStore
from db.session import Database
from tests.databases import Fill
from tests.db.casework import PLAN
from tests.db.conftest import KEYRING
from tests.db.examples import CODE, SYSTEM, an_event
from tests.db.test_forgetting import an_office


@pytest.fixture
def store(database_with: Callable[[Fill], Database]) -> SqlPlanStore:
    """Return the plans of an office that knows one person."""
    return SqlPlanStore(database_with(an_office), CODE, KEYRING)


def test_every_version_stays_and_the_last_counts(store: SqlPlanStore) -> None:
    first = store.save_plan(PLAN, an_event(), 0)
    second = store.save_plan(replace(PLAN, state=PlanState.SUBMITTED), an_event(), 1)
    assert store.plans_of(SYSTEM, PLAN.participant_id) == [second]
    assert store.versions_of_plans(SYSTEM, PLAN.participant_id) == [first, second]
    assert (first, second.version) == (PLAN, 2)


def test_who_is_second_overwrites_nothing(store: SqlPlanStore) -> None:
    kept = store.save_plan(PLAN, an_event(), 0)
    with pytest.raises(DatabaseError, match="changed_meanwhile"):
        store.save_plan(replace(PLAN, aim="ほか"), an_event(), 0)
    assert store.plans_of(SYSTEM, PLAN.participant_id) == [kept]


def test_what_is_being_written_comes_before_what_was_decided(store: SqlPlanStore) -> None:
    decided = replace(PLAN, state=PlanState.DECIDED, made_on=date(2026, 11, 13))
    store.save_plan(decided, an_event(), 0)
    store.save_plan(replace(PLAN, id="plan-2"), an_event(), 0)
    assert [each.id for each in store.plans_of(SYSTEM, PLAN.participant_id)] == ["plan-2", "plan-1"]
