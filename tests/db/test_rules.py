"""What the office settled is kept sealed, undone once, and unknown to whoever may not know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from cases.bond import Bond, BondKind
from cases.matching.arrangements import undo
from cases.permissions import PeopleScope
from cases.placing_rule import PlacingKind, PlacingRule
from catalog.actor import Actor, Role
from db.cases import SqlCaseStore
from db.catalog import SqlCatalogStore
from db.errors import DatabaseError
from db.rules import SqlRuleStore
from db.session import Database
from db.tables import bonds, placing_rules
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
OTHERS = PeopleScope(HAYASHI)
"""Does not admit the first person, whose address is protected."""
OPEN_PERSON = replace(PARTICIPANT, id="person-2", case_no="2026-002", address_protected=False)
THIRD = replace(OPEN_PERSON, id="person-3", case_no="2026-003")
LOCK = PlacingRule(
    id="rule-1",
    kind=PlacingKind.LOCK,
    participant_id="person-2",
    reason="本人が前から通っている",
    made_by="user-5",
    made_at=AT,
    opening_id=OPENING.id,
    until_on=date(2027, 3, 31),
)
EXCLUSION = replace(
    LOCK, id="rule-2", kind=PlacingKind.EXCLUSION, opening_id=None, host_id=ORGANISATION.id,
    until_on=None, made_at=AT + timedelta(days=1),
)  # fmt: skip
OVERRIDE = replace(
    LOCK, id="rule-3", kind=PlacingKind.OVERRIDE, overrides=("time", "noise"),
    made_at=AT + timedelta(days=2),
)  # fmt: skip
TOGETHER = Bond(
    id="bond-1",
    kind=BondKind.SAME_OPENING,
    participant_ids=("person-3", "person-2"),
    reason="親子でいっしょに",
    made_by="user-5",
    made_at=AT,
)


@pytest.fixture
def store(database_with: Callable[[Fill], Database]) -> SqlRuleStore:
    """Give the store of a city with three people, the first of them protected."""
    return SqlRuleStore(database_with(_people), CODE, KEYRING)


def _people(database: Database) -> None:
    a_city(database)
    catalog, cases = SqlCatalogStore(database, CODE), SqlCaseStore(database, CODE, KEYRING)
    catalog.save_organisation(ORGANISATION, an_event())
    catalog.save_resource(RESOURCE, an_event())
    catalog.save_opening(OPENING, an_event())
    cases.save_household(HOUSEHOLD, an_event())
    cases.save_participants([PARTICIPANT, OPEN_PERSON, THIRD], an_event())


def test_every_rule_comes_back_as_it_was_made(store: SqlRuleStore) -> None:
    """With its reason, its last day and its place; the earliest first."""
    for rule in (EXCLUSION, OVERRIDE, LOCK):
        store.add_placing_rule(rule, an_event(f"{rule.kind}_made"))
    store.add_bond(TOGETHER, an_event("bond_made"))
    assert store.placing_rules(OTHERS) == [LOCK, EXCLUSION, OVERRIDE]
    assert store.placing_rule(OTHERS, "rule-3") == OVERRIDE
    assert store.bonds(OTHERS) == [TOGETHER] == [store.bond(OTHERS, "bond-1")]
    assert TOGETHER.participant_ids == ("person-2", "person-3")
    made = kinds_of_events(store.database)[-4:]
    assert made == ["exclusion_made", "override_made", "lock_made", "bond_made"]


def test_reasons_are_sealed(store: SqlRuleStore) -> None:
    """Nothing of them can be read in the file of the database."""
    store.add_placing_rule(LOCK, an_event())
    store.add_bond(TOGETHER, an_event())
    with store.database.reading() as connection:
        for table, said in ((placing_rules, "通っている"), (bonds, "親子")):
            kept = connection.execute(table.select()).mappings().one()["reason"]
            assert said.encode() not in kept


def test_rules_about_hidden_people_are_absent(store: SqlRuleStore) -> None:
    """A bond is absent as soon as one of its people is."""
    hidden = replace(LOCK, id="rule-9", participant_id="person-1")
    with_hidden = replace(TOGETHER, id="bond-9", participant_ids=("person-1", "person-2"))
    store.add_placing_rule(hidden, an_event())
    store.add_bond(with_hidden, an_event())
    assert store.placing_rules(OTHERS) == [] == store.bonds(OTHERS)
    assert store.placing_rule(OTHERS, hidden.id) is None is store.bond(OTHERS, with_hidden.id)
    assert store.placing_rules(SYSTEM) == [hidden]
    assert store.bonds(SYSTEM) == [with_hidden]


def test_a_rule_is_undone_once(store: SqlRuleStore) -> None:
    """It is listed no more, can still be read, and the slower of two undoings is told so."""
    store.add_placing_rule(LOCK, an_event())
    store.add_bond(TOGETHER, an_event())
    undone, untied = undo(LOCK, HAYASHI, AT), undo(TOGETHER, HAYASHI, AT)
    store.undo_placing_rule(undone, an_event("lock_undone"))
    store.undo_bond(untied, an_event("bond_undone"))
    assert store.placing_rules(OTHERS) == [] == store.bonds(OTHERS)
    assert store.placing_rule(OTHERS, LOCK.id) == undone
    assert store.bond(OTHERS, TOGETHER.id) == untied
    with pytest.raises(DatabaseError, match="undone_meanwhile"):
        store.undo_placing_rule(undone, an_event("again"))
    with pytest.raises(DatabaseError, match="undone_meanwhile"):
        store.undo_bond(untied, an_event("again"))
    assert kinds_of_events(store.database)[-2:] == ["lock_undone", "bond_undone"]


def test_nobody_and_nowhere_are_refused(store: SqlRuleStore) -> None:
    """Nothing is kept of a rule about somebody who is not there."""
    with pytest.raises(DatabaseError, match="broken_reference"):
        store.add_placing_rule(replace(LOCK, opening_id="nowhere"), an_event())
    with pytest.raises(DatabaseError, match="broken_reference"):
        store.add_bond(replace(TOGETHER, participant_ids=("person-2", "who")), an_event())
    assert store.placing_rules(SYSTEM) == [] == store.bonds(SYSTEM)
