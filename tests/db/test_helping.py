"""Helpers in the database: sealed, and there only for whom they may be seen by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date, timedelta

import pytest

from cases.helper import Helper
from cases.helper_run import HelperRun, Unfilled
from cases.permissions import PeopleScope
from cases.proposal import Decision, Proposal, decide
from cases.run import NotConsidered, Unplaced
from catalog.actor import Actor, Role
from catalog.schedule import Band
from db.cases import SqlCaseStore
from db.catalog import SqlCatalogStore
from db.errors import DatabaseError
from db.helping import SqlHelperStore
from db.municipality import SqlMunicipalityStore
from db.session import Database
from tests.databases import Fill
from tests.db.conftest import KEYRING
from tests.db.examples import (
    AT,
    CODE,
    HOUSEHOLD,
    OPENING,
    ORGANISATION,
    PARTICIPANT,
    RESOURCE,
    SETTINGS,
    TOWNS,
    an_event,
)

COORDINATOR = PeopleScope(Actor("u0", "", Role.COORDINATOR, CODE))
LEAD = PeopleScope(Actor("u1", "", Role.LEAD_AGENCY, CODE, "elsewhere"))
PLANNER = PeopleScope(Actor("u2", "", Role.PLANNER, CODE))
VOLUNTEER = Helper(
    id="helper-1",
    name="支手 花",
    name_kana="ささえて はな",
    town_id=TOWNS[0].id,
    phone="048-000-0009",
    menu=frozenset({"exercise"}),
    strengths="体操を教えていた",
    available=frozenset({(1, Band.MORNING)}),
    modes=("walk", "bus"),
    travel_limit_minutes=20,
    most_groups=2,
    known_place_ids=frozenset({"resource-1"}),
    experienced=True,
    agreed_on=date(2026, 11, 1),
    until_on=date(2027, 3, 31),
    note="午前だけ",
)
CLIENT = Helper(id="helper-2", name="青葉", participant_id=PARTICIPANT.id)
RUN = HelperRun(
    id="run-1",
    on=date(2026, 11, 4),
    started_by="u0",
    started_at=AT,
    finished_at=AT + timedelta(seconds=1),
    policy_version="2026-11-23-x",
    code_version="0.1",
    certified=True,
    rounds=((b"{}", b"{}"), (b"[]", b"[]")),
    unplaced=(
        Unplaced(participant_id="helper-2", reason="no_pair", candidates=0, refused=(("time", 3),)),
    ),
    not_considered=(NotConsidered(participant_id="helper-1", why="helper_ended"),),
    unfilled=(Unfilled(opening_id="opening-1", missing=1, why="time"),),
)
PROPOSAL = Proposal(
    id="proposal-1",
    run_id="run-1",
    participant_id="helper-1",
    opening_id="opening-1",
    score=0.75,
    parts=(("wish", 0.5),),
    word="good",
    reason="歩いて5分です。",
    short="歩き5分",
    way="歩いて5分",
)


@pytest.fixture
def store(database_with: Callable[[Fill], Database]) -> SqlHelperStore:
    """Give the store with a volunteer and a helper who is a protected person."""
    return SqlHelperStore(database_with(_helpers), CODE, KEYRING)


def _helpers(database: Database) -> None:
    ground = SqlMunicipalityStore(database, CODE)
    ground.save_settings(SETTINGS, an_event())
    ground.save_towns(TOWNS, an_event())
    catalog = SqlCatalogStore(database, CODE)
    catalog.save_organisations([ORGANISATION], an_event())
    catalog.save_resources([RESOURCE], an_event())
    catalog.save_openings([OPENING], an_event())
    cases = SqlCaseStore(database, CODE, KEYRING)
    cases.save_households([HOUSEHOLD], an_event())
    cases.save_participants([replace(PARTICIPANT, address_protected=True)], an_event())
    helping = SqlHelperStore(database, CODE, KEYRING)
    helping.save_helpers([VOLUNTEER, CLIENT], an_event())
    helping.add_helper_run(RUN, [PROPOSAL], an_event())


def test_a_helper_comes_back_as_they_were(store: SqlHelperStore) -> None:
    assert store.helper(COORDINATOR, "helper-1") == VOLUNTEER
    changed = replace(VOLUNTEER, most_groups=1, agreed_on=None)
    store.save_helper(changed, an_event())
    assert store.helpers(COORDINATOR) == [changed]
    blank = Helper(id="", name="x")
    own = {f.name for f in fields(Helper)} - {"participant_id"}
    assert all(getattr(VOLUNTEER, name) != getattr(blank, name) for name in own)


def test_who_may_meet_whom(store: SqlHelperStore) -> None:
    """A volunteer is there for who sees all people; a protected person for the named only."""
    named = PeopleScope(Actor("u0", "", Role.SYSTEM, CODE))
    assert [each.id for each in store.helpers(named)] == ["helper-2", "helper-1"]
    assert [each.id for each in store.helpers(COORDINATOR)] == ["helper-1"]
    assert store.helpers(LEAD) == store.helpers(PLANNER) == []
    assert store.helper_of(named, PARTICIPANT.id) == CLIENT
    assert store.helper_of(COORDINATOR, PARTICIPANT.id) is None
    elsewhere = PeopleScope(Actor("u9", "", Role.COORDINATOR, "000000"))
    assert store.helpers(elsewhere) == []


def test_a_run_comes_back_without_whom_the_reader_may_not_open(store: SqlHelperStore) -> None:
    everything = store.latest_helper_run(PeopleScope(Actor("", "", Role.SYSTEM, CODE)))
    assert everything == replace(RUN, number=1)
    seen = store.latest_helper_run(COORDINATOR)
    assert seen is not None
    assert (seen.unplaced, seen.not_considered) == ((), RUN.not_considered)
    assert store.helper_proposals(COORDINATOR, "run-1") == [PROPOSAL]
    assert store.helper_proposals(LEAD, "run-1") == []
    assert store.helper_proposal(LEAD, "proposal-1") is None


def test_a_decision_is_kept_once(store: SqlHelperStore) -> None:
    actor = COORDINATOR.actor
    advanced, event = decide(PROPOSAL, Decision.ADVANCE, actor, AT)
    store.save_helper_proposal(advanced, event)
    assert store.decided_helper_proposals(COORDINATOR) == [advanced]
    aside, event = decide(PROPOSAL, Decision.SET_ASIDE, actor, AT, "too_far")
    with pytest.raises(DatabaseError, match="decided_meanwhile"):
        store.save_helper_proposal(aside, event)
    assert store.helper_proposal(COORDINATOR, PROPOSAL.id) == advanced


def test_one_person_offers_to_help_once(store: SqlHelperStore) -> None:
    with pytest.raises(DatabaseError, match="broken_reference"):
        store.save_helper(replace(CLIENT, id="helper-3"), an_event())


def test_a_run_of_unknown_helpers_is_not_kept(store: SqlHelperStore) -> None:
    stray = replace(PROPOSAL, id="proposal-2", run_id="run-2", participant_id="nobody")
    with pytest.raises(DatabaseError, match="broken_reference"):
        store.add_helper_run(replace(RUN, id="run-2"), [stray], an_event())
    kept = store.latest_helper_run(COORDINATOR)
    assert kept is not None
    assert kept.id == "run-1"
