"""Secrets that are good for one thing, once, for a while, and whatever belongs to each.

Links of invitations, sign-ins that are half done or on their way over the provider, challenges of
passkeys, forms that add something. Only hashes of the secrets are here.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, delete, or_, select, update

from catalog.audit import AuditEvent
from db import audit
from db.rows import from_row, insert_new, to_row
from db.session import Database
from db.tables.one_time import one_time


class Purpose(StrEnum):
    """What a one-time secret is good for; it is good for nothing else."""

    INVITATION = "invitation"
    RESET = "reset"
    SECOND_STEP = "second_step"
    FIRST_FACTOR = "first_factor"
    DETOUR = "detour"
    NEW_PASSKEY = "new_passkey"
    PASSKEY_ALONE = "passkey_alone"
    PASSKEY_AFTER_PASSWORD = "passkey_after_password"
    PASSKEY_PROOF = "passkey_proof"
    FORM = "form"


LINKS: Final = frozenset({Purpose.INVITATION, Purpose.RESET})
"""Of these a person holds one: the link made last."""
CHALLENGES: Final = frozenset(
    {
        Purpose.NEW_PASSKEY,
        Purpose.PASSKEY_ALONE,
        Purpose.PASSKEY_AFTER_PASSWORD,
        Purpose.PASSKEY_PROOF,
    }
)
"""Of each of these a browser holds one: what it was given last is to be signed."""


@dataclass(frozen=True, slots=True)
class OneTime:
    """The hash of a secret that somebody holds, whose it is, and until when it counts.

    `payload` is what is needed when it is used: small, and nothing personal, since it is kept in
    clear.
    """

    purpose: Purpose
    secret_hash: bytes
    user_id: str | None
    made_at: datetime
    until_at: datetime
    payload: bytes = b""


class SqlOneTimeStore:
    """The one-time secrets of one municipality."""

    def __init__(self, database: Database, municipality_code: str) -> None:
        self.database = database
        self.code = municipality_code

    def begin(self, new: OneTime, event: AuditEvent | None = None) -> bool:
        """Let a secret count; False where the same one counts already: of two, one is first.

        What has run out is forgotten, and so is what this one replaces (`LINKS`, `CHALLENGES`). A
        half-done sign-in replaces no other one: somebody else may have begun it.
        """
        over = [one_time.c.until_at <= new.made_at, *_replaced(new)]
        with self._writing(new.purpose) as connection:
            connection.execute(delete(one_time).where(self._own, or_(*over)))
            is_first = insert_new(connection, one_time, to_row(self.code, new))
            if is_first and event is not None:
                audit.append(connection, self.code, event)
            return is_first

    def look(self, secret_hash: bytes, now: datetime, *purposes: Purpose) -> OneTime | None:
        """Return what a secret is good for, if it is for one of the purposes and still counts."""
        query = select(one_time).where(self._counts(secret_hash, now, purposes))
        with self.database.reading() as connection:
            row = connection.execute(query).mappings().first()
        return None if row is None else from_row(OneTime, row, purpose=Purpose(row["purpose"]))

    def use_up(self, secret_hash: bytes, now: datetime, *purposes: Purpose) -> OneTime | None:
        """Use a secret up and return it; of two who try at once, one is given it."""
        counts = self._counts(secret_hash, now, purposes)
        statement = delete(one_time).where(counts).returning(*one_time.c)
        with self._writing(*purposes) as connection:
            row = connection.execute(statement).mappings().first()
        return None if row is None else from_row(OneTime, row, purpose=Purpose(row["purpose"]))

    def note(self, begun: OneTime, payload: bytes, until_at: datetime) -> None:
        """Keep what has come of a secret that nobody is to begin again until then."""
        statement = update(one_time).where(
            self._own,
            one_time.c.purpose == begun.purpose,
            one_time.c.secret_hash == begun.secret_hash,
        )
        with self._writing(begun.purpose) as connection:
            connection.execute(statement.values(payload=payload, until_at=until_at))

    def void_all_of(self, user_id: str) -> None:
        """Let no link and nothing half done of a person count any more."""
        with self.database.writing() as connection:
            connection.execute(delete(one_time).where(self._own, one_time.c.user_id == user_id))

    def void_half_done(self, user_id: str | None = None) -> None:
        """Let nothing that was begun as a person, or as anybody, count; links handed out stay."""
        whose = one_time.c.user_id == user_id if user_id else one_time.c.user_id.is_not(None)
        is_link = one_time.c.purpose.in_(LINKS)
        with self.database.writing() as connection:
            connection.execute(delete(one_time).where(self._own, whose, ~is_link))

    def invited(self, now: datetime) -> dict[str, datetime]:
        """Return whose link is still open, and until when."""
        query = select(one_time.c.user_id, one_time.c.until_at).where(
            self._own, one_time.c.purpose.in_(LINKS), one_time.c.until_at > now
        )
        with self.database.reading() as connection:
            return {row.user_id: row.until_at for row in connection.execute(query)}

    def _writing(self, *purposes: Purpose) -> AbstractContextManager[Connection]:
        """Write; a form that was sent when the power went is begun anew, so it need not last."""
        return self.database.writing(survives_power_cut=set(purposes) != {Purpose.FORM})

    @property
    def _own(self) -> ColumnElement[bool]:
        return one_time.c.municipality_code == self.code

    def _counts(
        self, secret_hash: bytes, now: datetime, purposes: tuple[Purpose, ...]
    ) -> ColumnElement[bool]:
        return and_(
            self._own,
            one_time.c.purpose.in_(purposes),
            one_time.c.secret_hash == secret_hash,
            one_time.c.until_at > now,
        )


def _replaced(new: OneTime) -> list[ColumnElement[bool]]:
    """Return what does not count any more once this one does."""
    if new.purpose in LINKS:
        return [and_(one_time.c.user_id == new.user_id, one_time.c.purpose.in_(LINKS))]
    if new.purpose in CHALLENGES:
        return [and_(one_time.c.secret_hash == new.secret_hash, one_time.c.purpose == new.purpose)]
    return []
