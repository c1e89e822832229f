"""Secrets that are good for one thing, once, for a while."""

from __future__ import annotations

from sqlalchemy import Column, Index, LargeBinary, String, Table

from db.tables.base import metadata, municipality_code, refers_to
from db.tables.types import Instant

one_time = Table(
    "one_time",
    metadata,
    municipality_code(),
    Column("purpose", String, primary_key=True),
    # The secret stands in a cookie, in a link or in a form alone.
    Column("secret_hash", LargeBinary, primary_key=True),
    # Whose it is; nobody's where one is not known yet.
    Column("user_id", String),
    Column("payload", LargeBinary, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("until_at", Instant, nullable=False),
    refers_to("users", user_id="id", delete=True),
    Index(None, "municipality_code", "user_id"),
    Index(None, "municipality_code", "until_at"),
)
