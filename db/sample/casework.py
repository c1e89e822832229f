"""A plan of the sample city with the sitting that found it fitting, and a case that has ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final

from cases.closing import CLOSES, Evaluation, Looked, Watch
from cases.consent import HOSTS, Consent, ConsentState
from cases.meetings.judged import KIND
from cases.meetings.meeting import AgendaItem, Attendance, Decided, Meeting, MeetingState
from cases.participant import Participant, ParticipantStatus
from cases.plan import PlanRole, PlanState, SupportPlan
from catalog.dates import TOKYO, day_in_japan
from catalog.ids import IdSource
from catalog.municipality import Municipality
from catalog.opening import Stage
from db.sample.accounts import CITY_OFFICE, COUNCIL, account_id
from db.sample.places import read

BEFORE: Final = timedelta(days=14)
"""How long ago the sitting was."""
AFTER: Final = timedelta(weeks=12)
"""How long after it the plan is looked at again."""


@dataclass(frozen=True, slots=True)
class Ended:
    """Somebody whose support has ended, how it was evaluated, and who keeps watch."""

    person: Participant
    consent: Consent
    evaluation: Evaluation
    watch: Watch


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


def make_ended(town_ids: Mapping[str, str], new_id: IdSource, at: datetime) -> Ended:
    """Return the person whose support has ended, as data/casework.toml tells."""
    told, today = read("casework")["closed"], day_in_japan(at)
    closed_on = today - timedelta(days=60)
    person = Participant(
        id=new_id(),
        case_no=told["case_no"],
        name=told["name"],
        name_kana=told["name_kana"],
        birth_on=date(today.year - told["age"], 5, 9),
        sex=told["sex"],
        town_id=town_ids[told["town"]],
        fields=tuple(told["fields"]),
        programmes=tuple(told["programmes"]),
        own_words=told["own_words"],
        since_on=today - timedelta(days=400),
        stage=Stage.PARTICIPATION,
        status=ParticipantStatus.CLOSED,
        coordinator_id=account_id("mizuno"),
        office_id=CITY_OFFICE,
        member_office_ids=frozenset({told["watcher"]}),
    )
    consent = Consent(
        id=new_id(),
        participant_id=person.id,
        state=ConsentState.WRITTEN,
        given_by="本人",
        on=person.since_on,
        agencies=frozenset({CITY_OFFICE, COUNCIL, HOSTS, told["watcher"]}),
        categories=frozenset({"属性", "生活歴・課題"}),
        until_on=date(today.year + 1, 3, 31),
    )
    evaluation = Evaluation(
        id=new_id(),
        participant_id=person.id,
        on=closed_on,
        judgement=CLOSES,
        reason="reached",
        reached=told["reached"],
        changes=tuple(told["changes"]),
        left=told["left"],
        closed_on=closed_on,
        made_by=account_id("mizuno"),
        recorded_at=_morning(closed_on),
    )
    watch = Watch(
        id=new_id(),
        participant_id=person.id,
        evaluation_id=evaluation.id,
        office_id=told["watcher"],
        since_on=closed_on,
        next_on=today + timedelta(days=3),
        how=told["how"],
        looks=(Looked(today - timedelta(days=30), account_id("tani"), told["look"]),),
        made_by=account_id("tani"),
        recorded_at=_morning(today - timedelta(days=30)),
    )
    return Ended(person, consent, evaluation, watch)


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(9), TOKYO)
