"""Enquiries and placements: every version is kept, and what is said in them is sealed."""

from __future__ import annotations

from sqlalchemy import Column, Date, Index, Integer, String, Table

from cases.placing.enquiry import EnquiryState
from cases.placing.placement import PlacementState
from catalog.opening import Stage
from db.tables.base import metadata, municipality_code, refers_to, text
from db.tables.types import Encrypted, Instant, Member, NumberedMember

enquiries = Table(
    "enquiries",
    metadata,
    municipality_code(),
    Column("id", String, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    # Stands on the fax sheet, so that an answer can be typed in; tells nothing of anybody.
    text("code"),
    text("participant_id"),
    text("opening_id"),
    text("host_id"),
    Column("proposal_id", String),
    Column("state", Member(EnquiryState), nullable=False),
    Column("text", Encrypted),
    Column("how", Encrypted),
    Column("sent_on", Date),
    Column("answer_by_on", Date),
    Column("nudged_on", Date),
    Column("answered_on", Date),
    Column("host_reason", Encrypted),
    Column("host_words", Encrypted),
    Column("ask_again_on", Date),
    Column("person_answer", Encrypted),
    Column("person_reason", Encrypted),
    Column("person_words", Encrypted),
    Column("person_answered_on", Date),
    text("made_by"),
    Column("recorded_at", Instant),
    refers_to("participants", participant_id="id", delete=True),
    refers_to("openings", opening_id="id"),
    Index(None, "municipality_code", "participant_id"),
    Index(None, "municipality_code", "state"),
    Index(None, "municipality_code", "code"),
)

placements = Table(
    "placements",
    metadata,
    municipality_code(),
    Column("id", String, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    text("participant_id"),
    text("opening_id"),
    text("host_id"),
    Column("enquiry_id", String),
    Column("state", Member(PlacementState), nullable=False),
    Column("stage", NumberedMember(Stage), nullable=False),
    Column("begun_on", Date, nullable=False),
    Column("visit_at", Instant),
    Column("companion", Encrypted),
    Column("moves", Encrypted),
    # The day of the last step, which lists ask for without opening the steps themselves.
    Column("moved_on", Date),
    Column("rests_until_on", Date),
    Column("term_on", Date),
    Column("insurance", Encrypted),
    Column("agreement_on", Date),
    Column("ended_on", Date),
    Column("end_reason", Encrypted),
    Column("next_place", Encrypted),
    Column("coordinator_id", String),
    Column("recorded_at", Instant),
    refers_to("participants", participant_id="id", delete=True),
    refers_to("openings", opening_id="id"),
    Index(None, "municipality_code", "participant_id"),
    Index(None, "municipality_code", "opening_id"),
    Index(None, "municipality_code", "state"),
)
