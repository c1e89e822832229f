"""Recurrence codes and the days and slots that follow from them."""

from __future__ import annotations

import calendar
from contextlib import suppress
from datetime import date, time, timedelta

import holidays
import jpholiday
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.errors import CatalogError
from catalog.schedule import (
    Band,
    ClosedPeriod,
    Recurrence,
    Schedule,
    occurrences,
    parse_recurrence,
    slot_bit,
    slot_masks,
)
from tests.catalog.examples import a_schedule, days, recurrences, schedules


@pytest.mark.parametrize(
    ("text", "code", "days"),
    [
        ("0We", "0We", ((2, (0,)),)),
        ("13Mo", "13Mo", ((0, (1, 3)),)),
        ("14Tu4Th", "14Tu4Th", ((1, (1, 4)), (3, (4,)))),
        ("6Fr", "6Fr", ((4, (6,)),)),
        ("7Su", "7Su", ((6, (7,)),)),
        ("31Mo", "13Mo", ((0, (1, 3)),)),
        ("0Th0Mo", "0Mo0Th", ((0, (0,)), (3, (0,)))),
        ("0MoWe", "0Mo0We", ((0, (0,)), (2, (0,)))),
        ("1Mo3Mo", "13Mo", ((0, (1, 3)),)),
        (" ０Ｗｅ ", "0We", ((2, (0,)),)),
        ("0we 0TH", "0We0Th", ((2, (0,)), (3, (0,)))),
    ],
)
def test_national_codes_are_read(
    text: str, code: str, days: tuple[tuple[int, tuple[int, ...]], ...]
) -> None:
    """Each code means its days, and is written back in one spelling."""
    recurrence = parse_recurrence(text)
    assert recurrence.days == days
    assert recurrence.code == code


@given(recurrences)
def test_every_recurrence_survives_its_code(recurrence: Recurrence) -> None:
    """Writing and reading a code changes nothing."""
    assert parse_recurrence(recurrence.code) == recurrence


@pytest.mark.parametrize(
    ("text", "code", "part"),
    [
        ("", "recurrence_empty", None),
        (" 　", "recurrence_empty", None),
        ("8Mo", "recurrence_week", "8"),
        ("19Mo", "recurrence_week", "9"),
        ("0Xx", "recurrence_weekday", "Xx"),
        ("0月", "recurrence_weekday", "月"),
        ("0Mo,0We", "recurrence_weekday", ","),
        ("0M", "recurrence_weekday", "M"),
        ("Mo", "recurrence_week_missing", "Mo"),
        ("13", "recurrence_weekday_missing", "13"),
        ("0We13", "recurrence_weekday_missing", "13"),
        ("11Mo", "recurrence_duplicate", "11Mo"),
        ("1Mo1Mo", "recurrence_duplicate", "11Mo"),
        ("01Mo", "recurrence_mixed", "01Mo"),
        ("0Mo3Mo", "recurrence_mixed", "03Mo"),
        ("17Mo", "recurrence_mixed", "17Mo"),
    ],
)
def test_impossible_codes_say_what_is_wrong(text: str, code: str, part: str | None) -> None:
    """The error names the reason and the part that is wrong."""
    with pytest.raises(CatalogError) as caught:
        parse_recurrence(text)
    assert caught.value.code == code
    assert caught.value.params.get("part") == part
    assert text.strip() in str(caught.value)


@given(st.text(alphabet="01367890MoTuWe ", max_size=10))
def test_a_code_is_read_or_refused_never_a_crash(text: str) -> None:
    """Whatever is typed, the answer is a recurrence or a `CatalogError`."""
    with suppress(CatalogError):
        recurrence = parse_recurrence(text)
        assert parse_recurrence(recurrence.code) == recurrence


def test_an_end_before_the_start_names_both_times() -> None:
    """The message can say: ends at 09:00, starts at 10:00."""
    with pytest.raises(CatalogError) as caught:
        a_schedule(starts_at=time(10), ends_at=time(9))
    assert caught.value.code == "schedule_times"
    assert caught.value.params == {"starts_at": "10:00", "ends_at": "09:00"}


def test_a_meeting_of_no_length_is_refused() -> None:
    """Start and end at one moment is a slip of the pen."""
    with pytest.raises(CatalogError, match="not after its start"):
        a_schedule(starts_at=time(10), ends_at=time(10))


