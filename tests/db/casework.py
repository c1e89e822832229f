"""A support plan, an evaluation and a watch that tests of the stores write."""

from __future__ import annotations

from datetime import date
from typing import Final

from cases.closing import Evaluation, Looked, Watch
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
EVALUATION: Final = Evaluation(
    id="evaluation-1",
    participant_id="person-2",
    on=date(2026, 11, 12),
    judgement="close",
    reason="reached",
    reached="畑の会で、水やりを まかされた",
    changes=("participation", "calm"),
    left="雨の日の過ごし方",
    closed_on=date(2026, 11, 12),
    made_by="user-1",
    recorded_at=AT,
)
WATCH: Final = Watch(
    id="watch-1",
    participant_id="person-2",
    evaluation_id="evaluation-1",
    office_id="高齢者相談センター",
    since_on=date(2026, 11, 12),
    next_on=date(2026, 12, 10),
    how="月に1回、電話する",
    looks=(Looked(date(2026, 11, 20), "user-5", "元気だった"),),
    made_by="user-1",
    recorded_at=AT,
)
