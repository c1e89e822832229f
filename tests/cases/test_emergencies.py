"""An emergency opens for hours, for a reason, to read; the person's staff know at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from cases.actions.emergencies import (
    end_emergency,
    notices_for,
    open_in_emergency,
    own_emergencies,
    report_emergencies,
)
from cases.emergency import own_terms
from cases.errors import CaseError, NotFound, NotPermitted
from cases.participant import Participant
from cases.permissions import PeopleScope
from cases.retention import Deletion
from catalog.actor import Actor, Role
from db.cases import SqlCaseStore
from db.forgetting import delete_person
from db.rights import SqlEmergencyStore, SqlRightsStore
from db.session import Database
from tests.databases import Fill
from tests.db.conftest import KEYRING, a_city
from tests.db.examples import CODE, an_event, kinds_of_events

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
WORDS = "本人から泣いて電話があった"
LEAD = Actor("u-lead", "つき", Role.LEAD_AGENCY, CODE, "o-other")
OWN = Actor("u-own", "ほし", Role.COORDINATOR, CODE, "o-own")
AUDITOR = Actor("u-audit", "かぜ", Role.AUDITOR, CODE)
ADMINISTRATOR = Actor("u-admin", "あめ", Role.ADMINISTRATOR, CODE)


class Office:
    """The stores, and a clock that stands until it is moved."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.cases = SqlCaseStore(database, CODE, KEYRING)
        self.emergencies = SqlEmergencyStore(database, CODE, KEYRING)
        self.rights = SqlRightsStore(database, CODE)
        self.now = AT

    def clock(self) -> datetime:
        """Return the instant."""
        return self.now

    def ask(self, actor: Actor, case_no: str, *, confirmed: bool = False) -> str | None:
        """Ask for somebody with a good reason."""
        return open_in_emergency(
            actor,
            self.cases,
            self.emergencies,
            self.clock,
            case_no,
            reason="life",
            words=WORDS,
            confirmed=confirmed,
        )

    def opens(self, actor: Actor, participant_id: str) -> bool:
        """Tell whether an actor may open a person now."""
        reached = self.rights.reach_of(actor, self.now, date(2026, 11, 23))
        return self.cases.participant(PeopleScope(reached), participant_id) is not None


def words_after_deletion(office: Office, actor: Actor) -> list[str | None]:
    """Delete whom somebody has opened, and return the words of the report."""
    deletion = Deletion(
        participant_id="p1", at=AT, ground="retention_passed", decided_by="u-own", approved_by="長"
    )
    delete_person(office.database, CODE, KEYRING, deletion, an_event())
    return [each.words for each in report_emergencies(actor, office.cases, office.emergencies)]


def two_people(database: Database) -> None:
    """Make a city with somebody, and somebody whose address is protected."""
    a_city(database)
    open_to_all = Participant(
        id="p1",
        case_no="K-1",
        name="小春 ちよ",
        since_on=date(2026, 4, 1),
        coordinator_id="u-own",
        office_id="o-own",
    )
    hidden = replace(open_to_all, id="p2", case_no="K-2", address_protected=True)
    SqlCaseStore(database, CODE, KEYRING).save_participants([open_to_all, hidden], an_event())


@pytest.fixture
def office(database_with: Callable[[Fill], Database]) -> Office:
    """Open the office."""
    return Office(database_with(two_people))


def test_it_opens_at_once_and_closes_by_itself(office: Office) -> None:
    assert not office.opens(LEAD, "p1")
    assert office.ask(LEAD, "K-1") == "p1"
    assert office.opens(LEAD, "p1")
    assert not office.opens(LEAD, "p2")
    assert not office.opens(replace(LEAD, user_id="u-colleague"), "p1")
    office.now += timedelta(hours=own_terms().hours) - timedelta(seconds=1)
    assert office.opens(LEAD, "p1")
    office.now += timedelta(seconds=1)
    assert not office.opens(LEAD, "p1")
    assert own_emergencies(LEAD, office.emergencies, office.clock) == []
    assert kinds_of_events(office.database)[-1] == "emergency_opened"


def test_it_can_be_ended_early_and_only_by_whose_it_is(office: Office) -> None:
    office.ask(LEAD, "K-1")
    (access,) = own_emergencies(LEAD, office.emergencies, office.clock)
    with pytest.raises(NotFound, match="emergency_not_found"):
        end_emergency(OWN, office.emergencies, office.clock, access.id)
    assert office.opens(LEAD, "p1")
    office.now += timedelta(minutes=5)
    end_emergency(LEAD, office.emergencies, office.clock, access.id)
    assert not office.opens(LEAD, "p1")
    with pytest.raises(NotFound, match="emergency_not_found"):
        end_emergency(LEAD, office.emergencies, office.clock, access.id)
    assert kinds_of_events(office.database)[-2:] == ["emergency_opened", "emergency_ended"]


