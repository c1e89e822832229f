"""One-time secrets: good for one thing, once, for a while."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from catalog.actor import Role
from db.one_time import Purpose, SqlTicketStore, Ticket
from db.session import Database
from db.users import SqlUserStore, User
from tests.db.examples import AT, CODE, an_event

LINK = Ticket(b"l" * 32, "user-1", Purpose.INVITATION, AT, AT + timedelta(hours=72))
HALF = Ticket(b"h" * 32, "user-1", Purpose.SECOND_STEP, AT, AT + timedelta(minutes=10))
LINKS = frozenset({Purpose.INVITATION, Purpose.RESET})


@pytest.fixture
def store(city: Database) -> SqlTicketStore:
    """Give a store with one account, its link, and a half-done sign-in."""
    SqlUserStore(city, CODE).save_user(
        User("user-1", "hayashi", "林", Role.COORDINATOR), an_event()
    )
    made = SqlTicketStore(city, CODE)
    made.add_ticket(LINK, an_event("invited"))
    made.add_ticket(HALF, an_event("password_right"))
    return made


def test_a_secret_is_good_for_its_purpose_until_it_ends(store: SqlTicketStore) -> None:
    assert store.ticket(LINK.token_hash, LINKS, AT) == LINK
    assert store.ticket(LINK.token_hash, frozenset({Purpose.SECOND_STEP}), AT) is None
    assert store.ticket(HALF.token_hash, LINKS, AT) is None
    assert store.ticket(LINK.token_hash, LINKS, LINK.expires_at) is None
    assert store.ticket(b"x" * 32, LINKS, AT) is None
    assert SqlTicketStore(store.database, "111111").ticket(LINK.token_hash, LINKS, AT) is None


def test_it_is_used_once(store: SqlTicketStore) -> None:
    assert not store.use_ticket(LINK.token_hash, frozenset({Purpose.SECOND_STEP}), AT)
    assert not store.use_ticket(LINK.token_hash, LINKS, LINK.expires_at)
    assert store.use_ticket(LINK.token_hash, LINKS, AT)
    assert not store.use_ticket(LINK.token_hash, LINKS, AT)
    assert store.ticket(LINK.token_hash, LINKS, AT) is None


def test_a_new_link_voids_the_one_before_and_half_done_sign_ins_go_on(
    store: SqlTicketStore,
) -> None:
    reset = replace(LINK, token_hash=b"r" * 32, purpose=Purpose.RESET)
    store.add_ticket(reset, an_event("reset_begun"))
    assert store.ticket(LINK.token_hash, LINKS, AT) is None
    assert store.ticket(reset.token_hash, LINKS, AT) == reset
    assert store.ticket(HALF.token_hash, frozenset({Purpose.SECOND_STEP}), AT) == HALF
    assert store.invited(AT) == {"user-1": reset.expires_at}
    assert store.invited(reset.expires_at) == {}
    store.void_tickets_of("user-1")
    assert store.ticket(reset.token_hash, LINKS, AT) is None
    assert store.ticket(HALF.token_hash, frozenset({Purpose.SECOND_STEP}), AT) is None
