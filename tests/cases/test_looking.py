"""Where people stand, and the one thing that comes next; seen only by who may know of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from cases.actions.deciding import decide_proposal
from cases.actions.looking import look_at, look_at_everyone, show_address
from cases.actions.matching import Stores, start_matching
from cases.consent import Consent, WhyNot
from cases.errors import NotFound, NotPermitted
from cases.next_step import Standing, next_step_words
from cases.participant import ParticipantStatus
from cases.permissions import PeopleScope
from cases.proposal import Decision
from cases.words.wording import own_wording
from catalog.actor import Actor, Role
from catalog.vocabulary import load_vocabulary
from tests.cases.conftest import COORDINATOR, an_event, clock
from tests.cases.small_city import TODAY, consent, need, person
from tests.cases.test_actions import NAMED, PLANNER, events, freeze


def decide(stores: Stores, decision: Decision, reason: str = "") -> None:
    """Decide about the newest proposal of p1."""
    (proposal,) = stores.runs.proposals_for(PeopleScope(COORDINATOR), "p1")
    decide_proposal(
        COORDINATOR,
        stores.cases,
        stores.catalog,
        stores.runs,
        load_vocabulary(),
        proposal.id,
        decision,
        clock,
        reason,
    )


def next_step(stores: Stores, participant_id: str = "p1") -> str:
    """Return the code of what comes next for a person."""
    return look_at(COORDINATOR, stores, clock, participant_id).next_step


def test_next_step_follows_the_proposal(stores: Stores) -> None:
    stores.cases.save_participant(person("p1"), an_event("participant_registered"))
    stores.cases.save_need(need("p1"), an_event("need_changed"))
    stores.cases.add_consent(consent("p1"), an_event("consent_recorded"))
    assert next_step(stores) == "choose"
    start_matching(COORDINATOR, stores, clock, freeze, "0.1.0")
    assert next_step(stores) == "decide"
    decide(stores, Decision.SET_ASIDE, "too_far")
    assert next_step(stores) == "choose"
    decide(stores, Decision.UNDO)
    decide(stores, Decision.ADVANCE)
    assert next_step(stores) == "advanced"


def test_without_consent_the_next_step_is_to_ask(two_people: Stores) -> None:
    two_people.cases.save_participant(person("p3", coordinator_id="u1"), an_event("registered"))
    standing = look_at(COORDINATOR, two_people, clock, "p3")
    assert standing.consent is WhyNot.NONE_YET
    assert standing.next_step == standing.why_not == "consent_none_yet"


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (ParticipantStatus.PLACED, "placed"),
        (ParticipantStatus.CLOSED, "closed"),
        (ParticipantStatus.PAUSED, "paused"),
    ],
)
def test_who_does_not_wait_has_a_next_step_too(
    two_people: Stores, status: ParticipantStatus, code: str
) -> None:
    (p1,) = (each.participant for each in look_at_everyone(COORDINATOR, two_people, clock))
    two_people.cases.save_participant(replace(p1, status=status), an_event("changed"))
    assert next_step(two_people) == code


def test_who_paused_until_a_day_stands_as_waiting_from_then_on(two_people: Stores) -> None:
    (p1,) = (each.participant for each in look_at_everyone(COORDINATOR, two_people, clock))
    paused = replace(p1, status=ParticipantStatus.PAUSED, paused_until_on=TODAY)
    two_people.cases.save_participant(paused, an_event("changed"))
    standing = look_at(COORDINATOR, two_people, clock, "p1")
    assert standing.participant.status is ParticipantStatus.WAITING
    later = replace(paused, paused_until_on=TODAY + timedelta(1))
    two_people.cases.save_participant(later, an_event("changed"))
    assert next_step(two_people) == "paused_until"
    assert look_at(COORDINATOR, two_people, clock, "p1").participant == later


def test_protected_people_are_there_for_the_named_only(two_people: Stores) -> None:
    seen = {
        actor.user_id: [each.participant.id for each in look_at_everyone(actor, two_people, clock)]
        for actor in (COORDINATOR, NAMED)
    }
    assert seen == {"u1": ["p1"], "u9": ["p1", "p2"]}
    assert isinstance(look_at(NAMED, two_people, clock, "p2").consent, Consent)
    with pytest.raises(NotFound, match="person_not_found"):
        look_at(COORDINATOR, two_people, clock, "p2")
    with pytest.raises(NotFound, match="person_not_found"):
        look_at(COORDINATOR, two_people, clock, "nobody")
    with pytest.raises(NotPermitted):
        look_at_everyone(PLANNER, two_people, clock)


def test_a_protected_address_is_shown_with_an_event(two_people: Stores) -> None:
    before = len(events(two_people))
    assert show_address(NAMED, two_people, clock, "p2").address == "a町1-2-3"
    (event,) = events(two_people)[before:]
    assert (event.kind, event.actor_id, event.subject_id) == ("address_shown", "u9", "p2")
    assert "a町" not in str(event)
    with pytest.raises(NotFound):
        show_address(COORDINATOR, two_people, clock, "p2")
    assert len(events(two_people)) == before + 1


def test_every_step_has_its_words(two_people: Stores) -> None:
    (standing,) = look_at_everyone(COORDINATOR, two_people, clock)
    assert isinstance(standing, Standing)
    codes = set(own_wording().tables["not_considered"]) | {"decide", "choose", "placed", "closed"}
    assert set(own_wording().tables["next_step"]) == codes
    assert all(next_step_words(code) for code in codes)


def test_whoever_sees_people_sees_them_in_their_order(two_people: Stores) -> None:
    agency = Actor("u1", "小川", Role.MEMBER_AGENCY, COORDINATOR.municipality_code)
    assert [s.participant.id for s in look_at_everyone(agency, two_people, clock)] == ["p1"]
    stranger = replace(agency, user_id="u2")
    assert look_at_everyone(stranger, two_people, clock) == []
