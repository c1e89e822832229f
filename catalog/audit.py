"""The record that goes with every write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from catalog.dates import check_aware


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """Who did what to which record, and when; never what the record says about a person.

    `at` is kept in UTC, so that one instant has one spelling in the hash chain.
    """

    kind: str
    actor_id: str
    subject_kind: str
    subject_id: str
    at: datetime
    detail: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_aware(self.at)
        object.__setattr__(self, "at", self.at.astimezone(UTC))
        object.__setattr__(self, "detail", dict(self.detail))
