"""A talk that tests of the stores write."""

from __future__ import annotations

from datetime import date
from typing import Final

from cases.following.follow_up import FollowUp, FollowUpState, Side, Worry
from tests.db.examples import AT

TALK: Final = FollowUp(
    id="talk-1", placement_id="placement-1", participant_id="person-2", side=Side.PERSON,
    due_on=date(2026, 11, 5), occasion="day_1", state=FollowUpState.DONE,
    done_on=date(2026, 11, 5), how="phone", fits_state=3, fits_wishes=4, burden=2, came=1,
    planned=2, absence_reason="x", voice="お茶の時間がたのしみ", worries=(Worry("time", 2, "x"),),
    dangers=("health",), scales=(("tsunagari", "1", (1, 2, 3, 4, 1)),), note="x",
    next_on=date(2026, 11, 20), made_by="user-5", recorded_at=AT,
)  # fmt: skip
