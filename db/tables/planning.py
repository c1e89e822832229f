"""Support plans: every version is kept, and all that people said in them is sealed."""

from __future__ import annotations

from sqlalchemy import Column, Date, Index, Integer, String, Table

from cases.plan import PlanState
from db.tables.base import metadata, municipality_code, refers_to, text
from db.tables.types import Encrypted, Instant, Member

support_plans = Table(
    "support_plans",
    metadata,
    municipality_code(),
    Column("id", String, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    text("participant_id"),
    Column("state", Member(PlanState), nullable=False),
    Column("made_on", Date, nullable=False),
    Column("aim", Encrypted),
    Column("long_goal", Encrypted),
    Column("short_goal", Encrypted),
    Column("lead_office_id", Encrypted),
    Column("roles", Encrypted),
    Column("services", Encrypted),
    Column("direction", Encrypted),
    Column("starts_on", Date),
    Column("review_on", Date),
    Column("signed_by", Encrypted),
    Column("signed_on", Date),
    Column("decided_in", Encrypted),
    Column("decided_on", Date),
    Column("ended_on", Date),
    Column("end_reason", Encrypted),
    text("made_by"),
    Column("recorded_at", Instant),
    refers_to("participants", participant_id="id", delete=True),
    Index(None, "municipality_code", "participant_id"),
)
