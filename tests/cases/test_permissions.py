"""The table of rights, told out once as a truth table of its own."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date

import pytest

from cases.errors import NotPermitted
from cases.participant import Participant
from cases.permissions import (
    CATALOG_VIEW,
    POLICY,
    Action,
    PeopleScope,
    Relation,
    check_may,
    may,
    may_with,
    relations_to,
    relations_to_host,
)
from catalog.actor import Actor, Role
from catalog.checks import VISIBILITIES

ANY, OFFICE, CASE, NAMED = Relation
PERSON = Participant(
    id="p1",
    case_no="K-1",
    name="小春 ちよ",
    since_on=date(2026, 4, 1),
    coordinator_id="u-own",
    office_id="o1",
)
PROTECTED = replace(PERSON, address_protected=True, named_staff_ids=frozenset({"u-named"}))

# One row for each action, one column for each role in the order of `Role`:
# a = any, o = own office, c = own case, n = named, - = never.
TRUTH = """
see_people      a o c - - - - a
edit_people     a o - - - - - a
see_protected   n n n - - - - a
see_catalog     a a a a a a a a
edit_catalog    a a - o - - a a
import_data     a - - - - - a a
run_matching    a - - - - - - a
see_runs        a a - - - - - a
decide_proposal a o - - - - - -
settle_rules    a o - - - - - -
override_rules  a - - - - - - -
see_planning    a - - - a - - -
preview_policy  a - - - a - a -
see_audit       - - - - - a - -
manage_users    - - - - - - a -
edit_settings   - - - - - - a -
"""
LETTERS = {"a": ANY, "o": OFFICE, "c": CASE, "n": NAMED}


def actor(role: Role, user_id: str = "u-other", office_id: str | None = None) -> Actor:
    """Return someone of a role."""
    return Actor(user_id, "つき", role, "999999", office_id)


def test_the_table_says_what_the_truth_table_says() -> None:
    rows = {line.split()[0]: line.split()[1:] for line in TRUTH.strip().splitlines()}
    assert set(rows) == set(Action)
    told = {
        (role, action): LETTERS.get(letter)
        for action in Action
        for role, letter in zip(Role, rows[action], strict=True)
    }
    assert told == {(r, a): POLICY[r].get(a) for r, a in itertools.product(Role, Action)}


@pytest.mark.parametrize(("role", "action"), list(itertools.product(Role, Action)))
def test_a_relation_opens_only_what_the_table_names(role: Role, action: Action) -> None:
    needed = POLICY[role].get(action)
    for held in Relation:
        expected = needed is not None and needed in (ANY, held)
        assert may(actor(role), action, frozenset({held})) is expected


def test_check_may_raises_and_names_the_action() -> None:
    check_may(actor(Role.COORDINATOR), Action.RUN_MATCHING)
    with pytest.raises(NotPermitted, match="run_matching"):
        check_may(actor(Role.HOST), Action.RUN_MATCHING)


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        (actor(Role.COORDINATOR), {ANY}),
        (actor(Role.LEAD_AGENCY, office_id="o1"), {ANY, OFFICE}),
        (actor(Role.LEAD_AGENCY, office_id="o2"), {ANY}),
        (actor(Role.MEMBER_AGENCY, "u-own"), {ANY, OFFICE, CASE, NAMED}),
    ],
)
def test_relations_follow_office_and_case(who: Actor, expected: set[Relation]) -> None:
    assert relations_to(who, PERSON) == expected


def test_no_office_is_not_a_common_office() -> None:
    homeless = replace(PERSON, office_id=None)
    assert not may_with(actor(Role.LEAD_AGENCY), Action.SEE_PEOPLE, homeless)


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        (actor(Role.COORDINATOR), False),
        (actor(Role.COORDINATOR, "u-own"), True),
        (actor(Role.COORDINATOR, "u-named"), True),
        (actor(Role.LEAD_AGENCY, office_id="o1"), False),
        (actor(Role.MEMBER_AGENCY, "u-named"), True),
        (actor(Role.PLANNER, "u-named"), False),
        (actor(Role.ADMINISTRATOR), False),
        (actor(Role.AUDITOR), False),
        (actor(Role.SYSTEM), True),
    ],
)
def test_a_protected_person_exists_for_named_staff_only(who: Actor, sees: bool) -> None:
    assert PeopleScope(who).admits(PROTECTED) is sees


def test_planners_hosts_and_administrators_never_meet_people() -> None:
    for role in (Role.HOST, Role.PLANNER, Role.AUDITOR, Role.ADMINISTRATOR):
        assert not PeopleScope(actor(role, "u-own", "o1")).admits(PERSON)


def test_agencies_and_hosts_see_less_of_the_catalogue_than_the_city() -> None:
    """Every role sees it up to some visibility; what is for the office stays there."""
    assert set(CATALOG_VIEW) == set(Role)
    assert set(CATALOG_VIEW.values()) <= set(VISIBILITIES)
    outside = {Role.LEAD_AGENCY, Role.MEMBER_AGENCY, Role.HOST}
    assert {role for role in Role if CATALOG_VIEW[role] != "office"} == outside
    assert CATALOG_VIEW[Role.HOST] == "public"


def test_hosts_write_their_own_part_of_the_catalogue_only() -> None:
    """A host is known by the organisation they belong to."""
    host = actor(Role.HOST, office_id="h1")
    assert may(host, Action.EDIT_CATALOG, relations_to_host(host, "h1"))
    assert not may(host, Action.EDIT_CATALOG, relations_to_host(host, "h2"))
    nobody = actor(Role.HOST, office_id=None)
    assert not may(nobody, Action.EDIT_CATALOG, relations_to_host(nobody, None))