def test_a_last_day_before_the_first_is_refused() -> None:
    """Both days are named."""
    with pytest.raises(CatalogError) as caught:
        a_schedule(starts_on=date(2026, 5, 2), ends_on=date(2026, 5, 1))
    assert caught.value.code == "schedule_dates"
    assert caught.value.params["starts_on"] == date(2026, 5, 2)


def test_every_other_week_needs_a_day_to_count_from() -> None:
    """The national code alone does not say which weeks."""
    with pytest.raises(CatalogError, match="needs a date") as caught:
        a_schedule("7Su")
    assert caught.value.code == "anchor_missing"


def test_the_anchor_is_a_day_on_which_it_takes_place() -> None:
    """A Monday cannot anchor a fortnightly Sunday."""
    with pytest.raises(CatalogError) as caught:
        a_schedule("7Su", anchor_on=date(2026, 11, 2))
    assert caught.value.code == "anchor_weekday"


def test_every_other_week_keeps_its_step_over_new_year() -> None:
    """Fourteen days apart, before and after the anchor."""
    schedule = a_schedule("7Su", anchor_on=date(2026, 12, 27))
    found = occurrences(schedule, date(2026, 12, 1), date(2027, 1, 31))
    assert found == [date(2026, 12, 13), date(2026, 12, 27), date(2027, 1, 10), date(2027, 1, 24)]


def test_a_fifth_weekday_is_skipped_in_short_months() -> None:
    """The fifth Friday exists in January and May 2026 only, up to June."""
    found = occurrences(a_schedule("5Fr"), date(2026, 1, 1), date(2026, 6, 30))
    assert found == [date(2026, 1, 30), date(2026, 5, 29)]


def test_the_last_weekday_is_the_fourth_or_the_fifth() -> None:
    """February and a long month."""
    found = occurrences(a_schedule("6Fr"), date(2026, 1, 1), date(2026, 3, 31))
    assert found == [date(2026, 1, 30), date(2026, 2, 27), date(2026, 3, 27)]


def test_a_holiday_closes_only_who_keeps_it() -> None:
    """11 November is a Wednesday of work, 3 November 2026 (文化の日) a Tuesday off."""
    first, last = date(2026, 11, 1), date(2026, 11, 15)
    assert occurrences(a_schedule("0Tu"), first, last) == [date(2026, 11, 3), date(2026, 11, 10)]
    closed = a_schedule("0Tu", closed_on_holidays=True)
    assert occurrences(closed, first, last) == [date(2026, 11, 10)]


def test_summer_new_year_and_single_days_off() -> None:
    """A yearly month, a yearly period over New Year, and one exact day."""
    schedule = a_schedule(
        "0We",
        closed=(
            ClosedPeriod("08-01", "08-31", "8月は休み"),
            ClosedPeriod("12-29", "01-03", "年末年始は休み"),
            ClosedPeriod(date(2026, 9, 9), date(2026, 9, 9), "臨時の休み"),
        ),
    )
    assert occurrences(schedule, date(2026, 8, 1), date(2026, 9, 16)) == [
        date(2026, 9, 2),
        date(2026, 9, 16),
    ]
    assert occurrences(schedule, date(2026, 12, 28), date(2027, 1, 8)) == [date(2027, 1, 6)]


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        ("08-01", date(2026, 8, 31), "closed_mixed"),
        ("13-01", "13-02", "closed_day"),
        ("02-30", "03-01", "closed_day"),
        ("8-1", "08-31", "closed_day"),
        ("08-01", "おわり", "closed_day"),
        (date(2026, 9, 2), date(2026, 9, 1), "closed_order"),
    ],
)
def test_impossible_days_off_are_refused(first: str | date, last: str | date, code: str) -> None:
    """A period is two dates or two days of the year, in order."""
    with pytest.raises(CatalogError) as caught:
        ClosedPeriod(first, last)
    assert caught.value.code == code
    assert str(caught.value)


def test_leap_day_may_be_a_day_off() -> None:
    """29 February is a day of the year."""
    assert ClosedPeriod("02-29", "02-29").covers(date(2028, 2, 29))


