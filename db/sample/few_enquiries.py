"""A few enquiries of the sample city, in every state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from cases.need import Need
from cases.participant import Participant
from cases.placing.answers import own_rules
from cases.placing.enquiry import Enquiry, EnquiryState
from cases.words.enquiry import enquiry_text, last_line, short_code
from catalog.dates import day_in_japan
from catalog.ids import IdSource
from catalog.opening import Opening, free_places, is_open_on
from catalog.vocabulary import load_vocabulary
from db.sample.places import read


def make_few_enquiries(
    participants: Iterable[Participant],
    needs: Iterable[Need],
    openings: Iterable[Opening],
    new_id: IdSource,
    at: datetime,
) -> list[Enquiry]:
    """Return the enquiries of data/few_enquiries.toml, each at a place that suits the wishes."""
    people = {person.name: person for person in participants}
    need_of = {need.participant_id: need for need in needs}
    today = day_in_japan(at)
    free = [each for each in openings if is_open_on(each, today) and free_places(each) > 0]
    found = []
    for row in read("few_enquiries")["enquiries"]:
        person = people[row["who"]]
        need = need_of[person.id]
        wished = {wish.menu for wish in need.wishes}
        opening = next((each for each in free if wished & set(each.menu)), free[0])
        found.append(_enquiry(row, person, need, opening, new_id(), at))
    return found


def _enquiry(
    row: Mapping[str, Any],
    person: Participant,
    need: Need,
    opening: Opening,
    id_: str,
    at: datetime,
) -> Enquiry:
    today = day_in_japan(at)
    sent_on = _before(today, row["ago"])
    until = sent_on + timedelta(own_rules().waiting_for(row["how"]).give_up_days)
    answered_on = _before(today, row["answered"]) if "answered" in row else None
    office = person.office_id or "相談室"
    words = enquiry_text(person, need, opening, load_vocabulary(), office=office, today=sent_on)
    return Enquiry(
        id=id_,
        code=short_code(id_),
        participant_id=person.id,
        opening_id=opening.id,
        host_id=opening.host_id,
        state=EnquiryState(row["state"]),
        text="\n".join((words, last_line(short_code(id_), until))),
        how=row["how"],
        sent_on=sent_on,
        answer_by_on=until,
        nudged_on=_before(today, row["nudged"]) if "nudged" in row else None,
        answered_on=answered_on,
        host_reason=row.get("reason", ""),
        ask_again_on=_before(today, row["again"]) if "again" in row else None,
        person_answer=row.get("person", ""),
        person_words=row.get("words", ""),
        person_answered_on=answered_on if "person" in row else None,
        made_by=person.coordinator_id or "",
        recorded_at=at,
    )


def _before(today: date, days: int) -> date:
    return today - timedelta(days)
