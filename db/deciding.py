"""What was decided about a proposal, kept by one guarded statement for every kind of run."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Table, select, true, update

from cases.proposal import TRANSITIONS, Proposal
from catalog.audit import AuditEvent
from db import audit
from db.errors import DatabaseError
from db.session import Database


def save_decision(
    database: Database,
    municipality_code: str,
    table: Table,
    proposal: Proposal,
    event: AuditEvent,
    guard: ColumnElement[bool] | None = None,
) -> None:
    """Keep what was decided about a proposal in its table, with the event.

    Parameters
    ----------
    guard
        What must still hold of its opening.

    Raises
    ------
    DatabaseError
        ``decided_meanwhile`` when somebody else was quicker, so that the step no longer starts
        from where the proposal stands; ``no_free_place`` when the guard holds no longer.
    """
    before = [was for (was, _), step in TRANSITIONS.items() if step.to is proposal.status]
    as_it_was = (
        table.c.municipality_code == municipality_code,
        table.c.id == proposal.id,
        table.c.status.in_(before),
    )
    statement = (
        update(table)
        .where(*as_it_was, true() if guard is None else guard)
        .values(
            status=proposal.status,
            set_aside_reason=proposal.set_aside_reason,
            decided_by=proposal.decided_by,
            decided_at=proposal.decided_at,
        )
    )
    with database.writing() as connection:
        audit.append(connection, municipality_code, event)
        if connection.execute(statement).rowcount != 1:
            is_undecided = connection.scalar(select(table.c.id).where(*as_it_was)) is not None
            code = "no_free_place" if is_undecided else "decided_meanwhile"
            raise DatabaseError(code)
