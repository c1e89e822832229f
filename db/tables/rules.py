"""What the office settled before the search; why, is sealed."""

from __future__ import annotations

from sqlalchemy import Column, Date, Index, String, Table

from cases.bond import BondKind
from cases.placing_rule import PlacingKind
from db.tables.base import metadata, municipality_code, refers_to, text
from db.tables.types import Encrypted, Instant, Member, tuple_of_codes

placing_rules = Table(
    "placing_rules",
    metadata,
    municipality_code(),
    Column("id", String, primary_key=True),
    Column("kind", Member(PlacingKind), nullable=False),
    text("participant_id"),
    Column("reason", Encrypted),
    text("made_by"),
    Column("made_at", Instant, nullable=False),
    Column("opening_id", String),
    Column("host_id", String),
    Column("overrides", tuple_of_codes(), nullable=False),
    Column("until_on", Date),
    Column("undone_by", String),
    Column("undone_at", Instant),
    refers_to("participants", participant_id="id", delete=True),
    refers_to("openings", opening_id="id"),
    refers_to("organisations", host_id="id"),
    Index(None, "municipality_code", "participant_id"),
)

bonds = Table(
    "bonds",
    metadata,
    municipality_code(),
    Column("id", String, primary_key=True),
    Column("kind", Member(BondKind), nullable=False),
    # Sealed with a key of the bond's own, for it is about several people.
    Column("reason", Encrypted),
    text("made_by"),
    Column("made_at", Instant, nullable=False),
    Column("until_on", Date),
    Column("undone_by", String),
    Column("undone_at", Instant),
)

bond_members = Table(
    "bond_members",
    metadata,
    municipality_code(),
    Column("bond_id", String, primary_key=True),
    Column("participant_id", String, primary_key=True),
    refers_to("bonds", bond_id="id", delete=True),
    refers_to("participants", participant_id="id", delete=True),
    Index(None, "municipality_code", "participant_id"),
)
