"""Helpers from the stores: agreed, matched, decided about, beside the place one looks for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from cases.actions.consenting import withdraw_consent
from cases.actions.deciding import decide_proposal
from cases.actions.helping import (
    decide_helper_proposal,
    find_helper,
    last_helping,
    save_helper,
    start_helping,
)
from cases.actions.matching import Stores, start_matching
from cases.errors import CaseError, NotFound, NotPermitted, TransitionNotAllowed
from cases.helper import Helper
from cases.permissions import PeopleScope
from cases.proposal import Decision, Proposal, ProposalStatus
from cases.run import NotConsidered
from catalog.actor import Actor, Role
from catalog.opening import Opening
from catalog.schedule import Band
from catalog.vocabulary import load_vocabulary
from tests.cases.conftest import CODE, COORDINATOR, an_event, clock
from tests.cases.small_city import FIELD, TEA, consent, need, person, weekly
from tests.cases.test_actions import NAMED, PLANNER, events, freeze

LEAD = Actor("u5", "", Role.LEAD_AGENCY, CODE, "elsewhere")
WEEK = frozenset((day, band) for day in range(7) for band in Band)
VOLUNTEER = Helper(
    id="h1",
    name="支え手",
    town_id="a",
    available=WEEK,
    travel_limit_minutes=90,
    agreed_on=date(2026, 11, 1),
)


def want_helpers(stores: Stores, opening: Opening, count: int = 1) -> Opening:
    """Let a group of the small city want helpers."""
    wanting = replace(opening, helpers_wanted=count)
    stores.catalog.save_opening(wanting, an_event("opening_saved"))
    return wanting


def matched(stores: Stores) -> tuple[Proposal, ...]:
    """Match helpers and groups."""
    return start_helping(COORDINATOR, stores, clock, freeze, "0.1.0").proposals


def decide(stores: Stores, proposal: Proposal, decision: Decision, reason: str = "") -> Proposal:
    """Decide as the coordinator."""
    return decide_helper_proposal(COORDINATOR, stores, proposal.id, decision, clock, reason)


def test_a_helper_is_kept_with_an_event_and_matched(stores: Stores) -> None:
    want_helpers(stores, FIELD)
    save_helper(COORDINATOR, stores, VOLUNTEER, clock)
    save_helper(COORDINATOR, stores, VOLUNTEER, clock)
    assert [each.kind for each in events(stores)].count("helper_saved") == 1
    (proposal,) = matched(stores)
    assert (proposal.participant_id, proposal.opening_id) == ("h1", FIELD.id)
    run = last_helping(COORDINATOR, stores).run
    assert run.certified
    assert len(run.rounds) == 1
    assert b"\xe6\x94\xaf" not in run.rounds[0][0], "no name is frozen"
    assert events(stores)[-1].kind == "helper_run"


def test_without_agreement_nobody_is_proposed(stores: Stores) -> None:
    want_helpers(stores, FIELD)
    save_helper(COORDINATOR, stores, replace(VOLUNTEER, agreed_on=None), clock)
    assert matched(stores) == ()
    (left,) = last_helping(COORDINATOR, stores).run.not_considered
    assert left.why == "helper_not_agreed"


def wait_for_a_place(stores: Stores) -> None:
    """Let p1 wait for a place of their own."""
    stores.cases.save_participant(person("p1"), an_event("participant_registered"))
    stores.cases.save_need(need("p1"), an_event("need_changed"))
    stores.cases.add_consent(consent("p1"), an_event("consent_recorded"))


def test_who_looks_for_a_place_helps_elsewhere_at_another_time(stores: Stores) -> None:
    """p1's own place goes first: its half day and its place are no longer there for helping."""
    wait_for_a_place(stores)
    run = start_matching(COORDINATOR, stores, clock, freeze, "0.1.0").run
    (own,) = stores.runs.proposals_for(PeopleScope(COORDINATOR), "p1")
    opening = stores.catalog.opening(own.opening_id)
    assert run.id == own.run_id
    assert opening is not None
    want_helpers(stores, opening, 2)
    helper = replace(VOLUNTEER, participant_id="p1", town_id=None)
    save_helper(COORDINATOR, stores, helper, clock)
    assert matched(stores) == ()
    other = TEA if opening.id != TEA.id else FIELD
    elsewhere = replace(other, schedule=weekly("0Sa", 10, 11))
    want_helpers(stores, elsewhere)
    assert [each.opening_id for each in matched(stores)] == [elsewhere.id]
    same_day = replace(elsewhere, schedule=opening.schedule)
    want_helpers(stores, same_day)
    assert matched(stores) == ()


def test_a_decision_holds_the_group_until_it_is_undone(stores: Stores) -> None:
    want_helpers(stores, FIELD)
    save_helper(COORDINATOR, stores, VOLUNTEER, clock)
    (proposal,) = matched(stores)
    assert decide(stores, proposal, Decision.ADVANCE).status is ProposalStatus.ADVANCED
    assert matched(stores) == ()
    with pytest.raises(TransitionNotAllowed):
        decide(stores, proposal, Decision.ADVANCE)
    decide(stores, proposal, Decision.UNDO)
    (again,) = matched(stores)
    with pytest.raises(CaseError, match="set_aside_without_reason"):
        decide(stores, again, Decision.SET_ASIDE)
    decide(stores, again, Decision.SET_ASIDE, "too_far")
    assert matched(stores) == ()


