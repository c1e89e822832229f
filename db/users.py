"""Accounts and sessions in the database; passwords and tokens are here as hashes only."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, delete, func, insert, select, true, update
from sqlalchemy.exc import IntegrityError

from cases.permissions import Action, is_ever_allowed
from catalog.actor import Role
from catalog.audit import AuditEvent
from db import audit
from db.errors import DatabaseError
from db.guarded import carry_out
from db.rows import from_row, to_row, upsert
from db.session import Database
from db.tables import sessions, users

PASSWORD: Final = "password"
CODE: Final = "code"
RECOVERY_CODE: Final = "recovery_code"
PROVIDER: Final = "provider"
PROVIDER_TWICE: Final = "provider_second_factor"
"""Signed in over the city's identity provider; by its word with a second factor."""


@dataclass(frozen=True, slots=True)
class User:
    """An account; a disabled one stays, so that old events still name somebody."""

    id: str
    login: str
    name: str
    role: Role
    office_id: str | None = None
    disabled: bool = False
    password_hash: str = ""


def offices_meeting_people(users: Iterable[User]) -> tuple[str, ...]:
    """Return the offices of those accounts in use whose role can meet people at all."""
    return tuple(
        user.office_id
        for user in users
        if user.office_id and not user.disabled and is_ever_allowed(user.role, Action.SEE_PEOPLE)
    )


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody signed in: the hash of what their browser holds, and how long it counts.

    `browser` is what kind it is; `proved_at` when they last showed who they are, `proved_by` what
    they showed last: a password alone, or something more after it.
    """

    token_hash: bytes
    user_id: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    browser: str = ""
    proved_at: datetime | None = None
    proved_by: str = PASSWORD

    @property
    def has_second_factor(self) -> bool:
        """Tell whether more than a password was shown, here or at the provider."""
        return self.proved_by not in ("", PASSWORD, PROVIDER)

    @property
    def id(self) -> str:
        """Name the session where it is listed, without what is kept of its secret."""
        return hashlib.sha256(b"tsunagite.session/1" + self.token_hash).hexdigest()[:24]


class SqlUserStore:
    """The accounts of one municipality and who is signed in."""

    def __init__(self, database: Database, municipality_code: str) -> None:
        self.database = database
        self.code = municipality_code

    def users(self) -> list[User]:
        """Return all accounts by login, disabled ones too."""
        return self._find()

    def user(self, user_id: str) -> User | None:
        """Return one account, or None."""
        return next(iter(self._find(users.c.id == user_id)), None)

    def user_by_login(self, login: str) -> User | None:
        """Return the account with a login name, or None."""
        return next(iter(self._find(users.c.login == login)), None)

    def save_user(self, user: User, event: AuditEvent) -> None:
        """Add an account or change it; a disabled one is signed out everywhere.

        Raises
        ------
        DatabaseError
            ``login_taken`` when another account has the login name.
        """
        with self.database.writing() as connection:
            audit.append(connection, self.code, event)
            try:
                upsert(connection, users, [to_row(self.code, user)])
            except IntegrityError as error:
                raise DatabaseError("login_taken", login=user.login) from error
            if user.disabled:
                self._end(sessions.c.user_id == user.id)

    def set_password(self, checked: User, password_hash: str, event: AuditEvent) -> None:
        """Keep the hash of a new password of an account that is as it was when it was checked.

        Raises
        ------
        DatabaseError
            ``account_changed``: it was closed meanwhile, or has got another password.
        """
        statement = update(users).where(
            users.c.municipality_code == self.code,
            users.c.id == checked.id,
            users.c.disabled == checked.disabled,
            users.c.password_hash == checked.password_hash,
        )
        otherwise = DatabaseError("account_changed")
        new = statement.values(password_hash=password_hash)
        carry_out(self.database, self.code, new, event, otherwise)

    def session(self, token_hash: bytes) -> tuple[Session, User] | None:
        """Return a session and whose it is, or None; whether it still counts, the reader says."""
        query = select(sessions).where(
            sessions.c.municipality_code == self.code, sessions.c.token_hash == token_hash
        )
        with self.database.reading() as connection:
            row = connection.execute(query).mappings().first()
            if row is None:
                return None
            session = from_row(Session, row)
            return session, self._find(users.c.id == session.user_id)[0]

    def add_session(self, session: Session, event: AuditEvent) -> None:
        """Sign somebody in."""
        with self.database.writing() as connection:
            audit.append(connection, self.code, event)
            connection.execute(insert(sessions).values(to_row(self.code, session)))

    def sessions_of(self, user_id: str) -> list[Session]:
        """Return where somebody is signed in, the last used first.

        Whether each still counts, the reader says.
        """
        query = (
            select(sessions)
            .where(sessions.c.municipality_code == self.code, sessions.c.user_id == user_id)
            .order_by(sessions.c.last_seen_at.desc(), sessions.c.token_hash)
        )
        with self.database.reading() as connection:
            return [from_row(Session, row) for row in connection.execute(query).mappings()]

    def touch_session(self, token_hash: bytes, at: datetime) -> None:
        """Note that a session was used; the one write without an event."""
        statement = update(sessions).where(
            sessions.c.municipality_code == self.code, sessions.c.token_hash == token_hash
        )
        with self.database.writing() as connection:
            connection.execute(statement.values(last_seen_at=at))

    def end_session(self, token_hash: bytes, event: AuditEvent) -> None:
        """Sign somebody out here."""
        with self.database.writing() as connection:
            audit.append(connection, self.code, event)
            self._end(sessions.c.token_hash == token_hash)

    def end_sessions_of(self, user_id: str, event: AuditEvent, but: bytes = b"") -> None:
        """Sign somebody out everywhere; the session with the hash `but` goes on."""
        with self.database.writing() as connection:
            audit.append(connection, self.code, event)
            self._end((sessions.c.user_id == user_id) & (sessions.c.token_hash != but))

    def count_sessions(self, last_seen_from: datetime, now: datetime) -> int:
        """Return how many sessions were used since an instant and have not run out."""
        query = (
            select(func.count())
            .select_from(sessions)
            .where(
                sessions.c.municipality_code == self.code,
                sessions.c.last_seen_at > last_seen_from,
                sessions.c.expires_at > now,
            )
        )
        with self.database.reading() as connection:
            return connection.scalar(query) or 0

    def end_all_sessions(self, event: AuditEvent) -> None:
        """Sign everybody out everywhere."""
        with self.database.writing() as connection:
            audit.append(connection, self.code, event)
            self._end(true())

    def renew_session(self, token_hash: bytes, renewed: Session, event: AuditEvent) -> bool:
        """Put a session under a new secret; False where it has ended meanwhile."""
        with self.database.writing() as connection:
            is_there = self._end(sessions.c.token_hash == token_hash) == 1
            if is_there:
                audit.append(connection, self.code, event)
                connection.execute(insert(sessions).values(to_row(self.code, renewed)))
            return is_there

    def forget_sessions(self, expired_at: datetime) -> None:
        """Remove the sessions that nobody can use any more since an instant."""
        with self.database.writing():
            self._end(sessions.c.expires_at <= expired_at)

    def record(self, event: AuditEvent) -> None:
        """Write an event about an account that changes nothing (a failed sign-in)."""
        with self.database.writing() as connection:
            audit.append(connection, self.code, event)

    def _find(self, *conditions: ColumnElement[bool]) -> list[User]:
        query = select(users).where(users.c.municipality_code == self.code, *conditions)
        with self.database.reading() as connection:
            rows = connection.execute(query.order_by(users.c.login)).mappings()
            return [from_row(User, row) for row in rows]

    def _end(self, condition: ColumnElement[bool]) -> int:
        statement = delete(sessions).where(sessions.c.municipality_code == self.code, condition)
        with self.database.writing() as connection:
            return connection.execute(statement).rowcount