def takes_place(schedule: Schedule, day: date) -> bool:
    """Say the slow, obvious way whether a schedule takes place on a day."""
    if schedule.starts_on and day < schedule.starts_on:
        return False
    if schedule.ends_on and day > schedule.ends_on:
        return False
    if schedule.closed_on_holidays and jpholiday.is_holiday(day):
        return False
    if any(day_name(period, day) in days_off(period) for period in schedule.closed):
        return False
    weeks = dict(schedule.recurrence.days).get(day.weekday(), ())
    column = [
        week[day.weekday()]
        for week in calendar.monthcalendar(day.year, day.month)
        if week[day.weekday()]
    ]
    if 0 in weeks or column.index(day.day) + 1 in weeks or (6 in weeks and column[-1] == day.day):
        return True
    anchor = schedule.anchor_on
    if 7 not in weeks or anchor is None:
        return False
    week_of = [each - timedelta(each.isoweekday()) for each in (day, anchor)]
    return abs((week_of[0] - week_of[1]).days) // 7 % 2 == 0


def day_name(period: ClosedPeriod, day: date) -> str:
    """Name a day the way the period names its own."""
    return day.isoformat() if isinstance(period.first, date) else f"{day:%m-%d}"


def days_off(period: ClosedPeriod) -> set[str]:
    """Walk from the first day of a period to its last, over New Year if need be."""
    yearly = isinstance(period.first, str)
    walk = date.fromisoformat(f"2000-{period.first}" if yearly else str(period.first))
    names = {day_name(period, walk)}
    while str(period.last) not in names:
        walk += timedelta(1)
        if yearly and walk.year == 2001:
            walk = date(2000, 1, 1)
        names.add(day_name(period, walk))
    return names


@given(schedules(), days, st.integers(-3, 70))
def test_occurrences_equal_a_walk_through_the_calendar(
    schedule: Schedule, first: date, length_days: int
) -> None:
    """The fast way gives the days of the slow one, in order."""
    last = first + timedelta(length_days)
    walk = [first + timedelta(n) for n in range(length_days + 1)]
    assert occurrences(schedule, first, last) == [day for day in walk if takes_place(schedule, day)]


@pytest.mark.parametrize("year", range(2000, 2051))
def test_two_libraries_agree_on_the_holidays(year: int) -> None:
    """A wrong holiday would send people to a closed door."""
    ours = {day for day, _ in jpholiday.year_holidays(year)}
    theirs = set(holidays.country_holidays("JP", years=year))
    assert ours == theirs


@pytest.mark.parametrize(
    ("code", "start", "end", "masks"),
    [
        ("0Mo", "10:00", "12:00", (0b001,)),
        ("0Mo", "10:00", "12:29", (0b001,)),
        ("0Mo", "10:00", "12:30", (0b011,)),
        ("0Mo", "11:31", "15:00", (0b010,)),
        ("0Mo", "09:00", "18:00", (0b111,)),
        ("0Mo", "11:50", "12:10", (0b001,)),
        ("0Mo", "11:50", "12:11", (0b010,)),
        ("0Tu", "17:00", "20:00", (0b100_000,)),
        ("13Mo0We", "13:00", "15:00", (0b010, 0b010 << 6)),
        ("0We0Mo", "13:00", "15:00", (0b010, 0b010 << 6)),
    ],
)
def test_slots_are_the_bands_one_must_have_free(
    code: str, start: str, end: str, masks: tuple[int, ...]
) -> None:
    """From half an hour of overlap on a band counts; a short meeting counts somewhere."""
    schedule = a_schedule(
        code, starts_at=time.fromisoformat(start), ends_at=time.fromisoformat(end)
    )
    assert slot_masks(schedule) == masks


@given(schedules())
def test_each_weekday_has_one_slot_of_its_own(schedule: Schedule) -> None:
    """Masks are sorted, stay within 21 bits, and each lies within one weekday."""
    masks = slot_masks(schedule)
    assert list(masks) == sorted(set(masks))
    days_of = [(mask.bit_length() - 1) // 3 for mask in masks]
    assert tuple(days_of) == schedule.recurrence.weekdays
    assert all(0 < mask >> (3 * day) < 8 for mask, day in zip(masks, days_of, strict=True))


def test_slot_bits_count_from_monday_morning() -> None:
    """Bit 0 is Monday morning, bit 20 Sunday evening."""
    assert slot_bit(0, Band.MORNING) == 1
    assert slot_bit(6, Band.EVENING) == 1 << 20
