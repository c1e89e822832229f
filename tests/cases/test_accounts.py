"""Lock-out: a few tries are free, then the wait grows, and it always ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cases.accounts import (
    FROM_AN_ACCOUNT,
    FROM_AN_ADDRESS,
    AccountError,
    Tries,
    account_rules,
    check_administrator_stays,
    counted,
    taken_back,
    wait_left,
)
from catalog.actor import Role

NOW = datetime(2026, 11, 23, tzinfo=UTC)
RULES = account_rules()


def tried(
    times: int, every: timedelta = timedelta(seconds=1), kind: str = FROM_AN_ACCOUNT
) -> Tries:
    """Return the count after wrong tries at equal distances."""
    tries: Tries | None = None
    for number in range(times):
        tries = counted(tries, kind, NOW + number * every, RULES.lock)
    assert tries is not None
    return tries


@pytest.mark.parametrize(
    ("times", "minutes"), [(1, 0), (5, 0), (6, 1), (7, 2), (8, 4), (11, 32), (12, 60), (500, 60)]
)
def test_the_wait_doubles_up_to_an_hour(times: int, minutes: int) -> None:
    tries = tried(times)
    assert wait_left(tries, tries.last_at) == timedelta(minutes=minutes)
    assert wait_left(tries, tries.last_at + timedelta(minutes=minutes)) == timedelta()


def test_slow_mistakes_are_forgotten_and_a_lock_is_remembered_for_a_day() -> None:
    assert tried(20, timedelta(minutes=15)).count == 1
    locked = tried(6)
    assert counted(locked, FROM_AN_ACCOUNT, NOW + timedelta(hours=23), RULES.lock).count == 7
    assert counted(locked, FROM_AN_ACCOUNT, NOW + timedelta(hours=25), RULES.lock).count == 1


def test_an_address_has_more_tries_than_an_account() -> None:
    assert tried(29, kind=FROM_AN_ADDRESS).locked_until is None
    assert tried(30, kind=FROM_AN_ADDRESS).locked_until is not None
    many = tried(500, kind=FROM_AN_ADDRESS)
    assert wait_left(many, NOW + timedelta(seconds=499)) == timedelta(minutes=5)


def test_an_address_in_steady_use_is_forgiven_after_a_day() -> None:
    """Whoever else works behind it does not keep it locked by signing in."""
    tries = tried(30, kind=FROM_AN_ADDRESS)
    for minutes in range(30, 24 * 60, 30):
        tries = counted(tries, FROM_AN_ADDRESS, NOW + timedelta(minutes=minutes), RULES.lock)
        tries = taken_back(tries, FROM_AN_ADDRESS, RULES.lock)
    assert tries.count == 30
    assert counted(tries, FROM_AN_ADDRESS, NOW + timedelta(hours=25), RULES.lock).count == 1


def test_a_right_try_is_taken_back() -> None:
    assert taken_back(tried(6), FROM_AN_ACCOUNT, RULES.lock) == Tries(5, NOW + timedelta(seconds=5))
    assert wait_left(None, NOW) == timedelta()


@pytest.mark.parametrize("role", Role)
def test_a_second_factor_is_asked_where_the_office_wants_it(role: Role) -> None:
    needed = {Role.COORDINATOR, Role.LEAD_AGENCY, Role.AUDITOR, Role.ADMINISTRATOR}
    assert RULES.needs_second_factor(role, is_required=True) == (role in needed)
    assert not RULES.needs_second_factor(role, is_required=False)


def test_somebody_must_remain_who_manages_accounts() -> None:
    check_administrator_stays([Role.HOST, Role.ADMINISTRATOR])
    with pytest.raises(AccountError, match="last_administrator"):
        check_administrator_stays([Role.COORDINATOR])
