"""The tamper-evident record of what was done: one hash chain for each municipality.

Each event's hash covers its content and the hash before it, so that a change, a removal or a
new order of past events is found by computing the chain again. Cutting off the newest events
is found by comparing with a `Head` that was kept elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select

from catalog.audit import AuditEvent
from db.errors import DatabaseError
from db.tables import audit_events

_FIRST_HASH = bytes(32)


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain: how many events there are, and the hash of the last."""

    number: int
    hash: bytes


def append(connection: Connection, municipality_code: str, event: AuditEvent) -> Head:
    """Write one event at the end of the chain, in the transaction of what it tells about.

    Stores call this before they write anything else: writers of one municipality then queue
    here, on PostgreSQL as on SQLite, and cannot wait for each other crosswise.
    """
    _queue(connection, municipality_code)
    last = head(connection, municipality_code)
    values = {
        "municipality_code": municipality_code,
        "number": last.number + 1,
        "at": event.at,
        "kind": event.kind,
        "actor_id": event.actor_id,
        "subject_kind": event.subject_kind,
        "subject_id": event.subject_id,
        "detail": _canonical(dict(event.detail)),
    }
    new = Head(last.number + 1, _hash(last.hash, values))
    connection.execute(insert(audit_events).values(**values, hash=new.hash))
    return new


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
    """Compute the chain again and return its end.

    Parameters
    ----------
    kept
        An end of this chain that was noted earlier, outside the database.

    Raises
    ------
    DatabaseError
        ``audit_chain_broken`` with the number of the first event that does not fit;
        ``audit_events_missing`` when the chain no longer contains `kept`.
    """
    end = Head(0, _FIRST_HASH)
    found = kept is None or kept == end
    query = _in_order(municipality_code).execution_options(yield_per=1000)
    with connection.execute(query).mappings() as rows:
        for row in rows:
            values = {name: value for name, value in row.items() if name != "hash"}
            expected = Head(end.number + 1, _hash(end.hash, values))
            if (row["number"], row["hash"]) != (expected.number, expected.hash):
                raise DatabaseError("audit_chain_broken", number=expected.number)
            end = expected
            found = found or kept == end
    if kept is not None and not found:
        raise DatabaseError("audit_events_missing", number=kept.number, found=end.number)
    return end


def events(
    connection: Connection,
    municipality_code: str,
    *,
    subject_id: str | None = None,
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
    return [_event(row) for row in connection.execute(query)]


def _queue(connection: Connection, municipality_code: str) -> None:
    """Let one writer of a municipality through at a time, until its transaction ends.

    SQLite has already done so with BEGIN IMMEDIATE.
    """
    if connection.dialect.name == "postgresql":
        name = hashlib.sha256(f"tsunagite.audit/{municipality_code}".encode()).digest()
        key = int.from_bytes(name[:8], "big", signed=True)
        connection.execute(select(func.pg_advisory_xact_lock(key)))


def _in_order(municipality_code: str) -> Select[*tuple[Any, ...]]:
    return (
        select(audit_events)
        .where(audit_events.c.municipality_code == municipality_code)
        .order_by(audit_events.c.number)
    )


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
