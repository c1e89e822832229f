"""The places of openings: taken, given back, put right and promised by guarded statements only.

Each statement carries its own condition, so that of many who ask for the last place at once one
gets it, whatever they read before. The database itself refuses more than the capacity.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Connection, Table, Update, func, select, update
from sqlalchemy.exc import IntegrityError

from cases.matching.waiting import ASKING
from cases.proposal import ProposalStatus
from catalog.audit import AuditEvent
from catalog.opening import Opening, OpeningStatus
from db.errors import DatabaseError
from db.guarded import carry_out
from db.session import Database
from db.tables import openings, participants, proposals

HAS_ROOM: ColumnElement[bool] = openings.c.taken < openings.c.capacity


def take(database: Database, code: str, opening_id: str, event: AuditEvent) -> None:
    """Take one free place of an opening that takes people; see `SqlCatalogStore.take_place`."""
    statement = (
        _of(code, opening_id)
        .where(openings.c.status == OpeningStatus.OPEN, HAS_ROOM)
        .values(taken=openings.c.taken + 1)
    )
    carry_out(database, code, statement, event, DatabaseError("no_free_place"))


def release(database: Database, code: str, opening_id: str, event: AuditEvent) -> None:
    """Give a place back; see `SqlCatalogStore.release_place`."""
    carry_out(database, code, _released(code, opening_id), event, DatabaseError("no_taken_place"))


def release_of_forgotten(connection: Connection, code: str, opening_id: str) -> None:
    """Give the place of somebody back who is being forgotten; where none is taken, none is."""
    connection.execute(_released(code, opening_id))


def _released(code: str, opening_id: str) -> Update:
    return _of(code, opening_id).where(openings.c.taken > 0).values(taken=openings.c.taken - 1)


def correct(connection: Connection, code: str, counted: Iterable[tuple[Opening, int]]) -> None:
    """Put numbers right that were counted anew; see `SqlCatalogStore.save_openings`."""
    for opening, seen in counted:
        statement = _of(code, opening.id).where(openings.c.taken == seen)
        if connection.execute(statement.values(taken=opening.taken)).rowcount != 1:
            raise DatabaseError("taken_meanwhile")


def can_be_promised(table: Table) -> ColumnElement[bool]:
    """Return the condition on a table of proposals that their opening has a place to promise.

    It takes people, and the places that are taken and those that are promised to others leave
    one. Whoever is placed or done asks for none any more (`cases.matching.waiting.drop_finished`).
    """
    other = proposals.alias("other")
    promised = (
        select(func.count())
        .select_from(other)
        .join(
            participants,
            (participants.c.municipality_code == other.c.municipality_code)
            & (participants.c.id == other.c.participant_id),
        )
        .where(
            other.c.municipality_code == table.c.municipality_code,
            other.c.opening_id == table.c.opening_id,
            other.c.status == ProposalStatus.ADVANCED,
            participants.c.status.in_(ASKING),
        )
        .correlate(table)
        .scalar_subquery()
    )
    return (
        select(openings.c.id)
        .where(
            openings.c.municipality_code == table.c.municipality_code,
            openings.c.id == table.c.opening_id,
            openings.c.status == OpeningStatus.OPEN,
            openings.c.capacity - openings.c.taken > promised,
        )
        .correlate(table)
        .exists()
    )


def say_what_is_broken(error: IntegrityError) -> None:
    """Raise ``capacity_below_taken`` where that is what the database has refused."""
    if "ck_openings_taken" in str(error.orig):
        raise DatabaseError("capacity_below_taken") from error


def _of(code: str, opening_id: str) -> Update:
    return update(openings).where(openings.c.municipality_code == code, openings.c.id == opening_id)
