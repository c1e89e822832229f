"""Runs stay as they were; proposals are decided once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from datetime import timedelta
from itertools import product

import pytest

from cases.actions.cataloguing import sees
from cases.permissions import PeopleScope
from cases.ports import RunStore
from cases.proposal import Decision, Proposal, ProposalStatus, decide
from cases.run import MatchRun, Near, NotConsidered, Unplaced, UsedRule
from catalog.actor import Actor, Role
from catalog.checks import VISIBILITIES
from catalog.opening import OpeningStatus
from db.cases import SqlCaseStore
from db.catalog import SqlCatalogStore
from db.errors import DatabaseError
from db.runs import SqlRunStore
from db.secrets import Keyring
from db.session import Database
from db.tables import run_unplaced
from tests.databases import Fill
from tests.db.conftest import KEYRING, a_city
from tests.db.examples import (
    AT,
    CODE,
    HOUSEHOLD,
    OPENING,
    ORGANISATION,
    PARTICIPANT,
    RESOURCE,
    SYSTEM,
    an_event,
    kinds_of_events,
)

HAYASHI = Actor("user-5", "林", Role.COORDINATOR, CODE)
OTHER = replace(PARTICIPANT, id="person-2", case_no="2026-002", address_protected=False)
RUN = MatchRun(
    id="run-1",
    on=AT.date(),
    started_by="user-5",
    started_at=AT,
    finished_at=AT + timedelta(seconds=2, microseconds=17),
    policy_version="2026-04-01",
    code_version="0.1.0",
    seed=7,
    digest="ab" * 32,
    status="optimal",
    certified=True,
    problem=b'{"format": "tsunagite.problem/1"}' * 100,
    result=b"\x00\xff",
    unplaced=(
        Unplaced(
            participant_id="person-2",
            reason="no_pair",
            candidates=0,
            refused=(("travel", 3), ("slots", 1)),
            words="水曜の午前に行ける枠がありません",
            near=(Near("o-1", "木曜の午後も 出かけられるなら"), Near("o-2", "送り迎えがあれば")),
        ),
        Unplaced(participant_id="person-1", reason="crowded_out", candidates=1, refused=()),
    ),
    not_considered=(
        NotConsidered(participant_id="person-1", why="paused"),
        NotConsidered(participant_id="person-2", why="consent_none_yet"),
    ),
    number=1,
    views=b"\x00\x01" * 50,
    used=(
        UsedRule(kind="lock", rule_id="r-1", participant_ids=("person-2",), opening_id="o-1"),
        UsedRule(kind="apart_host", rule_id="b-1", participant_ids=("person-1", "person-2")),
        UsedRule(kind="most_at_once", host_id="host-1"),
    ),
)
PROPOSAL = Proposal(
    id="proposal-1",
    run_id="run-1",
    participant_id="person-2",
    opening_id=OPENING.id,
    score=0.823456,
    parts=(("wish", 0.9), ("near", 0.25)),
    word="good",
    reason="歩いて8分の花だんの手入れ",
    short="花だんの手入れ／歩き8分",
    way="歩いて8分",
)
OF_PROTECTED = replace(PROPOSAL, id="proposal-2", participant_id="person-1")


@pytest.fixture
def store(database_with: Callable[[Fill], Database]) -> SqlRunStore:
    """Give a store with one run that proposes something to two people."""
    return SqlRunStore(database_with(a_run), CODE, KEYRING)


def a_run(database: Database) -> None:
    """Make the city with the run."""
    a_city(database)
    catalog, cases = SqlCatalogStore(database, CODE), SqlCaseStore(database, CODE, KEYRING)
    catalog.save_organisation(ORGANISATION, an_event())
    catalog.save_resource(RESOURCE, an_event())
    catalog.save_opening(replace(OPENING, status=OpeningStatus.OPEN), an_event())
    cases.save_household(HOUSEHOLD, an_event())
    cases.save_participants([PARTICIPANT, OTHER], an_event())
    made = SqlRunStore(database, CODE, KEYRING)
    made.add_run(RUN, [PROPOSAL, OF_PROTECTED], an_event("run_added"))


def test_a_run_comes_back_byte_for_byte(store: SqlRunStore) -> None:
    asked: RunStore = store
    assert asked.run(SYSTEM, "run-1") == RUN
    assert asked.latest_run(SYSTEM) == RUN
    assert asked.run(SYSTEM, "nothing") is None
    assert asked.run_by_number(SYSTEM, 1) == RUN
    assert asked.run_by_number(SYSTEM, 2) is None
    assert kinds_of_events(store.database)[-1] == "run_added"
    defaults = [f.name for f in fields(RUN) if getattr(RUN, f.name) == f.default]
    assert defaults == []


def test_runs_are_listed_newest_first(store: SqlRunStore) -> None:
    bare = replace(RUN, unplaced=(), not_considered=(), used=())
    older = replace(bare, id="run-2", started_at=AT - timedelta(days=1), number=2)
    at_once = replace(bare, id="run-3", number=3)
    for run in (older, at_once):
        store.add_run(run, [], an_event())
    listed = [replace(each, problem=b"", result=b"", views=None) for each in (at_once, RUN, older)]
    assert store.runs(SYSTEM) == listed
    assert store.runs(SYSTEM, 1) == listed[:1]
    assert store.latest_run(SYSTEM) == at_once


def test_a_city_without_runs_has_no_latest(city: Database, keyring: Keyring) -> None:
    assert SqlRunStore(city, CODE, keyring).latest_run(SYSTEM) is None


def test_proposals_come_back_in_their_order(store: SqlRunStore) -> None:
    assert store.proposals(SYSTEM, "run-1") == [PROPOSAL, OF_PROTECTED]
    assert store.proposal(SYSTEM, "proposal-1") == PROPOSAL
    assert store.proposal(SYSTEM, "nothing") is None
    newer = replace(PROPOSAL, id="proposal-3", run_id="run-2", score=0.5)
    store.add_run(
        replace(
            RUN, id="run-2", started_at=AT + timedelta(1), unplaced=(), not_considered=(), used=()
        ),
        [newer],
        an_event(),
    )
    assert store.proposals_for(SYSTEM, "person-2") == [newer, PROPOSAL]


def test_whom_the_reader_may_not_know_of_is_left_out(store: SqlRunStore) -> None:
    scope = PeopleScope(HAYASHI)
    seen = store.run(scope, "run-1")
    assert seen is not None
    assert [each.participant_id for each in seen.unplaced] == ["person-2"]
    assert [each.participant_id for each in seen.not_considered] == ["person-2"]
    assert [each.kind for each in seen.used] == ["lock", "most_at_once"]
    assert seen.problem == RUN.problem
    assert store.proposals(scope, "run-1") == [PROPOSAL]
    assert store.proposal(scope, "proposal-2") is None
    assert store.proposals_for(scope, "person-1") == []


def test_an_opening_that_is_not_for_the_reader_is_proposed_to_nobody(store: SqlRunStore) -> None:
    """As the catalogue says it of the opening, for each role at its host's and elsewhere."""
    catalog = SqlCatalogStore(store.database, CODE)
    place = replace(RESOURCE, visibility="public")
    catalog.save_resource(place, an_event())
    told = set()
    for visibility in VISIBILITIES:
        opening = replace(OPENING, visibility=visibility, status=OpeningStatus.OPEN)
        catalog.save_opening(opening, an_event())
        for role, office_id in product(Role, (OTHER.office_id, opening.host_id)):
            actor = replace(HAYASHI, role=role, office_id=office_id)
            is_known = sees(actor, opening, place)
            person = OTHER if PeopleScope(actor).admits(OTHER) else None
            proposed = store.proposals(PeopleScope(actor), RUN.id)
            assert any(each.participant_id == "person-2" for each in proposed) == bool(
                person and is_known
            )
            told.add((person is not None, is_known))
    assert {(True, True), (True, False), (False, True)} <= told


