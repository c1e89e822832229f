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
from catalog.actor import Actor, Remit, Role
from catalog.checks import VISIBILITIES

PERSON = Participant(
    id="p1",
    case_no="K-1",
    name="小春 ちよ",
    since_on=date(2026, 4, 1),
    coordinator_id="u-own",
    office_id="o1",
    town_id="t1",
    programmes=("参加支援事業",),
    member_office_ids=frozenset({"o2"}),
)
PROTECTED = replace(PERSON, address_protected=True, named_staff_ids=frozenset({"u-named"}))

# One row for each action, one column for each role in the order of `Role`; letters for relations:
# a = any, r = within the remit, o = own office leads the case, p = own office is in the plan,
# c = own case, e = emergency access, m = member of an item of a meeting, - = never.
TRUTH = """
see_people      rce oce pc - - - - a
edit_people     rc  oc  -  - - - - a
see_protected   ce  ce  c  - - - - a
open_in_emergency a a   -  - - - - -
see_emergencies rc  oc  -  - - a a -
see_meetings    a   a   a  - - - - -
write_meetings  a   a   -  - - - - -
see_room        m   m   m  - - - - -
see_catalog     a   a   a  a a a a a
edit_catalog    a   a   -  o - - a a
import_data     a   -   -  - - - a a
run_matching    a   -   -  - - - - a
see_runs        a   a   -  - - - - a
decide_proposal rc  oc  -  - - - - -
settle_rules    rc  oc  -  - - - - -
override_rules  rc  -   -  - - - - -
see_planning    a   -   -  - a - - -
preview_policy  a   -   -  - a - a -
see_audit       -   -   -  - - a - -
manage_users    -   -   -  - - - a -
edit_settings   -   -   -  - - - a -
hand_out_records rc -   -  - - - - -
delete_people   rc  -   -  - - - - -
hand_over       oc  oc  -  - - - - a
see_receptions  ro  o   o  - - - - a
write_receptions ro o   o  - - - - -
"""
LETTERS = {
    "a": Relation.ANY,
    "r": Relation.REMIT,
    "o": Relation.OWN_OFFICE,
    "p": Relation.PLAN_MEMBER,
    "c": Relation.OWN_CASE,
    "e": Relation.EMERGENCY,
    "m": Relation.ITEM_MEMBER,
}


def actor(role: Role, user_id: str = "u-other", office_id: str | None = None) -> Actor:
    """Return someone of a role."""
    return Actor(user_id, "つき", role, "999999", office_id)


def limited(*, programmes: set[str] | None = None, town_ids: set[str] | None = None) -> Actor:
    """Return a coordinator whose work is limited."""
    remit = Remit(
        None if programmes is None else frozenset(programmes),
        None if town_ids is None else frozenset(town_ids),
    )
    return replace(actor(Role.COORDINATOR), remits=(remit,))


def test_the_table_says_what_the_truth_table_says() -> None:
    rows = {line.split()[0]: line.split()[1:] for line in TRUTH.strip().splitlines()}
    assert set(rows) == set(Action)
    told = {
        (role, action): frozenset(map(LETTERS.__getitem__, letters.replace("-", "")))
        for action in Action
        for role, letters in zip(Role, rows[action], strict=True)
    }
    assert told == {
        (role, action): POLICY[role].get(action, frozenset())
        for role, action in itertools.product(Role, Action)
    }


@pytest.mark.parametrize(("role", "action"), list(itertools.product(Role, Action)))
def test_a_relation_opens_only_what_the_table_names(role: Role, action: Action) -> None:
    allowed = POLICY[role].get(action, frozenset())
    for held in Relation:
        expected = not allowed.isdisjoint({Relation.ANY, held})
        assert may(actor(role), action, frozenset({held})) is expected


def test_check_may_raises_and_names_the_action() -> None:
    check_may(actor(Role.COORDINATOR), Action.RUN_MATCHING)
    with pytest.raises(NotPermitted, match="run_matching"):
        check_may(actor(Role.HOST), Action.RUN_MATCHING)


