"""Helpers of groups, and the matchings of the two."""

from __future__ import annotations

import json

from sqlalchemy import (
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
from db.tables.types import Encrypted, EncryptedFile, Instant, Member


def write_rounds(rounds: tuple[tuple[bytes, bytes], ...]) -> bytes:
    """Join the files of all rounds into one text."""
    return json.dumps([[each.decode() for each in pair] for pair in rounds]).encode()


def read_rounds(text: bytes) -> tuple[tuple[bytes, bytes], ...]:
    """Return the files of all rounds."""
    return tuple((problem.encode(), result.encode()) for problem, result in json.loads(text))


helpers = Table(
    "helpers",
    metadata,
    municipality_code(),
    Column("id", String, primary_key=True),
    # Of somebody who is accompanied here: whoever may not open them does not meet the helper.
    Column("participant_id", String),
    Column("content", Encrypted, nullable=False),
    refers_to("participants", participant_id="id", delete=True),
    UniqueConstraint("municipality_code", "participant_id"),
)

helper_runs = Table(
    "helper_runs",
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
    Column("certified", Boolean, nullable=False),
    # Sealed with a key of the run's own, for they are about many people.
    Column("rounds", EncryptedFile, nullable=False),
    Column("unplaced", Encrypted),
    Column("not_considered", Encrypted),
    Column("unfilled", Encrypted),
    UniqueConstraint("municipality_code", "number"),
)

helper_proposals = Table(
    "helper_proposals",
    metadata,
    municipality_code(),
    Column("id", String, primary_key=True),
    text("run_id"),
    Column("position", Integer, nullable=False),
    # The helper, as a proposal calls whom it is for.
    text("participant_id"),
    text("opening_id"),
    Column("score", Float, nullable=False),
    Column("parts", Encrypted),
    Column("status", Member(ProposalStatus), nullable=False),
    text("word"),
    Column("reason", Encrypted),
    Column("short", Encrypted),
    Column("way", Encrypted),
    text("set_aside_reason"),
    Column("decided_by", String),
    Column("decided_at", Instant),
    refers_to("helper_runs", run_id="id", delete=True),
    refers_to("helpers", participant_id="id", delete=True),
    refers_to("openings", opening_id="id"),
    UniqueConstraint("municipality_code", "run_id", "position"),
    Index(None, "municipality_code", "participant_id"),
)
