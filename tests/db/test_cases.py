"""People come back as told, to whom may know them, and stand nowhere in clear."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import ColumnElement, delete, func, select, update

from cases.consent import Consent
from cases.need import Need
from cases.participant import Household, Participant, ParticipantStatus
from cases.permissions import PeopleScope
from cases.ports import CaseStore
from catalog.actor import Actor, Remit, Role
from catalog.text_key import search_key
from db import tables
from db.cases import SqlCaseStore
from db.errors import DatabaseError
from db.municipality import SqlMunicipalityStore
from db.people_scope import admitted, would_admit
from db.secrets import Keyring
from db.session import Database, sqlite_path
from tests.databases import Fill, SqliteDatabases
from tests.db.conftest import KEYRING, a_city
from tests.db.examples import (
    CODE,
    CONSENT,
    HOUSEHOLD,
    NEED,
    PARTICIPANT,
    SETTINGS,
    SYSTEM,
    TOWNS,
    an_event,
    kinds_of_events,
)


@pytest.fixture
def empty(city: Database, keyring: Keyring) -> SqlCaseStore:
    """Give a store without people."""
    return SqlCaseStore(city, CODE, keyring)


@pytest.fixture
def store(database_with: Callable[[Fill], Database]) -> SqlCaseStore:
    """Give a store with one person, their household, need and consent."""
    return SqlCaseStore(database_with(a_person_of_the_city), CODE, KEYRING)


def a_person_of_the_city(database: Database) -> None:
    """Make the city with the person."""
    a_city(database)
    made = SqlCaseStore(database, CODE, KEYRING)
    made.save_household(HOUSEHOLD, an_event("household_saved"))
    made.save_participant(PARTICIPANT, an_event("participant_saved"))
    made.save_need(NEED, an_event("need_saved"))
    made.add_consent(CONSENT, an_event("consent_added"))


def a_person(number: int, **changes: Any) -> Participant:
    """Return somebody of whom little is known."""
    person = Participant(
        id=f"person-{number}",
        case_no=f"2026-{number:03}",
        name="田中 一",
        since_on=date(2026, 4, 1),
    )
    return replace(person, **changes)


@pytest.mark.parametrize("thing", [HOUSEHOLD, PARTICIPANT, NEED, CONSENT])
def test_the_examples_leave_no_field_at_its_default(
    thing: Household | Participant | Need | Consent,
) -> None:
    assert [f.name for f in fields(thing) if getattr(thing, f.name) == f.default] == []


def test_everything_comes_back_field_by_field(store: SqlCaseStore) -> None:
    asked: CaseStore = store
    assert asked.participants(SYSTEM) == [PARTICIPANT]
    assert asked.participant(SYSTEM, PARTICIPANT.id) == PARTICIPANT
    assert asked.participant_by_case_no(SYSTEM, PARTICIPANT.case_no) == PARTICIPANT
    assert asked.case_numbers() == [PARTICIPANT.case_no]
    assert asked.households(SYSTEM) == {HOUSEHOLD.id: HOUSEHOLD}
    assert asked.in_household(SYSTEM, HOUSEHOLD.id) == [PARTICIPANT]
    assert asked.in_household(SYSTEM, "nowhere") == []
    assert asked.needs(SYSTEM) == {PARTICIPANT.id: NEED}
    assert asked.need(SYSTEM, PARTICIPANT.id) == NEED
    assert asked.consents(SYSTEM) == {PARTICIPANT.id: [CONSENT]}
    assert asked.consents_of(SYSTEM, PARTICIPANT.id) == [CONSENT]
    kinds = ["household_saved", "participant_saved", "need_saved", "consent_added"]
    assert kinds_of_events(store.database)[-4:] == kinds


def test_a_look_is_recorded_and_changes_nothing(store: SqlCaseStore) -> None:
    store.record(an_event("address_shown"))
    assert kinds_of_events(store.database)[-1] == "address_shown"
    assert store.participants(SYSTEM) == [PARTICIPANT]


def test_what_is_unknown_stays_unknown(empty: SqlCaseStore) -> None:
    empty.save_participant(a_person(1), an_event())
    assert empty.participant(SYSTEM, "person-1") == a_person(1)
    assert empty.need(SYSTEM, "person-1") is None
    assert empty.consents_of(SYSTEM, "person-1") == []
    assert empty.participant(SYSTEM, "nobody") is None


def test_a_new_version_replaces_the_old(store: SqlCaseStore) -> None:
    moved = replace(PARTICIPANT, name="鈴木 花子", name_kana="", lat=None, lon=None, note="")
    moved = replace(moved, named_staff_ids=frozenset({"user-9"}))
    store.save_participant(moved, an_event())
    store.save_need(replace(NEED, goal="働く"), an_event())
    assert store.participants(SYSTEM) == [moved]
    assert store.needs(SYSTEM)[PARTICIPANT.id].goal == "働く"
    assert store.find_by_name(SYSTEM, "山田") == []
    assert store.find_by_name(SYSTEM, "鈴木") == [moved]


def test_people_are_listed_by_waiting_time_and_status(empty: SqlCaseStore) -> None:
    first = a_person(3, since_on=date(2026, 1, 1), status=ParticipantStatus.CLOSED)
    people = [a_person(2), first, a_person(1)]
    empty.save_participants(people, an_event())
    assert [each.id for each in empty.participants(SYSTEM)] == ["person-3", "person-1", "person-2"]
    assert empty.participants(SYSTEM, ParticipantStatus.CLOSED) == [first]


def test_statements_of_consent_stay_in_their_order(store: SqlCaseStore) -> None:
    said = [replace(CONSENT, id=f"consent-{at}", on=date(2026, 9 - at, 1)) for at in (2, 3)]
    store.add_consents(said, an_event())
    assert store.consents_of(SYSTEM, PARTICIPANT.id) == [CONSENT, *said]
    with pytest.raises(DatabaseError, match="broken_reference"):
        store.add_consent(replace(CONSENT, note="geändert"), an_event())


def test_a_case_number_is_given_once(store: SqlCaseStore) -> None:
    people = [a_person(5), a_person(6, case_no=PARTICIPANT.case_no)]
    with pytest.raises(DatabaseError, match="case_no_taken"):
        store.save_participants(people, an_event("refused"))
    assert store.participants(SYSTEM) == [PARTICIPANT]
    assert "refused" not in kinds_of_events(store.database)


def test_what_belongs_to_nobody_is_refused(store: SqlCaseStore) -> None:
    with pytest.raises(DatabaseError, match="broken_reference"):
        store.save_participant(a_person(5, household_id="nowhere"), an_event())
    with pytest.raises(DatabaseError, match="broken_reference"):
        store.save_need(replace(NEED, participant_id="nobody"), an_event())


@pytest.mark.parametrize(
    "text", ["山田", "花子", "ヤマダ", "やまだはなこ", "ﾔﾏﾀﾞ", "山 田", "花", "な", "だは"]
)
def test_a_name_is_found_however_it_is_spelled(store: SqlCaseStore, text: str) -> None:
    assert store.find_by_name(SYSTEM, text) == [PARTICIPANT]


@pytest.mark.parametrize("text", ["", " ", "田山", "山花", "鈴", "犬", "2026"])
def test_other_texts_find_nobody(store: SqlCaseStore, text: str) -> None:
    assert store.find_by_name(SYSTEM, text) == []


names = st.text(st.sampled_from("山田はなハナ "), min_size=1, max_size=5).filter(str.strip)


@settings(max_examples=25)
@given(st.lists(names, min_size=1, max_size=4), st.lists(names, min_size=4, max_size=4))
def test_the_name_search_is_the_plain_one(
    empty: SqlCaseStore, people: list[str], texts: list[str]
) -> None:
    empty.save_participants(
        [a_person(at, name=name, name_kana=name[::-1]) for at, name in enumerate(people)],
        an_event(),
    )
    everyone = empty.participants(SYSTEM)
    for text in texts:
        key = search_key(text)
        expected = [
            each
            for each in everyone
            if key in search_key(each.name) or key in search_key(each.name_kana)
        ]
        assert empty.find_by_name(SYSTEM, text) == expected


PROGRAMMES = ("参加支援事業", "自立相談支援事業")
ids = st.sampled_from(["user-1", "user-2", None])
actors = st.builds(
    Actor,
    user_id=st.sampled_from(["user-1", "user-2"]),
    name=st.just("x"),
    role=st.sampled_from(Role),
    municipality_code=st.just(CODE),
    office_id=st.sampled_from(["office-1", "office-2", None]),
    remits=st.lists(
        st.builds(
            Remit,
            programmes=st.none() | st.frozensets(st.sampled_from(PROGRAMMES)),
            town_ids=st.none() | st.frozensets(st.sampled_from([town.id for town in TOWNS])),
        ),
        max_size=2,
    ).map(tuple),
    emergencies=st.frozensets(st.sampled_from(["person-0", "person-1"])),
)


@settings(max_examples=25)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "coordinator_id": ids,
                "office_id": st.sampled_from(["office-1", "office-2", None]),
                "address_protected": st.booleans(),
                "named_staff_ids": st.frozensets(st.sampled_from(["user-1", "user-2"])),
                "member_office_ids": st.frozensets(st.sampled_from(["office-1", "office-2"])),
                "programmes": st.lists(st.sampled_from(PROGRAMMES), max_size=2).map(tuple),
                "town_id": st.sampled_from([TOWNS[0].id, TOWNS[1].id, None]),
            }
        ),
        min_size=6,
        max_size=6,
    ),
    st.lists(actors, min_size=4, max_size=4),
)
def test_exactly_whom_the_scope_admits_is_there(
    empty: SqlCaseStore, people: list[dict[str, Any]], readers: list[Actor]
) -> None:
    """The condition of the database says the same as `PeopleScope.admits`."""
    everyone = [a_person(at, **changes) for at, changes in enumerate(people)]
    empty.save_participants(everyone, an_event())
    empty.save_needs([replace(NEED, participant_id=each.id) for each in everyone], an_event())
    for actor in readers:
        scope = PeopleScope(actor)
        admitted = {each.id for each in everyone if scope.admits(each)}
        assert {each.id for each in empty.participants(scope)} == admitted
        assert {each.id for each in empty.find_by_name(scope, "田中")} == admitted
        assert set(empty.needs(scope)) == admitted


def test_a_protected_person_is_absent_from_every_answer(store: SqlCaseStore) -> None:
    stranger = PeopleScope(Actor("user-5", "x", Role.COORDINATOR, CODE, "office-1"))
    assert store.participants(stranger) == []
    assert store.participant(stranger, PARTICIPANT.id) is None
    assert store.participant_by_case_no(stranger, PARTICIPANT.case_no) is None
    assert store.find_by_name(stranger, "山田") == []
    assert store.find_by_name(stranger, "花") == []
    assert store.households(stranger) == {}
    assert store.in_household(stranger, HOUSEHOLD.id) == []
    assert store.needs(stranger) == {}
    assert store.need(stranger, PARTICIPANT.id) is None
    assert store.consents(stranger) == {}
    assert store.consents_of(stranger, PARTICIPANT.id) == []
    for user_id in ("user-1", "user-7"):
        named = PeopleScope(Actor(user_id, "x", Role.COORDINATOR, CODE, PARTICIPANT.office_id))
        assert store.participants(named) == [PARTICIPANT]
    has_left = PeopleScope(Actor("user-1", "x", Role.COORDINATOR, CODE, "office-elsewhere"))
    assert store.participants(has_left) == []


def test_staff_of_another_city_meet_nobody(store: SqlCaseStore) -> None:
    foreign = PeopleScope(Actor("user-1", "x", Role.SYSTEM, "111111"))
    assert store.participants(foreign) == []


TOLD_NEED = replace(NEED, companion="must")
"""The need with a word that is part of no column's name; "wish" is part of one."""