ANY, REMIT, OFFICE, PLAN, CASE, EMERGENCY, _ = Relation


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        (actor(Role.COORDINATOR), {ANY, REMIT}),
        (actor(Role.LEAD_AGENCY, office_id="o1"), {ANY, REMIT, OFFICE}),
        (actor(Role.LEAD_AGENCY, office_id="o2"), {ANY, REMIT, PLAN}),
        (actor(Role.COORDINATOR, "u-own", "o1"), {ANY, REMIT, OFFICE, CASE}),
        (actor(Role.MEMBER_AGENCY, "u-own", "o9"), {ANY, REMIT}),  # has left
        (actor(Role.COORDINATOR, "u-own"), {ANY, REMIT}),
        (replace(actor(Role.COORDINATOR), emergencies=frozenset({"p1"})), {ANY, REMIT, EMERGENCY}),
        (limited(programmes={"参加支援事業", "多機関協働事業"}), {ANY, REMIT}),
        (limited(programmes={"多機関協働事業"}), {ANY}),
        (limited(town_ids={"t1"}), {ANY, REMIT}),
        (limited(programmes={"参加支援事業"}, town_ids={"t2"}), {ANY}),
    ],
)
def test_relations_follow_remit_office_plan_and_case(who: Actor, expected: set[Relation]) -> None:
    assert relations_to(who, PERSON) == expected


def test_all_limits_of_an_actor_hold_at_once() -> None:
    """A 社協 may work city-wide for its 事業, and one of its staff in one 圏域 alone."""
    office, own = Remit(programmes=frozenset({"参加支援事業"})), Remit(town_ids=frozenset({"t2"}))
    who = replace(actor(Role.COORDINATOR), remits=(office, own))
    assert not PeopleScope(who).admits(PERSON)
    assert PeopleScope(replace(who, remits=(office,))).admits(PERSON)
    assert PeopleScope(replace(who, user_id="u-own", office_id="o1")).admits(PERSON)
    assert not PeopleScope(who).admits(replace(PERSON, town_id=None))


def test_an_emergency_opens_and_lets_nobody_write() -> None:
    """Also of a protected person, and also where the remit would cover them."""
    for person in (PERSON, PROTECTED):
        far = replace(person, programmes=(), office_id=None)
        for role in (Role.COORDINATOR, Role.LEAD_AGENCY):
            who = replace(limited(town_ids={"t9"}), role=role, emergencies=frozenset({"p1"}))
            anyhow = {action for action in Action if may(who, action)}
            allowed = {action for action in Action if may_with(who, action, far)} - anyhow
            assert allowed == {Action.SEE_PEOPLE, Action.SEE_PROTECTED}
    within = replace(actor(Role.COORDINATOR), emergencies=frozenset({"p1"}))
    assert may_with(within, Action.SEE_PEOPLE, PROTECTED)
    assert not may_with(within, Action.EDIT_PEOPLE, PROTECTED)
    for role in set(Role) - {Role.COORDINATOR, Role.LEAD_AGENCY, Role.SYSTEM}:
        stranger = replace(actor(role), emergencies=frozenset({"p1"}))
        assert not PeopleScope(stranger).admits(PERSON)


def test_no_office_is_not_a_common_office() -> None:
    homeless = replace(PERSON, office_id=None)
    assert not may_with(actor(Role.LEAD_AGENCY), Action.SEE_PEOPLE, homeless)


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        (actor(Role.COORDINATOR), False),
        (actor(Role.COORDINATOR, "u-own", "o1"), True),
        (actor(Role.COORDINATOR, "u-own", "o9"), False),
        (actor(Role.COORDINATOR, "u-own"), False),
        (actor(Role.COORDINATOR, "u-named"), True),
        (actor(Role.LEAD_AGENCY, office_id="o1"), False),
        (actor(Role.MEMBER_AGENCY, office_id="o2"), False),
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
