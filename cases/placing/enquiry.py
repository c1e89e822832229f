"""打診: an anonymous question to a host, and what host and person answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from cases.errors import CaseError
from cases.life import Life, Required, Row


class EnquiryState(StrEnum):
    """Where an enquiry stands."""

    DRAFT = "draft"
    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LATER = "later"
    """The host asks to be asked again."""
    SILENT = "silent"
    """No answer in time."""
    TAKEN_BACK = "taken_back"
    PLACED = "placed"
    """Both said yes, and the placement has begun."""


class EnquiryStep(StrEnum):
    """What can happen to an enquiry."""

    SEND = "send"
    ACCEPT = "accept"
    DECLINE = "decline"
    PUT_OFF = "put_off"
    LAPSE = "lapse"
    TAKE_BACK = "take_back"
    BEGIN = "begin"


_S, _V = EnquiryState, EnquiryStep
_WHY: Final = frozenset({Required.REASON})
LIFE: Final = Life(
    "enquiry",
    frozenset({_S.DRAFT}),
    {
        (_S.DRAFT, _V.SEND): Row(_S.SENT, frozenset({Required.CONSENT, Required.PLACE})),
        (_S.DRAFT, _V.TAKE_BACK): Row(_S.TAKEN_BACK),
        (_S.SENT, _V.ACCEPT): Row(_S.ACCEPTED),
        (_S.SENT, _V.DECLINE): Row(_S.DECLINED, _WHY),
        (_S.SENT, _V.PUT_OFF): Row(_S.LATER, _WHY),
        (_S.SENT, _V.LAPSE): Row(_S.SILENT),
        (_S.SENT, _V.TAKE_BACK): Row(_S.TAKEN_BACK, _WHY),
        (_S.SILENT, _V.ACCEPT): Row(_S.ACCEPTED, frozenset({Required.PLACE, Required.CONSENT})),
        (_S.SILENT, _V.DECLINE): Row(_S.DECLINED, _WHY),
        (_S.LATER, _V.SEND): Row(_S.SENT, frozenset({Required.CONSENT, Required.PLACE})),
        (_S.LATER, _V.TAKE_BACK): Row(_S.TAKEN_BACK, _WHY),
        (_S.ACCEPTED, _V.BEGIN): Row(_S.PLACED, frozenset({Required.CONSENT, Required.PLACE})),
        (_S.ACCEPTED, _V.TAKE_BACK): Row(_S.TAKEN_BACK, _WHY),
    },
)
OPEN: Final = (_S.SENT, _S.LATER, _S.ACCEPTED)
"""The states in which something is still to be done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enquiry:
    """One question to a host about one person, who is not named in it.

    Attributes
    ----------
    code
        Short, readable aloud (no 0/O, 1/I); stands on the fax sheet.
    text
        Exactly what the host reads.
    person_answer
        はい, 迷い, いいえ: a code of the list `person_answer`; empty until asked.
    host_reason, person_reason
        Codes of the lists `host_answer_reason`, `set_aside_reason`; each has a dated consequence.
    answer_by_on
        Until when an answer is waited for; then the coordinator is told and it moves on.
    """

    id: str
    code: str
    participant_id: str
    opening_id: str
    host_id: str
    proposal_id: str | None = None
    state: EnquiryState = EnquiryState.DRAFT
    text: str = ""
    how: str = ""
    sent_on: date | None = None
    answer_by_on: date | None = None
    nudged_on: date | None = None
    answered_on: date | None = None
    host_reason: str = ""
    host_words: str = ""
    ask_again_on: date | None = None
    person_answer: str = ""
    person_reason: str = ""
    person_words: str = ""
    person_answered_on: date | None = None
    made_by: str = ""
    recorded_at: datetime | None = None
    version: int = 1

    def __post_init__(self) -> None:
        if self.sent_on and self.answered_on and self.answered_on < self.sent_on:
            raise CaseError("answered_before_asked", on=self.answered_on, asked=self.sent_on)
