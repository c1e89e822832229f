"""A talk about a placement, for tests that need one to be there."""

from __future__ import annotations

from datetime import UTC, datetime, time

from cases.following.follow_up import FollowUp, FollowUpState, Side
from cases.placing.placement import Placement


def a_talk(placement: Placement, id_: str) -> FollowUp:
    """Return what the person said on the first day."""
    return FollowUp(
        id=id_,
        placement_id=placement.id,
        participant_id=placement.participant_id,
        side=Side.PERSON,
        due_on=placement.begun_on,
        done_on=placement.begun_on,
        state=FollowUpState.DONE,
        came=1,
        planned=1,
        recorded_at=datetime.combine(placement.begun_on, time(3), UTC),
    )
