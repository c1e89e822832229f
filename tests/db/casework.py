"""A support plan that tests of the stores write."""

from __future__ import annotations

from datetime import date
from typing import Final

from cases.plan import PlanRole, SupportPlan
from tests.db.examples import AT

PLAN: Final = SupportPlan(
    id="plan-1",
    participant_id="person-2",
    version=1,
    made_on=date(2026, 11, 12),
    aim="花の世話を、またしたい",
    lead_office_id="福祉相談室",
    roles=(PlanRole("本人", "水曜に畑へ行く", date(2027, 1, 31)), PlanRole("社協", "つきそう")),
    services=("participation",),
    review_on=date(2027, 2, 12),
    made_by="user-1",
    recorded_at=AT,
)
