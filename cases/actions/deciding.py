"""Deciding about a proposal: forward, aside, undo. Nothing leaves the office by it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cases.actions.intake import Clock, changed_fields, find_person
from cases.errors import NotFound
from cases.matching.waiting import drop_finished
from cases.participant import Participant, ParticipantStatus, as_of
from cases.permissions import (
    Action,
    PeopleScope,
    check_may_with,
    scope_of_everyone,
)
from cases.policies import check_decision
from cases.ports import CaseStore, CatalogStore, RunStore
from cases.proposal import Decision, Proposal, decide
from cases.set_aside import effect_of
from catalog.actor import Actor
from catalog.audit import AuditEvent
from catalog.dates import day_in_japan
from catalog.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Decided:
    """A proposal after a decision, and its person where the decision changed their status."""

    proposal: Proposal
    participant: Participant


def decide_proposal(
    actor: Actor,
    cases: CaseStore,
    catalog: CatalogStore,
    runs: RunStore,
    vocabulary: Vocabulary,
    proposal_id: str,
    decision: Decision,
    clock: Clock,
    reason: str = "",
) -> Decided:
    """Advance a proposal, set it aside for a coded reason, or undo either.

    Raises
    ------
    NotFound
        `proposal_not_found`, also where the actor may not know the person.
    NotPermitted
        Where the role does not decide about this person.
    TransitionNotAllowed, ConsentMissing, CaseError
        What the table or the present state does not allow.
    CatalogError
        `unknown_code` for a reason that is not in the list.
    """
    scope = PeopleScope(actor)
    proposal = runs.proposal(scope, proposal_id)
    if proposal is None:
        raise NotFound("proposal_not_found")
    participant = find_person(actor, cases, proposal.participant_id)
    check_may_with(actor, Action.DECIDE_PROPOSAL, participant)
    if reason:
        vocabulary.check("set_aside_reason", reason)
    opening = catalog.opening(proposal.opening_id)
    if opening is None:
        raise NotFound("opening_not_found")
    at = clock()
    check_decision(
        proposal,
        decision,
        participant,
        cases.consents_of(scope, participant.id),
        opening,
        _in_the_way(actor, cases, runs, proposal),
        day_in_japan(at),
    )
    decided, event = decide(proposal, decision, actor, at, reason)
    runs.save_proposal(decided, event)
    return Decided(decided, _rest_or_wait(cases, participant, proposal, decided, event))


def _in_the_way(
    actor: Actor, cases: CaseStore, runs: RunStore, proposal: Proposal
) -> list[Proposal]:
    """Return earlier decisions about the same person or opening that still count."""
    everyone = scope_of_everyone(actor.municipality_code)
    same = [
        each
        for each in runs.decided_proposals(everyone)
        if proposal.participant_id == each.participant_id or proposal.opening_id == each.opening_id
    ]
    people = [cases.participant(everyone, id_) for id_ in {each.participant_id for each in same}]
    return drop_finished(same, filter(None, people))


def _rest_or_wait(
    cases: CaseStore,
    participant: Participant,
    before: Proposal,
    after: Proposal,
    event: AuditEvent,
) -> Participant:
    """Let the person rest where the reason says so, and wait again when that is undone.

    A pause that has ended counts no more, so its day does not end the new one.
    """
    person = as_of(participant, day_in_japan(event.at))
    rests, rested = (
        bool(each.set_aside_reason) and effect_of(each.set_aside_reason).rests
        for each in (after, before)
    )
    waiting, paused = ParticipantStatus.WAITING, ParticipantStatus.PAUSED
    if rests and person.status is waiting:
        changed = replace(person, status=paused, paused_until_on=None)
    elif rested and person.status is paused:
        changed = replace(person, status=waiting, paused_until_on=None)
    else:
        return participant
    cases.save_participant(
        changed,
        replace(
            event,
            kind="participant_changed",
            subject_kind="participant",
            subject_id=participant.id,
            detail={"fields": ",".join(changed_fields(participant, changed)), "proposal": after.id},
        ),
    )
    return changed
