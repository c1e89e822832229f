"""Talks about placements: every version is kept, and what was said is sealed."""

from __future__ import annotations

from sqlalchemy import Column, Date, Index, Integer, String, Table

from cases.following.follow_up import FollowUpState, Side
from db.tables.base import metadata, municipality_code, refers_to, text
from db.tables.types import Encrypted, Instant, Member

follow_ups = Table(
    "follow_ups",
    metadata,
    municipality_code(),
    Column("id", String, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    text("placement_id"),
    text("participant_id"),
    Column("side", Member(Side), nullable=False),
    Column("due_on", Date, nullable=False),
    text("occasion"),
    Column("state", Member(FollowUpState), nullable=False),
    Column("done_on", Date),
    Column("how", Encrypted),
    Column("fits_state", Encrypted),
    Column("fits_wishes", Encrypted),
    Column("burden", Encrypted),
    Column("came", Encrypted),
    Column("planned", Encrypted),
    Column("absence_reason", Encrypted),
    Column("voice", Encrypted),
    Column("worries", Encrypted),
    Column("dangers", Encrypted),
    Column("scales", Encrypted),
    Column("note", Encrypted),
    Column("next_on", Date),
    Column("rematch", Encrypted),
    text("made_by"),
    Column("recorded_at", Instant),
    refers_to("participants", participant_id="id", delete=True),
    Index(None, "municipality_code", "participant_id"),
    Index(None, "municipality_code", "placement_id", "side", "done_on"),
)
