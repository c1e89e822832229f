"""First words: for whom they are there, their versions, what is left after a deletion."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import pytest

from cases.intake.counting import HeardOn
from cases.intake.reception import Reception
from cases.permissions import PeopleScope
from catalog.actor import Actor, Remit, Role
from db.errors import DatabaseError
from db.intake import SqlIntakeStore
from db.session import Database
from tests.databases import Fill
from tests.db.conftest import KEYRING
from tests.db.examples import AT, CODE, SYSTEM, an_event, kinds_of_events
from tests.db.test_forgetting import an_office, delete_it

HEARD: Final = Reception(
    id="r-1", received_on=AT.date(), window="福祉相談室", channel="phone", connected_by="salon",
    connector_district="北部", office_id="A", field="elderly", heard="サロンに来なくなった",
    whom_to_ask="サロンの世話役", received_by="user-5", recorded_at=AT,
)  # fmt: skip
OF_PERSON: Final = replace(HEARD, id="r-2", participant_id="person-2", office_id="B")
OF_PROTECTED: Final = replace(HEARD, id="r-3", participant_id="person-1")


def scope(role: Role, office: str, *remits: Remit) -> PeopleScope:
    """Return the scope of somebody at an office."""
    return PeopleScope(Actor("u", "林", role, CODE, office, remits))


@pytest.fixture
def store(database_with: Callable[[Fill], Database]) -> SqlIntakeStore:
    """Keep three first words: about nobody, about somebody, about somebody protected."""
    store = SqlIntakeStore(database_with(an_office), CODE, KEYRING)
    for each in (HEARD, OF_PERSON, OF_PROTECTED):
        store.save_reception(each, an_event("reception_added"))
    return store


def seen(store: SqlIntakeStore, by: PeopleScope) -> set[str]:
    """Return which of them exist for a reader."""
    found = {each.id for each in store.receptions(by)}
    each_alone = {id_ for id_ in ("r-1", "r-2", "r-3") if store.reception(by, id_)}
    assert found == each_alone
    return found


def test_what_was_heard_comes_back(store: SqlIntakeStore) -> None:
    assert store.receptions(SYSTEM) == [HEARD, OF_PERSON, OF_PROTECTED]
    assert store.receptions_of(SYSTEM, "person-2") == [OF_PERSON]
    assert kinds_of_events(store.database)[-1] == "reception_added"


def test_a_nameless_one_is_its_offices_and_of_who_sees_all(store: SqlIntakeStore) -> None:
    """One with a person exists for whom the person does, whichever office received it."""
    nothing = Remit(frozenset({"ない事業"}), None)
    assert seen(store, scope(Role.COORDINATOR, "Z")) == {"r-1", "r-2"}
    assert seen(store, scope(Role.COORDINATOR, "Z", nothing)) == set()
    assert seen(store, scope(Role.COORDINATOR, "A", nothing)) == {"r-1"}
    assert seen(store, scope(Role.LEAD_AGENCY, "A")) == {"r-1"}
    assert seen(store, scope(Role.MEMBER_AGENCY, "A")) == {"r-1"}
    assert seen(store, scope(Role.MEMBER_AGENCY, "B")) == set()
    for role in (Role.HOST, Role.PLANNER, Role.AUDITOR, Role.ADMINISTRATOR):
        assert seen(store, scope(role, "A")) == set()
    elsewhere = PeopleScope(Actor("u", "林", Role.COORDINATOR, "111111", "A"))
    assert seen(store, elsewhere) == set()


def test_every_version_stays_and_none_is_overwritten(store: SqlIntakeStore) -> None:
    mended = replace(HEARD, heard="2回つづけて来なかった", version=2)
    store.save_reception(mended, an_event("reception_changed"))
    assert store.reception(SYSTEM, "r-1") == mended
    assert store.versions_of_reception(SYSTEM, "r-1") == [HEARD, mended]
    for stale in (replace(mended, heard="別の窓"), replace(mended, version=4), HEARD):
        with pytest.raises(DatabaseError, match="changed_meanwhile"):
            store.save_reception(stale, an_event("again"))
    assert kinds_of_events(store.database)[-1] == "reception_changed"
    assert len(store.heard()) == 3


def test_the_words_go_with_the_person_and_the_count_stays(store: SqlIntakeStore) -> None:
    delete_it(store.database)
    assert seen(store, SYSTEM) == {"r-1", "r-3"}
    assert store.heard() == [HeardOn(AT.date(), "福祉相談室", "elderly", "北部")] * 3
    assert store.versions_of_reception(SYSTEM, "r-2") == []
    with pytest.raises(DatabaseError, match="deleted_already"):
        store.save_reception(replace(OF_PERSON, version=2), an_event())
    with pytest.raises(DatabaseError, match="deleted_already"):
        store.save_reception(replace(OF_PERSON, version=2, participant_id=None), an_event())


def test_a_person_who_is_nowhere_is_refused(store: SqlIntakeStore) -> None:
    lost = replace(HEARD, id="r-9", participant_id="nobody")
    with pytest.raises(DatabaseError, match="broken_reference"):
        store.save_reception(lost, an_event())
