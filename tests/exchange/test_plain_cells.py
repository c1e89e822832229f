"""No text that goes out is taken for a formula, and each is read back as it was."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange import cells
from exchange.plain_cells import INVISIBLE, as_meant, made_plain, table_bytes
from exchange.tabular import read_sheets

SIGNS = "=+-@＝＋－＠"
TEXTS = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=30),
    st.text(st.sampled_from([*SIGNS, *"'\t\r\n \u3000,\"1a町\u200b\ufeff\x00\x1f"]), max_size=8),
)


def is_live(cell: str) -> bool:
    """Tell whether a spreadsheet may compute a cell: a sign behind what it skips, or a tab."""
    seen = "".join(each for each in cell if each.isprintable() or each in "\t\r\n")
    return seen[:1] in ("\t", "\r", "\n") or seen.lstrip()[:1] in tuple(SIGNS)


@pytest.mark.parametrize(
    "text",
    [*(f"{sign}1+1" for sign in SIGNS), "\t=1", "\rx", " =1", "　＝1", "\u200b=1", "'=1", "-5℃"],
)
def test_what_could_be_a_formula_gets_an_apostrophe(text: str) -> None:
    """Which comes off again."""
    assert is_live(text) or text == "'=1"
    assert made_plain(text) == f"'{text}"
    assert as_meant(made_plain(text)) == text


@pytest.mark.parametrize("text", ["", "町", "町=1", "'町", "3-5", "a@b.example", "（＋）"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    """Also those that hold such a sign further on."""
    assert made_plain(text) == text == as_meant(text)


@settings(max_examples=2_000)
@given(text=TEXTS)
def test_every_text_round_trips_and_none_is_live(text: str) -> None:
    """Two thousand strings through a file of ours and through our own reading of cells."""
    content = table_bytes([["head", text, 1.5, None]]).decode()
    ((_, cell, number, nothing),) = csv.reader(io.StringIO(content, newline=""))
    assert (number, nothing) == ("1.5", "")
    assert not is_live(cell)
    assert as_meant(cell) == text
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    assert cells.text(cell) == "".join(each for each in lines if each not in INVISIBLE).strip()


def test_a_file_of_ours_is_read_back(tmp_path: Path) -> None:
    """By the reader of the imports, as an office would send it back to us."""
    texts = ["=1+1", "町,\n外", "'=1", "＠a", '"']
    path = tmp_path / "a.csv"
    path.write_bytes(table_bytes([["a", "b", "c", "d", "e"], texts]))
    (sheet,) = read_sheets(path)
    assert [cells.text(each) for each in sheet.rows[1]] == texts
