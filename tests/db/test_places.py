"""The last free place goes to one, on both databases; each defence, switched off, is missed."""

from __future__ import annotations

import multiprocessing
import re
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import literal, text, true
from sqlalchemy.exc import IntegrityError

from cases.participant import ParticipantStatus
from cases.proposal import Decision, decide
from catalog.actor import Actor, Role
from catalog.opening import OpeningStatus
from db import places, runs
from db.cases import SqlCaseStore
from db.catalog import SqlCatalogStore
from db.errors import DatabaseError
from db.runs import SqlRunStore
from db.session import Database
from tests.databases import Fill
from tests.db.conftest import KEYRING, a_city
from tests.db.examples import (
    AT,
    CODE,
    OPENING,
    ORGANISATION,
    PARTICIPANT,
    RESOURCE,
    SYSTEM,
    an_event,
    kinds_of_events,
)
from tests.db.test_runs import PROPOSAL, RUN
from tests.figures import figure

ONE_FREE = replace(OPENING, capacity=2, taken=1, status=OpeningStatus.OPEN)
STAFF = Actor("user-1", "林", Role.COORDINATOR, CODE)
PEOPLE = [
    replace(
        PARTICIPANT,
        id=f"waiting-{number}",
        case_no=f"W-{number}",
        status=ParticipantStatus.WAITING,
        household_id=None,
        paused_until_on=None,
    )
    for number in range(8)
]
PROMISES = [
    replace(PROPOSAL, id=f"proposal-{at}", participant_id=person.id)
    for at, person in enumerate(PEOPLE)
]


@pytest.fixture
def store(database_with: Callable[[Fill], Database]) -> SqlCatalogStore:
    """Give a catalogue of one opening with one free place."""
    return SqlCatalogStore(database_with(a_free_place), CODE)


def a_free_place(database: Database) -> None:
    """Make the city with the opening."""
    a_city(database)
    made = SqlCatalogStore(database, CODE)
    made.save_organisation(ORGANISATION, an_event())
    made.save_resource(RESOURCE, an_event())
    made.save_opening(ONE_FREE, an_event())


def eight_proposals(database: Database) -> None:
    """Propose the one free place to eight people."""
    a_free_place(database)
    SqlCaseStore(database, CODE, KEYRING).save_participants(PEOPLE, an_event())
    run = replace(RUN, unplaced=(), not_considered=(), used=())
    SqlRunStore(database, CODE, KEYRING).add_run(run, PROMISES, an_event())


def taken(store: SqlCatalogStore) -> int:
    opening = store.opening(OPENING.id)
    assert opening is not None
    return opening.taken


def takes(store: SqlCatalogStore) -> bool:
    """Try to take a place."""
    try:
        store.take_place(OPENING.id, an_event("place_taken"))
    except DatabaseError as error:
        if error.code != "no_free_place":
            raise
        return False
    return True


def rush(store: SqlCatalogStore, threads: int, trials: int) -> int:
    """Let threads run for one free place, again and again; return how many got it in all."""
    start = threading.Barrier(threads)

    def run(_: int) -> bool:
        start.wait()
        return takes(store)

    got = 0
    with ThreadPoolExecutor(threads) as pool:
        for _ in range(trials):
            got += sum(pool.map(run, range(threads)))
            assert taken(store) <= ONE_FREE.capacity
            store.release_place(OPENING.id, an_event())
    return got


@pytest.mark.parametrize(
    ("threads", "trials"), [(16, 20), pytest.param(64, 500, marks=pytest.mark.full)]
)
def test_of_many_threads_one_gets_the_last_place(
    store: SqlCatalogStore, threads: int, trials: int
) -> None:
    assert rush(store, threads, trials) == trials
    assert kinds_of_events(store.database).count("place_taken") == trials
    figure(f"last place: {threads} threads × {trials} trials, never over capacity")


def take_many(url: str, times: int) -> int:
    """Try from a process of its own, with four threads."""
    database = Database(url)
    store = SqlCatalogStore(database, CODE)
    with ThreadPoolExecutor(4) as pool:
        got = sum(pool.map(lambda _: takes(store), range(times)))
    database.close()
    return got


@pytest.mark.parametrize(
    ("processes", "times"), [(2, 30), pytest.param(4, 500, marks=pytest.mark.full)]
)
def test_of_many_processes_none_takes_more_than_there_is(
    store: SqlCatalogStore, processes: int, times: int
) -> None:
    """All places but the last few are free; together they ask for many more."""
    capacity = processes * times // 2
    store.save_opening(replace(ONE_FREE, capacity=capacity), an_event())
    url = store.database.engine.url.set(drivername=store.database.engine.dialect.name)
    address = url.render_as_string(hide_password=False)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        got = sum(pool.map(take_many, [address] * processes, [times] * processes))
    assert taken(store) == capacity
    assert got == capacity - ONE_FREE.taken
    figure(f"last place: {processes} processes × {times} tries for {got} places, all given once")


@pytest.mark.parametrize("status", [s for s in OpeningStatus if s is not OpeningStatus.OPEN])
def test_a_place_that_takes_nobody_gives_none(
    store: SqlCatalogStore, status: OpeningStatus
) -> None:
    store.save_opening(replace(ONE_FREE, status=status), an_event())
    assert not takes(store)


