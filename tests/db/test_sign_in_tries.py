"""Wrong tries: counted before they are looked at, under a keyed hash."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from cases.accounts import FROM_AN_ACCOUNT, FROM_AN_ADDRESS, account_rules
from db.secrets import Keyring
from db.session import Database
from db.sign_in_tries import SqlTryStore
from db.tables.staff import sign_in_tries
from tests.db.examples import AT, CODE

RULE = account_rules().lock
MIZUNO = {FROM_AN_ACCOUNT: "mizuno", FROM_AN_ADDRESS: "192.0.2.7"}
OTHER = {FROM_AN_ACCOUNT: "hara", FROM_AN_ADDRESS: "192.0.2.7"}


@pytest.fixture
def store(city: Database, keyring: Keyring) -> SqlTryStore:
    """Give a store in which nobody has tried."""
    return SqlTryStore(city, CODE, keyring, RULE)


def test_after_six_tries_the_account_waits_and_others_do_not(store: SqlTryStore) -> None:
    assert [store.begin(MIZUNO, AT) for _ in range(6)] == [timedelta()] * 6
    assert store.begin(MIZUNO, AT) == timedelta(minutes=1)
    assert store.wait(MIZUNO, AT) == timedelta(minutes=1)
    assert store.begin(OTHER, AT) == timedelta()
    assert store.locked(["mizuno", "hara"], AT) == {"mizuno"}
    later = AT + timedelta(minutes=1)
    assert store.begin(MIZUNO, later) == timedelta()
    assert store.begin(MIZUNO, later) == timedelta(minutes=2)


def test_the_right_password_forgets_the_tries_at_the_account_only(store: SqlTryStore) -> None:
    for number in range(29):
        store.begin({FROM_AN_ACCOUNT: f"guess-{number}", FROM_AN_ADDRESS: "192.0.2.7"}, AT)
    assert store.begin(MIZUNO, AT) == timedelta()
    store.succeed(MIZUNO)
    assert store.wait({FROM_AN_ACCOUNT: "mizuno"}, AT) == timedelta()
    assert store.begin(OTHER, AT) == timedelta()
    assert store.begin(OTHER, AT) == timedelta(minutes=1)


def test_an_administrator_can_let_somebody_try_again(store: SqlTryStore) -> None:
    for _ in range(6):
        store.begin({FROM_AN_ACCOUNT: "mizuno"}, AT)
    store.unlock("mizuno")
    assert store.begin({FROM_AN_ACCOUNT: "mizuno"}, AT) == timedelta()


def test_many_guesses_at_once_are_all_counted(store: SqlTryStore) -> None:
    """However they race, no more than six of them are looked at."""
    source = {FROM_AN_ACCOUNT: "mizuno"}
    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(lambda _: store.begin(source, AT), range(24)))
    assert waits.count(timedelta()) == 6


def test_what_was_typed_is_not_kept(store: SqlTryStore) -> None:
    """Not even as a plain hash; a day later nothing is left."""
    store.begin(MIZUNO, AT)
    with store.database.reading() as connection:
        rows = connection.execute(select(sign_in_tries)).mappings().all()
    assert len(rows) == 2
    assert not any(word in str(dict(row)) for row in rows for word in ("mizuno", "192.0.2"))
    store.begin(OTHER, AT + timedelta(hours=25))
    with store.database.reading() as connection:
        assert len(connection.execute(select(sign_in_tries)).all()) == 2
