"""When an opening takes place: the national recurrence code, hours, and exceptions.

The code is that of the Government Interoperability Framework (GIF, Digital Agency, CC0; core
data parts "date and time" 441 §1.3): a week part (0 every week, 1-5 the nth, 6 the last, 7 every
other week) and a weekday, joined: `0We`, `13Mo`, `14Tu4Th`, `6Fr`, `7Su`. The standard gives every
other week no starting point; `Schedule.anchor_on` adds it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import IntEnum
from functools import lru_cache

import jpholiday

from catalog.errors import CatalogError

WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
EVERY_WEEK, LAST_WEEK, EVERY_OTHER_WEEK = 0, 6, 7
_TOKEN = re.compile(r"(\d+)|([A-Za-z]{2})|(.)")


class Band(IntEnum):
    """A part of the day; with a weekday it is one of 21 slots of the week."""

    MORNING = 0
    AFTERNOON = 1
    EVENING = 2


_BAND_STARTS_MINUTES = (0, 12 * 60, 17 * 60, 24 * 60)
_LEAST_OVERLAP_MINUTES = 30


@dataclass(frozen=True, slots=True)
class Recurrence:
    """On which days of a month something takes place.

    `days` holds (weekday, weeks) in the order of the week, Monday = 0, each weekday once.
    """

    days: tuple[tuple[int, tuple[int, ...]], ...]

    @property
    def code(self) -> str:
        """The national code, one group for each weekday."""
        return "".join(
            "".join(str(week) for week in weeks) + WEEKDAYS[weekday] for weekday, weeks in self.days
        )

    @property
    def weekdays(self) -> tuple[int, ...]:
        """The weekdays on which it may take place, Monday = 0."""
        return tuple(weekday for weekday, _ in self.days)

    @property
    def fortnightly(self) -> tuple[int, ...]:
        """The weekdays on which it takes place every other week only."""
        return tuple(weekday for weekday, weeks in self.days if EVERY_OTHER_WEEK in weeks)


def parse_recurrence(text: str) -> Recurrence:
    """Read a national recurrence code; full-width forms, spaces and any case are understood.

    Several weekdays may share one week part (`0MoWe` = `0Mo0We`).

    Raises
    ------
    CatalogError
        Naming the part that is impossible and why.
    """
    code = "".join(unicodedata.normalize("NFKC", text).split())
    if not code:
        raise CatalogError("recurrence_empty")
    found: dict[int, list[int]] = {}
    weeks, used = "", True
    for digits, letters, other in _TOKEN.findall(code):
        if digits:
            _check_weekday_follows(text, weeks, used)
            weeks, used = digits, False
            continue
        weekday = _weekday(text, letters or other)
        if not weeks:
            raise CatalogError("recurrence_week_missing", text=text, part=letters)
        found.setdefault(weekday, []).extend(_week(text, digit) for digit in weeks)
        used = True
    _check_weekday_follows(text, weeks, used)
    for weekday, numbers in found.items():
        _check_weeks(text, WEEKDAYS[weekday], numbers)
    return Recurrence(tuple((day, tuple(sorted(found[day]))) for day in sorted(found)))


def _check_weekday_follows(text: str, weeks: str, used: bool) -> None:
    if not used:
        raise CatalogError("recurrence_weekday_missing", text=text, part=weeks)


def _weekday(text: str, letters: str) -> int:
    try:
        return WEEKDAYS.index(letters.capitalize())
    except ValueError:
        raise CatalogError("recurrence_weekday", text=text, part=letters) from None


def _week(text: str, digit: str) -> int:
    week = int(digit)
    if week > EVERY_OTHER_WEEK:
        raise CatalogError("recurrence_week", text=text, part=digit)
    return week


def _check_weeks(text: str, weekday: str, weeks: list[int]) -> None:
    part = "".join(str(week) for week in weeks) + weekday
    if len(set(weeks)) < len(weeks):
        raise CatalogError("recurrence_duplicate", text=text, part=part)
    if len(weeks) > 1 and {EVERY_WEEK, EVERY_OTHER_WEEK} & set(weeks):
        raise CatalogError("recurrence_mixed", text=text, part=part)


@dataclass(frozen=True, slots=True)
class ClosedPeriod:
    """Days on which nothing takes place: every year (`"12-29"` to `"01-03"`) or exact dates."""

    first: str | date
    last: str | date
    words: str = ""

    def __post_init__(self) -> None:
        if isinstance(self.first, str) != isinstance(self.last, str):
            raise CatalogError("closed_mixed", first=self.first, last=self.last)
        for value in (self.first, self.last):
            if isinstance(value, str):
                _check_day_of_year(value)
        if isinstance(self.first, date) and isinstance(self.last, date) and self.first > self.last:
            raise CatalogError("closed_order", first=self.first, last=self.last)

    def covers(self, day: date) -> bool:
        """Say whether the place is closed on `day`; a yearly period may run over New Year."""
        if isinstance(self.first, date) and isinstance(self.last, date):
            return self.first <= day <= self.last
        first, last, this = str(self.first), str(self.last), f"{day:%m-%d}"
        return first <= this <= last if first <= last else this >= first or this <= last


def _check_day_of_year(value: str) -> None:
    try:
        valid = len(value) == 5 and date.fromisoformat(f"2000-{value}") is not None
    except ValueError:
        valid = False
    if not valid:
        raise CatalogError("closed_day", value=value)


@dataclass(frozen=True, slots=True)
class Schedule:
    """A recurrence with its hours, its first and last day, and its days off.

    `anchor_on` is a day on which a fortnightly recurrence takes place.
    """

    recurrence: Recurrence
    starts_at: time
    ends_at: time
    anchor_on: date | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    closed_on_holidays: bool = False
    closed: tuple[ClosedPeriod, ...] = ()

    def __post_init__(self) -> None:
        if self.ends_at <= self.starts_at:
            raise CatalogError(
                "schedule_times",
                starts_at=f"{self.starts_at:%H:%M}",
                ends_at=f"{self.ends_at:%H:%M}",
            )
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise CatalogError("schedule_dates", starts_on=self.starts_on, ends_on=self.ends_on)
        fortnightly = self.recurrence.fortnightly
        if fortnightly and self.anchor_on is None:
            raise CatalogError("anchor_missing", code=self.recurrence.code)
        if fortnightly and self.anchor_on and self.anchor_on.weekday() not in fortnightly:
            raise CatalogError(
                "anchor_weekday", code=self.recurrence.code, anchor_on=self.anchor_on
            )


def occurrences(schedule: Schedule, first_on: date, last_on: date) -> list[date]:
    """Return the days from `first_on` to `last_on` (both included) on which it takes place."""
    first = max(first_on, schedule.starts_on or first_on)
    last = min(last_on, schedule.ends_on or last_on)
    days = [
        day
        for weekday, weeks in schedule.recurrence.days
        for day in _days_of(weekday, first, last)
        if _in_weeks(day, weeks, schedule.anchor_on) and not _is_closed(day, schedule)
    ]
    return sorted(days)


def _days_of(weekday: int, first: date, last: date) -> Iterable[date]:
    start = (weekday - first.weekday()) % 7
    return (first + timedelta(n) for n in range(start, (last - first).days + 1, 7))


def _in_weeks(day: date, weeks: tuple[int, ...], anchor_on: date | None) -> bool:
    if EVERY_WEEK in weeks or (day.day + 6) // 7 in weeks:
        return True
    if LAST_WEEK in weeks and (day + timedelta(7)).month != day.month:
        return True
    if EVERY_OTHER_WEEK not in weeks or anchor_on is None:
        return False
    return (_monday(day) - _monday(anchor_on)).days % 14 == 0


def _monday(day: date) -> date:
    return day - timedelta(day.weekday())


def _is_closed(day: date, schedule: Schedule) -> bool:
    return any(period.covers(day) for period in schedule.closed) or (
        schedule.closed_on_holidays and bool(jpholiday.is_holiday(day))
    )


def slot_bit(weekday: int, band: Band) -> int:
    """Return the bit of one weekday (Monday = 0) and band in a 21-bit week."""
    return 1 << (weekday * 3 + band)


def slot_masks(schedule: Schedule) -> tuple[int, ...]:
    """Return, for each weekday, the bits of the bands that one must have free to take part.

    A band counts from 30 minutes of overlap on; a shorter meeting counts in the band that holds
    most of it (the earlier one on a tie). Sorted, each mask once.
    """
    return _masks(schedule.starts_at, schedule.ends_at, schedule.recurrence.weekdays)


@lru_cache(maxsize=4096)  # a search asks the same few hundred times over and over
def _masks(starts_at: time, ends_at: time, weekdays: tuple[int, ...]) -> tuple[int, ...]:
    bands = _bands(starts_at, ends_at)
    return tuple(sorted(sum(slot_bit(day, band) for band in bands) for day in weekdays))


def _bands(starts_at: time, ends_at: time) -> list[Band]:
    start, end = _minutes(starts_at), _minutes(ends_at)
    overlap_minutes = {
        band: min(end, _BAND_STARTS_MINUTES[band + 1]) - max(start, _BAND_STARTS_MINUTES[band])
        for band in Band
    }
    long = [band for band in Band if overlap_minutes[band] >= _LEAST_OVERLAP_MINUTES]
    return long or [max(Band, key=lambda band: overlap_minutes[band])]


def _minutes(at: time) -> float:
    return at.hour * 60 + at.minute + at.second / 60