def test_without_the_guard_the_database_still_refuses(
    store: SqlCatalogStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "HAS_ROOM", true())
    assert takes(store)
    with pytest.raises(IntegrityError):
        takes(store)
    assert taken(store) == ONE_FREE.capacity


def test_without_both_defences_a_place_is_given_twice(
    store: SqlCatalogStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The attack is a true one: it succeeds where nothing stands in its way."""
    monkeypatch.setattr(places, "HAS_ROOM", true())
    with store.database.writing() as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(text("PRAGMA ignore_check_constraints = ON"))
        else:
            connection.execute(text("ALTER TABLE openings DROP CONSTRAINT ck_openings_taken"))
        store.take_place(OPENING.id, an_event())
        store.take_place(OPENING.id, an_event())
        count = connection.scalar(text("SELECT taken FROM openings"))
        if connection.dialect.name == "sqlite":
            connection.execute(text("PRAGMA ignore_check_constraints = OFF"))
    assert count == ONE_FREE.capacity + 1


def test_a_version_read_earlier_gives_no_place_away_again(store: SqlCatalogStore) -> None:
    """Somebody saves a new name; meanwhile the last place was taken."""
    earlier = store.opening(OPENING.id)
    assert earlier is not None
    assert takes(store)
    store.save_opening(replace(earlier, name="庭の手入れ"), an_event())
    assert taken(store) == ONE_FREE.capacity
    with pytest.raises(DatabaseError, match="taken_meanwhile"):
        store.save_opening(replace(earlier, taken=0), an_event(), seen=earlier.taken)
    with pytest.raises(DatabaseError, match="capacity_below_taken"):
        store.save_opening(replace(earlier, capacity=1), an_event())
    assert taken(store) == ONE_FREE.capacity


@pytest.mark.parametrize("counted", [(1, 0), (5, 4), (2, 2)])
def test_whoever_counts_anew_is_believed(store: SqlCatalogStore, counted: tuple[int, int]) -> None:
    """Capacity and people go down and up together."""
    capacity, people = counted
    store.save_opening(replace(ONE_FREE, capacity=capacity, taken=people), an_event(), seen=1)
    kept = store.opening(OPENING.id)
    assert kept is not None
    assert (kept.capacity, kept.taken) == counted


def advance_all(database: Database) -> list[str]:
    """Let eight staff promise the one free place to eight people at once."""
    store = SqlRunStore(database, CODE, KEYRING)
    start = threading.Barrier(len(PROMISES))

    def advance(at: int) -> str:
        start.wait()
        try:
            store.save_proposal(*decide(PROMISES[at], Decision.ADVANCE, STAFF, AT))
        except DatabaseError as error:
            return error.code
        return "advanced"

    with ThreadPoolExecutor(len(PROMISES)) as pool:
        return list(pool.map(advance, range(len(PROMISES))))


def test_the_last_place_is_promised_once(database_with: Callable[[Fill], Database]) -> None:
    database = database_with(eight_proposals)
    told = advance_all(database)
    assert sorted(told) == ["advanced", *["no_free_place"] * 7]
    advanced = PROMISES[told.index("advanced")]
    store = SqlRunStore(database, CODE, KEYRING)
    kept = store.proposal(SYSTEM, advanced.id)
    assert kept is not None
    store.save_proposal(*decide(kept, Decision.UNDO, STAFF, AT))
    assert sorted(advance_all(database)) == ["advanced", *["no_free_place"] * 7]


def test_without_the_guard_it_is_promised_to_all(
    database_with: Callable[[Fill], Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "can_be_promised", lambda _: literal(True))
    assert advance_all(database_with(eight_proposals)) == ["advanced"] * 8


def test_who_is_placed_holds_no_promise_any_more(
    database_with: Callable[[Fill], Database],
) -> None:
    """The host counts them, in `taken`."""
    database = database_with(eight_proposals)
    store, cases = (kind(database, CODE, KEYRING) for kind in (SqlRunStore, SqlCaseStore))
    assert isinstance(store, SqlRunStore)
    assert isinstance(cases, SqlCaseStore)
    store.save_proposal(*decide(PROMISES[0], Decision.ADVANCE, STAFF, AT))
    cases.save_participant(replace(PEOPLE[0], status=ParticipantStatus.PLACED), an_event())
    store.save_proposal(*decide(PROMISES[1], Decision.ADVANCE, STAFF, AT))
    SqlCatalogStore(database, CODE).save_opening(replace(ONE_FREE, taken=2), an_event(), seen=1)
    with pytest.raises(DatabaseError, match="no_free_place"):
        store.save_proposal(*decide(PROMISES[2], Decision.ADVANCE, STAFF, AT))


def test_nothing_else_writes_how_many_are_there() -> None:
    """In the whole product only `db/places.py` has a statement that sets `taken`."""
    root = Path(__file__).parents[2]
    sets_it = re.compile(r"values\([^)]*taken|SET\s+taken|c\.taken\s*[-+]|taken=openings", re.I)
    found = [
        path.relative_to(root).as_posix()
        for room in ("api", "exchange", "db", "cases")
        for path in sorted((root / room).rglob("*.py"))
        if sets_it.search(path.read_text(encoding="utf-8"))
    ]
    assert found == ["db/places.py"]
