"""Texts in tables that go out: no spreadsheet takes one for a formula (OWASP ASVS 5.0, 1.2.10).

A text that would be one gets an apostrophe in front, as spreadsheets know it; a list of ours that
comes in again loses it. Readers for screens skip blanks and invisible marks before the sign, and
Excel in Japanese also takes the full-width signs.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Final, TypeAlias

Value: TypeAlias = str | float | None

INVISIBLE: Final = frozenset(
    chr(mark)
    for mark in (
        *(mark for mark in (*range(0x20), 0x7F) if chr(mark) not in "\t\n\r"),
        *range(0xD800, 0xE000),
        *(0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A)),
    )
)
"""Characters that nobody sees; they are left out of what comes in."""
_SIGNS: Final = "=+-@＝＋－＠\t\r\n"


def _is_live(text: str) -> bool:
    """Tell whether a text begins with such a sign, behind blanks, apostrophes and unseen marks."""
    for mark in text:
        if mark in _SIGNS:
            return True
        if mark.isprintable() and not mark.isspace() and mark != "'":
            return False
    return False


def made_plain(text: str) -> str:
    """Return a text that stays a text wherever the table is opened."""
    return f"'{text}" if _is_live(text) else text


def as_meant(cell: str) -> str:
    """Return the text of a cell that `made_plain` may have made."""
    return cell[1:] if cell.startswith("'") and _is_live(cell[1:]) else cell


def table_bytes(rows: Iterable[Iterable[Value]]) -> bytes:
    """Return rows as CSV in UTF-8; texts are plain, numbers stay numbers."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")  # so that both signs are quoted in a cell
    for row in rows:
        writer.writerow([made_plain(each) if isinstance(each, str) else each for each in row])
    return stream.getvalue().encode()
