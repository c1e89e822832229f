"""アセスメント: what is known of a person's life, what they can and wish; entered once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class ExistingOption:
    """An existing scheme that was considered, and why it does not serve."""

    name: str
    why_not: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What was found out about a person on a day; a later one is a new version.

    Attributes
    ----------
    troubles
        Codes of the list `consultation` (相談内容), the first one weighs most.
    causes
        Codes of the list `situation`.
    answers
        Codes by the name of the list that was asked (`housing`, `health` …).
    options
        既存の制度 that were considered before 参加支援; a 重層的支援会議 judges them.
    """

    id: str
    participant_id: str
    on: date
    troubles: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
    answers: tuple[tuple[str, tuple[str, ...]], ...] = ()
    complaint: str = ""
    living: str = ""
    strengths: str = ""
    wishes: str = ""
    options: tuple[ExistingOption, ...] = ()
    made_by: str = ""
    recorded_at: datetime | None = None
    version: int = 1
