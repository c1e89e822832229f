"""A talk about a placement, for tests that need one to be there."""

from __future__ import annotations

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
    )
