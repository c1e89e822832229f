"""Sessions live on the server; the browser holds a random secret, a new one at each step up."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from api.forms import new_secret
from api.refusals import NotSignedIn
from api.settings import Settings
from cases.accounts import account_event, account_rules
from catalog.actor import Actor
from db.users import PASSWORD, PROVIDER, PROVIDER_TWICE, Session, SqlUserStore, User

TOUCH_EVERY: Final = timedelta(minutes=1)
"""How exactly the last request of a session is known: one write a minute, not one a request."""
_BROWSERS: Final = (
    (r"Edg(?:e|A|iOS)?/", "Edge"),
    (r"(?:Firefox|FxiOS)/", "Firefox"),
    (r"(?:Chrome|CriOS|Chromium)/", "Chrome"),
    (r"Safari/", "Safari"),
)
_MACHINES: Final = (
    (r"iPhone", "iPhone"),
    (r"iPad", "iPad"),
    (r"Android", "Android"),
    (r"Windows", "Windows"),
    (r"Macintosh", "Mac"),
    (r"CrOS", "Chromebook"),
    (r"Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """A session ends `idle` after its last request, and `longest` after the sign-in.

    `second_factor` tells whether the office wants one of the roles that the rules name.
    """

    idle: timedelta
    longest: timedelta
    second_factor: bool = False

    @classmethod
    def of(cls, settings: Settings) -> SessionLimits:
        """Return the limits that the office has set."""
        return cls(
            timedelta(minutes=settings.session_idle_minutes),
            timedelta(hours=settings.session_hours),
            settings.require_second_factor,
        )

    def counts(self, session: Session, now: datetime) -> bool:
        """Tell whether a session still runs."""
        return now < session.expires_at and now < session.last_seen_at + self.idle


def hash_of(secret: str) -> bytes:
    """Return what is stored of a cookie's secret; whoever reads it cannot sign in with it."""
    return hashlib.sha256(secret.encode()).digest()


def browser_words(user_agent: str) -> str:
    """Return roughly what somebody sits at, as `Edge（Windows）`; never anything more exact."""
    browser = _first(_BROWSERS, user_agent) or "ほかのブラウザー"
    machine = _first(_MACHINES, user_agent)
    return f"{browser}（{machine}）" if machine else browser


def begin_session(
    users: SqlUserStore,
    user: User,
    limits: SessionLimits,
    now: datetime,
    browser: str = "",
    proved_by: str = PASSWORD,
    proved_at: datetime | None = None,
) -> str:
    """Sign somebody in and return the secret for their cookie.

    Nothing is returned where the account was closed, or has got another password, since `user`
    was read and what they showed was checked.

    Parameters
    ----------
    proved_at
        When somebody showed at the provider who they are, if it says so; else it was here and now.
    """
    with users.database.writing():
        present = users.user(user.id)
        if present is None or _changed(user, present):
            return ""
        users.forget_sessions(now)
        secret = new_secret()
        end = now + limits.longest
        if proved_by not in (PROVIDER, PROVIDER_TWICE):
            proved_at = now
        session = Session(hash_of(secret), user.id, now, now, end, browser, proved_at, proved_by)
        event = account_event("signed_in", user.id, now, {"by": proved_by})
        users.add_session(session, event)
        return secret


def _changed(checked: User, present: User) -> bool:
    return present.disabled or present.password_hash != checked.password_hash


def session_of(
    users: SqlUserStore, secret: str, limits: SessionLimits, now: datetime
) -> tuple[Session, User] | None:
    """Return a session that still runs and whose it is, and note that it was used."""
    found = users.session(hash_of(secret)) if secret else None
    if found is None:
        return None
    session, user = found
    if user.disabled or not limits.counts(session, now):
        return None
    needs_more = account_rules().needs_second_factor(user.role, is_required=limits.second_factor)
    if needs_more and not session.has_second_factor:
        return None
    if now >= session.last_seen_at + TOUCH_EVERY:
        users.touch_session(session.token_hash, now)
    return session, user


def actor_of(
    users: SqlUserStore, secret: str, limits: SessionLimits, now: datetime
) -> Actor | None:
    """Return who holds a session that still runs, and note that it was used."""
    found = session_of(users, secret, limits, now)
    return None if found is None else as_actor(users, found[1])


def as_actor(users: SqlUserStore, user: User) -> Actor:
    """Return somebody as the rules know them."""
    return Actor(user.id, user.name, user.role, users.code, user.office_id)


def is_fresh(session: Session, now: datetime) -> bool:
    """Tell whether somebody has just shown who they are."""
    return session.proved_at is not None and now < session.proved_at + account_rules().proof


def prove_again(users: SqlUserStore, session: Session, proved_by: str, now: datetime) -> str:
    """Note that somebody has shown again who they are; return the new secret of the session.

    A password takes nothing back of a second factor that the session began with elsewhere.

    Raises
    ------
    NotSignedIn
        The session has ended meanwhile.
    """
    secret = new_secret()
    if session.has_second_factor and proved_by == PASSWORD:
        proved_by = session.proved_by
    renewed = replace(
        session,
        token_hash=hash_of(secret),
        last_seen_at=now,
        proved_at=now,
        proved_by=proved_by,
    )
    event = account_event("proved_again", session.user_id, now)
    if not users.renew_session(session.token_hash, renewed, event):
        raise NotSignedIn("not_signed_in")
    return secret


def sign_out(users: SqlUserStore, secret: str, actor: Actor, now: datetime) -> None:
    """End a session at once."""
    event = account_event("signed_out", actor.user_id, now)
    users.end_session(hash_of(secret), event)


def _first(patterns: tuple[tuple[str, str], ...], text: str) -> str:
    return next((words for pattern, words in patterns if re.search(pattern, text)), "")
