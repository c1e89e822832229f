"""How often a meeting has to sit, and whether it is overdue."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from catalog.municipality import MeetingSetting

_MONTHS = 12
_FIRST_MONTH = 4


class Standing(StrEnum):
    """How a kind of meeting stands in its rhythm."""

    OVERDUE = "overdue"
    """The part of the year before passed without a sitting, and none is there since."""
    DUE = "due"
    SAT = "sat"
    """There was one in this part of the year, or one is planned."""
    AS_NEEDED = "as_needed"


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A kind of meeting: how it stands, until when the next sitting is due, the last and next."""

    setting: MeetingSetting
    standing: Standing
    until_on: date | None = None
    last_on: date | None = None
    next_on: date | None = None


def rhythm_of(setting: MeetingSetting, held: Iterable[date], today: date) -> Rhythm:
    """Return how a kind of meeting stands on a day.

    The fiscal year (4 月から) is divided into as many parts as there are sittings to be.

    Parameters
    ----------
    held
        Days of sittings that were held or are planned.
    """
    days = sorted(held)
    last = max((day for day in days if day <= today), default=None)
    following = min((day for day in days if day > today), default=None)
    if setting.times_a_year is None:
        return Rhythm(setting, Standing.AS_NEEDED, None, last, following)
    starts, ends = part_of_year(setting.times_a_year, today)
    before, _ = part_of_year(setting.times_a_year, starts - timedelta(days=1))
    if any(starts <= day <= ends for day in days):
        standing = Standing.SAT
    elif last is not None and last < before:
        standing = Standing.OVERDUE
    else:
        standing = Standing.DUE
    return Rhythm(setting, standing, ends, last, following)


def part_of_year(times_a_year: int, day: date) -> tuple[date, date]:
    """Return the first and the last day of the part of the fiscal year in which a day lies.

    >>> part_of_year(2, date(2026, 11, 24))
    (datetime.date(2026, 10, 1), datetime.date(2027, 3, 31))
    >>> part_of_year(1, date(2027, 2, 1))
    (datetime.date(2026, 4, 1), datetime.date(2027, 3, 31))
    """
    year = day.year if day.month >= _FIRST_MONTH else day.year - 1
    months = (day.year - year) * _MONTHS + day.month - _FIRST_MONTH
    part = months * times_a_year // _MONTHS
    first = -(-part * _MONTHS // times_a_year)
    after = -(-(part + 1) * _MONTHS // times_a_year)
    return _month(year, first), _month(year, after) - timedelta(days=1)


def in_order(rhythms: Iterable[Rhythm]) -> list[Rhythm]:
    """Return kinds of meetings, the overdue ones first, then those that are due."""
    order = list(Standing)
    return sorted(rhythms, key=lambda each: order.index(each.standing))


def _month(year: int, months: int) -> date:
    at = months + _FIRST_MONTH - 1
    return date(year + at // _MONTHS, at % _MONTHS + 1, 1)
