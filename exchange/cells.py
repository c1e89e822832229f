"""One cell of a municipal file to one value, and how it had to be mended.

Offices type numbers, dates and times in many ways (reference: 自治体標準オープンデータセット and
what real files hold). Each function takes the cell as read and returns the value, or raises
`ExchangeError` whose code says what is wrong. Blank cells give None.
"""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date, datetime, time, timedelta

from catalog.municipality import with_check_digit
from exchange.errors import ExchangeError
from exchange.plain_cells import INVISIBLE, as_meant

Cell = str | float | int | bool | date | datetime | time | timedelta | None

BLANKS = frozenset({"", "-", "ー", "－", "—", "―", "‐", "−", "なし", "無し", "未定", "不明"})
# Bidirectional overrides and zero-width marks change what a reader sees; nobody types them.
# Half of a surrogate pair is no character and cannot be stored.
DROPPED = dict.fromkeys(map(ord, INVISIBLE))
EXCEL_EPOCH = date(1899, 12, 30)  # day 0 of the 1900 system, past its wrong leap day
# Characters that are looked at: NFKC takes a time that grows with the square of the marks.
MOST_TEXT, MOST_LINE = 4_000, 200
MOST_WHOLE = 2**31 - 1  # what a database column of whole numbers holds
SERIAL_DATES = (20_000, 80_000)  # 1954 … 2119: what an office means by a date
ERAS = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018}
ERA_LETTERS = {"M": "明治", "T": "大正", "S": "昭和", "H": "平成", "R": "令和"}
WEEKDAYS = "月火水木金土日"
YES = frozenset(
    {"有", "あり", "有り", "可", "可能", "要", "○", "〇", "◯", "はい", "yes", "y", "true", "1"}
)
NO = frozenset({"無", "なし", "無し", "否", "不可", "不要", "×", "いいえ", "no", "n", "false", "0"})

_WESTERN = re.compile(r"(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?)?月?(?:\D.*)?$")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})$")
_JAPANESE = re.compile(
    r"(明治|大正|昭和|平成|令和|[MTSHR])\s*(元|\d{1,2})[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?)?月?(?:\D.*)?$",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"(午前|午後|AM|PM)?\s*(\d{1,2})(?:[:時](\d{1,2})?分?(?::\d{1,2})?(半)?)$", re.IGNORECASE
)
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
_UNITS = re.compile(
    r"\s*(円|人|名|箇所|か所|ヶ所|カ所|分|歳|才|件|世帯|%|m|km)(?:程度|くらい|以下|まで)?$"
)


def text(cell: Cell) -> str:
    """Give the cell as trimmed text, line breaks kept, nothing else changed.

    >>> text(12.0), text(" 　つばめ町 "), text(None)
    ('12', 'つばめ町', '')
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ", "minutes")
    if isinstance(cell, time):
        return cell.isoformat("minutes")
    lines = str(cell).replace("\r\n", "\n").replace("\r", "\n").translate(DROPPED)
    return as_meant(lines).strip()


def key(cell: Cell) -> str:
    """Give the text in the form in which two spellings meet: NFKC, one case, no spaces."""
    return "".join(unicodedata.normalize("NFKC", text(cell)[:MOST_TEXT]).casefold().split())


def plain(cell: Cell, most: int = MOST_TEXT) -> str:
    """Give the text with full-width letters, digits and brackets made half-width."""
    return unicodedata.normalize("NFKC", text(cell)[:most]).strip()


def is_blank(cell: Cell) -> bool:
    """Say whether the cell tells nothing: empty, a dash, 未定 …."""
    return text(cell) in BLANKS


def number(cell: Cell) -> float | None:
    """Read a number: "4,315 ", "１２", "30名", 12.0; NaN and infinity are no numbers."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if not math.isfinite(cell):
            raise ExchangeError("cell_not_a_number", value=text(cell))
        return float(cell)
    if is_blank(cell):
        return None
    written = _UNITS.sub("", plain(cell, MOST_LINE).replace(",", "").replace(" ", ""))
    if not _NUMBER.fullmatch(written) or not math.isfinite(float(written)):
        raise ExchangeError("cell_not_a_number", value=text(cell))
    return float(written)


def integer(cell: Cell) -> int | None:
    """Read a whole number."""
    value = number(cell)
    if value is None:
        return None
    if not value.is_integer():
        raise ExchangeError("cell_not_whole", value=text(cell))
    if abs(value) > MOST_WHOLE:
        raise ExchangeError("cell_too_large", value=text(cell))
    return int(value)


def day(cell: Cell) -> date | None:
    """Read a date: ISO, 2026/10/10, R7.4.1, 令和8年3月 (its first day), an Excel serial.

    The first year of an era may be 元. A time behind the date is left out.
    """
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if is_blank(cell):
        return None
    written = plain(cell, MOST_LINE).replace(" ", "")
    try:
        if match := _JAPANESE.match(written):
            era, year, month, of_month = match.groups()
            first = ERAS[ERA_LETTERS.get(era.upper(), era)]
            return date(first + (1 if year == "元" else int(year)), int(month), int(of_month or 1))
        if match := _WESTERN.match(written) or _COMPACT.match(written):
            year, month, of_month = match.groups()
            return date(int(year), int(month), int(of_month or 1))
        if written.replace(".0", "").isdecimal():
            serial = int(float(written))
            if SERIAL_DATES[0] <= serial <= SERIAL_DATES[1]:
                return EXCEL_EPOCH + timedelta(days=serial)
    except ValueError:
        pass
    raise ExchangeError("cell_not_a_date", value=text(cell))