def test_a_protected_person_takes_an_extra_word_and_is_else_nobody(office: Office) -> None:
    """The answer is that of a number that nobody has; both attempts are on record."""
    assert office.ask(LEAD, "K-2") is None
    assert office.ask(LEAD, "K-99") is None
    assert kinds_of_events(office.database)[-2:] == ["emergency_not_opened"] * 2
    assert not office.opens(LEAD, "p2")
    assert office.ask(LEAD, "K-2", confirmed=True) == "p2"
    assert office.opens(LEAD, "p2")


def test_whom_one_may_open_anyhow_needs_no_emergency(office: Office) -> None:
    before = kinds_of_events(office.database)
    assert office.ask(OWN, "K-2") == "p2"
    assert kinds_of_events(office.database) == before


def test_it_takes_a_reason_and_a_right(office: Office) -> None:
    def ask(actor: Actor, reason: str, words: str) -> None:
        stores = (office.cases, office.emergencies, office.clock)
        open_in_emergency(actor, *stores, "K-1", reason=reason, words=words, confirmed=True)

    with pytest.raises(CaseError, match="emergency_reason_missing"):
        ask(LEAD, "curious", WORDS)
    with pytest.raises(CaseError, match="emergency_words_missing"):
        ask(LEAD, "life", " 短い ")
    for role in (Role.MEMBER_AGENCY, Role.HOST, Role.PLANNER, Role.AUDITOR, Role.ADMINISTRATOR):
        with pytest.raises(NotPermitted):
            ask(replace(LEAD, role=role), "life", WORDS)
    assert not office.opens(LEAD, "p1")


def test_the_persons_own_staff_are_told_for_some_days(office: Office) -> None:
    office.ask(LEAD, "K-2", confirmed=True)

    def told(actor: Actor) -> list[str | None]:
        reached = office.rights.reach_of(actor, office.now, date(2026, 11, 23))
        notices = notices_for(reached, office.cases, office.emergencies, office.clock)
        return [each.case_no for each in notices]

    assert told(OWN) == ["K-2"]
    assert told(LEAD) == []
    assert told(replace(OWN, user_id="u-else")) == []
    assert told(AUDITOR) == []
    office.now += timedelta(days=own_terms().notice_days, seconds=1)
    assert told(OWN) == []


def test_the_report_tells_each_what_is_for_them(office: Office) -> None:
    """Numbers are for those who may open the person anyhow, the words not for administrators."""
    office.ask(LEAD, "K-1")
    office.now += timedelta(minutes=1)
    office.ask(LEAD, "K-2", confirmed=True)

    def told(actor: Actor) -> list[tuple[str | None, str | None]]:
        reached = office.rights.reach_of(actor, office.now, date(2026, 11, 23))
        report = report_emergencies(reached, office.cases, office.emergencies)
        return [(each.case_no, each.words) for each in report]

    assert told(OWN) == [("K-2", WORDS), ("K-1", WORDS)]
    assert told(replace(OWN, user_id="u-else")) == [("K-1", WORDS)]
    assert told(replace(LEAD, office_id="o-own", user_id="u-2")) == [("K-1", WORDS)]
    assert told(LEAD) == []
    assert told(AUDITOR) == [(None, WORDS), (None, WORDS)]
    assert told(ADMINISTRATOR) == [(None, None), (None, None)]
    with pytest.raises(NotPermitted):
        told(replace(OWN, role=Role.PLANNER))


def test_a_clock_that_was_set_back_opens_nobody_longer(office: Office) -> None:
    """Before its beginning an access does not run."""
    office.ask(LEAD, "K-1")
    office.now -= timedelta(days=1)
    assert not office.opens(LEAD, "p1")


@pytest.mark.parametrize(
    ("actor", "words"), [(AUDITOR, [WORDS, ""]), (ADMINISTRATOR, [None, None]), (OWN, [WORDS])]
)
def test_the_report_forgets_no_access_when_the_person_is_deleted(
    office: Office, actor: Actor, words: list[str | None]
) -> None:
    """Who keeps watch still sees that somebody was opened, though not why in words."""
    office.ask(LEAD, "K-1")
    office.now += timedelta(minutes=1)
    office.ask(LEAD, "K-2", confirmed=True)
    assert words_after_deletion(office, actor) == words


@pytest.mark.parametrize("typed", ["Ｋ－１", "k-1", "1"])
def test_a_number_opens_however_it_is_typed(office: Office, typed: str) -> None:
    assert office.ask(LEAD, typed) == "p1"


def test_what_is_open_is_told_with_its_end(office: Office) -> None:
    """By number and only while it runs."""
    office.ask(LEAD, "K-1")
    reached = office.rights.reach_of(LEAD, office.now, date(2026, 11, 23))
    until = AT + timedelta(hours=own_terms().hours)
    assert office.emergencies.running(reached, office.now) == [("K-1", until)]
    assert office.emergencies.running(reached, until) == []
    assert office.emergencies.running(LEAD, office.now) == []
