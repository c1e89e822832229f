"""Passkeys: the public halves of keys that stay in devices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from catalog.audit import AuditEvent
from db import audit
from db.errors import DatabaseError
from db.rows import from_row, to_row
from db.session import Database
from db.tables.passkeys import passkeys

PASSKEY: Final = "passkey"
"""What a session says that was begun or proven with one."""


@dataclass(frozen=True, slots=True)
class Passkey:
    """What is known of a device's key.

    `site` is the host name for which the device made it; `name` what its owner calls it;
    `sign_count` how often the device has signed, 0 where it does not count.
    """

    id: str
    user_id: str
    credential_id: bytes
    public_key: bytes
    sign_count: int
    user_handle: bytes
    site: str
    name: str
    added_at: datetime
    used_at: datetime | None = None


class SqlPasskeyStore:
    """The passkeys of the accounts of one municipality."""

    def __init__(self, database: Database, municipality_code: str) -> None:
        self.database = database
        self.code = municipality_code

    def passkeys_of(self, user_id: str) -> list[Passkey]:
        """Return the passkeys of an account, the oldest first."""
        query = (
            select(passkeys)
            .where(passkeys.c.municipality_code == self.code, passkeys.c.user_id == user_id)
            .order_by(passkeys.c.added_at, passkeys.c.id)
        )
        with self.database.reading() as connection:
            return [from_row(Passkey, row) for row in connection.execute(query).mappings()]

    def passkey(self, credential_id: bytes) -> Passkey | None:
        """Return what a device says it is, or None."""
        query = select(passkeys).where(
            passkeys.c.municipality_code == self.code, passkeys.c.credential_id == credential_id
        )
        with self.database.reading() as connection:
            row = connection.execute(query).mappings().first()
        return None if row is None else from_row(Passkey, row)

    def owners(self) -> frozenset[str]:
        """Return the ids of the accounts that have a passkey."""
        query = select(passkeys.c.user_id).where(passkeys.c.municipality_code == self.code)
        with self.database.reading() as connection:
            return frozenset(connection.scalars(query))

    def add(self, new: Passkey, event: AuditEvent) -> None:
        """Let a device's key count.

        Raises
        ------
        DatabaseError
            ``passkey_taken`` where it counts already, for this account or another one.
        """
        with self.database.writing() as connection:
            audit.append(connection, self.code, event)
            try:
                connection.execute(insert(passkeys).values(to_row(self.code, new)))
            except IntegrityError as error:
                raise DatabaseError("passkey_taken") from error

    def note_use(self, used: Passkey, sign_count: int, at: datetime) -> bool:
        """Note that a device has signed; False where its count has not gone on.

        A device that does not count says 0 each time (WebAuthn §6.1.1).
        """
        count = passkeys.c.sign_count
        goes_on = count < sign_count if sign_count else count == 0
        statement = update(passkeys).where(
            passkeys.c.municipality_code == self.code, passkeys.c.id == used.id, goes_on
        )
        with self.database.writing() as connection:
            done = connection.execute(statement.values(sign_count=sign_count, used_at=at))
            return done.rowcount == 1

    def remove(self, user_id: str, passkey_id: str, event: AuditEvent) -> bool:
        """Forget one passkey of an account; False where it has no such one."""
        statement = delete(passkeys).where(
            passkeys.c.municipality_code == self.code,
            passkeys.c.user_id == user_id,
            passkeys.c.id == passkey_id,
        )
        with self.database.writing() as connection:
            is_gone = connection.execute(statement).rowcount == 1
            if is_gone:
                audit.append(connection, self.code, event)
            return is_gone

    def remove_all(self, user_id: str) -> None:
        """Forget every passkey of an account; the event is that of its second factors."""
        with self.database.writing() as connection:
            connection.execute(
                delete(passkeys).where(
                    passkeys.c.municipality_code == self.code, passkeys.c.user_id == user_id
                )
            )
