"""Files as offices keep them are read whole: encodings, title rows, labels, totals, line breaks."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from datetime import date, time
from pathlib import Path

import openpyxl
import pytest

from exchange import tabular
from exchange.columns import load_columns
from exchange.errors import ExchangeError
from exchange.messages import in_japanese
from exchange.report import Skipped
from exchange.tabular import (
    BLANK_ROW,
    LABEL_ROW,
    NOTE_ROW,
    TITLE_ROW,
    TOTAL_ROW,
    UNUSED_ROW,
    Table,
    find_tables,
    read_sheets,
)

RESOURCES = load_columns("resources")
TEXT = "名称,住所,定員\nつばめの会,一丁目1,10\n"


def written(folder: Path, content: str | bytes, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def workbook(folder: Path, *sheets: Sequence[Sequence[object]], name: str = "book.xlsx") -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for number, rows in enumerate(sheets, start=1):
        sheet = book.create_sheet(f"表{number}")
        for row in rows:
            sheet.append(list(row))
    book.save(folder / name)
    return folder / name


def names(table: Table) -> list[tuple[int, object]]:
    return [(record.row, record.fields["name"]) for record in table.records]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (b"\xef\xbb\xbf" + TEXT.encode(), "utf-8-sig"),
        (TEXT.encode("cp932"), "cp932"),
        (TEXT.encode("utf-16"), "utf-16"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16"),
        (TEXT.replace(",", "\t").encode("cp932"), "cp932"),
        (TEXT.replace("\n", "\r\n").encode(), "utf-8"),
        (TEXT.replace("\n", "\r").encode(), "utf-8"),
    ],
)
def test_encodings_and_separators(tmp_path: Path, content: bytes, encoding: str) -> None:
    (table,) = find_tables(written(tmp_path, content), RESOURCES)
    assert table.encoding == encoding
    assert names(table) == [(2, "つばめの会")]
    assert table.records[0].fields["capacity"] == "10"


def test_letters_that_only_cp932_has(tmp_path: Path) -> None:
    """①㈱髙﨑 are in CP932 and not in Shift_JIS."""
    (table,) = find_tables(written(tmp_path, "名称\n①㈱髙﨑\n".encode("cp932")), RESOURCES)
    assert names(table) == [(2, "①㈱髙﨑")]


def test_title_rows_labels_totals_blanks_and_notes_are_no_data(tmp_path: Path) -> None:
    path = workbook(
        tmp_path,
        [
            ["令和8年度　集いの場 一覧", None, None],
            [None, None, None],
            ["name", "address", "capacity"],
            ["名称", "住所", "定員"],
            ["つばめの会", "一丁目1", 10],
            [None, None, None],
            ["ひばりの会", "二丁目2", 5],
            ["合計", None, 15],
            ["※ 令和8年4月1日現在", None, None],
            [None, None, None],
        ],
    )
    (table,) = find_tables(path, RESOURCES)
    assert names(table) == [(5, "つばめの会"), (7, "ひばりの会")]
    assert table.skipped == (
        Skipped(1, TITLE_ROW),
        Skipped(4, LABEL_ROW),
        Skipped(6, BLANK_ROW),
        Skipped(8, TOTAL_ROW),
        Skipped(9, NOTE_ROW),
    )
    assert table.headers["name"] == "name"


def test_a_header_over_two_rows_with_merged_cells(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (
        ["施設一覧"],
        ["名称", "住所", "連絡先", None],
        [None, None, "電話番号", "内線番号"],
        ["つばめの会", "一丁目1", "048-000-0000", "12"],
    ):
        sheet.append(row)
    for cells in ("A1:D1", "A2:A3", "B2:B3", "C2:D2"):
        sheet.merge_cells(cells)
    book.save(tmp_path / "merged.xlsx")
    (table,) = find_tables(tmp_path / "merged.xlsx", RESOURCES)
    (record,) = table.records
    assert record.row == 4
    assert (record.fields["name"], record.fields["extension"]) == ("つばめの会", "12")
    assert {skip.row for skip in table.skipped} == {1, 2}


def test_blank_header_cells_and_ragged_rows(tmp_path: Path) -> None:
    (table,) = find_tables(
        written(tmp_path, "名称,,住所\nつばめの会,x\nひばりの会,y,二丁目,あまり\n"), RESOURCES
    )
    assert [record.fields["address"] for record in table.records] == [None, "二丁目"]
    assert [record.surplus for record in table.records] == [(), ("あまり",)]
    assert table.unknown_columns == ()


def test_cells_below_an_empty_header_and_empty_cells_are_no_surplus(tmp_path: Path) -> None:
    """Spreadsheets write commas for columns that somebody once touched."""
    text = "名称,住所,,\nつばめの会,一丁目,x,y\nひばりの会,二丁目,,,,　,\n※注記だけの行,,,,z\n"
    (table,) = find_tables(written(tmp_path, text), RESOURCES)
    assert [record.surplus for record in table.records] == [(), (), ("z",)]


def test_a_line_break_inside_a_cell_is_no_new_row(tmp_path: Path) -> None:
    content = '名称,備考\n"つばめの会","一行目\r\n二行目"\n\nひばりの会,x\n'
    (table,) = find_tables(written(tmp_path, content), RESOURCES)
    assert names(table) == [(2, "つばめの会"), (4, "ひばりの会")]
    assert table.skipped == (Skipped(3, BLANK_ROW),)


def test_each_sheet_that_has_the_columns_is_read_and_covers_are_not(tmp_path: Path) -> None:
    path = workbook(
        tmp_path,
        [["このファイルの使い方"], ["各シートに書いてください"]],
        [["名称", "住所"], ["つばめの会", "一丁目"]],
        [["名称", "住所"], ["ひばりの会", "二丁目"]],
    )
    tables = find_tables(path, RESOURCES)
    assert [table.sheet for table in tables] == ["表2", "表3"]
    assert [names(table) for table in tables] == [[(2, "つばめの会")], [(2, "ひばりの会")]]


def test_rows_that_say_nothing_in_a_column_that_is_used_are_no_data(tmp_path: Path) -> None:
    """The second row of a two-row header, and numbers written before anyone filled the form."""
    path = workbook(tmp_path, [
        ["No.", "名称", "住所", "連絡先", None],
        [None, None, None, "氏名", "携帯"],
        [1, "あ", "東1-1", "山田", "080"],
        [2, None, None, None, None],
    ])  # fmt: skip
    (table,) = find_tables(path, RESOURCES)
    assert names(table) == [(3, "あ")]
    assert table.skipped == (Skipped(2, UNUSED_ROW), Skipped(4, UNUSED_ROW))


def test_rows_and_columns_left_empty_before_the_table(tmp_path: Path) -> None:
    path = workbook(tmp_path, [[], [None, "名称", "開始時間", "更新日"],
                               [None, "つばめの会", time(9, 30), date(2026, 4, 1)]])  # fmt: skip
    (table,) = find_tables(path, RESOURCES)
    (record,) = table.records
    assert record.row == 3
    assert record.fields["starts_at"] == time(9, 30)
    assert record.fields["last_confirmed_on"] == date(2026, 4, 1)


def test_hidden_sheets_stay_hidden(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["名称"])
    book.worksheets[0].append(["つばめの会"])
    hidden = book.create_sheet("控え")
    hidden.append(["名称"])
    hidden.append(["消したはずの会"])
    hidden.sheet_state = "hidden"
    book.save(tmp_path / "hidden.xlsx")
    assert [sheet.name for sheet in read_sheets(tmp_path / "hidden.xlsx")] == ["Sheet"]


def sparse_workbook(folder: Path) -> Path:
    book = openpyxl.Workbook()
    book.worksheets[0]["A1"] = "名称"
    book.worksheets[0]["XFD1048576"] = 1
    book.save(folder / "sparse.xlsx")
    return folder / "sparse.xlsx"


def zip_bomb(folder: Path) -> Path:
    path = folder / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (3 * 2**20))
    return path


def other_archive(folder: Path) -> Path:
    path = folder / "letter.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    return path


def test_files_that_cannot_be_read_are_one_clear_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is refused before it can cost memory, with a sentence that names the file."""
    monkeypatch.setattr(tabular, "MOST_UNPACKED_BYTES", 2**21)
    cases: list[tuple[Path, str]] = [
        (tmp_path / "missing.csv", "file_not_found"),
        (written(tmp_path, "", "empty.csv"), "file_empty"),
        (written(tmp_path, " \r\n ", "blank.csv"), "file_empty"),
        (written(tmp_path, b"\x89PNG\r\n\x1a\n\x00\x00\x00", "image.csv"), "file_not_text"),
        (written(tmp_path, b"\x81\xff\xff,\x81", "euc.csv"), "file_not_text"),
        (written(tmp_path, "a,b\n1,2\n", "other.csv"), "header_not_found"),
        (written(tmp_path, b"PK\x03\x04rest", "torn.xlsx"), "file_broken"),
        (written(tmp_path, b"\xd0\xcf\x11\xe0" + b"0" * 600, "locked.xlsx"), "file_broken"),
        (written(tmp_path, '名称\n"' + "あ" * 1_000_001 + '"\n', "long.csv"), "csv_quotes"),
        (written(tmp_path, '名称,住所\n"あ,一丁目\nい,二丁目\n', "open.csv"), "csv_quotes"),
        (tmp_path, "file_is_folder"),
        (written(tmp_path, "名称\n" * 200_001, "rows.csv"), "file_too_many_rows"),
        (sparse_workbook(tmp_path), "file_too_many_rows"),
        (zip_bomb(tmp_path), "file_too_large"),
        (other_archive(tmp_path), "file_not_a_table"),
    ]
    for path, code in cases:
        with pytest.raises(ExchangeError) as caught:
            find_tables(path, RESOURCES)
        assert caught.value.code == code, path.name
        assert path.name in in_japanese(caught.value)
