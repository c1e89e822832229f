"""What holds for the accounts of staff: lock-out, second factors, how long things last.

The numbers are dated data (`cases/data/accounts.toml`). What makes a password good is in
`cases.passwords`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from cases.errors import CaseError
from cases.own_data import own_data
from catalog.actor import Role
from catalog.audit import AuditEvent

FROM_AN_ACCOUNT: Final = "account"
FROM_AN_ADDRESS: Final = "address"
"""What tries are counted for: the login that was typed, the machine that sent it."""


class AccountError(CaseError):
    """A rule about accounts does not allow it."""


def account_event(
    kind: str, user_id: str, at: datetime, detail: Mapping[str, str] | None = None, by: str = ""
) -> AuditEvent:
    """Return the record of something done to an account, by its owner unless it says by whom."""
    return AuditEvent(kind, by or user_id, "user", user_id, at, detail or {})


@dataclass(frozen=True, slots=True)
class PasswordRule:
    """How long a password is, and how much of it must be its own."""

    least_characters: int
    most_characters: int
    least_of_its_own: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LockRule:
    """After how many wrong tries how long one has to wait."""

    tries: int
    within_minutes: int
    first_wait_minutes: int
    longest_wait_minutes: int
    tries_of_an_address: int
    longest_wait_of_an_address_minutes: int
    remembered_hours: int

    def tries_for(self, kind: str) -> int:
        """Return how many wrong tries are free."""
        return self.tries_of_an_address if kind == FROM_AN_ADDRESS else self.tries

    def wait_after(self, count: int, kind: str) -> timedelta:
        """Return how long to wait after so many wrong tries: nothing, then 1, 2, 4, … minutes."""
        beyond = count - self.tries_for(kind)
        if beyond < 0:
            return timedelta()
        longest = (
            self.longest_wait_of_an_address_minutes
            if kind == FROM_AN_ADDRESS
            else self.longest_wait_minutes
        )
        # Beyond ten doublings the longest wait has long been reached.
        return timedelta(minutes=min(self.first_wait_minutes * 2 ** min(beyond, 10), longest))


@dataclass(frozen=True, slots=True)
class AccountRules:
    """All rules, with the day from which they hold and where they come from."""

    source: str
    password: PasswordRule
    lock: LockRule
    second_factor_roles: frozenset[Role]
    recovery_codes: int
    most_passkeys: int
    second_step: timedelta
    challenge: timedelta
    link: timedelta
    proof: timedelta

    def needs_second_factor(self, role: Role, *, is_required: bool) -> bool:
        """Tell whether a role may sign in with a second factor only.

        `is_required` is the office's setting; the fictional sample city leaves it off.
        """
        return is_required and role in self.second_factor_roles


@cache
def account_rules() -> AccountRules:
    """Return the rules that come with the product."""
    data = own_data("accounts")
    lasting = data["lasting"]
    return AccountRules(
        source=data["source"],
        password=PasswordRule(**data["password"], words=tuple(data["common"]["words"])),
        lock=LockRule(**data["lock"]),
        second_factor_roles=frozenset(Role(each) for each in data["second_factor"]["roles"]),
        recovery_codes=data["second_factor"]["recovery_codes"],
        most_passkeys=data["second_factor"]["most_passkeys"],
        second_step=timedelta(minutes=lasting["second_step_minutes"]),
        challenge=timedelta(minutes=lasting["challenge_minutes"]),
        link=timedelta(hours=lasting["link_hours"]),
        proof=timedelta(minutes=lasting["proof_minutes"]),
    )


# ------------------------------------------------------------------ lock-out
@dataclass(frozen=True, slots=True)
class Tries:
    """The tries in a row that have not led to a sign-in, and until when to wait.

    `last_at` is from when they are forgotten: the last try, or that by which an address was locked.
    """

    count: int
    last_at: datetime
    locked_until: datetime | None = None


def wait_left(tries: Tries | None, now: datetime) -> timedelta:
    """Return how long nobody may try again."""
    if tries is None or tries.locked_until is None:
        return timedelta()
    return max(tries.locked_until - now, timedelta())


def counted(tries: Tries | None, kind: str, now: datetime, rule: LockRule) -> Tries:
    """Count one more try, as if it were wrong; one that is right takes the count away.

    Counting before looking leaves no moment in which many guesses at once count as one. An address
    that waits is forgiven a day after that began: others may go on behind it, day after day.
    """
    free = rule.tries_for(kind)
    if tries is not None and _is_forgotten(tries, free, now, rule):
        tries = None
    before = tries.count if tries else 0
    wait = rule.wait_after(before + 1, kind)
    is_old_lock = kind == FROM_AN_ADDRESS and before >= free
    last_at = tries.last_at if tries and is_old_lock else now
    return Tries(before + 1, last_at, now + wait if wait else None)


def taken_back(tries: Tries, kind: str, rule: LockRule) -> Tries:
    """Return the count without its last try, which was right."""
    count = max(tries.count - 1, 0)
    locked = tries.locked_until if rule.wait_after(count, kind) else None
    return replace(tries, count=count, locked_until=locked)


def _is_forgotten(tries: Tries, free: int, now: datetime, rule: LockRule) -> bool:
    """Few wrong tries are forgotten soon, a lock within a day."""
    remembered = (
        timedelta(minutes=rule.within_minutes)
        if tries.count < free
        else timedelta(hours=rule.remembered_hours)
    )
    return now >= tries.last_at + remembered


# ------------------------------------------------------------------ who manages
def check_administrator_stays(others: Iterable[Role]) -> None:
    """Refuse to leave the office without anybody who can manage accounts.

    Parameters
    ----------
    others
        Roles of the enabled accounts besides the one that changes.

    Raises
    ------
    AccountError
        ``last_administrator``.
    """
    if Role.ADMINISTRATOR not in others:
        raise AccountError("last_administrator")
