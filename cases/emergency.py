"""Emergency access (緊急閲覧): opening a person without the right to, for a reason, for hours.

It lets its holder read, never write; whom the person is to knows of it at once, and a report says
all of it. It ends by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from types import MappingProxyType

from cases.errors import CaseError
from cases.own_data import own_data


@dataclass(frozen=True, slots=True)
class EmergencyTerms:
    """Dated terms: why, for how long, and for how long the person's staff are told."""

    version: str
    source: str
    hours: int
    notice_days: int
    shortest_words: int
    reasons: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@cache
def own_terms() -> EmergencyTerms:
    """Return the terms that come with the product (`cases/data/emergency.toml`)."""
    data = own_data("emergency")
    return EmergencyTerms(**data | {"reasons": MappingProxyType(data["reasons"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyAccess:
    """Somebody of the staff opened a person whom they had no right to open.

    Attributes
    ----------
    reason
        Code of the list of reasons; `words` says it in the staff's own.
    confirmed
        Whether they said that they know the person may be protected.
    """

    id: str
    user_id: str
    office_id: str | None
    participant_id: str
    reason: str
    words: str
    confirmed: bool
    started_at: datetime
    until_at: datetime
    ended_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.until_at <= self.started_at:
            raise CaseError("emergency_ends_too_early")

    def is_running(self, at: datetime) -> bool:
        """Tell whether the person may still be opened by it."""
        return self.ended_at is None and self.started_at <= at < self.until_at


@dataclass(frozen=True, slots=True)
class Sought:
    """Whom a case number names, and nothing else of them."""

    participant_id: str
    is_protected: bool


def check_reason(reason: str, words: str) -> None:
    """Raise `CaseError` unless a listed reason and enough own words are given.

    Raises
    ------
    CaseError
        `emergency_reason_missing`, `emergency_words_missing`.
    """
    terms = own_terms()
    if reason not in terms.reasons:
        raise CaseError("emergency_reason_missing")
    if len(words.strip()) < terms.shortest_words:
        raise CaseError("emergency_words_missing", least=terms.shortest_words)


def end_of(started_at: datetime) -> datetime:
    """Return when an access ends by itself."""
    return started_at + timedelta(hours=own_terms().hours)
