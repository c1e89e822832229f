"""Enquiries and placements that tests of the stores write."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

from cases.placing.enquiry import Enquiry, EnquiryState
from cases.placing.placement import Moved, Placement, PlacementState, PlacementStep
from catalog.opening import Stage
from tests.db.examples import AT, OPENING

ENQUIRY: Final = Enquiry(
    id="enquiry-1", code="K7M2PX", participant_id="person-2", opening_id=OPENING.id,
    host_id="host-1", state=EnquiryState.SENT, text="花が好きな方です。", how="phone",
    sent_on=date(2026, 11, 4), answer_by_on=date(2026, 11, 18), host_reason="x", host_words="x",
    person_answer="x", person_reason="x", person_words="x", made_by="user-5", recorded_at=AT,
)  # fmt: skip
MOVED: Final = Moved(PlacementStep.STEP_UP, date(2026, 11, 4), Stage.TRIAL, words="楽しかった")
PLACEMENT: Final = Placement(
    id="placement-1", participant_id="person-2", opening_id=OPENING.id, host_id="host-1",
    enquiry_id="enquiry-1", begun_on=date(2026, 11, 4), visit_at=AT, companion="社協の職員",
    moves=(MOVED,), coordinator_id="user-5", recorded_at=AT,
)  # fmt: skip
ENDED: Final = replace(
    PLACEMENT, id="placement-2", enquiry_id=None, state=PlacementState.ENDED, end_reason="x",
    insurance="x", next_place="x", ended_on=date(2026, 12, 4),
)  # fmt: skip
