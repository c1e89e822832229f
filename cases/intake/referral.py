"""つなぎ: one agency asks another to take something up, and hears what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from cases.errors import CaseError
from cases.life import Life, Required, Row


class ReferralState(StrEnum):
    """Where a referral stands."""

    ASKED = "asked"
    HEARING = "hearing"
    """The other agency goes and hears for itself before it answers."""
    TAKEN = "taken"
    """The other agency has taken it up."""
    DECLINED = "declined"
    SOLVED = "solved"
    """Between the agencies, without 多機関協働."""
    HANDED_ON = "handed_on"
    """To 多機関協働: no agency alone could."""
    WITHDRAWN = "withdrawn"


class ReferralStep(StrEnum):
    """What can happen to a referral."""

    HEAR = "hear"
    TAKE = "take"
    DECLINE = "decline"
    SOLVE = "solve"
    HAND_ON = "hand_on"
    WITHDRAW = "withdraw"


_S, _V = ReferralState, ReferralStep
_WHY: Final = frozenset({Required.REASON})
LIFE: Final = Life(
    "referral",
    frozenset({_S.ASKED}),
    {
        (_S.ASKED, _V.TAKE): Row(_S.TAKEN),
        (_S.ASKED, _V.HEAR): Row(_S.HEARING),
        (_S.ASKED, _V.DECLINE): Row(_S.DECLINED, _WHY),
        (_S.ASKED, _V.WITHDRAW): Row(_S.WITHDRAWN, _WHY),
        (_S.HEARING, _V.TAKE): Row(_S.TAKEN),
        (_S.HEARING, _V.DECLINE): Row(_S.DECLINED, _WHY),
        (_S.HEARING, _V.WITHDRAW): Row(_S.WITHDRAWN, _WHY),
        (_S.TAKEN, _V.SOLVE): Row(_S.SOLVED),
        (_S.TAKEN, _V.HAND_ON): Row(_S.HANDED_ON, _WHY),
        (_S.DECLINED, _V.HAND_ON): Row(_S.HANDED_ON),
    },
)


WAITING: Final = frozenset({_S.ASKED, _S.HEARING})
"""The states in which an answer is waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """One つなぎ, about a person or about a reception without a name.

    `why`, `answer` and `outcome` (what came of it in the end) are the agencies' own words.
    """

    id: str
    participant_id: str | None = None
    reception_id: str | None = None
    from_office_id: str
    to_office_id: str
    asked_on: date
    why: str = ""
    state: ReferralState = ReferralState.ASKED
    answered_on: date | None = None
    answer: str = ""
    outcome: str = ""
    ended_on: date | None = None
    recorded_by: str = ""
    recorded_at: datetime | None = None
    version: int = 1

    def __post_init__(self) -> None:
        if self.from_office_id == self.to_office_id:
            raise CaseError("referral_to_itself")
        if self.participant_id is None and self.reception_id is None:
            raise CaseError("referral_about_nobody")
        if self.answered_on is not None and self.answered_on < self.asked_on:
            raise CaseError("answered_before_asked", on=self.answered_on, asked=self.asked_on)
