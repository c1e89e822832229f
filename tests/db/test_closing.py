"""Evaluations and watches in both databases: every version stays, the last one counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from cases.closing import WatchState
from db.closing import SqlClosingStore
from db.errors import DatabaseError
from db.session import Database
from tests.databases import Fill
from tests.db.casework import EVALUATION, WATCH
from tests.db.conftest import KEYRING
from tests.db.examples import CODE, SYSTEM, an_event
from tests.db.test_forgetting import an_office


@pytest.fixture
def store(database_with: Callable[[Fill], Database]) -> SqlClosingStore:
    """Return the store of an office that knows one person."""
    return SqlClosingStore(database_with(an_office), CODE, KEYRING)


def test_versions_stay_and_the_second_overwrites_nothing(store: SqlClosingStore) -> None:
    first = store.save_evaluation(EVALUATION, an_event(), 0)
    second = store.save_evaluation(replace(EVALUATION, left="ない"), an_event(), 1)
    with pytest.raises(DatabaseError, match="changed_meanwhile"):
        store.save_evaluation(replace(EVALUATION, left="ほか"), an_event(), 1)
    whose = EVALUATION.participant_id
    assert store.evaluations_of(SYSTEM, whose) == [second]
    assert store.versions_of_evaluations(SYSTEM, whose) == [first, second]


def test_only_what_goes_on_is_watching(store: SqlClosingStore) -> None:
    kept = store.save_watch(WATCH, an_event(), 0)
    assert store.watching(SYSTEM) == [kept]
    ended = replace(WATCH, state=WatchState.ENDED, ended_on=WATCH.since_on, reason="x")
    last = store.save_watch(ended, an_event(), 1)
    assert store.watching(SYSTEM) == []
    assert store.watches_of(SYSTEM, WATCH.participant_id) == [last]
    assert store.versions_of_watches(SYSTEM, WATCH.participant_id) == [kept, last]
