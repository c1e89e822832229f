"""What the state of things allows, whoever asks: is consent still there, is a place still free."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from cases.consent import Consent, require_consent
from cases.errors import CaseError
from cases.participant import Participant, ParticipantStatus, as_of
from cases.proposal import Decision, Proposal, ProposalStatus, find_transition
from cases.receiving import Receiving
from catalog.opening import Opening


def check_may_be_matched(participant: Participant) -> None:
    """Raise `CaseError` unless the person waits for a place."""
    if participant.status is not ParticipantStatus.WAITING:
        raise CaseError(f"person_{participant.status}", case_no=participant.case_no)


def check_place(opening: Opening, on: date, held: int = 0) -> None:
    """Raise `CaseError` unless the opening takes people on a day and has a free place.

    `held` places are promised to advanced proposals of others.
    """
    receiving = Receiving(opening, None, held)
    if not receiving.takes_people(on):
        raise CaseError("opening_closed", opening=opening.name)
    if receiving.free < 1:
        raise CaseError("opening_full", opening=opening.name, capacity=opening.capacity)


def check_decision(
    proposal: Proposal,
    decision: Decision,
    participant: Participant,
    consents: Sequence[Consent],
    opening: Opening,
    decided: Iterable[Proposal],
    today: date,
) -> None:
    """Raise `CaseError` unless the present state allows to decide so about a proposal.

    Consent and places may have changed since the run, so what the table asks for is looked at
    again on the day of the decision. `decided` are all proposals that were decided about before.
    """
    step = find_transition(proposal, decision)
    if step.needs_consent:
        check_may_be_matched(as_of(participant, today))
        require_consent(participant, consents, today)
    if step.needs_place:
        advanced = [p for p in decided if p.status is ProposalStatus.ADVANCED]
        if any(p.participant_id == participant.id for p in advanced):
            raise CaseError("already_advanced", case_no=participant.case_no)
        check_place(opening, today, sum(p.opening_id == opening.id for p in advanced))
