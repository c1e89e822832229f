"""Every code that this package raises or notes has its Japanese sentence, kind and plain."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from catalog.errors import CatalogError
from exchange.errors import ExchangeError
from exchange.messages import MESSAGES, in_japanese

SOURCES = sorted(Path(__file__).parents[2].joinpath("exchange").rglob("*.py"))
BLAMING = ("対象者", "ケース", "却下", "不正", "無効", "エラー", "不適合", "実行", "失敗")


def raised_codes(tree: ast.AST) -> Iterator[str]:
    """Yield the codes written at `ExchangeError(…)`, `.unresolve(…)` and `.repair(…)`."""
    place = {"ExchangeError": 0, "unresolve": 1, "repair": 2}
    for call in ast.walk(tree):
        if isinstance(call, ast.Call):
            name = getattr(call.func, "id", getattr(call.func, "attr", ""))
            if name in place and len(call.args) > place[name]:
                for part in ast.walk(call.args[place[name]]):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        yield part.value


def constants(tree: ast.AST) -> Iterator[str]:
    for part in ast.walk(tree):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def test_every_code_has_a_sentence() -> None:
    found = {code for path in SOURCES for code in raised_codes(ast.parse(path.read_text("utf-8")))}
    assert len(found) > 60
    assert {code for code in found if code not in MESSAGES and not code.endswith("_")} == set()


def test_no_sentence_is_left_over() -> None:
    written = {
        text
        for path in SOURCES
        if "messages" not in path.name
        for text in constants(ast.parse(path.read_text("utf-8")))
    }
    begun = tuple(text for text in written if text.endswith("_") and len(text) > 3)  # f"json_not_…"
    assert {c for c in MESSAGES if c not in written and not c.startswith(begun)} == set()


@pytest.mark.parametrize("code", sorted(MESSAGES))
def test_a_sentence_blames_nobody(code: str) -> None:
    assert not [word for word in BLAMING if word in MESSAGES[code]]


def test_errors_of_other_packages_are_told_in_their_words() -> None:
    below = in_japanese(CatalogError("recurrence_week", text="9Mo", part="9"))
    assert "9" in below
    assert below.endswith("。")


def test_dates_are_told_as_people_write_them() -> None:
    told = in_japanese(
        ExchangeError("end_before_start", start=date(2026, 4, 1), end=date(2026, 3, 31))
    )
    assert "令和8年3月31日" in told
