"""Matching runs with their frozen inputs, and the proposals that came of them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
)

from cases.proposal import ProposalStatus
from db.tables.base import metadata, municipality_code, refers_to, text
from db.tables.types import Encrypted, EncryptedFile, Instant, Member, tuple_of_codes

match_runs = Table(
    "match_runs",
    metadata,
    municipality_code(),
    Column("id", String, primary_key=True),
    # Counts the runs of a municipality.
    Column("number", Integer, nullable=False),
    Column("on", Date, nullable=False),
    text("started_by"),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant, nullable=False),
    text("policy_version"),
    text("code_version"),
    Column("seed", BigInteger, nullable=False),
    text("digest"),
    text("status"),
    Column("certified", Boolean, nullable=False),
    # Sealed with a key of the run's own, for they are about many people.
    Column("problem", EncryptedFile, nullable=False),
    Column("result", EncryptedFile, nullable=False),
    Column("views", EncryptedFile),
    UniqueConstraint("municipality_code", "number"),
)

run_unplaced = Table(
    "run_unplaced",
    metadata,
    municipality_code(),
    Column("run_id", String, primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    text("participant_id"),
    text("reason"),
    Column("candidates", Integer, nullable=False),
    Column("refused", Encrypted),
    Column("words", Encrypted),
    Column("near", Encrypted),
    refers_to("match_runs", run_id="id", delete=True),
    refers_to("participants", participant_id="id"),
)

run_not_considered = Table(
    "run_not_considered",
    metadata,
    municipality_code(),
    Column("run_id", String, primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    text("participant_id"),
    text("why"),
    refers_to("match_runs", run_id="id", delete=True),
    refers_to("participants", participant_id="id"),
)

run_rules = Table(
    "run_rules",
    metadata,
    municipality_code(),
    Column("run_id", String, primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    text("kind"),
    text("rule_id"),
    # Opaque ids; whoever may not open one of these people does not meet the row.
    Column("participant_ids", tuple_of_codes(), nullable=False),
    text("opening_id"),
    text("host_id"),
    refers_to("match_runs", run_id="id", delete=True),
)

proposals = Table(
    "proposals",
    metadata,
    municipality_code(),
    Column("id", String, primary_key=True),
    text("run_id"),
    # The order in which the run gave them.
    Column("position", Integer, nullable=False),
    text("participant_id"),
    text("opening_id"),
    Column("score", Float, nullable=False),
    Column("parts", Encrypted),
    Column("status", Member(ProposalStatus), nullable=False),
    Column("word", String),
    Column("reason", Encrypted),
    Column("short", Encrypted),
    Column("way", Encrypted),
    text("set_aside_reason"),
    Column("decided_by", String),
    Column("decided_at", Instant),
    refers_to("match_runs", run_id="id", delete=True),
    refers_to("participants", participant_id="id"),
    refers_to("openings", opening_id="id"),
    UniqueConstraint("municipality_code", "run_id", "position"),
    Index(None, "municipality_code", "participant_id"),
)
