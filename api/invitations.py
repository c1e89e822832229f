"""One-time links: by one a person sets the first password, or a new one, and nobody else can."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from api.forms import new_secret
from api.passwords import hash_password
from api.sessions import hash_of
from api.sign_in import Desk
from cases.accounts import AccountRules, account_event
from db.one_time import LINKS, OneTime, Purpose, SqlOneTimeStore
from db.users import User

PATH: Final = "/invitation"


@dataclass(frozen=True, slots=True)
class Link:
    """A link as it is handed over, once; only its hash is kept."""

    path: str
    until: datetime
    is_first: bool


def make_link(
    secrets: SqlOneTimeStore, user: User, actor_id: str, rules: AccountRules, now: datetime
) -> Link:
    """Make the link by which somebody sets a password; one made before is void."""
    is_first = not user.password_hash
    purpose = Purpose.INVITATION if is_first else Purpose.RESET
    secret, until = new_secret(), now + rules.link
    kind = "invited" if is_first else "reset_begun"
    event = account_event(kind, user.id, now, by=actor_id)
    secrets.begin(OneTime(purpose, hash_of(secret), user.id, now, until), event)
    return Link(f"{PATH}/{secret}", until, is_first)


def whose_link(desk: Desk, secret: str, now: datetime) -> User | None:
    """Return whose link it is; None for one that is used, ended, unknown or of a disabled user."""
    link = desk.one_time.look(hash_of(secret), now, *LINKS)
    user = desk.users.user(link.user_id) if link and link.user_id else None
    return None if user is None or user.disabled else user


def use_link(desk: Desk, secret: str, password: str, now: datetime) -> bool:
    """Set a password by a link and use the link up; False where it does not count any more.

    Whoever was signed in to the account is so no more, and no other link counts. A second factor
    stays: the new password alone does not sign in.
    """
    kept = hash_password(password)
    with desk.users.database.writing():
        user = whose_link(desk, secret, now)
        if user is None or not desk.one_time.use_up(hash_of(secret), now, *LINKS):
            return False
        set_password(desk, user, kept, user.id, now)
    return True


def set_password(
    desk: Desk, checked: User, kept: str, actor_id: str, now: datetime, but: bytes = b""
) -> None:
    """Keep the hash of a new password; sessions end but for one, and links are void.

    Parameters
    ----------
    checked
        The account as it was when it was decided that this may be: hashing takes its time, and
        nothing that was changed meanwhile is taken back.

    Raises
    ------
    DatabaseError
        ``account_changed``: it was closed meanwhile, or has got another password.
    """
    with desk.users.database.writing():
        event = account_event("password_changed", checked.id, now, by=actor_id)
        desk.users.set_password(checked, kept, event)
        desk.end_sessions(checked.id, actor_id, now, but)
        desk.one_time.void_all_of(checked.id)
