"""Signing in: a password, then, where somebody has a second factor, a code.

Between the two stands a one-time secret that opens nothing else, never a session.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from api.forms import new_secret
from api.passwords import password_fits
from api.second_factors import begin_enrolment, finish_enrolment, use_factor
from api.sessions import SessionLimits, begin_session, hash_of
from cases.accounts import (
    FROM_AN_ACCOUNT,
    FROM_AN_ADDRESS,
    AccountRules,
    account_event,
    account_rules,
)
from db.one_time import OneTime, Purpose, SqlOneTimeStore
from db.passkeys import SqlPasskeyStore
from db.second_factors import SqlFactorStore
from db.secrets import Keyring
from db.session import Database
from db.sign_in_tries import SqlTryStore
from db.users import CODE, PASSWORD, SqlUserStore, User

NOBODY: Final = "unknown"
"""Who acts in the record of a try at an account that does not exist; what was typed is not kept."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What a sign-in works with."""

    users: SqlUserStore
    factors: SqlFactorStore
    passkeys: SqlPasskeyStore
    one_time: SqlOneTimeStore
    tries: SqlTryStore
    limits: SessionLimits
    rules: AccountRules

    def end_sessions(self, user_id: str, actor_id: str, now: datetime, but: bytes = b"") -> None:
        """End every session of an account but one, and every sign-in that is half done."""
        event = account_event("sessions_ended", user_id, now, by=actor_id)
        with self.users.database.writing():
            self.users.end_sessions_of(user_id, event, but)
            self.one_time.void_half_done(user_id)


def make_desk(
    database: Database, municipality_code: str, keyring: Keyring, limits: SessionLimits
) -> Desk:
    """Return the accounts of a municipality and what they work with."""
    rules = account_rules()
    return Desk(
        users=SqlUserStore(database, municipality_code),
        factors=SqlFactorStore(database, municipality_code, keyring),
        passkeys=SqlPasskeyStore(database, municipality_code),
        one_time=SqlOneTimeStore(database, municipality_code),
        tries=SqlTryStore(database, municipality_code, keyring, rules.lock),
        limits=limits,
        rules=rules,
    )


@dataclass(frozen=True, slots=True)
class Visit:
    """From where somebody tries, roughly with what, and the secret that their browser holds."""

    address: str = ""
    browser: str = ""
    secret: str = field(default="", repr=False)


