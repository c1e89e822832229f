"""Deciding about a proposal: the table, the reasons, undo."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

import pytest

from cases.errors import CaseError, TransitionNotAllowed
from cases.proposal import (
    TRANSITIONS,
    Decision,
    Proposal,
    ProposalStatus,
    decide,
    find_transition,
)
from catalog.actor import Actor, Role

AT = datetime(2026, 11, 12, 0, 14, tzinfo=UTC)
ACTOR = Actor("u1", "水野", Role.COORDINATOR, "999999")


def proposal(status: ProposalStatus = ProposalStatus.PROPOSED) -> Proposal:
    """Return a proposal of a run in a status."""
    return Proposal(
        id="x1",
        run_id="r1",
        participant_id="p1",
        opening_id="o1",
        score=0.8,
        parts=(("wish", 1.0),),
        status=status,
    )


def test_advancing_remembers_who_and_when() -> None:
    decided, event = decide(proposal(), Decision.ADVANCE, ACTOR, AT)
    assert (decided.status, decided.decided_by, decided.decided_at) == ("advanced", "u1", AT)
    assert (event.kind, event.subject_id, event.at) == ("proposal_advance", "x1", AT)
    assert event.detail == {"from": "proposed", "to": "advanced", "reason": ""}


def test_setting_aside_takes_a_reason() -> None:
    with pytest.raises(CaseError, match="set_aside_without_reason"):
        decide(proposal(), Decision.SET_ASIDE, ACTOR, AT)
    decided, event = decide(proposal(), Decision.SET_ASIDE, ACTOR, AT, "too_far")
    assert (decided.status, decided.set_aside_reason) == ("set_aside", "too_far")
    assert event.detail["reason"] == "too_far"


@pytest.mark.parametrize("first", [Decision.ADVANCE, Decision.SET_ASIDE])
def test_undo_restores_the_proposal_as_it_was(first: Decision) -> None:
    decided, _ = decide(proposal(), first, ACTOR, AT, "too_far")
    undone, event = decide(decided, Decision.UNDO, ACTOR, AT)
    assert undone == proposal()
    assert event.kind == "proposal_undo"


@pytest.mark.parametrize(
    ("status", "decision"),
    [p for p in itertools.product(ProposalStatus, Decision) if p not in TRANSITIONS],
)
def test_steps_outside_the_table_are_refused(status: ProposalStatus, decision: Decision) -> None:
    with pytest.raises(TransitionNotAllowed):
        find_transition(proposal(status), decision)


def test_advancing_asks_for_consent_and_place_and_nothing_else_does() -> None:
    asking = {step for step, needs in TRANSITIONS.items() if needs.needs_consent}
    assert asking == {(ProposalStatus.PROPOSED, Decision.ADVANCE)}
    assert asking == {step for step, needs in TRANSITIONS.items() if needs.needs_place}
