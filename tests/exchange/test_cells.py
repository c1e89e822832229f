"""Cells as offices type them become values; what cannot be read is refused, never guessed."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from catalog.municipality import with_check_digit
from exchange import cells
from exchange.errors import ExchangeError


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("4,315 ", 4315), ("１２", 12), (" 30名", 30), ("0120", 120), (12.5, 12.5), ("-3", -3),
        ("1,000円", 1000), ("", None), ("－", None), (None, None), ("1e3", 1000),
        ("120 人まで", 120),
    ],
)  # fmt: skip
def test_numbers(cell: cells.Cell, expected: float | None) -> None:
    assert cells.number(cell) == expected


@pytest.mark.parametrize("cell", ["可", "20~30", "1号認定 20", float("nan"), "NaN", "inf", "1e999"])
def test_what_is_no_number(cell: cells.Cell) -> None:
    with pytest.raises(ExchangeError, match="cell_not_a_number"):
        cells.number(cell)


def test_a_whole_number_has_no_fraction() -> None:
    assert cells.integer("12.0") == 12
    with pytest.raises(ExchangeError, match="cell_not_whole"):
        cells.integer("12.5")


def test_a_whole_number_fits_into_a_database() -> None:
    assert cells.integer("2147483647") == 2147483647
    with pytest.raises(ExchangeError, match="cell_too_large"):
        cells.integer("９９９９９９９９９９")


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2026-04-01", date(2026, 4, 1)),
        ("2026/10/10", date(2026, 10, 10)),
        ("２０２６年４月１日", date(2026, 4, 1)),
        ("2026年4月1日（水）", date(2026, 4, 1)),
        ("20260401", date(2026, 4, 1)),
        ("R7.4.1", date(2025, 4, 1)),
        ("令和8年3月", date(2026, 3, 1)),
        ("令和元年5月1日", date(2019, 5, 1)),
        ("H31.4.30", date(2019, 4, 30)),
        ("昭和64年1月7日", date(1989, 1, 7)),
        (45748, date(2025, 4, 1)),
        (45748.0, date(2025, 4, 1)),
        ("42644", date(2016, 10, 1)),
        (datetime.fromisoformat("2025-04-01 09:30"), date(2025, 4, 1)),
        (date(2025, 4, 1), date(2025, 4, 1)),
        ("2025-04-01T09:00:00", date(2025, 4, 1)),
        ("", None),
        ("未定", None),
    ],
)
def test_dates(cell: cells.Cell, expected: date | None) -> None:
    assert cells.day(cell) == expected


@pytest.mark.parametrize("cell", ["2026-13-01", "令和8年2月30日", "8月5日", "R", "いつでも", "12"])
def test_what_is_no_date(cell: str) -> None:
    with pytest.raises(ExchangeError, match="cell_not_a_date"):
        cells.day(cell)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("9:00", time(9)), ("９時", time(9)), ("9時半", time(9, 30)), ("9時30分", time(9, 30)),
        ("午後1:30", time(13, 30)), ("午前10時", time(10)), ("09:00:00", time(9)), (0.375, time(9)),
        ("0.5625", time(13, 30)), (time(9, 30, 15), time(9, 30)), (timedelta(hours=9), time(9)),
        (datetime.fromisoformat("2025-04-01 09:05"), time(9, 5)), ("24:00", time(23, 59)),
        ("", None),
        ("２２：００", time(22)), ("午後12時", time(12)), ("正午", time(12)),
    ],
)  # fmt: skip
def test_times(cell: cells.Cell, expected: time | None) -> None:
    assert cells.clock(cell) == expected


@pytest.mark.parametrize("cell", ["25:00", "9:75", "朝", "9時ごろ", timedelta(hours=30), "1.5"])
def test_what_is_no_time(cell: cells.Cell) -> None:
    with pytest.raises(ExchangeError, match="cell_not_a_time"):
        cells.clock(cell)


@pytest.mark.parametrize(
    "cell", ["10:00〜12:30", "１０時～１２時半", "午前10時から12:30まで", "10:00 - 12:30"]
)
def test_from_when_to_when_in_one_cell(cell: str) -> None:
    assert cells.span(cell) == (time(10), time(12, 30))


@pytest.mark.parametrize("cell", ["10:00", "10:00〜", "午前中", "9:00〜10:00〜11:00"])
def test_what_is_no_span(cell: str) -> None:
    with pytest.raises(ExchangeError, match="cell_not_a_span"):
        cells.span(cell)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("92011", "092011"), ("13101", "131016"), ("1100", "011002"), ("11230", "112305"),
        ("112305", "112305"), (11224.0, "112241"), ("１１２３０", "112305"), ("", None),
    ],
)  # fmt: skip
def test_codes_with_a_lost_zero_or_check_digit(cell: cells.Cell, expected: str | None) -> None:
    assert cells.municipality_code(cell) == expected


@pytest.mark.parametrize("cell", ["112306", "埼玉", "1", "1123055"])
def test_what_is_no_code(cell: str) -> None:
    with pytest.raises(ExchangeError, match="cell_not_a_code"):
        cells.municipality_code(cell)


def test_the_own_code_wins_where_five_digits_can_be_read_in_two_ways() -> None:
    """13106 is 台東区 (131067) without its check digit, or 01310 + check digit 6."""
    two_ways = next(
        f"{n:05}"
        for n in range(13101, 47999)
        if cells.municipality_code(f"{n:05}") != with_check_digit(f"{n:05}")
    )
    own = with_check_digit(two_ways)
    assert cells.municipality_code(two_ways) != own
    assert cells.municipality_code(two_ways, own) == own


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("月水木金土日", (0, 2, 3, 4, 5, 6)), ("月〜金", (0, 1, 2, 3, 4)),
        ("毎日", tuple(range(7))),
        ("火・木曜日", (1, 3)), ("土曜、日曜", (5, 6)), ("金〜月", (0, 4, 5, 6)), ("第1月", None),
        ("", None), ("平日", (0, 1, 2, 3, 4)),
    ],
)  # fmt: skip
def test_weekdays(cell: str, expected: tuple[int, ...] | None) -> None:
    assert cells.weekdays(cell) == expected


def test_text_is_trimmed_and_free_of_what_nobody_sees() -> None:
    assert cells.text(" 　つばめ\r\n町\u200b\u202e\x00\ud800 ") == "つばめ\n町"
    assert cells.text(12.0) == "12"
    assert cells.text(time(9)) == "09:00"
    assert cells.key("ﾂﾊﾞﾒ　町") == cells.key("ツバメ町")
    assert cells.parts("体操、 料理;手芸\n－") == ("体操", "料理", "手芸")
    assert [cells.yes_no(c) for c in ("有", "×", "－", "Y", True)] == [
        True,
        False,
        None,
        True,
        True,
    ]
    with pytest.raises(ExchangeError, match="cell_not_yes_no"):
        cells.yes_no("たぶん")
