"""The tamper-evident record of what was done and looked at: one hash chain for each municipality.

Each event's hash covers its content and the hash before it, so that a change, a removal or a
new order of past events is found by computing the chain again. Cutting off the newest events,
and writing the whole chain anew, are found by comparing with a `Head` that was kept elsewhere
(`db.audit_anchors`). Where the oldest part was removed (`db.audit_cutting`), the chain goes on from
the end of that part.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    RowMapping,
    Select,
    String,
    func,
    insert,
    literal_column,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.exc import DBAPIError

from catalog.audit import AuditEvent
from db.audit_cuts import Cut, cuts_of, is_event_of
from db.errors import DatabaseError
from db.tables import audit_events, audit_subjects

PEOPLE: Final = "people"
"""The key of `AuditEvent.detail` under which an event names several people, by their ids."""
CLOCK_SLACK: Final = timedelta(minutes=5)
"""Writers that wait for each other may write down an earlier instant after a later one."""
_FIRST_HASH: Final = bytes(32)
_LONG_AGO: Final = datetime(1900, 1, 1, tzinfo=UTC)
_MOST_SETBACKS: Final = 100
_AT_ONCE: Final = 1000


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain: how many events there are, and the hash of the last."""

    number: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Setback:
    """An event at which the clock showed an earlier time than at the event before it."""

    number: int
    at: datetime
    before: datetime


@dataclass(frozen=True, slots=True)
class Examination:
    """What computing a chain again has found; it is whole, else there is none of these.

    Attributes
    ----------
    cuts
        Where the oldest part was removed; the chain begins after the last of them.
    cut_told_at
        Number of the event that tells of the last cut; 0 where nothing was cut.
    since
        The instant of the first event that is left; None where there is none.
    before_cut
        How many of the ends that were noted earlier lie in what is gone: of these nothing can be
        said any more.
    """

    head: Head
    setbacks: tuple[Setback, ...]
    cuts: tuple[Cut, ...] = ()
    cut_told_at: int = 0
    since: datetime | None = None
    before_cut: int = 0

    @property
    def count(self) -> int:
        """How many events there are."""
        return self.head.number - (self.cuts[-1].number if self.cuts else 0)


@dataclass(frozen=True, slots=True)
class Entry:
    """An event with its number in the chain."""

    number: int
    event: AuditEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Which events one asks for; what is left out chooses none away.

    `person_id` chooses all that name a person, alone or among others; `told` those whose detail has
    this value under this key; instants are aware.
    """

    kinds: Collection[str] = ()
    actor_id: str | None = None
    person_id: str | None = None
    since: datetime | None = None
    before: datetime | None = None
    told: tuple[str, str] | None = None


def append(connection: Connection, municipality_code: str, event: AuditEvent) -> Head:
    """Write one event at the end of the chain, in the transaction of what it tells about.

    Stores call this before they write anything else: writers of one municipality then queue
    here, on PostgreSQL as on SQLite, and cannot wait for each other crosswise.
    """
    return append_all(connection, municipality_code, [event])


def append_all(
    connection: Connection, municipality_code: str, written: Iterable[AuditEvent]
) -> Head:
    """Write events at the end of the chain in their order, as `append`."""
    _queue(connection, municipality_code)
    end = head(connection, municipality_code)
    rows, subjects = [], []
    for event in written:
        values = {
            "municipality_code": municipality_code,
            "number": end.number + 1,
            "at": event.at,
            "kind": event.kind,
            "actor_id": event.actor_id,
            "subject_kind": event.subject_kind,
            "subject_id": event.subject_id,
            "detail": _canonical(dict(event.detail)),
        }
        end = Head(end.number + 1, _hash(end.hash, values))
        rows.append(values | {"hash": end.hash})
        subjects += [
            {"municipality_code": municipality_code, "subject_id": id_, "number": end.number}
            for id_ in people_of(event.detail)
        ]
    for table, made in ((audit_events, rows), (audit_subjects, subjects)):
        if made:
            connection.execute(insert(table), made)
    return end


def people_of(detail: Mapping[str, str]) -> tuple[str, ...]:
    """Return the ids of the people whom an event about several names, each once, sorted."""
    return tuple(sorted({id_ for id_ in detail.get(PEOPLE, "").split(",") if id_}))


def head(connection: Connection, municipality_code: str) -> Head:
    """Return the end of the chain; keep it elsewhere to notice later that events were cut off."""
    last = connection.execute(
        select(audit_events.c.number, audit_events.c.hash)
        .where(audit_events.c.municipality_code == municipality_code)
        .order_by(audit_events.c.number.desc())
        .limit(1)
    ).first()
    return Head(0, _FIRST_HASH) if last is None else Head(last.number, last.hash)


def verify(connection: Connection, municipality_code: str, kept: Head | None = None) -> Head:
    """Compute the chain again and return its end; as `examine`, which tells more."""
    return examine(connection, municipality_code, () if kept is None else (kept,)).head


def examine(
    connection: Connection, municipality_code: str, kept: Collection[Head] = ()
) -> Examination:
    """Compute the chain again.

    Parameters
    ----------
    kept
        Ends of this chain that were noted earlier, outside the database.

    Raises
    ------
    DatabaseError
        ``audit_chain_broken`` with the number of the first event that does not fit;
        ``audit_events_missing`` when the chain no longer contains one of `kept`;
        ``audit_cut_untold`` when its beginning is gone and no event tells of such a cut.
    """
    try:
        return _examine(connection, municipality_code, kept, _AT_ONCE)
    except _Unreadable:  # look again row by row, to say which it is
        try:
            return _examine(connection, municipality_code, kept, 1)
        except _Unreadable as error:
            # SQLite would complain of the damage once more when the transaction ends.
            connection.invalidate()
            raise DatabaseError("audit_chain_broken", number=error.number) from error


class _Unreadable(Exception):
    """A row can no longer be read at all; `number` is the one that should come."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(number)


