"""When a meeting has to sit, and when it is overdue."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from cases.meetings.rhythm import Standing, in_order, part_of_year, rhythm_of
from catalog.errors import CatalogError
from catalog.municipality import MeetingSetting

TODAY = date(2026, 11, 24)
MONTHLY = MeetingSetting("confidential", "支援会議", times_a_year=12)
YEARLY = MeetingSetting("review", "推進委員会", times_a_year=1)


@pytest.mark.parametrize("times", range(1, 13))
def test_the_parts_of_a_year_follow_one_another_without_gap(times: int) -> None:
    """From April to March, as many as there are sittings to be."""
    first, parts = date(2026, 4, 1), 0
    while first < date(2027, 4, 1):
        starts, ends = part_of_year(times, first)
        assert starts == first
        assert part_of_year(times, ends) == (starts, ends)
        first, parts = ends + timedelta(days=1), parts + 1
    assert (first, parts) == (date(2027, 4, 1), times)


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        ([], Standing.DUE),
        ([date(2026, 11, 2)], Standing.SAT),
        ([date(2026, 11, 30)], Standing.SAT),
        ([date(2026, 10, 5)], Standing.DUE),
        ([date(2026, 9, 7)], Standing.OVERDUE),
        ([date(2026, 9, 7), date(2026, 12, 7)], Standing.OVERDUE),
    ],
)
def test_a_monthly_meeting_is_overdue_when_a_month_passed_without(
    held: list[date], expected: Standing
) -> None:
    assert rhythm_of(MONTHLY, held, TODAY).standing is expected


def test_a_yearly_one_is_due_until_the_end_of_march_and_overdue_after_a_year_without() -> None:
    rhythm = rhythm_of(YEARLY, [date(2025, 6, 1)], TODAY)
    assert (rhythm.standing, rhythm.until_on) == (Standing.DUE, date(2027, 3, 31))
    assert rhythm_of(YEARLY, [date(2025, 3, 31)], TODAY).standing is Standing.OVERDUE


def test_overdue_ones_come_first_and_as_needed_ones_last() -> None:
    as_needed = MeetingSetting("liaison", "連絡会")
    rhythms = [
        rhythm_of(as_needed, [], TODAY),
        rhythm_of(YEARLY, [], TODAY),
        rhythm_of(MONTHLY, [date(2026, 1, 1)], TODAY),
    ]
    assert [each.setting for each in in_order(rhythms)] == [MONTHLY, YEARLY, as_needed]


def test_a_meeting_sits_at_most_every_month() -> None:
    with pytest.raises(CatalogError, match="times_a_year"):
        MeetingSetting("review", "委員会", times_a_year=13)
