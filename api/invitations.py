"""One-time links: by one a person sets the first password, or a new one, and nobody else can."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from api.forms import new_secret
from api.passwords import hash_password
from api.sessions import hash_of
from cases.accounts import AccountRules
from catalog.audit import AuditEvent
from db.one_time import LINKS, OneTime, Purpose, SqlOneTimeStore
from db.users import SqlUserStore, User

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
    event = AuditEvent(kind, actor_id, "user", user.id, now)
    secrets.begin(OneTime(purpose, hash_of(secret), user.id, now, until), event)
    return Link(f"{PATH}/{secret}", until, is_first)


def whose_link(
    secrets: SqlOneTimeStore, users: SqlUserStore, secret: str, now: datetime
) -> User | None:
    """Return whose link it is; None for one that is used, ended, unknown or of a disabled user."""
    link = secrets.look(hash_of(secret), now, *LINKS)
    user = users.user(link.user_id) if link and link.user_id else None
    return None if user is None or user.disabled else user


def use_link(
    secrets: SqlOneTimeStore, users: SqlUserStore, secret: str, password: str, now: datetime
) -> bool:
    """Set a password by a link and use the link up; False where it does not count any more.

    Whoever was signed in to the account is so no more, and no other link counts. A second factor
    stays: the new password alone does not sign in.
    """
    kept = hash_password(password)
    with users.database.writing():
        user = whose_link(secrets, users, secret, now)
        if user is None or not secrets.use_up(hash_of(secret), now, *LINKS):
            return False
        set_password(users, secrets, replace(user, password_hash=kept), user.id, now)
    return True


def set_password(
    users: SqlUserStore,
    secrets: SqlOneTimeStore,
    user: User,
    actor_id: str,
    now: datetime,
    but: bytes = b"",
) -> None:
    """Keep an account with its new password; sessions end but for one, and links are void."""
    with users.database.writing():
        users.save_user(user, AuditEvent("password_changed", actor_id, "user", user.id, now))
        ended = AuditEvent("sessions_ended", actor_id, "user", user.id, now)
        users.end_sessions_of(user.id, ended, but)
        secrets.void_all_of(user.id)
