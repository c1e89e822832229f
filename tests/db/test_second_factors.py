"""Second factors: sealed at rest, each code good for once."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest

from catalog.actor import Role
from db.errors import DatabaseError
from db.second_factors import Authenticator, SqlFactorStore
from db.secrets import Keyring
from db.session import Database
from db.tables.staff import authenticators
from db.users import SqlUserStore, User
from tests.db.examples import AT, CODE, an_event, kinds_of_events

NEW = Authenticator("a1", "user-1", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", AT)
CODES = [bytes([number]) * 32 for number in range(10)]


@pytest.fixture
def store(city: Database, keyring: Keyring) -> SqlFactorStore:
    """Give a store with two accounts."""
    users = SqlUserStore(city, CODE)
    for name in ("user-1", "user-2"):
        users.save_user(User(name, name, "林", Role.COORDINATOR), an_event())
    return SqlFactorStore(city, CODE, keyring)


def test_a_secret_counts_once_its_first_code_was_shown(store: SqlFactorStore) -> None:
    store.begin(NEW)
    assert store.pending("user-1") == NEW
    assert store.authenticator("user-1") is None
    assert store.protected() == frozenset()
    store.confirm(NEW, 7, CODES, an_event("factor_added"))
    kept = replace(NEW, confirmed_at=an_event().at, last_step=7)
    assert store.authenticator("user-1") == kept
    assert store.pending("user-1") is None
    assert store.protected() == {"user-1"}
    assert store.codes_left("user-1") == 10
    assert kinds_of_events(store.database)[-1] == "factor_added"


def test_a_second_one_takes_the_place_of_the_first(store: SqlFactorStore) -> None:
    store.begin(NEW)
    store.confirm(NEW, 7, CODES, an_event())
    other = replace(NEW, id="a2", secret="other")
    store.begin(replace(NEW, id="never shown"))
    store.begin(other)
    found = store.authenticator("user-1")
    assert found is not None
    assert found.id == "a1"
    store.confirm(other, 9, CODES[:1], an_event())
    found = store.authenticator("user-1")
    assert found is not None
    assert (found.id, found.secret) == ("a2", "other")
    assert store.codes_left("user-1") == 1


def test_a_step_and_a_recovery_code_are_used_once(store: SqlFactorStore) -> None:
    store.begin(NEW)
    store.confirm(NEW, 7, CODES, an_event())
    assert [store.use_step(NEW, step) for step in (7, 6, 8, 8, 7)] == [
        False,
        False,
        True,
        False,
        False,
    ]
    assert not store.use_code("user-2", CODES[3])
    assert store.use_code("user-1", CODES[3])
    assert not store.use_code("user-1", CODES[3])
    assert store.codes_left("user-1") == 9
    store.renew_codes("user-1", CODES[:2], an_event())
    assert store.codes_left("user-1") == 2


def test_removing_forgets_everything(store: SqlFactorStore) -> None:
    store.begin(NEW)
    store.confirm(NEW, 7, CODES, an_event())
    store.remove("user-1", an_event("factor_removed"))
    assert store.authenticator("user-1") is None
    assert store.codes_left("user-1") == 0
    assert not store.use_code("user-1", CODES[0])


def test_the_secret_is_sealed_to_its_row(store: SqlFactorStore) -> None:
    """It is not in the file, and opens in no other row."""
    store.begin(NEW)
    store.begin(replace(NEW, id="b1", user_id="user-2", secret="KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU"))
    with store.database.writing() as connection:
        rows = connection.execute(authenticators.select()).mappings().all()
        assert all(NEW.secret.encode() not in row["secret"] for row in rows)
        for mine, other in ((rows[0], rows[1]), (rows[1], rows[0])):
            connection.execute(
                authenticators.update()
                .where(authenticators.c.id == mine["id"])
                .values(secret=other["secret"])
            )
    with pytest.raises(DatabaseError, match="cannot_decrypt"):
        store.pending("user-1")
    path = store.database.engine.url.database
    if store.database.engine.dialect.name == "sqlite" and path is not None:
        dumped = "".join(sqlite3.connect(path).iterdump())
        assert NEW.secret not in dumped
        assert NEW.secret.encode().hex() not in dumped.lower()


def test_its_name_does_not_tell_the_secret() -> None:
    assert NEW.secret not in repr(NEW)
