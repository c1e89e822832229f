"""The next four weeks of a schedule, as a small calendar that begins on Sunday."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

import jpholiday

from catalog.schedule import Schedule, occurrences

WEEKS: Final = 4
_AHEAD: Final = timedelta(days=200)


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the calendar.

    Attributes
    ----------
    words
        Its number; with the month on the first day shown and on the first of a month.
    mark
        `on` where it takes place, `off` where it would but for a holiday or days off, or nothing.
    is_red
        Sundays and holidays, as calendars in Japan print them.
    """

    on: date
    words: str
    mark: str
    is_red: bool
    is_today: bool


def four_weeks(schedule: Schedule | None, today: date) -> tuple[tuple[Day, ...], ...]:
    """Return the weeks from this one on; by arrangement there are none."""
    if schedule is None:
        return ()
    first = today - timedelta(days=(today.weekday() + 1) % 7)
    last = first + timedelta(days=7 * WEEKS - 1)
    held = set(occurrences(schedule, max(first, today), last))
    planned = set(
        occurrences(replace(schedule, closed_on_holidays=False, closed=()), max(first, today), last)
    )
    days = [_day(first + timedelta(n), first, today, held, planned) for n in range(7 * WEEKS)]
    return tuple(tuple(days[at : at + 7]) for at in range(0, len(days), 7))


def _day(on: date, first: date, today: date, held: set[date], planned: set[date]) -> Day:
    with_month = on == first or on.day == 1
    return Day(
        on=on,
        words=f"{on.month}/{on.day}" if with_month else str(on.day),
        mark="on" if on in held else "off" if on in planned else "",
        is_red=on.weekday() == 6 or bool(jpholiday.is_holiday(on)),
        is_today=on == today,
    )


def next_days(schedule: Schedule | None, today: date, most: int = 3) -> Sequence[date]:
    """Return the next days on which it takes place."""
    if schedule is None:
        return ()
    return occurrences(schedule, today, today + _AHEAD)[:most]
