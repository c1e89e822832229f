"""Lines, bars and tables on a terminal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from api.commands.terminal import (
    NOT_FIRST,
    NOT_LAST,
    bar,
    console,
    fold,
    sentence_table,
    working,
)

TEXT = st.text(st.sampled_from("あ水曜。、「」（）ー 19ab\n"))


@given(TEXT, st.integers(4, 40))
def test_folding_keeps_every_character_but_spaces(text: str, cells: int) -> None:
    assert "".join(fold(text, cells).split()) == "".join(text.split())


@given(TEXT, st.integers(4, 40))
def test_no_line_is_wider_than_asked(text: str, cells: int) -> None:
    """A mark that may not begin a line takes its neighbour along; only rows of marks stay."""
    for line in fold(text, cells).split("\n"):
        assert cell_len(line) <= cells or set(line) <= NOT_FIRST | NOT_LAST | {line[0]}


@given(st.text(st.sampled_from("あ水曜の午前")), st.integers(4, 40))
def test_lines_of_plain_text_are_full(text: str, cells: int) -> None:
    """Nothing is broken before it has to be."""
    *full, _ = fold(text, cells).split("\n")
    assert all(cell_len(line) > cells - 2 for line in full)


def test_marks_stand_where_japanese_wants_them() -> None:
    assert fold("希望の水曜の午前。歩いて", 16) == "希望の水曜の午\n前。歩いて"
    assert fold("やりたい「音楽」で", 10) == "やりたい\n「音楽」で"


@pytest.mark.parametrize("columns", [80, 100])
def test_a_table_fits_the_terminal(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Long names are folded, the sentence takes what is left."""
    monkeypatch.setenv("COLUMNS", str(columns))
    rows = [("T-0001\n長い名前の人", "とても長い名前の場所のそのまた奥の部屋", "理由" * 60)]
    screen = console()
    with screen.capture() as captured:
        screen.print(sentence_table(("本人", "つなぎ先", "理由"), rows))
    lines = captured.get().splitlines()
    assert max(map(cell_len, lines)) == columns
    assert captured.get().count("理") == 61
    assert all("…" not in line for line in lines)


def test_bars_have_four_cells() -> None:
    assert [bar(cells) for cells in range(5)] == ["□□□□", "■□□□", "■■□□", "■■■□", "■■■■"]


def test_progress_is_silent_when_piped(capsys: pytest.CaptureFixture[str]) -> None:
    with working("探しています…"):
        pass
    assert capsys.readouterr() == ("", "")
