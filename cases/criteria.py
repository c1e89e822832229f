"""When a case is taken on, when 参加支援 begins and ends: dated criteria, reviewed each year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from cases.own_data import own_data

_MONTHS = 12


@dataclass(frozen=True, slots=True)
class CriteriaPart:
    """What holds at one turning point."""

    title: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Criteria:
    """The criteria, with when they were looked at last as they came with the product."""

    version: str
    source: str
    reviewed_on: date
    every_months: int
    told_days_before: int
    parts: tuple[CriteriaPart, ...]

    def last_review(self, noted: date | None) -> date:
        """Return when they were reviewed last; the office notes it when it has done so."""
        return max(self.reviewed_on, noted or self.reviewed_on)

    def due_on(self, noted: date | None) -> date:
        """Return until when they have to be reviewed again."""
        last = self.last_review(noted)
        months = last.month - 1 + self.every_months
        # No month is shorter than 28 days.
        return date(last.year + months // _MONTHS, months % _MONTHS + 1, min(last.day, 28))

    def is_told(self, noted: date | None, today: date) -> bool:
        """Tell whether the review is due, or will be before long."""
        return today >= self.due_on(noted) - timedelta(days=self.told_days_before)


@cache
def own_criteria() -> Criteria:
    """Return the criteria that come with the product (`cases/data/criteria.toml`)."""
    data = own_data("criteria")
    parts = tuple(CriteriaPart(each["title"], tuple(each["items"])) for each in data.pop("parts"))
    return Criteria(**data, parts=parts)
