"""Recording what people agreed to, and stopping at once when they take it back."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cases.actions.intake import Clock, check_may_edit, find_person
from cases.consent import Consent, ConsentState
from cases.errors import CaseError
from cases.permissions import PeopleScope
from cases.ports import CaseStore, HelperStore, RunStore
from cases.proposal import Decision, Proposal, ProposalStatus, decide
from catalog.actor import Actor
from catalog.audit import AuditEvent
from catalog.dates import day_in_japan
from catalog.ids import IdSource, new_id


def record_consent(actor: Actor, store: CaseStore, consent: Consent, clock: Clock) -> Consent:
    """Add a statement of consent, with the instant of recording.

    Raises
    ------
    NotFound, NotPermitted
        Where the actor may not know or change the person.
    CaseError
        `consent_in_future`; `withdraw_instead` for a withdrawal, which has to stop things.
    """
    check_may_edit(actor, find_person(actor, store, consent.participant_id))
    if consent.state is ConsentState.WITHDRAWN:
        raise CaseError("withdraw_instead")
    return _add(actor, store, consent, clock)


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A consent taken back, and the proposals that stopped with it."""

    consent: Consent
    stopped: tuple[Proposal, ...]


def withdraw_consent(
    actor: Actor,
    store: CaseStore,
    runs: RunStore,
    helping: HelperStore,
    participant_id: str,
    clock: Clock,
    given_by: str = "",
    note: str = "",
    ids: IdSource = new_id,
) -> Withdrawal:
    """Take consent back: nothing is matched from now on, and what was under way stops.

    Raises
    ------
    NotFound, NotPermitted
        Where the actor may not know or change the person.
    """
    participant = find_person(actor, store, participant_id)
    check_may_edit(actor, participant)
    withdrawn = Consent(
        id=ids(),
        participant_id=participant.id,
        state=ConsentState.WITHDRAWN,
        given_by=given_by,
        on=day_in_japan(clock()),
        note=note,
    )
    kept = _add(actor, store, withdrawn, clock)
    under_way = [
        proposal
        for proposal in runs.proposals_for(PeopleScope(actor), participant.id)
        if proposal.status is ProposalStatus.ADVANCED
    ]
    stopped = [decide(proposal, Decision.UNDO, actor, clock()) for proposal in under_way]
    for proposal, event in stopped:
        runs.save_proposal(proposal, event)
    _stop_helping(actor, helping, participant.id, clock)
    return Withdrawal(kept, tuple(proposal for proposal, _ in stopped))


def _stop_helping(actor: Actor, helping: HelperStore, participant_id: str, clock: Clock) -> None:
    """Undo where the person was to help: that, too, was on the ground of the consent."""
    scope = PeopleScope(actor)
    helper = helping.helper_of(scope, participant_id)
    for proposal in helping.decided_helper_proposals(scope) if helper else ():
        is_own = helper is not None and proposal.participant_id == helper.id
        if is_own and proposal.status is ProposalStatus.ADVANCED:
            helping.save_helper_proposal(*decide(proposal, Decision.UNDO, actor, clock()))


def _add(actor: Actor, store: CaseStore, consent: Consent, clock: Clock) -> Consent:
    at = clock()
    if consent.on > day_in_japan(at):
        raise CaseError("consent_in_future", on=consent.on)
    recorded = replace(consent, recorded_at=at)
    event = AuditEvent(
        kind="consent_recorded",
        actor_id=actor.user_id,
        subject_kind="participant",
        subject_id=consent.participant_id,
        at=at,
        detail={"consent": consent.id, "state": str(consent.state)},
    )
    store.add_consent(recorded, event)
    return recorded
