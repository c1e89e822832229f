"""Counts of first words, against one that looks through everything for each figure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from cases.intake.counting import MONTHS, HeardOn, count_heard, fiscal_year

WINDOWS, FIELDS, DISTRICTS = ("福祉相談室", "福祉の窓口", ""), ("elderly", ""), ("北部", "西部", "")
HEARD = st.builds(
    HeardOn,
    st.dates(date(2024, 1, 1), date(2028, 12, 31)),
    st.sampled_from(WINDOWS),
    st.sampled_from(FIELDS),
    st.sampled_from(DISTRICTS),
)


def within(heard: Sequence[HeardOn], year: int) -> list[HeardOn]:
    """Return what was heard from 1 April of a year to 31 March of the next, day by day."""
    first, last = date(year, 4, 1), date(year + 1, 3, 31)
    return [each for each in heard if first <= each.received_on <= last]


@given(st.lists(HEARD, max_size=60))
def test_every_figure_is_what_slow_counting_finds(heard: list[HeardOn]) -> None:
    counts = count_heard(heard)
    years = [year for year in range(2020, 2032) if within(heard, year)]
    assert list(counts) == years
    for year in years:
        count, these = counts[year], within(heard, year)
        assert count.total() == len(these)
        everywhere = {each.district for each in these} - {""}
        assert count.connecting_districts() == everywhere
        assert count.windows == {each.window for each in these}
        for window in WINDOWS:
            here = [each for each in these if each.window == window]
            assert count.total(window) == len(here)
            assert count.connecting_districts(window) == {e.district for e in here} - {""}
            for month in MONTHS:
                of_month = [each for each in here if each.received_on.month == month]
                assert count.by_month[window, month] == len(of_month)
            for field in FIELDS:
                assert count.by_field[window, field] == len([e for e in here if e.field == field])


def test_a_fiscal_year_begins_in_april() -> None:
    assert fiscal_year(date(2026, 3, 31)) == 2025
    assert fiscal_year(date(2026, 4, 1)) == 2026
    assert sorted(MONTHS) == list(range(1, 13))
