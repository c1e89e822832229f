"""Dates, schedules and amounts in Japanese."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest

from cases.words.dates import (
    available_words,
    closed_words,
    date_words,
    day_words,
    minutes_words,
    schedule_days_words,
    schedule_words,
    year_words,
    yen_words,
)
from catalog.schedule import Band, ClosedPeriod, Schedule, parse_recurrence


def schedule(code: str, start: str = "10:00", end: str = "11:00", **more: Any) -> Schedule:
    """Return a schedule of a recurrence code."""
    anchor = date(2026, 11, 1) if "7" in code else None  # a Sunday
    hours = (time.fromisoformat(start), time.fromisoformat(end))
    return Schedule(parse_recurrence(code), *hours, anchor_on=anchor, **more)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 11, 12), "令和8年11月12日（木）"),
        (date(2019, 5, 1), "令和元年5月1日（水）"),
        (date(2019, 4, 30), "平成31年4月30日（火）"),
        (date(1989, 1, 7), "昭和64年1月7日（土）"),
        (date(1926, 12, 25), "昭和元年12月25日（土）"),
        (date(1926, 12, 24), "大正15年12月24日（金）"),
        (date(1912, 7, 29), "明治45年7月29日（月）"),
    ],
)
def test_dates_are_of_their_era(day: date, words: str) -> None:
    assert date_words(day) == words


def test_before_the_common_calendar_no_era_is_claimed() -> None:
    assert year_words(date(1872, 12, 31)) == "1872年"


def test_days_in_lists_have_no_year() -> None:
    assert day_words(date(2026, 11, 12)) == "11月12日（木）"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("0We", "毎週水曜 10時〜11時"),
        ("0TuTh", "毎週火・木曜 10時〜11時"),
        ("0MoTuWeThFr", "毎週月〜金曜 10時〜11時"),
        ("0SaSu", "毎週土・日曜 10時〜11時"),
        ("0MoTuWeThFrSaSu", "毎日 10時〜11時"),
        ("13Mo", "第1・第3月曜 10時〜11時"),
        ("14Tu4Th", "第1・第4火曜と第4木曜 10時〜11時"),
        ("6Fr", "最終金曜 10時〜11時"),
        ("26Fr", "第2・最終金曜 10時〜11時"),
        ("7Su", "隔週日曜 10時〜11時"),
    ],
)
def test_schedules_in_words(code: str, words: str) -> None:
    assert schedule_words(schedule(code)) == words


def test_minutes_of_a_schedule_are_said_only_where_there_are_some() -> None:
    assert schedule_words(schedule("0Tu", "09:30", "12:00")) == "毎週火曜 9時30分〜12時"


def test_no_schedule_is_by_arrangement() -> None:
    assert schedule_words(None) == "曜日と時間は相談して決めます"
    assert schedule_days_words(None) == "曜日は相談"


def test_a_cell_has_room_for_the_days_only() -> None:
    assert schedule_days_words(schedule("24Tu")) == "第2・第4火曜"


def test_days_off_in_words() -> None:
    closed = (
        ClosedPeriod("12-29", "01-03", "年末年始"),
        ClosedPeriod("08-01", "08-31"),
        ClosedPeriod(date(2026, 11, 3), date(2026, 11, 3)),
        ClosedPeriod("08-13", "08-15", "お盆休み"),
    )
    words = closed_words(schedule("0We", closed_on_holidays=True, closed=closed))
    assert words == ("祝日は休み、年末年始は休み、8月1日〜8月31日は休み、11月3日は休み、お盆休み")
    assert closed_words(schedule("0We")) == ""


@pytest.mark.parametrize(
    ("available", "words"),
    [
        ({(1, Band.MORNING), (2, Band.MORNING)}, "火・水曜の午前"),
        (
            {(2, Band.MORNING), (2, Band.AFTERNOON), (3, Band.AFTERNOON)},
            "水曜の午前・午後、木曜の午後",
        ),
        ({(5, band) for band in Band}, "土曜はいつでも"),
        (set(), ""),
    ],
)
def test_availability_in_words(available: set[tuple[int, Band]], words: str) -> None:
    assert available_words(frozenset(available)) == words


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0.0, "1分"), (17.2, "18分"), (18.0, "18分"), (60, "1時間"), (75, "1時間15分")],
)
def test_minutes_are_rounded_up(minutes: float, words: str) -> None:
    assert minutes_words(minutes) == words


def test_amounts() -> None:
    assert [yen_words(yen) for yen in (0, 300, 1200)] == ["無料", "300円", "1,200円"]
