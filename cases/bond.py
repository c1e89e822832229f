"""What binds people to one another in the search: together, at the same time, or apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from cases.errors import CaseError


class BondKind(StrEnum):
    """How the places of some people depend on one another."""

    SAME_OPENING = "same_opening"
    """All in one opening, or none of them placed."""
    SAME_SLOT = "same_slot"
    """All on one half day of the week, wherever, or none."""
    ALL_OR_NONE = "all_or_none"
    """All placed anywhere, or none."""
    APART_OPENING = "apart_opening"
    """No two of them in one opening."""
    APART_HOST = "apart_host"
    """No two of them at one host."""


APART: Final = (BondKind.APART_OPENING, BondKind.APART_HOST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bond:
    """One bond between people; it is never changed, only undone.

    Attributes
    ----------
    participant_ids
        At least two, each once, in the order of the ids.
    reason
        Why, for staff only.
    until_on
        Last day on which it holds; None until it is undone.
    """

    id: str
    kind: BondKind
    participant_ids: tuple[str, ...]
    reason: str
    made_by: str
    made_at: datetime
    until_on: date | None = None
    undone_by: str | None = None
    undone_at: datetime | None = None

    def __post_init__(self) -> None:
        if len(set(self.participant_ids)) < 2:
            raise CaseError("bond_needs_two")
        in_order = tuple(sorted(set(self.participant_ids)))
        object.__setattr__(self, "participant_ids", in_order)
        if not self.reason.strip():
            raise CaseError("rule_without_reason")
