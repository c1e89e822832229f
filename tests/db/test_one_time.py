"""One-time secrets: good for one thing, once, for a while."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import LargeBinary, String, column, insert, select, table

from catalog.actor import Role
from db import migrate
from db.one_time import CHALLENGES, LINKS, OneTime, Purpose, SqlOneTimeStore
from db.rows import to_row
from db.session import Database
from db.tables import municipalities, users
from db.tables.types import Instant
from db.users import SqlUserStore, User
from tests.databases import PostgresqlDatabases, SqliteDatabases
from tests.db.examples import AT, CODE, SETTINGS, an_event, kinds_of_events

LINK = OneTime(Purpose.INVITATION, b"l" * 32, "user-1", AT, AT + timedelta(hours=72))
HALF = OneTime(Purpose.SECOND_STEP, b"h" * 32, "user-1", AT, AT + timedelta(minutes=10))
LEFT = OneTime(Purpose.DETOUR, b"d" * 32, None, AT, AT + timedelta(minutes=10), b"/places")
ASKED = OneTime(Purpose.PASSKEY_ALONE, b"b" * 32, None, AT, AT + timedelta(minutes=5), b"c" * 32)
HAYASHI = User("user-1", "hayashi", "林", Role.COORDINATOR)
OLD_CITY = {"municipality_code": CODE, "settings": SETTINGS, "is_sample": False}
OLD_TICKETS = table(
    "tickets",
    column("municipality_code", String),
    column("token_hash", LargeBinary),
    column("user_id", String),
    column("purpose", String),
    column("created_at", Instant),
    column("expires_at", Instant),
)
FORM = OneTime(Purpose.FORM, b"f" * 16, None, AT, AT + timedelta(minutes=2))


@pytest.fixture
def store(city: Database) -> SqlOneTimeStore:
    """Give a store with one account, its link, and one of each other kind."""
    SqlUserStore(city, CODE).save_user(HAYASHI, an_event())
    made = SqlOneTimeStore(city, CODE)
    assert made.begin(LINK, an_event("invited"))
    assert made.begin(HALF, an_event("password_right"))
    assert all(made.begin(each) for each in (LEFT, ASKED, FORM))
    return made


@pytest.mark.parametrize("secret", [LINK, HALF, LEFT, ASKED, FORM])
def test_a_secret_is_good_for_its_purpose_until_it_ends(
    store: SqlOneTimeStore, secret: OneTime
) -> None:
    hash_, own = secret.secret_hash, secret.purpose
    others = [each for each in Purpose if each is not own]
    elsewhere = SqlOneTimeStore(store.database, "111111")
    for look in (store.look, store.use_up):
        assert look(hash_, AT, *others) is None
        assert look(hash_, secret.until_at, own) is None
        assert look(b"x" * 32, AT, own) is None
    assert elsewhere.look(hash_, AT, own) is None
    assert elsewhere.use_up(hash_, AT, own) is None
    assert store.look(hash_, AT, own) == secret
    assert store.look(hash_, AT, *Purpose) == secret


@pytest.mark.parametrize("secret", [LINK, HALF, LEFT, ASKED, FORM])
def test_it_is_used_once(store: SqlOneTimeStore, secret: OneTime) -> None:
    assert store.use_up(secret.secret_hash, AT, secret.purpose) == secret
    assert store.use_up(secret.secret_hash, AT, secret.purpose) is None
    assert store.look(secret.secret_hash, AT, secret.purpose) is None


def at_once(store: SqlOneTimeStore, secrets: int = 40, users: int = 2) -> list[int]:
    """Let several threads use each of many secrets up; return how many got it."""
    counts = []
    with ThreadPoolExecutor(users) as pool:
        for number in range(secrets):
            hash_, gate = bytes([number]) * 32, threading.Barrier(users)
            assert store.begin(replace(LEFT, secret_hash=hash_))

            def use(hash_: bytes = hash_, gate: threading.Barrier = gate) -> bool:
                gate.wait()
                return store.use_up(hash_, AT, Purpose.DETOUR) is not None

            counts.append(sum(each.result() for each in [pool.submit(use) for _ in range(users)]))
    return counts


def test_of_two_threads_one_is_given_it(store: SqlOneTimeStore) -> None:
    assert at_once(store) == [1] * 40


def test_looking_and_then_using_gives_it_to_both(
    store: SqlOneTimeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the test above sees is the one guarded statement and nothing else."""
    together, use_up = threading.Barrier(2), SqlOneTimeStore.use_up

    def in_two_steps(
        self: SqlOneTimeStore, secret_hash: bytes, now: object, *of: Purpose
    ) -> OneTime | None:
        found = self.look(secret_hash, AT, *of)
        together.wait()
        use_up(self, secret_hash, AT, *of)
        return found

    monkeypatch.setattr(SqlOneTimeStore, "use_up", in_two_steps)
    assert at_once(store, secrets=3) == [2] * 3


