"""Who somebody is at the identity provider."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, insert, select
from sqlalchemy.exc import IntegrityError

from catalog.audit import AuditEvent
from db import audit
from db.errors import DatabaseError
from db.rows import from_row, to_row
from db.session import Database
from db.tables.staff import identities


@dataclass(frozen=True, slots=True)
class Identity:
    """An account here and who that is there: a subject, which an issuer never gives to another."""

    issuer: str
    subject: str
    user_id: str
    linked_at: datetime


class SqlIdentityStore:
    """The identities of the accounts of one municipality."""

    def __init__(self, database: Database, municipality_code: str) -> None:
        self.database = database
        self.code = municipality_code

    def identity(self, issuer: str, subject: str) -> Identity | None:
        """Return whose account belongs to somebody at a provider, or None."""
        return self._find(identities.c.issuer == issuer, identities.c.subject == subject)

    def identity_of(self, issuer: str, user_id: str) -> Identity | None:
        """Return who somebody is at a provider, or None."""
        return self._find(identities.c.issuer == issuer, identities.c.user_id == user_id)

    def link(self, identity: Identity, event: AuditEvent) -> None:
        """Let an account be entered by somebody at a provider, in the place of an earlier one.

        Raises
        ------
        DatabaseError
            ``identity_taken`` when another account is theirs.
        """
        with self.database.writing() as connection:
            audit.append(connection, self.code, event)
            connection.execute(
                delete(identities).where(*self._of(identity.issuer, identity.user_id))
            )
            try:
                connection.execute(insert(identities).values(to_row(self.code, identity)))
            except IntegrityError as error:
                raise DatabaseError("identity_taken") from error

    def remove(self, issuer: str, user_id: str, event: AuditEvent) -> bool:
        """Let nobody at a provider enter an account any more; False where nobody could."""
        with self.database.writing() as connection:
            statement = delete(identities).where(*self._of(issuer, user_id))
            was_there = connection.execute(statement).rowcount == 1
            if was_there:
                audit.append(connection, self.code, event)
            return was_there

    def _find(self, *conditions: ColumnElement[bool]) -> Identity | None:
        query = select(identities).where(identities.c.municipality_code == self.code, *conditions)
        with self.database.reading() as connection:
            row = connection.execute(query).mappings().first()
        return None if row is None else from_row(Identity, row)

    def _of(self, issuer: str, user_id: str) -> tuple[ColumnElement[bool], ...]:
        return (
            identities.c.municipality_code == self.code,
            identities.c.issuer == issuer,
            identities.c.user_id == user_id,
        )
