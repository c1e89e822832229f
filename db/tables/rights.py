"""To what somebody's work is limited, and who opened whom in an emergency."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, String, Table

from cases.remit import Holder
from db.tables.base import metadata, municipality_code, refers_to, text
from db.tables.types import Document, Encrypted, Instant, Member, set_of_codes


def _pairs(values: list[list[str]]) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(pair) for pair in values)


def _sorted_pairs(values: frozenset[tuple[str, str]]) -> list[list[str]]:
    return [list(pair) for pair in sorted(values)]


remits = Table(
    "remits",
    metadata,
    municipality_code(),
    # An office or an account; without a row, or with nothing in a column, there is no limit.
    Column("holder", Member(Holder), primary_key=True),
    Column("holder_id", String, primary_key=True),
    Column("programmes", set_of_codes()),
    # Pairs of the key of a layer and the name of a 圏域.
    Column("districts", Document(_sorted_pairs, _pairs)),
)

emergency_accesses = Table(
    "emergency_accesses",
    metadata,
    municipality_code(),
    Column("id", String, primary_key=True),
    text("user_id"),
    Column("office_id", String),
    text("participant_id"),
    # A code; the words beside it are sealed with the person's key.
    text("reason"),
    Column("words", Encrypted),
    Column("confirmed", Boolean, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("until_at", Instant, nullable=False),
    Column("ended_at", Instant),
    refers_to("participants", participant_id="id"),
    Index(None, "municipality_code", "user_id"),
    Index(None, "municipality_code", "participant_id"),
)
