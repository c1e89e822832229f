"""Coming in, and showing again who one is, with a passkey.

Nobody can guess a key: tries count for the machine that sends them only, and a wait that others
have brought upon an account does not hold for its devices.
"""

from __future__ import annotations

from api.passkeys import Asking, used_passkey
from api.sign_in import Desk, Next, Outcome, Visit, count_try, finish, let_in
from db.passkeys import PASSKEY
from db.users import User


def enter_alone(desk: Desk, answer: str, asking: Asking, visit: Visit) -> Outcome:
    """Sign in whoever holds a device that has checked their PIN or finger."""
    found: list[User] = []

    def look() -> str:
        used = used_passkey(desk, answer, asking)
        user = desk.users.user(used.user_id) if used else None
        if user is None or user.disabled:
            return ""
        found.append(user)
        return PASSKEY

    outcome = count_try(desk, None, "", visit, asking.now, look)
    if outcome.next is not Next.DONE:
        return outcome
    return let_in(desk, found[0], visit, asking.now, PASSKEY)


def enter_after_password(
    desk: Desk, user: User, answer: str, asking: Asking, visit: Visit
) -> Outcome | None:
    """Take the passkey of who is half signed in; None where their secret is used up."""
    shown = prove_with_passkey(desk, user, answer, asking, visit)
    if shown.next is not Next.DONE:
        return shown
    return finish(desk, user, asking.secret, visit, asking.now, shown)


def prove_with_passkey(
    desk: Desk, user: User, answer: str, asking: Asking, visit: Visit
) -> Outcome:
    """Check an answer of one of somebody's devices: WRONG, WAIT or DONE."""

    def look() -> str:
        return PASSKEY if used_passkey(desk, answer, asking, user.id) else ""

    return count_try(desk, user, "", visit, asking.now, look)
