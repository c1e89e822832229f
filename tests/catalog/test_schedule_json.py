"""A schedule as JSON."""

from __future__ import annotations

import json
from datetime import time
from typing import Any

import pytest
from hypothesis import given

from catalog.errors import CatalogError
from catalog.schedule import Schedule
from catalog.schedule_json import schedule_from_json, schedule_to_json
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