def everything_told() -> list[str]:
    """List what must not stand in clear: every text, date and number about a person."""
    texts = [
        value
        for thing in (HOUSEHOLD, PARTICIPANT, TOLD_NEED, CONSENT)
        for field in fields(thing)
        if isinstance(value := getattr(thing, field.name), str)
        and field.name not in {"id", "case_no", "household_id", "participant_id", "state"}
        and field.name not in {"status", "coordinator_id", "office_id"}
        and field.name not in {"sex", "next_step"}  # words of the schema and of its rules
    ]
    return [*texts, "1946-05-03", "35.8012345", "needy", "quiet_place", "山田", "ヤマダ"]


def test_nothing_personal_stands_in_the_file(
    sqlite_databases: SqliteDatabases, keyring: Keyring
) -> None:
    database = Database(sqlite_databases.create())
    SqlMunicipalityStore(database, CODE).save_settings(SETTINGS, an_event())
    store = SqlCaseStore(database, CODE, keyring)
    store.save_household(HOUSEHOLD, an_event())
    store.save_participant(PARTICIPANT, an_event())
    store.save_need(TOLD_NEED, an_event())
    store.add_consent(CONSENT, an_event())
    path = sqlite_path(database.engine)
    assert path is not None
    stored = b"".join(each.read_bytes() for each in path.parent.glob(f"{path.name}*"))
    database.close()
    assert PARTICIPANT.case_no.encode() in stored, "what is not personal can be read"
    told = everything_told()
    assert len(told) > 20
    assert TOLD_NEED.companion in told
    assert [text for text in told if text.encode() in stored] == []
    assert TOWNS[0].id.encode() not in stored


