"""What the state of things allows, whoever asks: is consent still there, is a place still free."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from cases.consent import Consent, require_consent
from cases.errors import CaseError
from cases.participant import Participant, ParticipantStatus
from cases.proposal import Decision, Proposal, find_transition
from catalog.opening import Opening, OpeningStatus, free_places, is_open_on


def check_may_be_matched(participant: Participant) -> None:
    """Raise `CaseError` unless the person waits for a place."""
    if participant.status is not ParticipantStatus.WAITING:
        raise CaseError(f"person_{participant.status}", case_no=participant.case_no)


def check_place(opening: Opening, on: date) -> None:
    """Raise `CaseError` unless the opening takes people on a day and has a free place."""
    if opening.status is not OpeningStatus.FULL and not is_open_on(opening, on):
        raise CaseError("opening_closed", opening=opening.name)
    if free_places(opening) < 1:
        raise CaseError("opening_full", opening=opening.name, capacity=opening.capacity)


def check_decision(
    proposal: Proposal,
    decision: Decision,
    participant: Participant,
    consents: Sequence[Consent],
    opening: Opening,
    today: date,
) -> None:
    """Raise `CaseError` unless the present state allows to decide so about a proposal.

    Consent and places may have changed since the run, so what the table asks for is looked at
    again on the day of the decision.
    """
    step = find_transition(proposal, decision)
    if step.needs_consent:
        check_may_be_matched(participant)
        require_consent(participant, consents, today)
    if step.needs_place:
        check_place(opening, today)
