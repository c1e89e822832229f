"""The record of who did what; triggers refuse any use but adding, and cutting below a cut."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, Integer, LargeBinary, String, Table, Text

from db.tables.base import metadata, municipality_code, text
from db.tables.types import Instant

audit_events = Table(
    "audit_events",
    metadata,
    # A municipality's record outlives its settings.
    municipality_code(known=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    text("kind"),
    text("actor_id"),
    text("subject_kind"),
    text("subject_id"),
    # As text, because the hash covers these very characters.
    Column("detail", Text, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    CheckConstraint("number >= 1", name="number"),
    Index(None, "municipality_code", "subject_id"),
    Index(None, "municipality_code", "actor_id"),
    Index(None, "municipality_code", "at"),
)

audit_subjects = Table(
    "audit_subjects",
    metadata,
    # Who is named in an event about several people: made from its detail, to find it by.
    municipality_code(known=False),
    Column("subject_id", String, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Index(None, "municipality_code", "number"),
)

audit_cuts = Table(
    "audit_cuts",
    metadata,
    # The last event of a part that was removed when its time was over; the rest begins after it.
    municipality_code(known=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("at", Instant, nullable=False),
    text("actor_id"),
    text("decided_by"),
    Column("years", Integer, nullable=False),
    text("rules"),
    CheckConstraint("number >= 1", name="number"),
)