def test_a_value_moved_to_another_person_does_not_open(store: SqlCaseStore) -> None:
    store.save_participant(a_person(2), an_event())
    people = tables.participants
    with store.database.writing() as connection:
        name = select(people.c.name).where(people.c.id == PARTICIPANT.id).scalar_subquery()
        connection.execute(update(people).where(people.c.id == "person-2").values(name=name))
    with pytest.raises(DatabaseError, match="cannot_decrypt"):
        store.participant(SYSTEM, "person-2")


def test_another_keyring_opens_nothing(store: SqlCaseStore) -> None:
    other = SqlCaseStore(store.database, CODE, Keyring({"1": bytes(32)}, "1", bytes(32)))
    with pytest.raises(DatabaseError, match="cannot_decrypt"):
        other.participants(SYSTEM)


def test_without_the_data_key_a_person_is_gone(store: SqlCaseStore) -> None:
    keys = tables.data_keys
    with store.database.writing() as connection:
        connection.execute(delete(keys).where(keys.c.subject_id == PARTICIPANT.id))
    assert store.participants(SYSTEM) == []
    assert store.needs(SYSTEM) == {}
    assert store.consents(SYSTEM) == {}
    assert list_ids(store, admitted(SYSTEM, CODE, KEYRING)) == []
    assert list_ids(store, would_admit(SYSTEM, CODE, KEYRING)) == [PARTICIPANT.id]


def list_ids(store: SqlCaseStore, condition: ColumnElement[bool]) -> list[str]:
    """Return the ids of the rows of people that meet a condition."""
    with store.database.reading() as connection:
        return list(connection.scalars(select(tables.participants.c.id).where(condition)))


def test_a_person_keeps_one_data_key(store: SqlCaseStore) -> None:
    store.save_participant(PARTICIPANT, an_event())
    with store.database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(tables.data_keys)) == 2
