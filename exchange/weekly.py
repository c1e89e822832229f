"""Weeks as people write them: 「第1・3月曜」, 「火・水の午前、金の午後」, 「12/29〜1/3は休み」."""

from __future__ import annotations

import re
import unicodedata

from catalog.schedule import (
    WEEKDAYS,
    Band,
    ClosedPeriod,
    Recurrence,
    parse_recurrence,
)
from exchange import cells
from exchange.cells import Cell
from exchange.errors import ExchangeError

DAYS = "月火水木金土日"
BANDS = {
    "午前": (Band.MORNING,),
    "朝": (Band.MORNING,),
    "am": (Band.MORNING,),
    "午後": (Band.AFTERNOON,),
    "昼": (Band.AFTERNOON,),
    "pm": (Band.AFTERNOON,),
    "夕方": (Band.EVENING,),
    "夜間": (Band.EVENING,),
    "夜": (Band.EVENING,),
    "終日": tuple(Band),
    "一日": tuple(Band),
    "日中": (Band.MORNING, Band.AFTERNOON),
}
_ORDINALS = str.maketrans("一二三四五", "12345")
_NATIONAL = re.compile(r"[0-9]+[A-Za-z]{2}[0-9A-Za-z]*")
_GROUP = re.compile(
    r"(?P<weeks>毎週|隔週|最終|第[1-5一二三四五](?:[・,、と&]*第?[1-5一二三四五])*(?:週の?)?)?"
    r"(?P<days>[月火水木金土日](?:[・,、と]?[月火水木金土日])*)"
)
_RANGE = re.compile(rf"([{DAYS}])[~〜\-から]+([{DAYS}])(?:まで)?")
_DAY_OF_YEAR = r"(?:(\d{4})[-/年])?(\d{1,2})[-/月](\d{1,2})日?"
_PERIOD = re.compile(rf"{_DAY_OF_YEAR}(?:[~〜]|から|-)(?:翌年)?{_DAY_OF_YEAR}(?:まで)?")
_MONTH = re.compile(r"(\d{1,2})月(?:中|休み)?")
_LAST_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _spelled(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text)
    return re.sub(r"\s|曜日|曜", "", plain)


def recurrence_of(text: str) -> Recurrence:
    """Read a national recurrence code (`13Mo`) or the words for one (第1・3月曜, 毎週水, 月〜金).

    Raises
    ------
    CatalogError
        An impossible code.
    ExchangeError
        `recurrence_words`: words that are none.
    """
    written = _spelled(text)
    if _NATIONAL.fullmatch(written):
        return parse_recurrence(written)
    if written.isascii():
        return parse_recurrence(text)
    days = cells.weekdays(written.removeprefix("毎週"))
    if days is not None:
        return parse_recurrence("".join(f"0{WEEKDAYS[day]}" for day in days))
    plain = written.replace("毎月", "")
    code, end = "", 0
    for group in _GROUP.finditer(plain):
        if plain[end : group.start()].strip("、,・/と"):
            raise ExchangeError("recurrence_words", value=text)
        weeks = _week_digits(group["weeks"] or "")
        code += "".join(weeks + WEEKDAYS[DAYS.index(day)] for day in group["days"] if day in DAYS)
        end = group.end()
    if not code or plain[end:].strip("、,・"):
        raise ExchangeError("recurrence_words", value=text)
    return parse_recurrence(code)


def _week_digits(words: str) -> str:
    if words == "隔週":
        return "7"
    if words == "最終":
        return "6"
    return "".join(re.findall(r"\d", words.translate(_ORDINALS))) or "0"


def closed_periods(cell: Cell) -> tuple[ClosedPeriod, ...]:
    """Read when something rests: 年末年始, 8月, 12/29〜1/3, 2026-08-10〜2026-08-16, お盆.

    Raises
    ------
    ExchangeError
        `closed_words`.
    CatalogError
        A period that ends before it starts.
    """
    pieces = re.split(r"[、,;；\n]", unicodedata.normalize("NFKC", cells.text(cell)))
    return tuple(_closed(piece.strip()) for piece in pieces if piece.strip() not in cells.BLANKS)


def _closed(words: str) -> ClosedPeriod:
    plain = re.sub(r"\s|は?(休み|休業|休館)$", "", words)
    if plain == "年末年始":
        return ClosedPeriod("12-29", "01-03", words)
    if plain in {"お盆", "盆"}:
        return ClosedPeriod("08-13", "08-16", words)
    if (month := _MONTH.fullmatch(plain)) and 1 <= int(month[1]) <= 12:
        number = int(month[1])
        return ClosedPeriod(f"{number:02}-01", f"{number:02}-{_LAST_DAYS[number - 1]}", words)
    if period := _PERIOD.fullmatch(plain):
        year, month1, day1, year2, month2, day2 = period.groups()
        if year and year2:
            first, last = (
                cells.day(f"{year}-{month1}-{day1}"),
                cells.day(f"{year2}-{month2}-{day2}"),
            )
            if first and last:
                return ClosedPeriod(first, last, words)
        return ClosedPeriod(
            f"{int(month1):02}-{int(day1):02}", f"{int(month2):02}-{int(day2):02}", words
        )
    raise ExchangeError("closed_words", value=words)


def availability_of(text: str) -> frozenset[tuple[int, Band]]:
    """Read when a person can come: 「火・水の午前、金の午後」, 「月〜金 午前・午後」, 「いつでも」.

    Days without a time of day share that of the next days that have one (月、金の午後), else they
    mean the whole day: of two readings the narrower one, as a wrong hope costs a person more.

    Raises
    ------
    ExchangeError
        `availability_words`.
    """
    plain = _spelled(text).casefold()
    if plain in {"いつでも", "いつでもよい", "毎日", "全日"}:
        return frozenset((day, band) for day in range(7) for band in Band)
    names = "|".join(sorted(BANDS, key=len, reverse=True))
    bands_pattern = rf"(?:の|に)?((?:(?:{names})[・、,と/]*)*)"
    days_pattern = (
        rf"((?:[{DAYS}](?:(?:[~〜\-]|から)[{DAYS}](?:まで)?)?[・,と]?)+|平日|毎日|土日祝?|週末)"
    )
    slots: set[tuple[int, Band]] = set()
    waiting: set[int] = set()
    end = 0
    for match in re.finditer(days_pattern + bands_pattern, plain):
        if plain[end : match.start()].strip("、,;・/"):
            raise ExchangeError("availability_words", value=text)
        found = re.findall(names, match[2])
        waiting |= _days(match[1])
        if found:
            slots |= {(day, band) for day in waiting for name in found for band in BANDS[name]}
            waiting = set()
        end = match.end()
    slots |= {(day, band) for day in waiting for band in Band}
    if not slots or plain[end:].strip("、,;・。"):
        raise ExchangeError("availability_words", value=text)
    return frozenset(slots)


def _days(words: str) -> set[int]:
    named = {"平日": range(5), "毎日": range(7), "土日": (5, 6), "土日祝": (5, 6), "週末": (5, 6)}
    if words in named:
        return set(named[words])
    days: set[int] = set()
    rest = words
    for span in _RANGE.finditer(words):
        first, last = (DAYS.index(day) for day in span.groups())
        days |= {(first + step) % 7 for step in range((last - first) % 7 + 1)}
        rest = rest.replace(span[0], "")
    return days | {DAYS.index(day) for day in rest if day in DAYS}
