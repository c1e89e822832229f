"""Who signs in, and who is signed in."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from catalog.actor import Role
from db.tables.base import metadata, municipality_code, refers_to, text
from db.tables.types import Encrypted, Instant, Member

users = Table(
    "users",
    metadata,
    municipality_code(),
    Column("id", String, primary_key=True),
    text("login"),
    text("name"),
    Column("role", Member(Role), nullable=False),
    Column("office_id", String),
    Column("disabled", Boolean, nullable=False),
    text("password_hash"),
    UniqueConstraint("municipality_code", "login"),
)

sessions = Table(
    "sessions",
    metadata,
    municipality_code(),
    # The token itself is known to the browser alone.
    Column("token_hash", LargeBinary, primary_key=True),
    text("user_id"),
    Column("created_at", Instant, nullable=False),
    Column("last_seen_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    # What kind of browser it is, never which one.
    text("browser"),
    Column("proved_at", Instant),
    text("proved_by"),
    refers_to("users", user_id="id", delete=True),
    Index(None, "municipality_code", "user_id"),
)

authenticators = Table(
    "authenticators",
    metadata,
    municipality_code(),
    Column("id", String, primary_key=True),
    text("user_id"),
    Column("secret", Encrypted, nullable=False),
    Column("added_at", Instant, nullable=False),
    Column("confirmed_at", Instant),
    # The newest step of 30 seconds whose code was used: no code is taken twice.
    Column("last_step", BigInteger, nullable=False),
    refers_to("users", user_id="id", delete=True),
    Index(None, "municipality_code", "user_id"),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    municipality_code(),
    Column("code_hash", LargeBinary, primary_key=True),
    text("user_id"),
    refers_to("users", user_id="id", delete=True),
    Index(None, "municipality_code", "user_id"),
)

sign_in_tries = Table(
    "sign_in_tries",
    metadata,
    municipality_code(),
    # A keyed hash of the login or of the address, also of one that does not exist.
    Column("key", LargeBinary, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("locked_until", Instant),
)

identities = Table(
    "identities",
    metadata,
    municipality_code(),
    # A name at a provider says who it is only together with the provider.
    Column("issuer", String, primary_key=True),
    Column("subject", String, primary_key=True),
    text("user_id"),
    Column("linked_at", Instant, nullable=False),
    refers_to("users", user_id="id", delete=True),
    UniqueConstraint("municipality_code", "user_id", "issuer"),
)
