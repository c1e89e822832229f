"""The append-only record of who did what; triggers refuse any other use."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, Integer, LargeBinary, String, Table, Text

from db.tables.base import Instant, in_municipality, metadata

audit_events = Table(
    "audit_events",
    metadata,
    in_municipality(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("kind", String, nullable=False),
    Column("actor_id", String, nullable=False),
    Column("subject_kind", String, nullable=False),
    Column("subject_id", String, nullable=False),
    # As text, because the hash covers these very characters.
    Column("detail", Text, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    CheckConstraint("number >= 1", name="number"),
    Index(None, "municipality_code", "subject_id"),
)