def _examine(
    connection: Connection, municipality_code: str, kept: Collection[Head], at_once: int
) -> Examination:
    end, before, cut_told_at = Head(0, _FIRST_HASH), _LONG_AGO, 0
    since: datetime | None = None
    setbacks: list[Setback] = []
    try:
        cuts = cuts_of(connection, municipality_code)
        if cuts:
            end = Head(cuts[-1].number, cuts[-1].hash)
        start = end.number
        missing = {each for each in kept if each.number >= start and each != end}
        with closing(_with_subjects(connection, municipality_code, at_once)) as rows:
            for row, named in rows:
                end = _next(end, row, named)
                missing.discard(end)
                if cuts and is_event_of(cuts, row):
                    cut_told_at = end.number
                if row["at"] < before - CLOCK_SLACK and len(setbacks) < _MOST_SETBACKS:
                    setbacks.append(Setback(end.number, row["at"], before))
                since, before = since or row["at"], row["at"]
    except (DBAPIError, TypeError, ValueError, OverflowError) as error:
        raise _Unreadable(end.number + 1) from error
    if cuts and not cut_told_at:
        raise DatabaseError("audit_cut_untold", number=cuts[-1].number)
    if missing:
        lost = max(each.number for each in missing)
        raise DatabaseError("audit_events_missing", number=lost, found=end.number)
    return Examination(
        end, tuple(setbacks), cuts, cut_told_at, since, sum(each.number < start for each in kept)
    )


def find(
    connection: Connection,
    municipality_code: str,
    chosen: Chosen,
    *,
    under: int | None = None,
    limit: int | None = None,
) -> list[Entry]:
    """List chosen events, newest first.

    Parameters
    ----------
    under
        Only those with a smaller number: the last one of the page before.
    """
    query = (
        select(audit_events)
        .where(audit_events.c.municipality_code == municipality_code, *_conditions(chosen))
        .order_by(audit_events.c.number.desc())
        .limit(limit)
    )
    if under is not None:
        query = query.where(audit_events.c.number < under)
    return [Entry(row.number, _event(row)) for row in connection.execute(query)]


def count(connection: Connection, municipality_code: str, chosen: Chosen) -> int:
    """Return how many events are chosen."""
    query = select(func.count()).where(
        audit_events.c.municipality_code == municipality_code, *_conditions(chosen)
    )
    return connection.scalar(query) or 0


def events(
    connection: Connection,
    municipality_code: str,
    *,
    subject_id: str | None = None,
    kinds: Collection[str] = (),
    newest: int | None = None,
) -> list[AuditEvent]:
    """List events, newest first: all, those about one subject, or only the `newest` so many."""
    query = (
        select(audit_events)
        .where(audit_events.c.municipality_code == municipality_code)
        .order_by(audit_events.c.number.desc())
        .limit(newest)
    )
    if subject_id is not None:
        query = query.where(audit_events.c.subject_id == subject_id)
    if kinds:
        query = query.where(audit_events.c.kind.in_(sorted(kinds)))
    return [_event(row) for row in connection.execute(query)]


