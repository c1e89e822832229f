"""The words that people read: which we use, and which we do not.

だれかを責める言い方や、物をあつかうような言い方は、画面にも、端末にも、紙にも出しません。
表の右の言葉が一つでもあれば、ファイルと行を挙げて、ここで止まります。
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from tests.spec.tables import rows

ROOT: Final = Path(__file__).parents[2]
ROOMS: Final = ("api", "exchange", "db", "cases", "matcher", "catalog", "geo")
KINDS: Final = frozenset({".py", ".html", ".toml", ".js"})
NOT_OURS: Final = ("api/static/vendor/", "db/municipalities/")
"""What others wrote, and what cities call their own things."""
ALLOWED: Final[Mapping[str, tuple[str, ...]]] = {
    # what one types at a terminal
    "実行": (
        "api/usage.py",
        "api/command_refusals.py",
        "api/commands/auditing.py",
        "api/commands/doctor.py",
        "api/templates/pages/audit/record.html",
        "db/messages.py",
    ),
    # the file `tsunagite.problem/1`, which only those who compute ever see
    "問題": (
        "api/commands/solving.py",
        "api/pages/matching/record.py",
        "exchange/problem_messages.py",
    ),
    # as the files that come in have it
    "ケース": ("exchange/data/columns/participants.toml",),
    "秘匿": ("exchange/messages.py", "exchange/readers/population.py"),
}
_TAG: Final = re.compile(r"<[^<>]*>|\{%.*?%\}|\{#.*?#\}")


@cache
def words() -> dict[str, str]:
    """Return each word that we do not use, with what we say instead."""
    table = rows(test_nobody_reads_a_word_that_we_do_not_use)
    return {word: row["使う"] for row in table for word in row["使わない"].split("、")}


def our_files() -> Iterator[Path]:
    """Return every file that may hold words for people."""
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*")):
            name = path.relative_to(ROOT).as_posix()
            if path.suffix in KINDS and not name.startswith(NOT_OURS):
                yield path


def found_in(path: Path, name: str) -> Iterator[str]:
    """Return where a file has a word that we do not use, and what to write instead.

    A word in letters of the alphabet is one only in a text that people read.
    """
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        for word, better in words().items():
            shown = line
            if word.isascii():
                shown = _TAG.sub("", line) if path.suffix == ".html" else ""
            if word in shown and name not in ALLOWED.get(word, ()):
                yield f"{name}:{number}: 「{word}」→ {better}"


def every_find(paths: Iterable[Path]) -> list[str]:
    """Return all finds in files of the repository."""
    return [find for path in paths for find in found_in(path, path.relative_to(ROOT).as_posix())]


def test_nobody_reads_a_word_that_we_do_not_use() -> None:
    """Every template, message, label and text, and what comments call things.

    | 使う | 使わない |
    |------|----------|
    | つなぎ先・場所・枠 | リソース、マッチング先、案件 |
    | 本人・〇〇さん | 対象者、ケース、要支援者 |
    | 案・合い方・理由 | スコア、順位、判定 |
    | 見送る・今は合わない | 却下、不適合、不採用、選外 |
    | お休みでした | 欠席、ドタキャン |
    | 一歩もどす・休む | 後退、脱落、失敗、中断 |
    | 心配ごと・困りごと | 問題、クレーム、トラブル |
    | はじめてで不安・人が多い場が苦手 | コミュニケーション能力、意欲がない |
    | 伏せた数 | 秘匿、N/A |
    | まとめて探す・送る・保存する | 実行、登録処理、submit |
    | 行き先の名前 | こちら |
    | （何も言わない） | 頑張 |
    """
    assert every_find(our_files()) == []


@pytest.mark.parametrize(
    ("name", "text", "finds"),
    [
        ("a.html", '<p>\n<button type="submit">送る</button></p>', []),
        ("a.html", "<p>\n<b>却下</b></p>", ["a.html:2: 「却下」→ 見送る・今は合わない"]),
        ("a.html", "<a>submit</a>", ["a.html:1: 「submit」→ まとめて探す・送る・保存する"]),
        ("a.html", '<p aria-label="スコア">', ["a.html:1: 「スコア」→ 案・合い方・理由"]),
        ("a.toml", 'no = "対象者の方"', ["a.toml:1: 「対象者」→ 本人・〇〇さん"]),
        ("a.py", 'SAID = "x"\nWHY = "不適合です"', ["a.py:2: 「不適合」→ 見送る・今は合わない"]),
    ],
)
def test_a_word_is_found_with_its_file_and_line(
    tmp_path: Path, name: str, text: str, finds: list[str]
) -> None:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    assert list(found_in(path, name)) == finds


def test_every_exception_is_needed() -> None:
    """An exception outlives its reason only until this test runs."""
    for word, names in ALLOWED.items():
        for name in names:
            assert word in (ROOT / name).read_text("utf-8"), f"{name} no longer says {word}"


def test_the_search_reaches_what_people_read() -> None:
    """Templates, the words of reasons, and the messages of every room are among the files."""
    names = {path.relative_to(ROOT).as_posix() for path in our_files()}
    assert {
        "api/templates/pages/home.html",
        "api/messages.py",
        "cases/data/wording.toml",
        "cases/messages.py",
        "exchange/messages.py",
        "db/messages.py",
        "catalog/data/vocabulary.toml",
    } <= names
