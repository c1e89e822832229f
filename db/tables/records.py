"""What is kept about the keeping: versions, holds, disclosures, deletions, dropped keys."""

from __future__ import annotations

from sqlalchemy import Column, Date, Index, Integer, String, Table, UniqueConstraint

from db.tables.base import metadata, municipality_code, refers_to, text
from db.tables.types import Encrypted, Instant, set_of_codes

versions = Table(
    "versions",
    metadata,
    municipality_code(),
    Column("participant_id", String, primary_key=True),
    # "Participant" or "Need".
    Column("part", String, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant),
    text("by"),
    Column("content", Encrypted, nullable=False),
    refers_to("participants", participant_id="id", delete=True),
)

legal_holds = Table(
    "legal_holds",
    metadata,
    municipality_code(),
    Column("id", String, primary_key=True),
    text("participant_id"),
    Column("reason", Encrypted),
    text("made_by"),
    Column("made_at", Instant, nullable=False),
    Column("until_on", Date),
    Column("lifted_by", String),
    Column("lifted_at", Instant),
    refers_to("participants", participant_id="id", delete=True),
    Index(None, "municipality_code", "participant_id"),
)

disclosures = Table(
    "disclosures",
    metadata,
    municipality_code(),
    Column("id", String, primary_key=True),
    text("participant_id"),
    Column("on", Date, nullable=False),
    Column("recipient", Encrypted),
    Column("categories", set_of_codes(), nullable=False),
    text("basis"),
    Column("reason", Encrypted),
    Column("approved_by", Encrypted),
    Column("items", Encrypted),
    text("recorded_by"),
    Column("recorded_at", Instant),
    refers_to("participants", participant_id="id", delete=True),
    Index(None, "municipality_code", "participant_id"),
)

deletions = Table(
    "deletions",
    metadata,
    municipality_code(),
    # Nothing is left to refer to; the record outlives even the tables of people.
    Column("participant_id", String, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    text("ground"),
    text("decided_by"),
    text("approved_by"),
    UniqueConstraint("municipality_code", "number"),
)

dropped_keys = Table(
    "dropped_keys",
    metadata,
    municipality_code(),
    # Of the keyring: whoever still works with an old key file must seal nothing with it.
    Column("key_id", String, primary_key=True),
    Column("dropped_at", Instant, nullable=False),
)
