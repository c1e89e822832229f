"""Signing in and out: sessions live on the server, the browser holds a random secret only."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from api.forms import new_secret
from api.passwords import password_fits
from api.settings import Settings
from catalog.actor import Actor
from catalog.audit import AuditEvent
from db.users import Session, SqlUserStore, User

TOUCH_EVERY: Final = timedelta(minutes=1)
"""How exactly the last request of a session is known: one write a minute, not one a request."""


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """A session ends `idle` after its last request, and `longest` after the sign-in."""

    idle: timedelta
    longest: timedelta

    @classmethod
    def of(cls, settings: Settings) -> SessionLimits:
        """Return the limits that the office has set."""
        return cls(
            timedelta(minutes=settings.session_idle_minutes),
            timedelta(hours=settings.session_hours),
        )


def hash_of(secret: str) -> bytes:
    """Return what is stored of a cookie's secret; whoever reads it cannot sign in with it."""
    return hashlib.sha256(secret.encode()).digest()


def sign_in(
    users: SqlUserStore, login: str, password: str, limits: SessionLimits, now: datetime
) -> str | None:
    """Open a session and return the secret for its cookie, or None if the two do not fit.

    It takes as long for an unknown login as for a wrong password, and both are told alike.
    """
    user = users.user_by_login(login.strip())
    fits = password_fits(password, user.password_hash if user else None)
    if user is None or user.disabled or not fits:
        if user is not None:
            users.record(AuditEvent("sign_in_failed", user.id, "user", user.id, now))
        return None
    users.forget_sessions(now)
    secret = new_secret()
    session = Session(hash_of(secret), user.id, now, now, now + limits.longest)
    users.add_session(session, AuditEvent("signed_in", user.id, "user", user.id, now))
    return secret


def actor_of(
    users: SqlUserStore, secret: str, limits: SessionLimits, now: datetime
) -> Actor | None:
    """Return who holds a session that still runs, and note that it was used."""
    found = users.session(hash_of(secret)) if secret else None
    if found is None:
        return None
    session, user = found
    if user.disabled or now >= session.expires_at or now >= session.last_seen_at + limits.idle:
        return None
    if now >= session.last_seen_at + TOUCH_EVERY:
        users.touch_session(session.token_hash, now)
    return _as_actor(users, user)


def sign_out(users: SqlUserStore, secret: str, actor: Actor, now: datetime) -> None:
    """End a session at once."""
    event = AuditEvent("signed_out", actor.user_id, "user", actor.user_id, now)
    users.end_session(hash_of(secret), event)


def _as_actor(users: SqlUserStore, user: User) -> Actor:
    return Actor(user.id, user.name, user.role, users.code, user.office_id)