def clock(cell: Cell) -> time | None:
    """Read a time of day: "9:00", "９時", "9時半", "午後1:30", an Excel fraction of a day."""
    if isinstance(cell, datetime):
        return cell.time().replace(second=0, microsecond=0)
    if isinstance(cell, time):
        return cell.replace(second=0, microsecond=0)
    if isinstance(cell, timedelta):
        return _of_minutes(round(cell.total_seconds() / 60), cell)
    if is_blank(cell):
        return None
    written = plain(cell).replace(" ", "")
    if written == "正午":
        return time(12)
    if match := _CLOCK.match(written):
        half, hours, minutes, and_half = match.groups()
        afternoon = (half or "").upper() in {"午後", "PM"} and int(hours) < 12
        total = (int(hours) + 12 * afternoon) * 60 + (30 if and_half else int(minutes or 0))
        if int(minutes or 0) > 59:
            raise ExchangeError("cell_not_a_time", value=text(cell))
        return _of_minutes(total, cell)
    if _NUMBER.fullmatch(written) and 0 <= float(written) < 1:
        return _of_minutes(round(float(written) * 24 * 60), cell)
    raise ExchangeError("cell_not_a_time", value=text(cell))


def span(cell: Cell) -> tuple[time, time] | None:
    """Read from when to when: "10:00〜12:00", "10時から正午まで".

    >>> span("１０時～正午")
    (datetime.time(10, 0), datetime.time(12, 0))
    """
    if is_blank(cell):
        return None
    ends = re.split(r"[~〜\-–—−]|から", plain(cell).removesuffix("まで"))
    if len(ends) != 2:
        raise ExchangeError("cell_not_a_span", value=text(cell))
    try:
        first, last = clock(ends[0]), clock(ends[1])
    except ExchangeError as error:
        raise ExchangeError("cell_not_a_span", value=text(cell)) from error
    if first is None or last is None:
        raise ExchangeError("cell_not_a_span", value=text(cell))
    return first, last


def _of_minutes(total: int, cell: Cell) -> time:
    """Give the time of day; 24:00 is the last minute of the day."""
    if total == 24 * 60:
        return time(23, 59)
    if not 0 <= total < 24 * 60:
        raise ExchangeError("cell_not_a_time", value=text(cell))
    return time(total // 60, total % 60)


def yes_no(cell: Cell) -> bool | None:
    """Read 有/無, 可/否, ○/×, はい/いいえ, 1/0."""
    if isinstance(cell, bool):
        return cell
    written = key(cell)
    if written in YES:
        return True
    if written in NO:
        return False
    if is_blank(cell):
        return None
    raise ExchangeError("cell_not_yes_no", value=text(cell))


def parts(cell: Cell) -> tuple[str, ...]:
    """Split a cell that lists several things: 、 ・ ; , / and line breaks, empty ones dropped."""
    pieces = re.split(r"[、，,;；／/・\n]", text(cell))
    return tuple(piece for piece in (piece.strip() for piece in pieces) if piece not in BLANKS)


def weekdays(cell: Cell) -> tuple[int, ...] | None:
    """Read opening days: 「月水木金土日」, 「月〜金」, 「毎日」, 「平日」; Monday is 0.

    None where the cell is blank or does not say weekdays only.
    """
    written = re.sub(r"(曜日?|[、・,,/\s])", "", plain(cell))
    if written in {"毎日", "年中無休", "全日"}:
        return tuple(range(7))
    if written == "平日":
        return tuple(range(5))
    if match := re.fullmatch(rf"([{WEEKDAYS}])[~〜\-から]+([{WEEKDAYS}])(?:まで)?", written):
        first, last = (WEEKDAYS.index(d) for d in match.groups())
        return tuple(sorted((first + i) % 7 for i in range((last - first) % 7 + 1)))
    if written and all(d in WEEKDAYS for d in written):
        return tuple(sorted({WEEKDAYS.index(d) for d in written}))
    return None


def municipality_code(cell: Cell, own: str = "") -> str | None:
    """Read a municipality code as 6 digits: lost leading zero and missing check digit mended.

    Five digits can be read both ways; `own` (6 digits) wins where it fits.

    Raises
    ------
    ExchangeError
        `cell_not_a_code`: no 4 to 6 digits, or a wrong check digit.
    """
    if is_blank(cell):
        return None
    digits = plain(cell).removesuffix(".0")
    if not re.fullmatch(r"\d{4,6}", digits):
        raise ExchangeError("cell_not_a_code", value=text(cell))
    if own and digits in {own, own[:5], own.lstrip("0"), own[:5].lstrip("0")}:
        return own
    candidates = [digits.zfill(6), with_check_digit(digits.zfill(6)[1:])]
    for candidate in candidates if len(digits) < 6 else [digits]:
        if with_check_digit(candidate[:5]) == candidate and candidate[:2] != "00":
            return candidate
    raise ExchangeError("cell_not_a_code", value=text(cell))
