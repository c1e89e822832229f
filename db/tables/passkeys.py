"""Passkeys of the staff."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, LargeBinary, String, Table, UniqueConstraint

from db.tables.base import metadata, municipality_code, refers_to, text
from db.tables.types import Instant

passkeys = Table(
    "passkeys",
    metadata,
    municipality_code(),
    Column("id", String, primary_key=True),
    text("user_id"),
    Column("credential_id", LargeBinary, nullable=False),
    # The private half never leaves the device.
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    # A random name of the account for its devices, which says nothing of whose it is.
    Column("user_handle", LargeBinary, nullable=False),
    text("site"),
    text("name"),
    Column("added_at", Instant, nullable=False),
    Column("used_at", Instant),
    refers_to("users", user_id="id", delete=True),
    UniqueConstraint("municipality_code", "credential_id"),
    Index(None, "municipality_code", "user_id"),
)
