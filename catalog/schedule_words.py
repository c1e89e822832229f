"""A schedule as people say it: 第1・第3月曜日 10:00〜12:00（祝日は休み）."""

from __future__ import annotations

from catalog.schedule import EVERY_OTHER_WEEK, EVERY_WEEK, LAST_WEEK, Recurrence, Schedule

WEEKDAY_LETTERS = "月火水木金土日"
_WEEK_WORDS = {EVERY_WEEK: "毎週", LAST_WEEK: "最終", EVERY_OTHER_WEEK: "隔週"}


def recurrence_in_words(recurrence: Recurrence) -> str:
    """Return the recurrence in Japanese; weekdays with the same weeks are said together."""
    by_weeks: dict[tuple[int, ...], str] = {}
    for weekday, weeks in recurrence.days:
        by_weeks[weeks] = by_weeks.get(weeks, "") + WEEKDAY_LETTERS[weekday]
    return "、".join(
        f"{_weeks_in_words(weeks)}{'・'.join(letters)}曜日" for weeks, letters in by_weeks.items()
    )


def schedule_in_words(schedule: Schedule) -> str:
    """Return days, hours and days off in one Japanese phrase."""
    off = ["祝日は休み"] if schedule.closed_on_holidays else []
    off += [each.words or f"{each.first}〜{each.last}は休み" for each in schedule.closed]
    hours = f"{schedule.starts_at:%H:%M}〜{schedule.ends_at:%H:%M}"
    tail = f"（{'、'.join(off)}）" if off else ""
    return f"{recurrence_in_words(schedule.recurrence)} {hours}{tail}"


def _weeks_in_words(weeks: tuple[int, ...]) -> str:
    return "・".join(_WEEK_WORDS.get(week, f"第{week}") for week in weeks)
