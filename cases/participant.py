"""The person who looks for a place to take part, and the household they live in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final

from cases.errors import CaseError
from catalog.opening import Stage

SEXES: Final = ("male", "female", "")
OLDEST_YEARS: Final = 125


class ParticipantStatus(StrEnum):
    """Where a person stands with the office."""

    WAITING = "waiting"
    PAUSED = "paused"
    PLACED = "placed"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Household:
    """People who live together; a note is for staff only."""

    id: str
    name: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """One person, as staff know them; `id` is random and is all that the matcher ever sees.

    `named_staff_ids` are the colleagues who, beside the coordinator, may open a person whose
    address is protected; for everybody else such a person is absent. `office_id` is the lead agency
    of the case, `member_office_ids` are the others who take part in the plan, `programmes` the 事業
    under which the person is supported. Who is paused waits again by themselves on the day
    `paused_until_on`, if there is one.
    """

    id: str
    case_no: str
    name: str
    name_kana: str = ""
    birth_on: date | None = None
    sex: str = ""
    household_id: str | None = None
    relation: str = ""
    town_id: str | None = None
    address: str = ""
    phone: str = ""
    lat: float | None = None
    lon: float | None = None
    fields: tuple[str, ...] = ()
    own_words: str = ""
    note: str = ""
    since_on: date
    stage: Stage = Stage.CONSULTATION
    status: ParticipantStatus = ParticipantStatus.WAITING
    address_protected: bool = False
    coordinator_id: str | None = None
    office_id: str | None = None
    weight: int = 1
    named_staff_ids: frozenset[str] = frozenset()
    paused_until_on: date | None = None
    programmes: tuple[str, ...] = ()
    member_office_ids: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if not self.case_no.strip():
            raise CaseError("case_no_missing")
        if not self.name.strip():
            raise CaseError("name_missing", case_no=self.case_no)
        if self.sex not in SEXES:
            raise CaseError("sex_unknown", value=self.sex)
        if self.birth_on is not None and self.birth_on > self.since_on:
            raise CaseError("born_after_registration", born=self.birth_on, since=self.since_on)
        if self.birth_on is not None and self.birth_on.year < self.since_on.year - OLDEST_YEARS:
            raise CaseError("born_too_long_ago", born=self.birth_on, years=OLDEST_YEARS)
        if (self.lat is None) != (self.lon is None):
            raise CaseError("point_incomplete", case_no=self.case_no)
        if self.weight < 1:
            raise CaseError("weight_below_one", value=self.weight)


def as_of(person: Participant, day: date) -> Participant:
    """Return a person as they are on a day: who paused until then waits again."""
    until = person.paused_until_on
    if person.status is ParticipantStatus.PAUSED and until is not None and until <= day:
        return replace(person, status=ParticipantStatus.WAITING, paused_until_on=None)
    return person


def age_on(birth_on: date | None, day: date) -> int | None:
    """Whole years on a day; who is born on 29 February has their birthday on 1 March.

    Eligibility counts birthdays as people do; the law that ends a year on the eve of the
    birthday (年齢計算ニ関スル法律) matters for school years, not for a salon.
    """
    if birth_on is None:
        return None
    had_birthday = (day.month, day.day) >= (birth_on.month, birth_on.day)
    return day.year - birth_on.year - (0 if had_birthday else 1)
