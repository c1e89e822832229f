"""Weeks in words become the national code, slots and days off, or are refused."""

from __future__ import annotations

from datetime import date

import pytest

from catalog.errors import CatalogError
from catalog.schedule import Band, ClosedPeriod
from exchange.errors import ExchangeError
from exchange.weekly import availability_of, closed_periods, recurrence_of

AM, PM, EVE = Band.MORNING, Band.AFTERNOON, Band.EVENING


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("13Mo", "13Mo"), ("０Ｗｅ", "0We"), ("第1・3月曜", "13Mo"), ("第1第3月曜日", "13Mo"),
        ("毎週水", "0We"), ("水曜日", "0We"), ("隔週日曜", "7Su"), ("最終金曜日", "6Fr"),
        ("月水金", "0Mo0We0Fr"), ("月〜金", "0Mo0Tu0We0Th0Fr"), ("第1月曜、第4火曜", "1Mo4Tu"),
        ("毎月第２土曜日", "2Sa"), ("第二・第四木曜", "24Th"), ("平日", "0Mo0Tu0We0Th0Fr"),
        ("第1火・木", "1Tu1Th"), ("毎週火・木曜日", "0Tu0Th"),
    ],
)  # fmt: skip
def test_recurrence(text: str, code: str) -> None:
    assert recurrence_of(text).code == code


@pytest.mark.parametrize("text", ["9Mo", "0Xx", "Mo", "07We", "0"])
def test_an_impossible_code_is_the_catalogues_error(text: str) -> None:
    with pytest.raises(CatalogError) as caught:
        recurrence_of(text)
    assert caught.value.code.startswith("recurrence_")


@pytest.mark.parametrize("text", ["そのうち", "第6月曜", "月に1回", "水曜かも", "第1週"])
def test_words_that_are_no_recurrence(text: str) -> None:
    with pytest.raises(ExchangeError, match="recurrence_words"):
        recurrence_of(text)


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("火・水の午前", {(1, AM), (2, AM)}),
        ("火・水の午前、金の午後", {(1, AM), (2, AM), (4, PM)}),
        ("火水午前 金午後", {(1, AM), (2, AM), (4, PM)}),
        ("月〜金の午前・午後", {(d, b) for d in range(5) for b in (AM, PM)}),
        ("土日", {(d, b) for d in (5, 6) for b in Band}),
        ("平日の夕方", {(d, EVE) for d in range(5)}),
        ("いつでも", {(d, b) for d in range(7) for b in Band}),
        ("水曜AM", {(2, AM)}),
        ("日曜日の午後", {(6, PM)}),
        ("金曜から日曜まで午前", {(d, AM) for d in (4, 5, 6)}),
        ("月、水、金の午前", {(0, AM), (2, AM), (4, AM)}),
        ("水午前、金", {(2, AM), *((4, b) for b in Band)}),
    ],
)
def test_availability(text: str, slots: set[tuple[int, Band]]) -> None:
    assert availability_of(text) == slots


@pytest.mark.parametrize("text", ["午前", "できれば火曜", "体調のよい日", "火曜の午前くらい"])
def test_words_that_are_no_availability(text: str) -> None:
    with pytest.raises(ExchangeError, match="availability_words"):
        availability_of(text)


def test_days_off() -> None:
    assert closed_periods("年末年始、8月") == (
        ClosedPeriod("12-29", "01-03", "年末年始"),
        ClosedPeriod("08-01", "08-31", "8月"),
    )
    assert closed_periods("12/29〜1/3") == (ClosedPeriod("12-29", "01-03", "12/29〜1/3"),)
    (summer,) = closed_periods("2026-08-10〜2026-08-16")
    assert (summer.first, summer.last) == (date(2026, 8, 10), date(2026, 8, 16))
    assert closed_periods("") == ()
    with pytest.raises(ExchangeError, match="closed_words"):
        closed_periods("たまに")
    with pytest.raises(CatalogError) as caught:
        closed_periods("13/40〜1/3")
    assert caught.value.code == "closed_day"
