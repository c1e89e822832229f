"""Visits; all versions stay, and what was said and how far the relation has come is sealed."""

from __future__ import annotations

from sqlalchemy import Column, Date, Index, Integer, String, Table

from cases.outreach import VisitState
from db.tables.base import metadata, municipality_code, refers_to, text
from db.tables.types import Encrypted, Instant, Member, tuple_of_codes

visits = Table(
    "visits",
    metadata,
    municipality_code(),
    Column("id", String, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    text("participant_id"),
    Column("planned_on", Date, nullable=False),
    Column("visitor_ids", tuple_of_codes(), nullable=False),
    Column("office_ids", tuple_of_codes(), nullable=False),
    Column("state", Member(VisitState), nullable=False),
    Column("done_on", Date),
    Column("result", Encrypted),
    Column("relation", Encrypted),
    Column("words", Encrypted),
    Column("next_on", Date),
    text("recorded_by"),
    Column("recorded_at", Instant),
    refers_to("participants", participant_id="id", delete=True),
    Index(None, "municipality_code", "participant_id"),
    Index(None, "municipality_code", "state"),
)
