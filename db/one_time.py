"""One-time secrets: links of invitations and resets, and sign-ins that are only half done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, delete, insert, select

from catalog.audit import AuditEvent
from db import audit
from db.rows import from_row, to_row
from db.session import Database
from db.tables.staff import tickets


class Purpose(StrEnum):
    """What a one-time secret is good for; it is good for nothing else."""

    INVITATION = "invitation"
    RESET = "reset"
    SECOND_STEP = "second_step"
    FIRST_FACTOR = "first_factor"


@dataclass(frozen=True, slots=True)
class Ticket:
    """The hash of a secret that somebody holds, whose it is, and until when it counts."""

    token_hash: bytes
    user_id: str
    purpose: Purpose
    created_at: datetime
    expires_at: datetime


class SqlTicketStore:
    """The one-time secrets of one municipality."""

    def __init__(self, database: Database, municipality_code: str) -> None:
        self.database = database
        self.code = municipality_code

    def ticket(
        self, token_hash: bytes, purposes: frozenset[Purpose], now: datetime
    ) -> Ticket | None:
        """Return what a secret is good for, if it is for one of the purposes and still counts."""
        query = select(tickets).where(*self._valid(token_hash, purposes, now))
        with self.database.reading() as connection:
            row = connection.execute(query).mappings().first()
        return None if row is None else from_row(Ticket, row, purpose=Purpose(row["purpose"]))

    def add_ticket(self, ticket: Ticket, event: AuditEvent) -> None:
        """Keep a new secret's hash; an earlier link of the same person is void from now on.

        A half-done sign-in ends no other one: somebody else may have begun it.
        """
        links = {Purpose.INVITATION, Purpose.RESET}
        with self.database.writing() as connection:
            audit.append(connection, self.code, event)
            own = tickets.c.municipality_code == self.code
            connection.execute(
                delete(tickets).where(own, tickets.c.expires_at <= ticket.created_at)
            )
            if ticket.purpose in links:
                connection.execute(
                    delete(tickets).where(
                        own, tickets.c.user_id == ticket.user_id, tickets.c.purpose.in_(links)
                    )
                )
            connection.execute(insert(tickets).values(to_row(self.code, ticket)))

    def use_ticket(self, token_hash: bytes, purposes: frozenset[Purpose], now: datetime) -> bool:
        """Use a secret up; of two who try at once, one is told True."""
        statement = delete(tickets).where(*self._valid(token_hash, purposes, now))
        with self.database.writing() as connection:
            return connection.execute(statement).rowcount == 1

    def void_tickets_of(self, user_id: str) -> None:
        """Let no link and no half-done sign-in of a person count any more."""
        with self.database.writing() as connection:
            connection.execute(
                delete(tickets).where(
                    tickets.c.municipality_code == self.code, tickets.c.user_id == user_id
                )
            )

    def invited(self, now: datetime) -> dict[str, datetime]:
        """Return whose link is still open, and until when."""
        query = select(tickets.c.user_id, tickets.c.expires_at).where(
            tickets.c.municipality_code == self.code,
            tickets.c.purpose.in_([Purpose.INVITATION, Purpose.RESET]),
            tickets.c.expires_at > now,
        )
        with self.database.reading() as connection:
            return {row.user_id: row.expires_at for row in connection.execute(query)}

    def _valid(
        self, token_hash: bytes, purposes: frozenset[Purpose], now: datetime
    ) -> tuple[ColumnElement[bool], ...]:
        return (
            tickets.c.municipality_code == self.code,
            tickets.c.token_hash == token_hash,
            tickets.c.purpose.in_(purposes),
            tickets.c.expires_at > now,
        )
