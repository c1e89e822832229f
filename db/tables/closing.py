"""Evaluations and watches: every version is kept, and what is said in them is sealed."""

from __future__ import annotations

from sqlalchemy import Column, Date, Index, Integer, String, Table

from cases.closing import WatchState
from db.tables.base import metadata, municipality_code, refers_to, text
from db.tables.types import Encrypted, Instant, Member

evaluations = Table(
    "evaluations",
    metadata,
    municipality_code(),
    Column("id", String, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    text("participant_id"),
    Column("on", Date, nullable=False),
    Column("judgement", Encrypted),
    Column("reason", Encrypted),
    Column("reached", Encrypted),
    Column("changes", Encrypted),
    Column("left", Encrypted),
    Column("closed_on", Date),
    Column("no_watch_reason", Encrypted),
    Column("reopened_on", Date),
    Column("reopen_reason", Encrypted),
    text("made_by"),
    Column("recorded_at", Instant),
    refers_to("participants", participant_id="id", delete=True),
    Index(None, "municipality_code", "participant_id"),
)

watches = Table(
    "watches",
    metadata,
    municipality_code(),
    Column("id", String, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    text("participant_id"),
    text("evaluation_id"),
    text("office_id"),
    Column("since_on", Date, nullable=False),
    Column("next_on", Date),
    Column("how", Encrypted),
    Column("state", Member(WatchState), nullable=False),
    Column("looks", Encrypted),
    Column("ended_on", Date),
    Column("reason", Encrypted),
    text("made_by"),
    Column("recorded_at", Instant),
    refers_to("participants", participant_id="id", delete=True),
    Index(None, "municipality_code", "participant_id"),
    Index(None, "municipality_code", "state"),
)