def test_of_two_who_begin_the_same_one_is_first(store: SqlOneTimeStore) -> None:
    """Until it has run out or was used; then whoever comes is."""
    new, gate = replace(FORM, secret_hash=b"g" * 16), threading.Barrier(8)

    def begin(_: int) -> bool:
        gate.wait()
        return store.begin(new)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(begin, range(8))) == 1
    assert not store.begin(replace(new, payload=b"mine"))
    kept = store.look(new.secret_hash, AT, Purpose.FORM)
    assert kept == new
    later = replace(new, made_at=new.until_at, until_at=new.until_at + timedelta(minutes=2))
    assert store.begin(later)
    assert store.use_up(new.secret_hash, later.made_at, Purpose.FORM) == later
    assert store.begin(later)


def test_what_did_not_begin_is_not_recorded(store: SqlOneTimeStore) -> None:
    assert not store.begin(HALF, an_event("password_right"))
    assert kinds_of_events(store.database).count("password_right") == 1


def test_what_has_come_of_one_is_told_to_who_comes_later(store: SqlOneTimeStore) -> None:
    until = AT + timedelta(hours=12)
    store.note(FORM, b"/places/1", until)
    assert not store.begin(replace(FORM, made_at=FORM.until_at, until_at=until))
    kept = store.look(FORM.secret_hash, FORM.until_at, Purpose.FORM)
    assert kept == replace(FORM, payload=b"/places/1", until_at=until)
    assert store.look(LEFT.secret_hash, AT, Purpose.DETOUR) == LEFT


def test_a_new_link_voids_the_one_before_and_half_done_sign_ins_go_on(
    store: SqlOneTimeStore,
) -> None:
    reset = replace(LINK, secret_hash=b"r" * 32, purpose=Purpose.RESET)
    assert store.begin(reset, an_event("reset_begun"))
    assert store.look(LINK.secret_hash, AT, *LINKS) is None
    assert store.look(reset.secret_hash, AT, *LINKS) == reset
    assert store.begin(replace(HALF, secret_hash=b"i" * 32))
    assert store.look(HALF.secret_hash, AT, Purpose.SECOND_STEP) == HALF
    assert store.invited(AT) == {"user-1": reset.until_at}
    assert store.invited(reset.until_at) == {}
    store.void_all_of("user-1")
    assert store.look(reset.secret_hash, AT, *LINKS) is None
    assert store.look(HALF.secret_hash, AT, Purpose.SECOND_STEP) is None
    assert store.look(LEFT.secret_hash, AT, Purpose.DETOUR) == LEFT


@pytest.mark.parametrize("purpose", sorted(CHALLENGES))
def test_a_browser_has_one_challenge_of_a_kind(store: SqlOneTimeStore, purpose: Purpose) -> None:
    asked = replace(ASKED, purpose=purpose)
    newer = replace(asked, payload=b"n" * 32)
    store.begin(asked)
    assert store.begin(newer)
    assert store.use_up(asked.secret_hash, AT, purpose) == newer


def test_what_has_run_out_is_forgotten(store: SqlOneTimeStore) -> None:
    """Gone, not only over: also for a clock that was set back."""
    later = HALF.until_at
    assert store.begin(replace(FORM, secret_hash=b"g" * 16, made_at=later, until_at=LINK.until_at))
    for gone in (HALF, LEFT, ASKED, FORM):
        assert store.look(gone.secret_hash, AT, gone.purpose) is None
    assert store.look(LINK.secret_hash, AT, *LINKS) == LINK


def old_ticket(secret: OneTime) -> dict[str, object]:
    """Return the row in which a link or a half-done sign-in was kept before."""
    return {
        "municipality_code": CODE,
        "token_hash": secret.secret_hash,
        "user_id": secret.user_id,
        "purpose": str(secret.purpose),
        "created_at": secret.made_at,
        "expires_at": secret.until_at,
    }


def test_links_of_the_old_tables_are_carried_over_and_back(
    databases: SqliteDatabases | PostgresqlDatabases,
) -> None:
    """Whoever was invited before the new version can still come in."""
    url = databases.create_empty()
    migrate.upgrade(url, "0017")
    database = Database(url)
    with database.writing() as connection:
        connection.execute(insert(municipalities).values(OLD_CITY))
        connection.execute(insert(users).values(to_row(CODE, HAYASHI)))
        for each in (LINK, HALF):
            connection.execute(insert(OLD_TICKETS).values(old_ticket(each)))
    migrate.upgrade(url)
    kept = SqlOneTimeStore(database, CODE)
    assert kept.look(LINK.secret_hash, AT, Purpose.INVITATION) == LINK
    assert kept.look(HALF.secret_hash, AT, Purpose.SECOND_STEP) == HALF
    assert kept.invited(AT) == {"user-1": LINK.until_at}
    kept.begin(LEFT)
    migrate.downgrade(url, "0017")
    with database.reading() as connection:
        rows = [dict(row) for row in connection.execute(select(OLD_TICKETS)).mappings()]
    assert sorted(rows, key=str) == sorted(map(old_ticket, (HALF, LINK)), key=str)
    database.close()
    databases.drop(url)
