"""Dates, times, schedules and amounts as people in Japan read them."""

from __future__ import annotations

from datetime import date, time
from typing import Final

from catalog.schedule import EVERY_OTHER_WEEK, EVERY_WEEK, LAST_WEEK, Band, Schedule

WEEKDAYS_JA: Final = "月火水木金土日"
BANDS_JA: Final = {Band.MORNING: "午前", Band.AFTERNOON: "午後", Band.EVENING: "夕方"}
BY_ARRANGEMENT: Final = "曜日と時間は相談して決めます"

# First days of the eras: 元号を改める政令 (令和, 平成), 改元の詔書 (昭和, 大正). The calendar of
# 明治 is the common one from 1873 on (太政官布告第337号); nobody alive was born before that.
_ERAS: Final = (
    (date(2019, 5, 1), "令和"),
    (date(1989, 1, 8), "平成"),
    (date(1926, 12, 25), "昭和"),
    (date(1912, 7, 30), "大正"),
    (date(1873, 1, 1), "明治"),
)
_MEIJI_BEGAN: Final = 1868


def year_words(day: date) -> str:
    """Return the year of a day in its era: 令和8年, 平成元年; before 1873 the common year."""
    for first_day, era in _ERAS:
        if day >= first_day:
            begun = _MEIJI_BEGAN if era == "明治" else first_day.year
            year = day.year - begun + 1
            return f"{era}{'元' if year == 1 else year}年"
    return f"{day.year}年"


def day_words(day: date) -> str:
    """Return a day without its year, for lists: 11月12日（木）."""
    return f"{day.month}月{day.day}日（{WEEKDAYS_JA[day.weekday()]}）"


def date_words(day: date) -> str:
    """Return a day in full: 令和8年11月12日（木）."""
    return year_words(day) + day_words(day)


def time_words(at: time) -> str:
    """Return a time of day: 10時, 9時30分."""
    return f"{at.hour}時{at.minute}分" if at.minute else f"{at.hour}時"


def hours_words(starts_at: time, ends_at: time) -> str:
    """Return a span of a day: 10時〜11時30分."""
    return f"{time_words(starts_at)}〜{time_words(ends_at)}"


def yen_words(yen: int) -> str:
    """Return an amount: 1,200円, and 無料 for nothing."""
    return f"{yen:,}円" if yen else "無料"


def minutes_words(minutes: float) -> str:
    """Return a length of time, rounded up to whole minutes, at least 1: 18分, 1時間15分."""
    whole = max(1, int(-(-minutes // 1)))
    hours, rest = divmod(whole, 60)
    if not hours:
        return f"{rest}分"
    return f"{hours}時間{rest}分" if rest else f"{hours}時間"


def weekdays_words(weekdays: tuple[int, ...]) -> str:
    """Return weekdays (Monday 0, in order): 水曜, 火・木曜, 月〜金曜 for three or more."""
    first, last = weekdays[0], weekdays[-1]
    in_a_row = len(weekdays) > 2 and weekdays == tuple(range(first, last + 1))
    if in_a_row:
        return f"{WEEKDAYS_JA[first]}〜{WEEKDAYS_JA[last]}曜"
    return "・".join(WEEKDAYS_JA[day] for day in weekdays) + "曜"


def _weeks_words(weeks: tuple[int, ...]) -> str:
    special = {EVERY_WEEK: "毎週", EVERY_OTHER_WEEK: "隔週", LAST_WEEK: "最終"}
    return "・".join(special.get(week, f"第{week}") for week in weeks)


def recurrence_words(schedule: Schedule) -> str:
    """Return on which days it takes place: 毎週水曜, 第1・第3月曜, 隔週日曜, 毎日."""
    by_weeks: dict[tuple[int, ...], list[int]] = {}
    for weekday, weeks in schedule.recurrence.days:
        by_weeks.setdefault(weeks, []).append(weekday)
    if by_weeks == {(EVERY_WEEK,): list(range(7))}:
        return "毎日"
    return "と".join(_weeks_words(w) + weekdays_words(tuple(days)) for w, days in by_weeks.items())


def schedule_days_words(schedule: Schedule | None) -> str:
    """Return on which days an opening takes place, for a cell of a list: 毎週水曜, 曜日は相談."""
    return recurrence_words(schedule) if schedule else "曜日は相談"


def schedule_words(schedule: Schedule | None) -> str:
    """Return when an opening takes place: 毎週水曜 10時〜11時; without one, by arrangement."""
    if schedule is None:
        return BY_ARRANGEMENT
    return f"{recurrence_words(schedule)} {hours_words(schedule.starts_at, schedule.ends_at)}"


def closed_words(schedule: Schedule) -> str:
    """Return the days off, or nothing: 祝日は休み、年末年始は休み."""
    names = ["祝日"] if schedule.closed_on_holidays else []
    names += [
        period.words or _period_words(period.first, period.last) for period in schedule.closed
    ]
    return "、".join(name if name.endswith("休み") else f"{name}は休み" for name in names)


def _period_words(first: str | date, last: str | date) -> str:
    days = [value if isinstance(value, date) else date.fromisoformat(f"2000-{value}")
            for value in (first, last)]  # fmt: skip
    words = [f"{day.month}月{day.day}日" for day in days]
    return words[0] if words[0] == words[1] else "〜".join(words)


def available_words(available: frozenset[tuple[int, Band]]) -> str:
    """Return the bands of the week in which a person can come: 火・水曜の午前、木曜の午後."""
    by_bands: dict[tuple[Band, ...], list[int]] = {}
    for weekday in range(7):
        if bands := tuple(band for band in Band if (weekday, band) in available):
            by_bands.setdefault(bands, []).append(weekday)
    return "、".join(
        weekdays_words(tuple(days))
        + (
            "はいつでも"
            if len(bands) == len(Band)
            else "の" + "・".join(BANDS_JA[band] for band in bands)
        )
        for bands, days in by_bands.items()
    )
