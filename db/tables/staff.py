"""Who signs in, and who is signed in."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, LargeBinary, String, Table, UniqueConstraint

from catalog.actor import Role
from db.tables.base import metadata, municipality_code, refers_to, text
from db.tables.types import Instant, Member

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
    refers_to("users", user_id="id", delete=True),
    Index(None, "municipality_code", "user_id"),
)
