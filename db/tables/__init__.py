"""All tables. Every key begins with ``municipality_code``, so that data can be sharded by it."""

from __future__ import annotations

from db.tables.audit import audit_events
from db.tables.base import Encrypted, Instant, metadata, personal_columns

__all__ = ["Encrypted", "Instant", "audit_events", "metadata", "personal_columns"]
