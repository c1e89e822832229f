"""How long records are kept, what stops their deletion, and what is left of a deletion."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Final

from cases.errors import CaseError
from cases.own_data import own_data
from catalog.text_key import number_key, search_key

_APRIL: Final = 4
CASE: Final = "case"
AUDIT: Final = "audit"


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """How long one class of records is kept; without `years` for ever.

    `to_check` marks what a city has to compare with its own rules.
    """

    record: str
    name: str
    starts: str
    source: str
    years: int | None = None
    to_check: bool = False


@dataclass(frozen=True, slots=True)
class Ground:
    """On what ground a person's records may be deleted, with the article.

    `after_retention` allows it only when the time of keeping has passed.
    """

    code: str
    name: str
    law: str
    after_retention: bool = False


@dataclass(frozen=True, slots=True)
class Remainder:
    """What is left after a deletion, why, and by which law or rule."""

    name: str
    words: str
    why: str
    law: str


@dataclass(frozen=True, slots=True)
class Retention:
    """The dated rules of keeping and deleting; `destroyed` says what a deletion takes away."""

    version: str
    source: str
    rules: tuple[RetentionRule, ...]
    grounds: tuple[Ground, ...]
    destroyed: tuple[str, ...]
    stays: tuple[Remainder, ...]

    def rule(self, record: str) -> RetentionRule:
        """Return the rule of a class of records."""
        return next(each for each in self.rules if each.record == record)

    def ground(self, code: str) -> Ground:
        """Return a ground.

        Raises
        ------
        CaseError
            ``ground_unknown``.
        """
        found = next((each for each in self.grounds if each.code == code), None)
        if found is None:
            raise CaseError("ground_unknown", value=code)
        return found


@cache
def own_retention() -> Retention:
    """Return the rules that come with the product (`cases/data/retention.toml`)."""
    data = own_data("retention")
    rules = tuple(RetentionRule(**each) for each in data.pop("rules"))
    grounds = tuple(Ground(**each) for each in data.pop("grounds"))
    stays = tuple(Remainder(**each) for each in data.pop("stays"))
    destroyed = tuple(data.pop("destroyed"))
    return Retention(**data, rules=rules, grounds=grounds, destroyed=destroyed, stays=stays)


def kept_until(ended_on: date, rule: RetentionRule) -> date | None:
    """Return the last day on which a record has to be kept, None where it is kept for ever.

    Years count from the first of April after the fiscal year in which it ended
    (公文書等の管理に関する法律施行令 第8条).
    """
    if rule.years is None:
        return None
    return date(_fiscal_year(ended_on) + 1 + rule.years, _APRIL - 1, 31)


def kept_from(today: date, years: int) -> date:
    """Return the first day whose records still have to be kept, counted as for `kept_until`.

    >>> kept_from(date(2026, 11, 23), 7)
    datetime.date(2019, 4, 1)
    """
    return date(_fiscal_year(today) - years, _APRIL, 1)


def _fiscal_year(day: date) -> int:
    return day.year - (day.month < _APRIL)


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalHold:
    """Somebody's records must not be deleted: why, and until when (None: until it is lifted)."""

    id: str
    participant_id: str
    reason: str
    made_by: str
    made_at: datetime
    until_on: date | None = None
    lifted_by: str | None = None
    lifted_at: datetime | None = None

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise CaseError("hold_without_reason")

    def stands_on(self, day: date) -> bool:
        """Tell whether it holds on a day."""
        return self.lifted_at is None and (self.until_on is None or self.until_on >= day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """What is left of somebody: the pseudonym, and who deleted the rest, when and on what ground.

    `number` counts the deletions of a municipality; the store gives it.
    """

    participant_id: str
    at: datetime
    ground: str
    decided_by: str
    approved_by: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long the records of one person are still to be kept.

    Attributes
    ----------
    ended_on
        When the support ended; None while it goes on, or where nobody noted it.
    until_on
        Last day of keeping; None where `ended_on` is.
    holds
        What forbids any deletion today.
    """

    ended_on: date | None
    until_on: date | None
    holds: tuple[LegalHold, ...] = ()

    def has_passed(self, day: date) -> bool:
        """Tell whether the time of keeping is over and nothing forbids the deletion."""
        return self.until_on is not None and self.until_on < day and not self.holds


def keeping_of(ended_on: date | None, holds: Iterable[LegalHold], today: date) -> Keeping:
    """Return how long somebody's records are to be kept."""
    until = kept_until(ended_on, own_retention().rule(CASE)) if ended_on else None
    return Keeping(ended_on, until, tuple(each for each in holds if each.stands_on(today)))


def is_confirmed(typed: str, case_no: str, name: str) -> bool:
    """Tell whether the number or the name of a person was typed, in any width and spacing.

    >>> is_confirmed("青葉　実", "T-0001", "青葉 実")
    True
    """
    is_number = number_key(typed) == number_key(case_no)
    return bool(typed.strip()) and (is_number or search_key(typed) == search_key(name))


def check_may_be_deleted(keeping: Keeping, ground: Ground, today: date) -> None:
    """Raise unless the rules allow to delete somebody's records on a ground.

    Raises
    ------
    CaseError
        ``deletion_on_hold``; ``still_to_be_kept`` where the ground asks for the end of keeping.
    """
    if keeping.holds:
        raise CaseError("deletion_on_hold", count=len(keeping.holds))
    if ground.after_retention and not keeping.has_passed(today):
        raise CaseError("still_to_be_kept")
