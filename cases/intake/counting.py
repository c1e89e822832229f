"""How many first words were received: by fiscal year, month, window, field and 圏域."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Final

APRIL: Final = 4
MONTHS: Final = (4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3)
"""The months of a fiscal year in their order."""


@dataclass(frozen=True, slots=True)
class HeardOn:
    """What is counted of one first word: no words, nobody; codes as in `Reception`."""

    received_on: date
    window: str = ""
    field: str = ""
    district: str = ""


@dataclass(frozen=True, slots=True)
class YearCount:
    """The first words of one fiscal year (April to March, called by the year in which it begins).

    Attributes
    ----------
    by_month
        By window and month (1-12).
    by_field
        By window and field.
    by_district
        By window and the 圏域 of whoever connected it; those without one are in none.
    """

    year: int
    by_month: Counter[tuple[str, int]] = field(default_factory=Counter)
    by_field: Counter[tuple[str, str]] = field(default_factory=Counter)
    by_district: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def windows(self) -> frozenset[str]:
        """Return the windows at which anything was received."""
        return frozenset(window for window, _ in self.by_month)

    def total(self, window: str | None = None) -> int:
        """Return how many there were at a window, or at all of them."""
        return sum(
            count for (at, _), count in self.by_month.items() if window is None or at == window
        )

    def connecting_districts(self, window: str | None = None) -> frozenset[str]:
        """Return the 圏域 that connected at least one, to a window or to any."""
        return frozenset(
            district for at, district in self.by_district if window is None or at == window
        )


def fiscal_year(day: date) -> int:
    """Return the year in which the fiscal year of a day began.

    >>> fiscal_year(date(2027, 3, 31)), fiscal_year(date(2027, 4, 1))
    (2026, 2027)
    """
    return day.year if day.month >= APRIL else day.year - 1


def count_heard(heard: Iterable[HeardOn]) -> dict[int, YearCount]:
    """Count first words by fiscal year; a year in which nothing was heard is not there."""
    years: dict[int, YearCount] = {}
    for each in heard:
        year = fiscal_year(each.received_on)
        count = years.setdefault(year, YearCount(year))
        count.by_month[each.window, each.received_on.month] += 1
        count.by_field[each.window, each.field] += 1
        if each.district:
            count.by_district[each.window, each.district] += 1
    return dict(sorted(years.items()))
