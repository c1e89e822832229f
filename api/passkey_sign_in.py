"""Coming in, and showing again who one is, with a passkey; tries are counted as those of codes."""

from __future__ import annotations

from api.passkeys import Asking, used_passkey
from api.sessions import begin_session, hash_of
from api.sign_in import (
    Desk,
    Next,
    Outcome,
    Visit,
    half_signed_in,
    sources_of,
    wrong_try,
)
from cases.accounts import FROM_AN_ADDRESS
from db.one_time import Purpose
from db.passkeys import PASSKEY
from db.users import User


def enter_alone(desk: Desk, answer: str, asking: Asking, visit: Visit) -> Outcome:
    """Sign in whoever holds a device that has checked their PIN or finger.

    Nobody can guess a key, so a wait that others have brought upon an account does not hold here.
    """
    sources, now = {FROM_AN_ADDRESS: visit.address}, asking.now
    wait = desk.tries.begin(sources, now)
    if wait:
        return Outcome(Next.WAIT, wait=wait)
    used = used_passkey(desk, answer, asking)
    user = desk.users.user(used.user_id) if used else None
    if user is None or user.disabled:
        return wrong_try(desk, user, sources, now)
    desk.tries.succeed(sources)
    made = begin_session(desk.users, user, desk.limits, now, visit.browser, PASSKEY)
    return Outcome(Next.DONE, made)


def enter_after_password(desk: Desk, answer: str, asking: Asking, visit: Visit) -> Outcome | None:
    """Take the passkey that follows a password; None where no half-done sign-in is left."""
    now = asking.now
    user = half_signed_in(desk, asking.secret, Purpose.SECOND_STEP, now)
    if user is None:
        return None
    outcome = _take(desk, user, answer, asking, visit)
    if outcome.next is not Next.DONE:
        return outcome
    if not desk.one_time.use_up(hash_of(asking.secret), now, Purpose.SECOND_STEP):
        return None
    desk.tries.succeed(sources_of(user.login, visit))
    made = begin_session(desk.users, user, desk.limits, now, visit.browser, PASSKEY)
    return Outcome(Next.DONE, made)


def prove_with_passkey(
    desk: Desk, user: User, answer: str, asking: Asking, visit: Visit
) -> Outcome:
    """Check again who somebody is that is signed in, by their device: WRONG, WAIT or DONE."""
    outcome = _take(desk, user, answer, asking, visit)
    if outcome.next is Next.DONE:
        desk.tries.succeed(sources_of(user.login, visit))
    return outcome


def _take(desk: Desk, user: User, answer: str, asking: Asking, visit: Visit) -> Outcome:
    """Check an answer of one of somebody's devices; the try stays counted."""
    sources = sources_of(user.login, visit)
    wait = desk.tries.begin(sources, asking.now)
    if wait:
        return Outcome(Next.WAIT, wait=wait)
    if used_passkey(desk, answer, asking, user.id) is None:
        return wrong_try(desk, user, sources, asking.now)
    return Outcome(Next.DONE, PASSKEY)
