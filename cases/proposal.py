"""A proposed match of one person and one opening, and what may be decided about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from cases.errors import CaseError, TransitionNotAllowed
from catalog.actor import Actor
from catalog.audit import AuditEvent


class ProposalStatus(StrEnum):
    """What a coordinator has decided; nothing leaves the office by deciding."""

    PROPOSED = "proposed"
    ADVANCED = "advanced"
    SET_ASIDE = "set_aside"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One match of a run: its score in [0, 1], the parts of it, and the words shown.

    `parts` are pairs of part name and value in [0, 1], in the order of the policy. `word` is the
    code of the fit (`good`, `fair`, …), `reason` the sentence, `short` its facts for a cell of a
    list, `way` how long the way is, nothing where none is travelled. They stay as the run wrote
    them. `set_aside_reason` is a code of the vocabulary list `set_aside_reason`.
    """

    id: str
    run_id: str
    participant_id: str
    opening_id: str
    score: float
    parts: tuple[tuple[str, float], ...]
    status: ProposalStatus = ProposalStatus.PROPOSED
    word: str = ""
    reason: str = ""
    short: str = ""
    way: str = ""
    set_aside_reason: str = ""
    decided_by: str | None = None
    decided_at: datetime | None = None


class Decision(StrEnum):
    """The three things that a coordinator can do with a proposal."""

    ADVANCE = "advance"
    SET_ASIDE = "set_aside"
    UNDO = "undo"


@dataclass(frozen=True, slots=True)
class Transition:
    """One allowed step: where it leads, what it asks for."""

    to: ProposalStatus
    needs_consent: bool = False
    needs_place: bool = False
    needs_reason: bool = False


_P = ProposalStatus
TRANSITIONS: Final[Mapping[tuple[ProposalStatus, Decision], Transition]] = {
    (_P.PROPOSED, Decision.ADVANCE): Transition(_P.ADVANCED, needs_consent=True, needs_place=True),
    (_P.PROPOSED, Decision.SET_ASIDE): Transition(_P.SET_ASIDE, needs_reason=True),
    (_P.ADVANCED, Decision.UNDO): Transition(_P.PROPOSED),
    (_P.SET_ASIDE, Decision.UNDO): Transition(_P.PROPOSED),
}


def find_transition(proposal: Proposal, decision: Decision) -> Transition:
    """Return the step of the table.

    Raises
    ------
    TransitionNotAllowed
        When the table has no such step from the present status.
    """
    found = TRANSITIONS.get((proposal.status, decision))
    if found is None:
        raise TransitionNotAllowed("proposal_step", status=proposal.status, decision=decision)
    return found


def decide(
    proposal: Proposal, decision: Decision, actor: Actor, at: datetime, reason: str = ""
) -> tuple[Proposal, AuditEvent]:
    """Take one step and return the new proposal with its event.

    Whether the actor may is asked of `permissions`, whether consent and place are still there
    of `policies`; here only the table and the reason count.

    Raises
    ------
    TransitionNotAllowed
        When the table has no such step.
    CaseError
        `set_aside_without_reason` when a reason code is asked for and missing.
    """
    step = find_transition(proposal, decision)
    if step.needs_reason and not reason:
        raise CaseError("set_aside_without_reason")
    undone = decision is Decision.UNDO
    decided = replace(
        proposal,
        status=step.to,
        set_aside_reason=reason if step.needs_reason else "",
        decided_by=None if undone else actor.user_id,
        decided_at=None if undone else at,
    )
    event = AuditEvent(
        kind=f"proposal_{decision}",
        actor_id=actor.user_id,
        subject_kind="proposal",
        subject_id=proposal.id,
        at=at,
        detail={
            "from": str(proposal.status),
            "to": str(step.to),
            "reason": decided.set_aside_reason,
        },
    )
    return decided, event
