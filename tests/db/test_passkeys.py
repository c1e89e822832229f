"""Passkeys: found by what the device says, counted onwards, gone with the account."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import delete

from catalog.actor import Role
from db.errors import DatabaseError
from db.passkeys import Passkey, SqlPasskeyStore
from db.session import Database
from db.tables import users
from db.users import SqlUserStore, User
from tests.db.examples import AT, CODE, an_event, kinds_of_events

KEY = Passkey("p1", "user-1", b"c1", b"k1", 5, b"h" * 32, "city.example", "職場のPC", AT)


@pytest.fixture
def store(city: Database) -> SqlPasskeyStore:
    """Give a store with two accounts, the first of them with a passkey."""
    accounts = SqlUserStore(city, CODE)
    for name in ("user-1", "user-2"):
        accounts.save_user(User(name, name, "林", Role.COORDINATOR), an_event())
    made = SqlPasskeyStore(city, CODE)
    made.add(KEY, an_event("passkey_added"))
    return made


def test_a_device_is_found_by_its_own_name(store: SqlPasskeyStore) -> None:
    assert store.passkey(b"c1") == KEY
    assert store.passkey(b"c2") is None
    assert store.passkeys_of("user-1") == [KEY]
    assert store.passkeys_of("user-2") == []
    assert store.owners() == {"user-1"}
    assert SqlPasskeyStore(store.database, "111111").passkey(b"c1") is None
    assert kinds_of_events(store.database)[-1] == "passkey_added"


def test_a_device_belongs_to_one_account(store: SqlPasskeyStore) -> None:
    with pytest.raises(DatabaseError, match="passkey_taken"):
        store.add(replace(KEY, id="p2", user_id="user-2"), an_event())
    assert store.owners() == {"user-1"}


def test_the_count_only_goes_on(store: SqlPasskeyStore) -> None:
    """A device that has counted never says 0 again; one that does not count says it always."""
    assert [store.note_use(KEY, count, AT) for count in (5, 4, 0, 6, 6, 7)] == [
        False, False, False, True, False, True,
    ]  # fmt: skip
    assert store.passkeys_of("user-1") == [replace(KEY, sign_count=7, used_at=AT)]
    silent = replace(KEY, id="p2", credential_id=b"c2", sign_count=0)
    store.add(silent, an_event())
    assert [store.note_use(silent, count, AT) for count in (0, 0, 3, 0)] == [
        True, True, True, False,
    ]  # fmt: skip


def test_removing_takes_ones_own_only(store: SqlPasskeyStore) -> None:
    assert not store.remove("user-2", "p1", an_event("passkey_removed"))
    assert kinds_of_events(store.database)[-1] == "passkey_added"
    assert store.remove("user-1", "p1", an_event("passkey_removed"))
    assert kinds_of_events(store.database)[-1] == "passkey_removed"
    assert store.owners() == frozenset()


def test_all_of_an_account_go_at_once_or_with_it(store: SqlPasskeyStore) -> None:
    other = replace(KEY, id="p2", user_id="user-2", credential_id=b"c2")
    store.add(other, an_event())
    store.remove_all("user-1")
    assert store.owners() == {"user-2"}
    with store.database.writing() as connection:
        connection.execute(delete(users).where(users.c.id == "user-2"))
    assert store.owners() == frozenset()
