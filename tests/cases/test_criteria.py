"""The criteria of cases are reviewed each year, and it is told in time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from cases.criteria import own_criteria

GIVEN = replace(own_criteria(), reviewed_on=date(2026, 4, 1))


def test_what_comes_with_the_product_is_dated() -> None:
    own = own_criteria()
    assert own.source
    assert own.every_months == 12
    assert all(part.items for part in own.parts)


@pytest.mark.parametrize(
    ("reviewed_on", "noted", "due_on"),
    [
        (date(2026, 4, 1), None, date(2027, 4, 1)),
        (date(2026, 4, 1), date(2026, 12, 31), date(2027, 12, 28)),
        (date(2026, 4, 1), date(2025, 4, 1), date(2027, 4, 1)),
        (date(2028, 2, 29), None, date(2029, 2, 28)),
    ],
)
def test_a_year_later(reviewed_on: date, noted: date | None, due_on: date) -> None:
    assert replace(GIVEN, reviewed_on=reviewed_on).due_on(noted) == due_on


def test_it_is_told_a_month_before_and_from_then_on() -> None:
    due = GIVEN.due_on(None)
    told = [GIVEN.is_told(None, due - timedelta(days=days)) for days in (31, 30, 0, -90)]
    assert told == [False, True, True, True]
    assert not GIVEN.is_told(due, due)
