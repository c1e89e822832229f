"""A schedule as JSON and in Japanese."""

from __future__ import annotations

import json
from datetime import date, time
from typing import Any

import pytest
from hypothesis import given

from catalog.errors import CatalogError
from catalog.schedule import ClosedPeriod, Schedule, parse_recurrence
from catalog.schedule_json import schedule_from_json, schedule_to_json
from catalog.schedule_words import recurrence_in_words, schedule_in_words
from tests.catalog.examples import a_schedule, schedules


@given(schedules())
def test_every_schedule_survives_json(schedule: Schedule) -> None:
    """Writing to text and reading back changes nothing."""
    text = json.dumps(schedule_to_json(schedule))
    assert schedule_from_json(json.loads(text)) == schedule


@pytest.mark.parametrize(
    "change",
    [
        {"starts_at": "25:00"},
        {"anchor_on": "2026-13-01"},
        {"closed": [{"first": "08-01"}]},
        {"ends_at": None},
    ],
)
def test_json_that_is_no_schedule_is_refused(change: dict[str, Any]) -> None:
    """The error is a `CatalogError` that keeps the cause."""
    data = schedule_to_json(a_schedule())
    with pytest.raises(CatalogError) as caught:
        schedule_from_json({**data, **change})
    assert caught.value.code == "schedule_value"
    assert caught.value.__cause__ is not None
    assert "not a schedule" in str(caught.value)


def test_a_broken_rule_in_json_keeps_its_own_code() -> None:
    """What the schedule itself refuses is not called unreadable."""
    data = schedule_to_json(a_schedule(starts_at=time(10)))
    with pytest.raises(CatalogError) as caught:
        schedule_from_json({**data, "ends_at": "09:00"})
    assert caught.value.code == "schedule_times"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("0We", "毎週水曜日"),
        ("0MoWe", "毎週月・水曜日"),
        ("13Mo", "第1・第3月曜日"),
        ("14Tu4Th", "第1・第4火曜日、第4木曜日"),
        ("6Fr", "最終金曜日"),
        ("26Sa", "第2・最終土曜日"),
        ("7Su", "隔週日曜日"),
    ],
)
def test_a_recurrence_is_said_as_people_say_it(code: str, words: str) -> None:
    """Weekdays with the same weeks are said together."""
    assert recurrence_in_words(parse_recurrence(code)) == words


def test_hours_and_days_off_follow_the_days() -> None:
    """A day off uses its own words where it has them."""
    schedule = a_schedule(
        closed_on_holidays=True,
        closed=(
            ClosedPeriod("08-01", "08-31", "8月は休み"),
            ClosedPeriod(date(2026, 5, 1), date(2026, 5, 2)),
        ),
    )
    assert schedule_in_words(schedule) == (
        "毎週水曜日 10:00〜12:00（祝日は休み、8月は休み、2026-05-01〜2026-05-02は休み）"
    )
    assert schedule_in_words(a_schedule()) == "毎週水曜日 10:00〜12:00"
