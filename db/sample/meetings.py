"""Meetings of the sample city: a steering one, two about somebody who agreed, and a room."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from cases.consent import Consent, ConsentState
from cases.meetings.meeting import AgendaItem, Attendance, Decided, Meeting, MeetingState
from cases.participant import Participant
from catalog.dates import TOKYO
from catalog.ids import IdSource
from catalog.municipality import MeetingSetting, Municipality
from db.sample.accounts import CITY_OFFICE, COUNCIL, account_id, office_of
from db.sample.places import read


@dataclass(frozen=True, slots=True)
class SampleMeetings:
    """Sittings and what they talk about."""

    meetings: tuple[Meeting, ...]
    items: tuple[AgendaItem, ...]


def make_meetings(
    settings: Municipality,
    people: Iterable[Participant],
    consents: Iterable[Consent],
    new_id: IdSource,
    today: date,
) -> SampleMeetings:
    """Return the sittings of data/meetings.toml, each about other people of 水野's."""
    kinds = {each.name: each for each in settings.meetings}
    whom = _whom(people, consents)
    meetings, items = [], []
    for row in read("meetings")["sittings"]:
        meeting = _meeting(row, kinds[row["name"]], new_id(), today)
        meetings.append(meeting)
        items += [
            _item(each, number, meeting, whom, new_id(), today)
            for number, each in enumerate(row.get("items", ()), start=1)
        ]
    return SampleMeetings(tuple(meetings), tuple(items))


def _whom(
    people: Iterable[Participant], consents: Iterable[Consent]
) -> Mapping[str, Iterator[Participant]]:
    """Return for each word of the data the people of whom it may be said, one after the other."""
    written = {each.participant_id for each in consents if each.state is ConsentState.WRITTEN}
    own = [
        each
        for each in people
        if each.coordinator_id == account_id("mizuno") and not each.address_protected
    ]
    return {
        "agreed": iter([each for each in own if each.id in written]),
        "waiting": iter([each for each in own if each.id not in written]),
    }


def _meeting(row: Mapping[str, Any], kind: MeetingSetting, id_: str, today: date) -> Meeting:
    on = today + timedelta(days=row["days"])
    return Meeting(
        id=id_,
        kind=kind.kind,
        name=kind.name,
        starts_at=datetime.combine(on, time.fromisoformat(row["at"]), TOKYO),
        place=row["place"],
        state=MeetingState.HELD if row.get("held") else MeetingState.PLANNED,
        matter=row.get("matter", ""),
        called_by=account_id("mizuno"),
        chair=row["chair"],
        office_ids=(CITY_OFFICE, COUNCIL),
        confidential=kind.is_room,
    )


def _item(
    row: Mapping[str, Any],
    number: int,
    meeting: Meeting,
    whom: Mapping[str, Iterator[Participant]],
    id_: str,
    today: date,
) -> AgendaItem:
    members = [account_id(each) for each in row.get("members", ())]
    return AgendaItem(
        id=id_,
        meeting_id=meeting.id,
        number=number,
        participant_id=next(whom[row["about"]]).id if "about" in row else None,
        title=row.get("title", ""),
        members=tuple(Attendance(office_of(each), each) for each in members),
        notes=row.get("notes", ""),
        decisions=tuple(_decided(each, today) for each in row.get("decisions", ())),
        judgement=row.get("judgement", ""),
        confidential=meeting.confidential,
    )


def _decided(row: Mapping[str, Any], today: date) -> Decided:
    done = row.get("done")
    return Decided(
        who=row["who"],
        what=row["what"],
        by_on=today + timedelta(days=row["by"]),
        done_on=None if done is None else today + timedelta(days=done),
    )
