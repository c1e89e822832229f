"""The plan of one person of the sample city, and the sitting that found it fitting."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final

from cases.meetings.judged import KIND
from cases.meetings.meeting import AgendaItem, Attendance, Decided, Meeting, MeetingState
from cases.participant import Participant
from cases.plan import PlanRole, PlanState, SupportPlan
from catalog.dates import TOKYO, day_in_japan
from catalog.ids import IdSource
from catalog.municipality import Municipality
from db.sample.accounts import CITY_OFFICE, account_id
from db.sample.places import read

BEFORE: Final = timedelta(days=14)
"""How long ago the sitting was."""
AFTER: Final = timedelta(weeks=12)
"""How long after it the plan is looked at again."""


@dataclass(frozen=True, slots=True)
class Casework:
    """What was written about one person, the versions of the plan in their order."""

    meeting: Meeting
    item: AgendaItem
    plans: tuple[SupportPlan, ...]


def make_casework(
    settings: Municipality, participants: Iterable[Participant], new_id: IdSource, at: datetime
) -> Casework:
    """Return the plan of the person whom data/casework.toml names."""
    told = read("casework")["plan"]
    person = next(each for each in participants if each.name == told["person"])
    sat_on = day_in_japan(at) - BEFORE
    meeting = Meeting(
        id=new_id(),
        kind=KIND,
        name=next(each.name for each in settings.meetings if each.kind == KIND),
        starts_at=datetime.combine(sat_on, time(13, 30), TOKYO),
        place="市役所 2階 会議室",
        state=MeetingState.HELD,
        called_by=account_id("mizuno"),
        office_ids=(CITY_OFFICE,),
    )
    roles = tuple(
        PlanRole(each["who"], each["does"], sat_on + timedelta(weeks=each["weeks"]))
        for each in told["roles"]
    )
    draft = SupportPlan(
        id=new_id(),
        participant_id=person.id,
        version=1,
        made_on=sat_on - timedelta(days=7),
        aim=told["aim"],
        long_goal=told["long_goal"],
        short_goal=told["short_goal"],
        lead_office_id=told["lead"],
        roles=roles,
        services=tuple(told["services"]),
        direction=told["direction"],
        starts_on=sat_on,
        review_on=sat_on + AFTER,
        made_by=account_id("mizuno"),
        recorded_at=_morning(sat_on - timedelta(days=7)),
    )
    item = AgendaItem(
        id=new_id(),
        meeting_id=meeting.id,
        number=1,
        participant_id=person.id,
        title=told["title"],
        members=(Attendance(CITY_OFFICE, account_id("mizuno")),),
        notes=told["notes"],
        decisions=tuple(Decided(each.who, each.does, each.by_on) for each in roles[1:]),
        judgement="fits",
        plan_id=draft.id,
    )
    submitted = replace(
        draft, state=PlanState.SUBMITTED, recorded_at=_morning(sat_on - timedelta(days=6))
    )
    decided = replace(
        submitted,
        state=PlanState.DECIDED,
        signed_by="本人",
        signed_on=sat_on,
        decided_in=item.id,
        decided_on=sat_on,
        recorded_at=_morning(sat_on + timedelta(days=1)),
    )
    return Casework(meeting, item, (draft, submitted, decided))


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(9), TOKYO)
