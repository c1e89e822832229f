"""What the present state allows, looked at again on the day of the decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from cases.consent import HOSTS, Consent, ConsentState
from cases.errors import CaseError, ConsentMissing
from cases.participant import Participant, ParticipantStatus
from cases.policies import check_decision
from cases.proposal import Decision, Proposal, ProposalStatus
from catalog.opening import Opening, OpeningStatus

TODAY = date(2026, 11, 12)
PERSON = Participant(id="p1", case_no="K-1", name="小春 ちよ", since_on=date(2026, 4, 1))
CONSENT = Consent(
    id="c1",
    participant_id="p1",
    state=ConsentState.WRITTEN,
    given_by="本人",
    on=date(2026, 10, 1),
    agencies=frozenset({HOSTS}),
    until_on=date(2026, 11, 30),
)
OPENING = Opening(
    id="o1",
    resource_id="r1",
    host_id="h1",
    name="畑の手伝い",
    menu=("farm_work",),
    form="volunteer",
    role="participant",
    capacity=2,
    taken=1,
)
PROPOSAL = Proposal(
    id="x1", run_id="run", participant_id="p1", opening_id="o1", score=0.8, parts=()
)


def advance(
    person: Participant = PERSON,
    opening: Opening = OPENING,
    today: date = TODAY,
    decided: Sequence[Proposal] = (),
) -> None:
    """Ask whether the proposal may be advanced."""
    check_decision(PROPOSAL, Decision.ADVANCE, person, [CONSENT], opening, decided, today)


def test_consent_in_force_and_a_free_place_allow_to_advance() -> None:
    """Both to their last: the day on which consent ends, the last free place."""
    assert CONSENT.until_on is not None
    advance(today=CONSENT.until_on)
    with pytest.raises(ConsentMissing, match="consent_expired"):
        advance(today=CONSENT.until_on + timedelta(days=1))
    advance(opening=replace(OPENING, taken=OPENING.capacity - 1))
    with pytest.raises(CaseError, match="opening_full"):
        advance(opening=replace(OPENING, taken=OPENING.capacity))


def test_consent_that_ended_since_the_run_stops() -> None:
    with pytest.raises(ConsentMissing, match="consent_expired"):
        advance(today=date(2026, 12, 1))


def test_a_person_who_rests_is_not_advanced() -> None:
    with pytest.raises(CaseError, match="person_paused"):
        advance(replace(PERSON, status=ParticipantStatus.PAUSED))


def test_a_person_whose_pause_is_over_is_advanced() -> None:
    """Until the day itself it is a pause."""
    until = replace(PERSON, status=ParticipantStatus.PAUSED, paused_until_on=date(2026, 11, 13))
    with pytest.raises(CaseError, match="person_paused"):
        advance(until, today=date(2026, 11, 12))
    advance(until, today=date(2026, 11, 13))


@pytest.mark.parametrize(
    ("opening", "code"),
    [
        (replace(OPENING, taken=2), "opening_full"),
        (replace(OPENING, status=OpeningStatus.FULL), "opening_full"),
        (replace(OPENING, status=OpeningStatus.PAUSED), "opening_closed"),
        (replace(OPENING, status=OpeningStatus.PAUSED, taken=2), "opening_closed"),
        (replace(OPENING, starts_on=date(2026, 11, 13)), "opening_closed"),
        (replace(OPENING, ends_on=date(2026, 11, 11)), "opening_closed"),
    ],
)
def test_a_place_that_went_since_the_run_stops(opening: Opening, code: str) -> None:
    with pytest.raises(CaseError) as caught:
        advance(opening=opening)
    assert caught.value.code == code


def advanced(participant_id: str, opening_id: str) -> Proposal:
    """Return a proposal of an earlier run that is under way."""
    return replace(
        PROPOSAL,
        id="x0",
        participant_id=participant_id,
        opening_id=opening_id,
        status=ProposalStatus.ADVANCED,
    )


def test_nobody_is_advanced_to_two_places_at_once() -> None:
    with pytest.raises(CaseError, match="already_advanced"):
        advance(decided=[advanced("p1", "o2")])


def test_a_place_promised_to_another_is_not_free() -> None:
    with pytest.raises(CaseError, match="opening_full"):
        advance(decided=[advanced("p2", "o1")])
    advance(decided=[advanced("p2", "o2")])


def test_setting_aside_and_undo_ask_for_neither() -> None:
    """Neither for consent nor for a place; going ahead asks for both."""
    closed = replace(OPENING, status=OpeningStatus.ENDED)
    advanced = replace(PROPOSAL, status=ProposalStatus.ADVANCED)
    check_decision(PROPOSAL, Decision.SET_ASIDE, PERSON, [], closed, [], TODAY)
    check_decision(advanced, Decision.UNDO, PERSON, [], closed, [], TODAY)
    with pytest.raises(ConsentMissing):
        check_decision(PROPOSAL, Decision.ADVANCE, PERSON, [], closed, [], TODAY)
