"""What was settled about one person and one place before the search: lock, exclusion, override."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from cases.errors import CaseError


class PlacingKind(StrEnum):
    """What a rule does to the search."""

    LOCK = "lock"
    """The person takes this opening; everybody else is searched for around it."""
    EXCLUSION = "exclusion"
    """This opening, or any opening of this host, is not proposed to the person."""
    OVERRIDE = "override"
    """The opening is possible for the person although some rules refuse it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacingRule:
    """One rule about one person; it is never changed, only undone.

    Attributes
    ----------
    opening_id, host_id
        One of them; a host only for an exclusion.
    overrides
        For an override the rules that give way (names of `matcher.eligibility.Reason` in small
        letters), in their order; another rule that refuses later goes on refusing.
    reason
        Why, for staff only.
    until_on
        Last day on which it holds; None until it is undone.
    """

    id: str
    kind: PlacingKind
    participant_id: str
    reason: str
    made_by: str
    made_at: datetime
    opening_id: str | None = None
    host_id: str | None = None
    overrides: tuple[str, ...] = ()
    until_on: date | None = None
    undone_by: str | None = None
    undone_at: datetime | None = None

    def __post_init__(self) -> None:
        if bool(self.opening_id) == bool(self.host_id):
            raise CaseError("rule_needs_one_place")
        if self.host_id and self.kind is not PlacingKind.EXCLUSION:
            raise CaseError("rule_needs_an_opening")
        if (self.kind is PlacingKind.OVERRIDE) != bool(self.overrides):
            raise CaseError("override_without_rules")
        if not self.reason.strip():
            raise CaseError("rule_without_reason")
