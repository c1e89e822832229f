"""Changes that carry their own condition: of many who try at once, one succeeds."""

from __future__ import annotations

from sqlalchemy import Update

from catalog.audit import AuditEvent
from db import audit
from db.errors import DatabaseError
from db.session import Database


def carry_out(
    database: Database, code: str, statement: Update, event: AuditEvent, otherwise: DatabaseError
) -> None:
    """Change one row, with its event; where the condition does not hold, nothing is kept.

    Raises
    ------
    DatabaseError
        `otherwise`, where no row is as the statement asks.
    """
    with database.writing() as connection:
        audit.append(connection, code, event)
        if connection.execute(statement).rowcount != 1:
            raise otherwise
