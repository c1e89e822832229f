"""Accounts and sessions: who may sign in, and when they no longer are."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from catalog.actor import Role
from db.errors import DatabaseError
from db.session import Database
from db.users import Session, SqlUserStore, User
from tests.db.examples import AT, CODE, an_event, kinds_of_events

USER = User("user-1", "hayashi", "林", Role.COORDINATOR, "office-1", False, "$argon2id$…")
SESSION = Session(b"h" * 32, "user-1", AT, AT, AT + timedelta(hours=12))
ELSEWHERE = replace(SESSION, token_hash=b"e" * 32, expires_at=AT + timedelta(hours=1))


@pytest.fixture
def store(city: Database) -> SqlUserStore:
    """Give a store with one account that is signed in at two places."""
    made = SqlUserStore(city, CODE)
    made.save_user(USER, an_event("user_added"))
    made.add_session(SESSION, an_event("signed_in"))
    made.add_session(ELSEWHERE, an_event("signed_in"))
    return made


def test_accounts_come_back(store: SqlUserStore) -> None:
    other = replace(USER, id="user-2", login="abe", role=Role.PLANNER, office_id=None)
    store.save_user(other, an_event())
    assert store.users() == [other, USER]
    assert store.user("user-1") == USER
    assert store.user_by_login("hayashi") == USER
    assert store.user("nobody") is None
    assert store.user_by_login("HAYASHI") is None
    assert SqlUserStore(store.database, "111111").user_by_login("hayashi") is None


def test_a_login_name_is_given_once(store: SqlUserStore) -> None:
    with pytest.raises(DatabaseError, match="login_taken"):
        store.save_user(replace(USER, id="user-2"), an_event("refused"))
    assert store.users() == [USER]
    assert "refused" not in kinds_of_events(store.database)


def test_a_session_tells_whose_it_is(store: SqlUserStore) -> None:
    assert store.session(SESSION.token_hash) == (SESSION, USER)
    assert store.session(b"x" * 32) is None
    assert SqlUserStore(store.database, "111111").session(SESSION.token_hash) is None


def test_using_a_session_is_noted_without_an_event(store: SqlUserStore) -> None:
    before = kinds_of_events(store.database)
    later = AT + timedelta(minutes=5)
    store.touch_session(SESSION.token_hash, later)
    assert store.session(SESSION.token_hash) == (replace(SESSION, last_seen_at=later), USER)
    assert store.session(ELSEWHERE.token_hash) == (ELSEWHERE, USER)
    assert kinds_of_events(store.database) == before


def test_signing_out_ends_one_session(store: SqlUserStore) -> None:
    store.end_session(SESSION.token_hash, an_event("signed_out"))
    assert store.session(SESSION.token_hash) is None
    assert store.session(ELSEWHERE.token_hash) is not None
    assert kinds_of_events(store.database)[-1] == "signed_out"


def test_signing_out_everywhere_ends_all(store: SqlUserStore) -> None:
    store.end_sessions_of("user-1", an_event())
    assert store.session(SESSION.token_hash) is None
    assert store.session(ELSEWHERE.token_hash) is None


def test_a_disabled_account_is_signed_out(store: SqlUserStore) -> None:
    store.save_user(replace(USER, name="林 葉子"), an_event())
    assert store.session(SESSION.token_hash) is not None
    store.save_user(replace(USER, disabled=True), an_event())
    assert store.session(SESSION.token_hash) is None
    assert store.session(ELSEWHERE.token_hash) is None


def test_expired_sessions_are_forgotten(store: SqlUserStore) -> None:
    store.forget_sessions(AT + timedelta(hours=1))
    assert store.session(ELSEWHERE.token_hash) is None
    assert store.session(SESSION.token_hash) is not None


def test_a_failed_sign_in_leaves_an_event(store: SqlUserStore) -> None:
    store.record(an_event("sign_in_failed"))
    assert kinds_of_events(store.database)[-1] == "sign_in_failed"


def test_sessions_are_listed_and_all_but_one_ended(store: SqlUserStore) -> None:
    later = replace(SESSION, token_hash=b"n" * 32, last_seen_at=AT + timedelta(minutes=9))
    store.add_session(replace(later, browser="Edge"), an_event("signed_in"))
    found = store.sessions_of("user-1")
    assert [each.token_hash[:1] for each in found] == [b"n", b"e", b"h"]
    assert found[0].browser == "Edge"
    assert len({each.id for each in found}) == 3
    assert not any(each.token_hash.hex()[:12] in each.id for each in found)
    store.end_sessions_of("user-1", an_event("session_ended"), but=b"n" * 32)
    assert [each.token_hash[:1] for each in store.sessions_of("user-1")] == [b"n"]


def test_a_session_goes_on_under_a_new_secret(store: SqlUserStore) -> None:
    renewed = replace(SESSION, token_hash=b"r" * 32, proved_at=AT, proved_by="code")
    assert store.renew_session(SESSION.token_hash, renewed, an_event("proved"))
    before = kinds_of_events(store.database)
    assert not store.renew_session(SESSION.token_hash, renewed, an_event("proved"))
    assert kinds_of_events(store.database) == before
    assert store.session(SESSION.token_hash) is None
    assert store.session(renewed.token_hash) == (renewed, USER)


def test_a_password_is_set_where_nothing_has_changed_meanwhile(store: SqlUserStore) -> None:
    """Nothing else of the account is written, as somebody may change it at the same time."""
    store.save_user(replace(USER, name="林 葉子", role=Role.HOST), an_event())
    store.set_password(USER, "$argon2id$new", an_event("password_changed"))
    kept = replace(USER, name="林 葉子", role=Role.HOST, password_hash="$argon2id$new")
    assert store.user("user-1") == kept
    before = kinds_of_events(store.database)
    for checked in (USER, replace(kept, disabled=True), replace(kept, id="nobody")):
        with pytest.raises(DatabaseError, match="account_changed"):
            store.set_password(checked, "$argon2id$newer", an_event("password_changed"))
    assert store.user("user-1") == kept
    assert kinds_of_events(store.database) == before
