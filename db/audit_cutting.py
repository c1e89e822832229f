"""Removing the oldest part of the audit record when its time is over; the rest still proves itself.

A cut is made only where an end of the chain was noted outside the database, never through the
record of somebody whose records must not be deleted, and it is an event itself. The files in which
ends are noted learn of it, so that a cut that somebody else makes is found by them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import Connection, delete, func, insert, or_, select

from cases.retention import kept_from
from catalog.audit import AuditEvent
from catalog.dates import TOKYO, day_in_japan
from db import audit
from db.audit import Examination, Head
from db.audit_anchors import Anchor
from db.audit_cuts import KIND, Cut, cuts_of, told_of
from db.errors import DatabaseError
from db.rows import to_row
from db.session import Database
from db.tables import (
    audit_cuts,
    audit_events,
    audit_subjects,
    helper_proposals,
    helpers,
    legal_holds,
    participants,
    proposals,
)


@dataclass(frozen=True, slots=True)
class Reach:
    """How far back the record reaches, and what of it no longer has to be kept.

    Attributes
    ----------
    since
        The instant of the first event; None where there is none.
    overdue
        How many events at its beginning are older than they have to be kept.
    """

    since: datetime | None
    count: int
    overdue: int
    cuts: tuple[Cut, ...]


@dataclass(frozen=True, slots=True)
class CutPlan:
    """What a cut would remove: all up to an end that was noted, so many events, until when."""

    to: Head
    count: int
    last_at: datetime

    @property
    def last_on(self) -> date:
        """The last day of what goes."""
        return day_in_japan(self.last_at)


def reach_of(connection: Connection, code: str, today: date, years: int | None) -> Reach:
    """Look how far back the record reaches and from where it has to be kept."""
    cuts = cuts_of(connection, code)
    gone = cuts[-1].number if cuts else 0
    first = select(audit_events.c.at).where(audit_events.c.municipality_code == code)
    since = connection.scalar(first.order_by(audit_events.c.number).limit(1))
    count = audit.head(connection, code).number - gone
    last = gone if years is None else _last_overdue(connection, code, today, years)
    return Reach(since, count, max(0, last - gone), cuts)


def plan_cut(
    connection: Connection, code: str, noted: Collection[Head], today: date, years: int
) -> CutPlan:
    """Find out how much can be cut.

    Parameters
    ----------
    noted
        Ends that were noted outside the database, as `audit.examine` found them in the chain.
    years
        How long the record has to be kept (`cases.retention`).

    Raises
    ------
    DatabaseError
        ``audit_nothing_to_cut``; ``audit_cut_without_anchor`` when no end was noted within what
        no longer has to be kept; ``audit_cut_on_hold`` when it tells of somebody whose records
        must not be deleted.
    """
    cuts = cuts_of(connection, code)
    gone = cuts[-1].number if cuts else 0
    last = _last_overdue(connection, code, today, years)
    if last <= gone:
        raise DatabaseError("audit_nothing_to_cut", kept_from=kept_from(today, years))
    ends = [each for each in noted if gone < each.number <= last]
    if not ends:
        raise DatabaseError("audit_cut_without_anchor", number=last)
    to = max(ends, key=lambda each: each.number)
    _check_holds(connection, code, to.number, today)
    of_part = (audit_events.c.municipality_code == code, audit_events.c.number <= to.number)
    last_at = connection.scalar(select(func.max(audit_events.c.at)).where(*of_part))
    assert last_at is not None
    return CutPlan(to, to.number - gone, last_at)


def carry_out(database: Database, code: str, cut: Cut, note: Callable[[Cut], None]) -> None:
    """Cut the record where a plan said; all of it or nothing.

    Parameters
    ----------
    note
        Notes the cut outside the database. It is called last: should the transaction fail after
        it, a file knows of a cut that can simply be made again.

    Raises
    ------
    DatabaseError
        ``audit_cut_on_hold`` or ``audit_nothing_to_cut`` when it has become so since the plan;
        ``audit_chain_broken`` when the chain was changed since it was examined.
    """
    with database.writing() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA secure_delete = ON")
        today = day_in_japan(cut.at)
        if _last_overdue(connection, code, today, cut.years) < cut.number:
            raise DatabaseError("audit_nothing_to_cut", kept_from=kept_from(today, cut.years))
        _check_holds(connection, code, cut.number, today)
        of_end = (audit_events.c.municipality_code == code, audit_events.c.number == cut.number)
        if connection.scalar(select(audit_events.c.hash).where(*of_end)) != cut.hash:
            raise DatabaseError("audit_chain_broken", number=cut.number)
        told = told_of((*cuts_of(connection, code), cut))
        event = AuditEvent(KIND, cut.actor_id, "audit", code, cut.at, told)
        audit.append(connection, code, event)
        connection.execute(insert(audit_cuts).values(to_row(code, cut)))
        for table in (audit_subjects, audit_events):
            part = (table.c.municipality_code == code, table.c.number <= cut.number)
            connection.execute(delete(table).where(*part))
        note(cut)


@dataclass(frozen=True, slots=True)
class AnchorFile:
    """What stands in a file of anchors; `goes_on` where the office notes every end to this day."""

    anchors: Sequence[Anchor]
    goes_on: bool = False


def is_noted(found: Examination, files: Collection[AnchorFile], now: datetime, years: int) -> bool:
    """Tell whether one of the files knows of the last cut of a chain.

    A file that ends before the cut cannot know of it: then the answer is no, and nothing more.

    Parameters
    ----------
    found
        Of a chain that was cut.
    years
        How long the record has to be kept.

    Raises
    ------
    DatabaseError
        ``audit_cut_not_noted`` when a file was written before and after the cut and yet does not
        know of it; ``audit_cut_too_much`` when a file proves that something was cut which had to
        be kept.
    """
    cut = found.cuts[-1]
    if any(each.is_cut_at(cut) for file in files for each in file.anchors):
        return True
    limit = _first_instant(kept_from(day_in_japan(min(cut.at, now)), years))
    for file in files:
        ends = [each for each in file.anchors if not each.is_cut]
        # What was written after an end had been noted is not older than that note.
        if any(each.head.number < cut.number and each.at >= limit for each in ends):
            raise DatabaseError("audit_cut_too_much", number=cut.number)
        is_after = [each.head.number >= found.cut_told_at for each in ends]
        if not all(is_after) and (file.goes_on or any(is_after)):
            raise DatabaseError("audit_cut_not_noted", number=cut.number)
    return False


def _last_overdue(connection: Connection, code: str, today: date, years: int) -> int:
    """Return the number up to which everything is older than it has to be kept; 0 for nothing."""
    first = connection.scalar(
        select(func.min(audit_events.c.number)).where(
            audit_events.c.municipality_code == code,
            audit_events.c.at >= _first_instant(kept_from(today, years)),
        )
    )
    return audit.head(connection, code).number if first is None else first - 1


def _first_instant(day: date) -> datetime:
    return datetime.combine(day, time(), TOKYO)


def _check_holds(connection: Connection, code: str, number: int, today: date) -> None:
    """Raise where the record up to a number tells of somebody whose records must be kept."""
    held = select(legal_holds.c.participant_id).where(
        legal_holds.c.municipality_code == code,
        legal_holds.c.lifted_at.is_(None),
        or_(legal_holds.c.until_on.is_(None), legal_holds.c.until_on >= today),
    )
    people = [id_ for id_ in set(connection.scalars(held)) if _tells(connection, code, id_, number)]
    if people:
        raise DatabaseError("audit_cut_on_hold", count=len(people))


def _tells(connection: Connection, code: str, person_id: str, number: int) -> bool:
    """Tell whether the record up to a number has anything about a person, or what is theirs."""
    helping = select(helpers.c.id).where(
        helpers.c.municipality_code == code, helpers.c.participant_id == person_id
    )
    of_helper = select(helper_proposals.c.id).where(
        helper_proposals.c.municipality_code == code,
        helper_proposals.c.participant_id.in_(helping),
    )
    of_person = select(proposals.c.id).where(
        proposals.c.municipality_code == code, proposals.c.participant_id == person_id
    )
    at_home = select(participants.c.household_id).where(
        participants.c.municipality_code == code, participants.c.id == person_id
    )
    own = (person_id, *(id_ for query in (helping, of_helper, of_person, at_home)
                        for id_ in connection.scalars(query) if id_))  # fmt: skip
    of_part = (audit_events.c.municipality_code == code, audit_events.c.number <= number)
    alone = select(audit_events.c.number).where(*of_part, audit_events.c.subject_id.in_(own))
    among = select(audit_subjects.c.number).where(
        audit_subjects.c.municipality_code == code,
        audit_subjects.c.subject_id.in_(own),
        audit_subjects.c.number <= number,
    )
    return any(connection.scalar(query.limit(1)) is not None for query in (alone, among))
