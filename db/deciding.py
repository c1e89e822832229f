"""What was decided about a proposal, kept by one guarded statement for every kind of run."""

from __future__ import annotations

from sqlalchemy import Table, update

from cases.proposal import TRANSITIONS, Proposal
from catalog.audit import AuditEvent
from db import audit
from db.errors import DatabaseError
from db.session import Database


def save_decision(
    database: Database, code: str, table: Table, proposal: Proposal, event: AuditEvent
) -> None:
    """Keep what was decided about a proposal in its table, with the event.

    Raises
    ------
    DatabaseError
        ``decided_meanwhile`` when somebody else was quicker, so that the step no longer starts
        from where the proposal stands.
    """
    before = [was for (was, _), step in TRANSITIONS.items() if step.to is proposal.status]
    statement = (
        update(table)
        .where(
            table.c.municipality_code == code,
            table.c.id == proposal.id,
            table.c.status.in_(before),
        )
        .values(
            status=proposal.status,
            set_aside_reason=proposal.set_aside_reason,
            decided_by=proposal.decided_by,
            decided_at=proposal.decided_at,
        )
    )
    with database.writing() as connection:
        audit.append(connection, code, event)
        if connection.execute(statement).rowcount != 1:
            raise DatabaseError("decided_meanwhile", proposal=proposal.id)