def test_a_decision_and_its_undoing_are_kept(store: SqlRunStore) -> None:
    aside, event = decide(PROPOSAL, Decision.SET_ASIDE, HAYASHI, AT, "too_far")
    store.save_proposal(aside, event)
    assert store.proposal(SYSTEM, "proposal-1") == aside
    assert store.decided_proposals(SYSTEM) == [aside]
    undone, event = decide(aside, Decision.UNDO, HAYASHI, AT)
    store.save_proposal(undone, event)
    assert store.proposal(SYSTEM, "proposal-1") == PROPOSAL
    assert store.decided_proposals(SYSTEM) == []


def test_decided_proposals_are_listed_by_time(store: SqlRunStore) -> None:
    later, event = decide(PROPOSAL, Decision.ADVANCE, HAYASHI, AT + timedelta(1))
    store.save_proposal(later, event)
    earlier, event = decide(OF_PROTECTED, Decision.SET_ASIDE, HAYASHI, AT, "cost")
    store.save_proposal(earlier, event)
    assert store.decided_proposals(SYSTEM) == [earlier, later]
    assert store.decided_proposals(PeopleScope(HAYASHI)) == [later]


def test_of_many_decisions_at_once_one_holds(store: SqlRunStore) -> None:
    steps = [
        decide(PROPOSAL, decision, HAYASHI, AT, "cost")
        for decision in (Decision.ADVANCE, Decision.SET_ASIDE) * 4
    ]

    def keep(at: int) -> bool:
        try:
            store.save_proposal(*steps[at])
        except DatabaseError as error:
            return error.code != "decided_meanwhile"
        return True

    with ThreadPoolExecutor(8) as pool:
        kept = list(pool.map(keep, range(8)))
    assert sum(kept) == 1
    assert store.proposal(SYSTEM, "proposal-1") == steps[kept.index(True)][0]
    assert store.decided_proposals(SYSTEM)[0].status is not ProposalStatus.PROPOSED


def test_a_run_about_nobody_known_is_refused_whole(store: SqlRunStore) -> None:
    strange = replace(PROPOSAL, id="proposal-9", run_id="run-9", participant_id="nobody")
    run = replace(RUN, id="run-9", unplaced=(), not_considered=(), used=())
    with pytest.raises(DatabaseError, match="broken_reference"):
        store.add_run(run, [strange], an_event("refused"))
    assert store.run(SYSTEM, "run-9") is None
    assert "refused" not in kinds_of_events(store.database)


def test_a_run_of_the_time_before_near_places_were_told_has_none(store: SqlRunStore) -> None:
    with store.database.writing() as connection:
        connection.execute(run_unplaced.update().values(near=None))
    kept = store.run(SYSTEM, "run-1")
    assert kept is not None
    assert [each.near for each in kept.unplaced] == [(), ()]
    assert [each.words for each in kept.unplaced] == [each.words for each in RUN.unplaced]
