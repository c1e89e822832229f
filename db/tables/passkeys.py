"""Passkeys of the staff, and the challenges that their devices are to sign."""

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

passkey_challenges = Table(
    "passkey_challenges",
    metadata,
    municipality_code(),
    # A hash of the browser's cookie: who holds another one cannot answer.
    Column("bound_to", LargeBinary, primary_key=True),
    Column("purpose", String, primary_key=True),
    Column("challenge", LargeBinary, nullable=False),
    Column("user_handle", LargeBinary, nullable=False),
    Column("expires_at", Instant, nullable=False),
)
