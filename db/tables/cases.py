"""People, what they told us, and their consent. What identifies or describes them is sealed."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from cases.consent import ConsentState
from cases.participant import ParticipantStatus
from catalog.opening import Stage
from db.tables.base import metadata, municipality_code, refers_to, text
from db.tables.types import Encrypted, Instant, Member, NumberedMember, set_of_codes


def _sealed(name: str) -> Column[bytes]:
    return Column(name, Encrypted)


data_keys = Table(
    "data_keys",
    metadata,
    municipality_code(),
    # A person, a household or a bond; without this row, what is sealed for them is noise.
    Column("subject_id", String, primary_key=True),
    text("key_id"),
    Column("sealed", LargeBinary, nullable=False),
)

households = Table(
    "households",
    metadata,
    municipality_code(),
    Column("id", String, primary_key=True),
    _sealed("name"),
    _sealed("note"),
)

participants = Table(
    "participants",
    metadata,
    municipality_code(),
    Column("id", String, primary_key=True),
    text("case_no"),
    _sealed("name"),
    _sealed("name_kana"),
    _sealed("birth_on"),
    _sealed("sex"),
    Column("household_id", String),
    _sealed("relation"),
    _sealed("town_id"),
    _sealed("address"),
    _sealed("phone"),
    _sealed("lat"),
    _sealed("lon"),
    _sealed("fields"),
    _sealed("own_words"),
    _sealed("note"),
    Column("since_on", Date, nullable=False),
    Column("stage", NumberedMember(Stage), nullable=False),
    Column("status", Member(ParticipantStatus), nullable=False),
    Column("address_protected", Boolean, nullable=False),
    Column("coordinator_id", String),
    Column("office_id", String),
    Column("weight", Integer, nullable=False),
    Column("paused_until_on", Date),
    _sealed("programmes"),
    refers_to("households", household_id="id"),
    UniqueConstraint("municipality_code", "case_no"),
    CheckConstraint("weight >= 1", name="weight"),
    Index(None, "municipality_code", "status"),
)

named_staff = Table(
    "named_staff",
    metadata,
    municipality_code(),
    Column("participant_id", String, primary_key=True),
    Column("user_id", String, primary_key=True),
    refers_to("participants", participant_id="id", delete=True),
)

plan_members = Table(
    "plan_members",
    metadata,
    municipality_code(),
    Column("participant_id", String, primary_key=True),
    Column("office_id", String, primary_key=True),
    refers_to("participants", participant_id="id", delete=True),
)

# Tokens of the name, of the 事業 and of the town.
name_index = Table(
    "name_index",
    metadata,
    municipality_code(),
    Column("token", LargeBinary, primary_key=True),
    Column("participant_id", String, primary_key=True),
    # By which of the keyring's index keys the token was made.
    Column("key_id", String, nullable=False, server_default="1"),
    refers_to("participants", participant_id="id", delete=True),
    Index(None, "municipality_code", "participant_id"),
    sqlite_with_rowid=False,
)

needs = Table(
    "needs",
    metadata,
    municipality_code(),
    Column("participant_id", String, primary_key=True),
    # All of it in one document: what somebody wishes, can and cannot is personal throughout.
    Column("content", Encrypted, nullable=False),
    refers_to("participants", participant_id="id", delete=True),
)

consents = Table(
    "consents",
    metadata,
    municipality_code(),
    Column("id", String, primary_key=True),
    text("participant_id"),
    # The order in which statements were recorded.
    Column("number", Integer, nullable=False),
    Column("state", Member(ConsentState), nullable=False),
    _sealed("given_by"),
    Column("on", Date, nullable=False),
    Column("agencies", set_of_codes(), nullable=False),
    Column("categories", set_of_codes(), nullable=False),
    Column("until_on", Date),
    _sealed("note"),
    Column("recorded_at", Instant),
    _sealed("giver"),
    _sealed("capacity"),
    refers_to("participants", participant_id="id", delete=True),
    UniqueConstraint("municipality_code", "participant_id", "number"),
)
