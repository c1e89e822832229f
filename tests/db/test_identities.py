"""Who somebody is at a provider belongs to one account, once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from catalog.actor import Role
from db.errors import DatabaseError
from db.identities import Identity, SqlIdentityStore
from db.session import Database
from db.users import SqlUserStore, User
from tests.db.examples import AT, CODE, an_event, kinds_of_events

ISSUER = "https://id.city.example"
HAYASHI = Identity(ISSUER, "17", "user-1", AT)


@pytest.fixture
def store(city: Database) -> SqlIdentityStore:
    """Give a store with two accounts, the first of them linked."""
    users = SqlUserStore(city, CODE)
    for number in (1, 2):
        user = User(f"user-{number}", f"login-{number}", "林", Role.COORDINATOR)
        users.save_user(user, an_event())
    made = SqlIdentityStore(city, CODE)
    made.link(HAYASHI, an_event("identity_linked"))
    return made


def test_somebody_is_known_by_provider_and_subject_together(store: SqlIdentityStore) -> None:
    assert store.identity(ISSUER, "17") == HAYASHI
    assert store.identity_of(ISSUER, "user-1") == HAYASHI
    assert store.identity("https://elsewhere.example", "17") is None
    assert store.identity(ISSUER, "1") is None
    assert store.identity_of(ISSUER, "user-2") is None
    assert SqlIdentityStore(store.database, "111111").identity(ISSUER, "17") is None


def test_nobody_has_two_accounts_and_no_account_two_of_a_provider(store: SqlIdentityStore) -> None:
    with pytest.raises(DatabaseError, match="identity_taken"):
        store.link(replace(HAYASHI, user_id="user-2"), an_event("identity_linked"))
    assert store.identity(ISSUER, "17") == HAYASHI
    other = replace(HAYASHI, subject="18")
    store.link(other, an_event("identity_linked"))
    assert store.identity(ISSUER, "17") is None
    assert store.identity_of(ISSUER, "user-1") == other
    assert kinds_of_events(store.database)[-2:] == ["identity_linked", "identity_linked"]


def test_what_is_removed_is_removed_once(store: SqlIdentityStore) -> None:
    assert store.remove(ISSUER, "user-1", an_event("identity_removed"))
    assert store.identity(ISSUER, "17") is None
    assert not store.remove(ISSUER, "user-1", an_event("identity_removed"))
    assert kinds_of_events(store.database).count("identity_removed") == 1