def _conditions(chosen: Chosen) -> Iterator[ColumnElement[bool]]:
    columns = audit_events.c
    if chosen.told is not None:
        entry = _canonical(dict([chosen.told]))[1:-1]
        yield type_coerce(columns.detail, String).contains(entry, autoescape=True)
    if chosen.kinds:
        yield columns.kind.in_(sorted(chosen.kinds))
    if chosen.actor_id is not None:
        yield columns.actor_id == chosen.actor_id
    if chosen.since is not None:
        yield columns.at >= chosen.since
    if chosen.before is not None:
        yield columns.at < chosen.before
    if chosen.person_id is not None:
        among = select(audit_subjects.c.number).where(
            audit_subjects.c.municipality_code == columns.municipality_code,
            audit_subjects.c.subject_id == chosen.person_id,
        )
        yield or_(columns.subject_id == chosen.person_id, columns.number.in_(among))


def _queue(connection: Connection, municipality_code: str) -> None:
    """Let one writer of a municipality through at a time, until its transaction ends.

    SQLite has already done so with BEGIN IMMEDIATE.
    """
    if connection.dialect.name == "postgresql":
        name = hashlib.sha256(f"tsunagite.audit/{municipality_code}".encode()).digest()
        key = int.from_bytes(name[:8], "big", signed=True)
        connection.execute(select(func.pg_advisory_xact_lock(key)))


def _next(end: Head, row: RowMapping, named: Sequence[str]) -> Head:
    """Return the end of the chain with one more row, whose every byte has to be as written."""
    values = {name: row[name] for name in audit_events.c.keys() if name != "hash"}  # noqa: SIM118
    try:
        expected = Head(end.number + 1, _hash(end.hash, values))
        people = people_of(json.loads(row["detail"]))
        fits = (
            (row["number"], row["hash"]) == (expected.number, expected.hash)
            and row["at_as_kept"] in (None, f"{row['at']:%Y-%m-%d %H:%M:%S.%f}")
            and tuple(named) == people
        )
    except (TypeError, ValueError, AttributeError):  # no text, no number or no JSON any more
        fits = False
    if not fits:
        raise DatabaseError("audit_chain_broken", number=end.number + 1)
    return expected


def _with_subjects(
    connection: Connection, municipality_code: str, at_once: int
) -> Generator[tuple[RowMapping, list[str]], None, None]:
    """Read the chain from its beginning, each event with the people under whom it is found."""
    subjects = (
        select(audit_subjects.c.number, audit_subjects.c.subject_id)
        .where(audit_subjects.c.municipality_code == municipality_code)
        .order_by(audit_subjects.c.number, audit_subjects.c.subject_id)
    )
    last = 0
    with (
        closing(_rows(connection, subjects, at_once)) as found,
        closing(_rows(connection, _as_written(connection, municipality_code), at_once)) as rows,
    ):
        waiting = next(found, None)
        for row in rows:
            named, last = [], row["number"]
            while waiting is not None and waiting["number"] == last:
                named.append(waiting["subject_id"])
                waiting = next(found, None)
            yield row, named
    if waiting is not None:
        raise DatabaseError("audit_chain_broken", number=last + 1)


def _rows(
    connection: Connection, query: Select[*tuple[Any, ...]], at_once: int
) -> Generator[RowMapping, None, None]:
    with connection.execute(query.execution_options(yield_per=at_once)).mappings() as rows:
        yield from rows


def _as_written(connection: Connection, municipality_code: str) -> Select[*tuple[Any, ...]]:
    """Select the rows themselves in their order.

    SQLite could answer in part from an index, where a changed row still looks well, and reads an
    instant that was written otherwise as the same.
    """
    if connection.dialect.name == "sqlite":
        kept: ColumnElement[Any] = type_coerce(audit_events.c.at, String)
        is_of_city = literal_column("+audit_events.municipality_code", String) == municipality_code
        order: ColumnElement[Any] = literal_column("audit_events.rowid")
    else:
        kept = literal_column("NULL", String)
        is_of_city = audit_events.c.municipality_code == municipality_code
        order = audit_events.c.number
    return select(audit_events, kept.label("at_as_kept")).where(is_of_city).order_by(order)


def _event(row: Row[Any]) -> AuditEvent:
    return AuditEvent(
        kind=row.kind,
        actor_id=row.actor_id,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        at=row.at,
        detail=json.loads(row.detail),
    )


def _hash(previous: bytes, values: dict[str, Any]) -> bytes:
    return hashlib.sha256(previous + _canonical(values).encode()).digest()


def _canonical(value: object) -> str:
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_utc_text
    )


def _utc_text(instant: Any) -> str:
    return str(instant.astimezone(UTC).isoformat(timespec="microseconds"))