class Next(StrEnum):
    """What comes after a password or a code."""

    WRONG = "wrong"
    WAIT = "wait"
    CODE = "code"
    FIRST_FACTOR = "first_factor"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a try: the secret for the cookie, or why there is none."""

    next: Next
    secret: str = ""
    wait: timedelta = timedelta()

    @property
    def wait_minutes(self) -> int:
        """Return the wait in whole minutes, rounded up."""
        return math.ceil(self.wait / timedelta(minutes=1))


def sign_in(desk: Desk, login: str, password: str, visit: Visit, now: datetime) -> Outcome:
    """Take a login and a password.

    Every way through takes one hash computation: for an unknown login, a wrong password, an
    account that must wait, and the right one. All but the last are told alike.
    """
    login = login.strip()
    user = desk.users.user_by_login(login)
    fits = password_fits(password, user.password_hash if user else None)
    is_right = fits and user is not None and not user.disabled
    outcome = count_try(desk, user, login, visit, now, lambda: PASSWORD if is_right else "")
    if user is None or outcome.next is not Next.DONE:
        return outcome
    outcome = after_first_factor(desk, user, visit, now)
    if outcome.secret and outcome.next is not Next.CODE:
        # Before a code the account stays counted, else codes could be guessed for ever.
        desk.tries.succeed({FROM_AN_ACCOUNT: login})
    return outcome


def after_first_factor(
    desk: Desk,
    user: User,
    visit: Visit,
    now: datetime,
    proved_by: str = PASSWORD,
    proved_at: datetime | None = None,
) -> Outcome:
    """Ask for the second factor of whoever has one or needs one; else begin the session.

    Whoever is to set one up gets a secret for the device that only this browser is shown: what
    was begun in another one counts no more.
    """
    if has_factor(desk, user.id):
        return Outcome(Next.CODE, _half_done(desk, user, Purpose.SECOND_STEP, now, proved_by))
    if desk.rules.needs_second_factor(user.role, is_required=desk.limits.second_factor):
        with desk.users.database.writing():
            desk.one_time.void_half_done(user.id)
            begin_enrolment(desk.factors, user.id, now)
            secret = _half_done(desk, user, Purpose.FIRST_FACTOR, now, proved_by)
        return Outcome(Next.FIRST_FACTOR, secret)
    return let_in(desk, user, visit, now, proved_by, proved_at)


def let_in(
    desk: Desk,
    user: User,
    visit: Visit,
    now: datetime,
    proved_by: str,
    proved_at: datetime | None = None,
) -> Outcome:
    """Begin the session of whoever has shown enough: DONE, or WRONG where that counts no more.

    The one that this browser has had so far ends, whosever it was.
    """
    users, browser = desk.users, visit.browser
    with users.database.writing():
        made = begin_session(users, user, desk.limits, now, browser, proved_by, proved_at)
        held = users.session(hash_of(visit.secret)) if made and visit.secret else None
        if held is not None:
            who = held[1].id
            event = account_event("signed_out", who, now)
            users.end_session(held[0].token_hash, event)
    return Outcome(Next.DONE if made else Next.WRONG, made)


def enter_code(
    desk: Desk, user: User, secret: str, code: str, visit: Visit, now: datetime
) -> Outcome | None:
    """Take the code of who is half signed in; None where somebody has used their secret up."""
    shown = count_try(
        desk, user, user.login, visit, now, lambda: use_factor(desk.factors, user.id, code, now)
    )
    return shown if shown.next is not Next.DONE else finish(desk, user, secret, visit, now, shown)


def finish(
    desk: Desk, user: User, secret: str, visit: Visit, now: datetime, shown: Outcome
) -> Outcome | None:
    """Begin the session of whoever has shown the second thing too; its first one is used up."""
    with desk.users.database.writing():
        if not desk.one_time.use_up(hash_of(secret), now, Purpose.SECOND_STEP):
            return None
        desk.tries.succeed({FROM_AN_ACCOUNT: user.login})
        return let_in(desk, user, visit, now, shown.secret)


def first_factor_of(desk: Desk, secret: str, now: datetime) -> User | None:
    """Return who may set up their first second factor now; nobody who has got one meanwhile."""
    user = half_signed_in(desk, secret, Purpose.FIRST_FACTOR, now)
    return None if user is None or has_factor(desk, user.id) else user


def enter_with_first_factor(
    desk: Desk, secret: str, code: str, visit: Visit, now: datetime
) -> tuple[Outcome, tuple[str, ...]]:
    """Let somebody's device count and begin their session.

    Returns
    -------
    tuple
        WRONG or DONE, and the recovery codes, which are shown once.
    """
    with desk.users.database.writing():
        user = first_factor_of(desk, secret, now)
        if user is None:
            return Outcome(Next.WRONG), ()
        codes = finish_enrolment(desk.factors, user.id, code, now, desk.rules.recovery_codes)
        if not codes:
            return Outcome(Next.WRONG), ()
        desk.one_time.void_half_done(user.id)
        return let_in(desk, user, visit, now, CODE), codes


def check_present_password(
    desk: Desk, user: User, password: str, visit: Visit, now: datetime
) -> Outcome:
    """Check the password of somebody who is signed in: WRONG, WAIT or DONE."""
    fits = password_fits(password, user.password_hash)
    outcome = count_try(desk, user, user.login, visit, now, lambda: PASSWORD if fits else "")
    return _forgiven(desk, user, outcome)


def prove(desk: Desk, user: User, password: str, code: str, visit: Visit, now: datetime) -> Outcome:
    """Check again who somebody is that is signed in: password, and code where they have one.

    The outcome is WRONG, WAIT or DONE; in the last case `secret` is what they showed.
    """

    def look() -> str:
        if not fits or not has_factor(desk, user.id):
            return PASSWORD if fits else ""
        return use_factor(desk.factors, user.id, code, now)

    fits = password_fits(password, user.password_hash)
    return _forgiven(desk, user, count_try(desk, user, user.login, visit, now, look))


def _forgiven(desk: Desk, user: User, outcome: Outcome) -> Outcome:
    if outcome.next is Next.DONE:
        desk.tries.succeed({FROM_AN_ACCOUNT: user.login})
    return outcome


def has_factor(desk: Desk, user_id: str) -> bool:
    """Tell whether a password alone does not let somebody in: they have an app or a passkey."""
    return desk.factors.authenticator(user_id) is not None or bool(
        desk.passkeys.passkeys_of(user_id)
    )


def half_signed_in(desk: Desk, secret: str, purpose: Purpose, now: datetime) -> User | None:
    """Return who has shown a password but may not come in yet, or None."""
    half = desk.one_time.look(hash_of(secret), now, purpose) if secret else None
    user = desk.users.user(half.user_id) if half and half.user_id else None
    return None if user is None or user.disabled else user


def _half_done(desk: Desk, user: User, purpose: Purpose, now: datetime, proved_by: str) -> str:
    secret = new_secret()
    half = OneTime(purpose, hash_of(secret), user.id, now, now + desk.rules.second_step)
    event = account_event(f"{proved_by}_right", user.id, now)
    desk.one_time.begin(half, event)
    return secret


def count_try(
    desk: Desk,
    user: User | None,
    login: str,
    visit: Visit,
    now: datetime,
    look: Callable[[], str],
) -> Outcome:
    """Count a try before what was shown is looked at: WRONG, WAIT, or DONE with what it was.

    A right one is taken back at the address at once: many may sit behind it. At the account it
    stays until its person is in, else the second step could be guessed for ever.

    Parameters
    ----------
    login
        At whose account the try counts; empty for what nobody can guess.
    look
        Returns what was shown, nothing where that is wrong; not called while one must wait.
    """
    sources = {FROM_AN_ADDRESS: visit.address} | ({FROM_AN_ACCOUNT: login} if login else {})
    wait = desk.tries.begin(sources, now)
    if wait:
        return Outcome(Next.WAIT, wait=wait)
    if shown := look():
        desk.tries.succeed({FROM_AN_ADDRESS: visit.address})
        return Outcome(Next.DONE, shown)
    # The same writes for an account that does not exist.
    wait = desk.tries.wait(sources, now)
    who = user.id if user else NOBODY
    kind = "locked" if wait else "sign_in_failed"
    desk.users.record(account_event(kind, who, now))
    return Outcome(Next.WAIT if wait else Next.WRONG, wait=wait)
