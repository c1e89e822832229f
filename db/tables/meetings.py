"""Sittings of meetings and the items of their agenda, each with all its versions.

What is said is sealed: of a sitting with a key of its own, of an item with a key of its own.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKeyConstraint, Index, Integer, String, Table

from cases.meetings.meeting import MeetingState
from db.tables.base import metadata, municipality_code, refers_to, text
from db.tables.types import Encrypted, Instant, Member

meetings = Table(
    "meetings",
    metadata,
    municipality_code(),
    Column("id", String, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    text("kind"),
    text("name"),
    Column("starts_at", Instant, nullable=False),
    Column("state", Member(MeetingState), nullable=False),
    Column("confidential", Boolean, nullable=False),
    text("called_by"),
    Column("content", Encrypted, nullable=False),
    Index(None, "municipality_code", "starts_at"),
)

agenda_items = Table(
    "agenda_items",
    metadata,
    municipality_code(),
    Column("id", String, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    text("meeting_id"),
    Column("number", Integer, nullable=False),
    Column("participant_id", String),
    Column("confidential", Boolean, nullable=False),
    Column("content", Encrypted, nullable=False),
    refers_to("participants", participant_id="id", delete=True),
    Index(None, "municipality_code", "meeting_id"),
    Index(None, "municipality_code", "participant_id"),
)

agenda_members = Table(
    "agenda_members",
    metadata,
    municipality_code(),
    Column("item_id", String, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("user_id", String, primary_key=True),
    text("office_id"),
    ForeignKeyConstraint(
        ["municipality_code", "item_id", "version"],
        ["agenda_items.municipality_code", "agenda_items.id", "agenda_items.version"],
        ondelete="CASCADE",
    ),
    Index(None, "municipality_code", "user_id"),
)
