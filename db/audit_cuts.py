"""Where the audit record was cut when its time was over: the sealed end of what is gone.

What is left continues from the hash of a cut. An event in the rest tells of the newest cut and,
by a digest, of all before it, so that nobody changes a cut without breaking the chain.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Connection, RowMapping, select

from db.rows import from_row
from db.tables import audit_cuts

KIND: Final = "audit_cut"
"""The kind of the event that tells of a cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """The last event that was removed, and who removed all up to it, when and by which rule.

    Attributes
    ----------
    number, hash
        Of the last event that is gone.
    last_at
        The latest instant of what is gone.
    actor_id, decided_by
        Who carried it out, and who in the office decided.
    years, rules
        How long the record had to be kept, and by which version of the rules.
    """

    number: int
    hash: bytes
    last_at: datetime
    at: datetime
    actor_id: str
    decided_by: str
    years: int
    rules: str


def cuts_of(connection: Connection, municipality_code: str) -> tuple[Cut, ...]:
    """Return the cuts of a chain, the newest at the end."""
    query = select(audit_cuts).where(audit_cuts.c.municipality_code == municipality_code)
    rows = connection.execute(query.order_by(audit_cuts.c.number)).mappings()
    return tuple(from_row(Cut, row) for row in rows)


def told_of(cuts: Sequence[Cut]) -> dict[str, str]:
    """Return what the event of the newest cut tells, which proves the earlier ones as well."""
    *earlier, newest = cuts
    told = _told(newest)
    if earlier:
        before = json.dumps([_told(each) for each in earlier], ensure_ascii=False, sort_keys=True)
        told["earlier"] = hashlib.sha256(before.encode()).hexdigest()
    return told


def is_event_of(cuts: Sequence[Cut], row: RowMapping) -> bool:
    """Tell whether a row of the record is the event of the newest cut, to the letter."""
    newest = cuts[-1]
    return (row["kind"], row["actor_id"], row["at"]) == (KIND, newest.actor_id, newest.at) and (
        json.loads(row["detail"]) == told_of(cuts)
    )


def _told(cut: Cut) -> dict[str, str]:
    return {
        "number": str(cut.number),
        "hash": cut.hash.hex(),
        "last_at": cut.last_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "at": cut.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "decided_by": cut.decided_by,
        "years": str(cut.years),
        "rules": cut.rules,
    }
