"""Second factors: the secret of somebody's authenticator, sealed, and hashes of recovery codes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, insert, select, update

from catalog.audit import AuditEvent
from db import audit
from db.sealing import Sealing
from db.secrets import Keyring
from db.session import Database
from db.tables.staff import authenticators, recovery_codes


@dataclass(frozen=True, slots=True)
class Authenticator:
    """What somebody's device and we both know; it counts once a first code has shown that.

    `last_step` is the newest step of 30 seconds whose code was used (RFC 6238 §5.2).
    """

    id: str
    user_id: str
    secret: str
    added_at: datetime
    confirmed_at: datetime | None = None
    last_step: int = -1

    def __repr__(self) -> str:
        """Name it without its secret."""
        return f"Authenticator(id={self.id!r}, user_id={self.user_id!r})"


class SqlFactorStore:
    """The second factors of the accounts of one municipality."""

    def __init__(self, database: Database, municipality_code: str, keyring: Keyring) -> None:
        self.database = database
        self.code = municipality_code
        self.sealing = Sealing(keyring, municipality_code)

    def authenticator(self, user_id: str) -> Authenticator | None:
        """Return the authenticator that counts, or None."""
        return self._find(user_id, authenticators.c.confirmed_at.is_not(None))

    def pending(self, user_id: str) -> Authenticator | None:
        """Return the one whose first code has not been shown yet, or None."""
        return self._find(user_id, authenticators.c.confirmed_at.is_(None))

    def protected(self) -> frozenset[str]:
        """Return the ids of the accounts that have a second factor."""
        query = select(authenticators.c.user_id).where(
            authenticators.c.municipality_code == self.code,
            authenticators.c.confirmed_at.is_not(None),
        )
        with self.database.reading() as connection:
            return frozenset(connection.scalars(query))

    def begin(self, new: Authenticator) -> None:
        """Keep a new secret until its first code is shown; it opens nothing yet."""
        with self.database.writing() as connection:
            connection.execute(
                delete(authenticators).where(
                    *self._of(new.user_id), authenticators.c.confirmed_at.is_(None)
                )
            )
            key = self.sealing.keys(connection, [new.user_id])[new.user_id]
            row = self.sealing.row(authenticators, new, key, new.id)
            connection.execute(insert(authenticators).values(row))

    def confirm(
        self, pending: Authenticator, step: int, code_hashes: Iterable[bytes], event: AuditEvent
    ) -> None:
        """Let an authenticator count, in the place of an earlier one, with new recovery codes."""
        with self.database.writing() as connection:
            audit.append(connection, self.code, event)
            own = self._of(pending.user_id)
            connection.execute(
                delete(authenticators).where(*own, authenticators.c.id != pending.id)
            )
            connection.execute(
                update(authenticators)
                .where(*own, authenticators.c.id == pending.id)
                .values(confirmed_at=event.at, last_step=step)
            )
            self._replace_codes(pending.user_id, code_hashes)

    def remove(self, user_id: str, event: AuditEvent, *, keep_codes: bool = False) -> None:
        """Forget the authenticator of an account, and the recovery codes unless told otherwise."""
        with self.database.writing() as connection:
            audit.append(connection, self.code, event)
            connection.execute(delete(authenticators).where(*self._of(user_id)))
            if not keep_codes:
                self._replace_codes(user_id, ())

    def use_step(self, authenticator: Authenticator, step: int) -> bool:
        """Note that the code of a step was used; False where it, or a later one, was before."""
        statement = update(authenticators).where(
            *self._of(authenticator.user_id),
            authenticators.c.id == authenticator.id,
            authenticators.c.last_step < step,
        )
        with self.database.writing() as connection:
            return connection.execute(statement.values(last_step=step)).rowcount == 1

    def renew_codes(self, user_id: str, code_hashes: Iterable[bytes], event: AuditEvent) -> None:
        """Let new recovery codes count, and the earlier ones no more."""
        with self.database.writing() as connection:
            audit.append(connection, self.code, event)
            self._replace_codes(user_id, code_hashes)

    def forget_codes(self, user_id: str) -> None:
        """Let no recovery code count; the event is that of the last factor, which has gone."""
        self._replace_codes(user_id, ())

    def use_code(self, user_id: str, code_hash: bytes) -> bool:
        """Use a recovery code up; False where it is none, or was used."""
        statement = delete(recovery_codes).where(
            recovery_codes.c.municipality_code == self.code,
            recovery_codes.c.user_id == user_id,
            recovery_codes.c.code_hash == code_hash,
        )
        with self.database.writing() as connection:
            return connection.execute(statement).rowcount == 1

    def codes_left(self, user_id: str) -> int:
        """Return how many recovery codes somebody still has."""
        query = select(func.count()).where(
            recovery_codes.c.municipality_code == self.code, recovery_codes.c.user_id == user_id
        )
        with self.database.reading() as connection:
            return connection.scalar(query) or 0

    def _find(self, user_id: str, condition: ColumnElement[bool]) -> Authenticator | None:
        query = self.sealing.with_key(authenticators, "user_id").where(
            authenticators.c.user_id == user_id, condition
        )
        with self.database.reading() as connection:
            row = connection.execute(query).mappings().first()
        if row is None:
            return None
        return self.sealing.value(Authenticator, authenticators, row, row["id"])

    def _of(self, user_id: str) -> tuple[ColumnElement[bool], ...]:
        return authenticators.c.municipality_code == self.code, authenticators.c.user_id == user_id

    def _replace_codes(self, user_id: str, code_hashes: Iterable[bytes]) -> None:
        rows = [
            {"municipality_code": self.code, "code_hash": each, "user_id": user_id}
            for each in code_hashes
        ]
        with self.database.writing() as connection:
            connection.execute(
                delete(recovery_codes).where(
                    recovery_codes.c.municipality_code == self.code,
                    recovery_codes.c.user_id == user_id,
                )
            )
            if rows:
                connection.execute(insert(recovery_codes), rows)