def test_what_changed_since_the_run_stops(stores: Stores) -> None:
    group = want_helpers(stores, FIELD)
    save_helper(COORDINATOR, stores, VOLUNTEER, clock)
    (proposal,) = matched(stores)
    save_helper(COORDINATOR, stores, replace(VOLUNTEER, agreed_on=None), clock)
    with pytest.raises(CaseError, match="helper_not_ready"):
        decide(stores, proposal, Decision.ADVANCE)
    save_helper(COORDINATOR, stores, VOLUNTEER, clock)
    want_helpers(stores, group, 0)
    with pytest.raises(CaseError, match="helper_group_full"):
        decide(stores, proposal, Decision.ADVANCE)
    want_helpers(stores, group)
    save_helper(COORDINATOR, stores, replace(VOLUNTEER, available=frozenset()), clock)
    with pytest.raises(CaseError, match="helper_is_busy"):
        decide(stores, proposal, Decision.ADVANCE)


def test_who_has_enough_groups_takes_no_more(stores: Stores) -> None:
    """Two runs each proposed one; the second cannot be advanced any more."""
    want_helpers(stores, FIELD)
    save_helper(COORDINATOR, stores, VOLUNTEER, clock)
    (first,) = matched(stores)
    want_helpers(stores, FIELD, 0)
    want_helpers(stores, TEA)
    (second,) = matched(stores)
    want_helpers(stores, FIELD)
    decide(stores, first, Decision.ADVANCE)
    with pytest.raises(CaseError, match="helper_has_enough"):
        decide(stores, second, Decision.ADVANCE)


def test_rights_to_helpers(two_people: Stores) -> None:
    """A volunteer belongs to nobody's cases; a protected person's offer is there for the named."""
    stores = two_people
    with pytest.raises(NotPermitted):
        save_helper(PLANNER, stores, VOLUNTEER, clock)
    with pytest.raises(NotPermitted):
        save_helper(LEAD, stores, VOLUNTEER, clock)
    hidden = replace(VOLUNTEER, id="h2", participant_id="p2", town_id=None)
    with pytest.raises(NotFound, match="person_not_found"):
        save_helper(COORDINATOR, stores, hidden, clock)
    save_helper(NAMED, stores, hidden, clock)
    assert find_helper(NAMED, stores, "h2") == hidden
    with pytest.raises(NotFound, match="helper_not_found"):
        find_helper(COORDINATOR, stores, "h2")
    with pytest.raises(NotPermitted):
        start_helping(PLANNER, stores, clock, freeze, "0.1.0")
    with pytest.raises(NotFound, match="run_not_found"):
        last_helping(COORDINATOR, stores)
    with pytest.raises(NotFound, match="proposal_not_found"):
        decide_helper_proposal(COORDINATOR, stores, "nothing", Decision.ADVANCE, clock)


def test_a_helper_whom_one_may_not_know_fills_no_group_for_the_reader(two_people: Stores) -> None:
    """The protected person's place at the group is counted for the named alone."""
    stores = two_people
    group = want_helpers(stores, replace(TEA, schedule=weekly("0Sa", 10, 11)))
    hidden = replace(VOLUNTEER, id="h2", participant_id="p2", town_id=None)
    save_helper(NAMED, stores, hidden, clock)
    assert matched(stores) == ()
    lacking = {
        actor.user_id: [(each.opening_id, each.missing, each.why) for each in seen.lacking]
        for actor in (COORDINATOR, NAMED)
        if (seen := last_helping(actor, stores))
    }
    assert lacking == {COORDINATOR.user_id: [(group.id, 1, "")], NAMED.user_id: []}


def test_the_first_matching_is_left_alone(stores: Stores) -> None:
    """Advancing somebody's own place changes nothing for the group that they help."""
    wait_for_a_place(stores)
    want_helpers(stores, replace(TEA, schedule=weekly("0Sa", 10, 11)))
    start_matching(COORDINATOR, stores, clock, freeze, "0.1.0")
    helper = replace(VOLUNTEER, participant_id="p1", town_id=None)
    save_helper(COORDINATOR, stores, helper, clock)
    (proposal,) = matched(stores)
    (own,) = stores.runs.proposals_for(PeopleScope(COORDINATOR), "p1")
    decide_proposal(
        COORDINATOR,
        stores.cases,
        stores.catalog,
        stores.runs,
        load_vocabulary(),
        own.id,
        Decision.ADVANCE,
        clock,
    )
    assert decide(stores, proposal, Decision.ADVANCE).status is ProposalStatus.ADVANCED


def test_taking_consent_back_stops_helping_too(stores: Stores) -> None:
    """A volunteer's group beside it goes on."""
    wait_for_a_place(stores)
    want_helpers(stores, replace(TEA, schedule=weekly("0Sa", 10, 11)), 2)
    own = replace(VOLUNTEER, id="h2", participant_id="p1", town_id=None)
    for helper in (VOLUNTEER, own):
        save_helper(COORDINATOR, stores, helper, clock)
    for proposal in matched(stores):
        decide(stores, proposal, Decision.ADVANCE)
    withdraw_consent(COORDINATOR, stores.cases, stores.runs, stores.helping, "p1", clock)
    scope = PeopleScope(COORDINATOR)
    status = {
        each.participant_id: each.status
        for each in stores.helping.helper_proposals(scope, last_helping(COORDINATOR, stores).run.id)
    }
    assert status == {"h1": ProposalStatus.ADVANCED, "h2": ProposalStatus.PROPOSED}
    assert [each.why for each in last_helping_again(stores)] == ["consent_withdrawn"]


def last_helping_again(stores: Stores) -> tuple[NotConsidered, ...]:
    """Match once more and return who was not considered."""
    matched(stores)
    return last_helping(COORDINATOR, stores).run.not_considered
