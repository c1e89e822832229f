"""What agencies ask of one another: for whom it is there, its versions, what a deletion leaves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import pytest

from cases.intake.referral import Referral, ReferralState
from cases.permissions import PeopleScope
from catalog.actor import Actor, Remit, Role
from db.errors import DatabaseError
from db.intake import SqlIntakeStore
from db.referring import SqlReferralStore
from db.session import Database
from tests.databases import Fill
from tests.db.conftest import KEYRING
from tests.db.examples import AT, CODE, SYSTEM, an_event
from tests.db.test_forgetting import an_office, delete_it
from tests.db.test_intake import HEARD, OF_PERSON, OF_PROTECTED

ABOUT_NOBODY: Final = Referral(
    id="p-1", reception_id="r-1", from_office_id="A", to_office_id="C", asked_on=AT.date(),
    why="見に行ってほしい", recorded_by="user-5", recorded_at=AT,
)  # fmt: skip
ABOUT_PERSON: Final = replace(ABOUT_NOBODY, id="p-2", reception_id=None, participant_id="person-2")
ABOUT_PROTECTED: Final = replace(ABOUT_PERSON, id="p-3", participant_id="person-1")
BY_RECEPTION: Final = replace(ABOUT_NOBODY, id="p-4", reception_id="r-3")
BY_HERS: Final = replace(ABOUT_NOBODY, id="p-5", reception_id="r-2")


@pytest.fixture
def store(database_with: Callable[[Fill], Database]) -> SqlReferralStore:
    """Keep referrals: about nobody, about somebody, about somebody protected, by a reception."""
    database = database_with(an_office)
    intake = SqlIntakeStore(database, CODE, KEYRING)
    for heard in (HEARD, OF_PERSON, OF_PROTECTED):
        intake.save_reception(heard, an_event())
    store = SqlReferralStore(database, CODE, KEYRING)
    for each in (ABOUT_NOBODY, ABOUT_PERSON, ABOUT_PROTECTED, BY_RECEPTION, BY_HERS):
        store.save_referral(each, an_event("referral_asked"))
    return store


def seen(store: SqlReferralStore, role: Role, office: str, *remits: Remit) -> set[str]:
    """Return which of them exist for somebody at an office."""
    scope = PeopleScope(Actor("u", "林", role, CODE, office, remits))
    found = {each.id for each in store.referrals(scope)}
    assert found == {f"p-{n}" for n in range(1, 6) if store.referral(scope, f"p-{n}")}
    return found


def test_it_is_there_for_whom_its_person_or_reception_is(store: SqlReferralStore) -> None:
    """And for the office that is asked, unless somebody protected is behind it."""
    nothing = Remit(frozenset({"ない事業"}), None)
    assert seen(store, Role.COORDINATOR, "Z") == {"p-1", "p-2", "p-5"}
    assert seen(store, Role.COORDINATOR, "Z", nothing) == set()
    assert seen(store, Role.LEAD_AGENCY, "A") == {"p-1"}
    assert seen(store, Role.MEMBER_AGENCY, "C") == {"p-1", "p-2", "p-5"}
    assert seen(store, Role.MEMBER_AGENCY, "D") == set()
    for role in (Role.HOST, Role.PLANNER, Role.AUDITOR, Role.ADMINISTRATOR):
        assert seen(store, role, "C") == set()
    assert seen(store, Role.SYSTEM, "") == {"p-1", "p-2", "p-3", "p-4", "p-5"}


def test_they_are_found_by_office_person_and_reception(store: SqlReferralStore) -> None:
    assert len(store.referrals_to(SYSTEM, "C")) == 5
    assert store.referrals_to(SYSTEM, "A") == []
    assert len(store.referrals_from(SYSTEM, "A")) == 5
    assert [each.id for each in store.referrals_of(SYSTEM, "person-2")] == ["p-2", "p-5"]
    assert [each.id for each in store.referrals_of_reception(SYSTEM, "r-1")] == ["p-1"]


def test_every_version_stays_and_the_second_to_write_is_told(store: SqlReferralStore) -> None:
    taken = replace(ABOUT_NOBODY, state=ReferralState.TAKEN, answered_on=AT.date())
    kept = store.save_referral(taken, an_event(), 1)
    assert store.versions_of_referral(SYSTEM, "p-1") == [ABOUT_NOBODY, kept]
    with pytest.raises(DatabaseError, match="changed_meanwhile"):
        store.save_referral(taken, an_event(), 1)


def test_the_words_go_with_the_person_and_the_count_stays(store: SqlReferralStore) -> None:
    """Also of what hung on their reception."""
    solved = replace(ABOUT_PERSON, state=ReferralState.SOLVED, ended_on=AT.date())
    store.save_referral(solved, an_event(), 1)
    delete_it(store.database)
    assert seen(store, Role.SYSTEM, "") == {"p-1", "p-3", "p-4"}
    assert seen(store, Role.MEMBER_AGENCY, "C") == {"p-1"}
    assert store.ends() == [(AT.date(), ReferralState.SOLVED)]
    for gone in (replace(solved, participant_id=None, reception_id="r-1"), solved):
        with pytest.raises(DatabaseError, match="deleted_already"):
            store.save_referral(gone, an_event(), 2)
