"""First words, and what agencies ask of one another; all versions stay.

Who counts reads the clear columns only, and nobody's words.
"""

from __future__ import annotations

from sqlalchemy import Column, Date, Index, Integer, String, Table

from cases.intake.referral import ReferralState
from db.tables.base import metadata, municipality_code, refers_to, text
from db.tables.types import Encrypted, Instant, Member

receptions = Table(
    "receptions",
    metadata,
    municipality_code(),
    Column("id", String, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("received_on", Date, nullable=False),
    text("window"),
    text("channel"),
    text("connected_by"),
    text("connector_district"),
    text("office_id"),
    text("field"),
    # Sealed with a key of the reception's own: nobody may be known yet.
    Column("heard", Encrypted),
    Column("whom_to_ask", Encrypted),
    Column("participant_id", String),
    text("screening"),
    Column("screened_on", Date),
    text("received_by"),
    Column("recorded_at", Instant),
    refers_to("participants", participant_id="id"),
    Index(None, "municipality_code", "participant_id"),
)

referrals = Table(
    "referrals",
    metadata,
    municipality_code(),
    Column("id", String, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("participant_id", String),
    Column("reception_id", String),
    text("from_office_id"),
    text("to_office_id"),
    Column("asked_on", Date, nullable=False),
    # Sealed with a key of the referral's own, as the words of a reception.
    Column("why", Encrypted),
    Column("state", Member(ReferralState), nullable=False),
    Column("answered_on", Date),
    Column("answer", Encrypted),
    Column("outcome", Encrypted),
    Column("ended_on", Date),
    text("recorded_by"),
    Column("recorded_at", Instant),
    refers_to("participants", participant_id="id"),
    Index(None, "municipality_code", "participant_id"),
    Index(None, "municipality_code", "reception_id"),
    Index(None, "municipality_code", "to_office_id"),
)
