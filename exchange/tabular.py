"""One reader for every table that comes in: CSV, TSV and workbooks to sheets of cells.

Encoding is decided in a fixed order (byte order mark, strict UTF-8, CP932), never guessed:
guessers take short CP932 texts for Chinese. Rows keep the number that a spreadsheet shows, so
that a message can be found in the file; line breaks inside a cell are no new row.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from exchange.cells import Cell, key, text
from exchange.columns import ColumnMap, Columns, assign, fold
from exchange.errors import ExchangeError
from exchange.report import Skipped

MOST_BYTES: Final = 64 * 1024 * 1024
MOST_UNPACKED_BYTES: Final = 256 * 1024 * 1024
MOST_ROWS: Final = 200_000
MOST_CELLS: Final = 5_000_000
MOST_CELL_CHARACTERS: Final = 1_000_000
HEADER_WITHIN_ROWS: Final = 40
ROW_NUMBER: Final = "row_no"
"""The field of a running number: forms have it filled in before anyone writes in the row."""

ZIP_START: Final = b"PK\x03\x04"
OLE_START: Final = b"\xd0\xcf\x11\xe0"

TITLE_ROW = "見出しより上の行（題名など）"
BLANK_ROW = "空の行"
LABEL_ROW = "見出しをくり返した行"
TOTAL_ROW = "合計の行"
NOTE_ROW = "注記の行"
UNUSED_ROW = "使う列が空の行"

_FILLED_CELL = re.compile(rb'<c\b[^>]*?\br="([A-Z]{1,3})(\d{1,7})"[^>]*(?<!/)>')
_TOTAL = re.compile(r"総?合計|総計|総数|小計|[全市区町村]*計|total|subtotal")
_ENDS_IN_TOTAL = re.compile(r".+(合計|小計|総計)")
_NOTE = re.compile(r"[※＊*]|[(（]?注|出典|資料[:：]")


@dataclass(frozen=True, slots=True)
class Sheet:
    """All cells of one sheet; row i of a spreadsheet is `rows[i - 1]`."""

    file: str
    name: str
    encoding: str
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Record:
    """One data row: its number in a spreadsheet, its fields, its families of columns.

    `surplus` are the filled cells right of the last header, of which nobody knows what they are.
    """

    row: int
    fields: Mapping[str, Cell]
    families: Mapping[str, Mapping[tuple[str, ...], Cell]]
    surplus: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """The data rows of a sheet, by field.

    Parameters
    ----------
    headers
        The written name of each field that is there.
    families
        Families of columns of which at least one is there.
    """

    file: str
    sheet: str
    encoding: str
    headers: Mapping[str, str]
    records: tuple[Record, ...]
    skipped: tuple[Skipped, ...]
    unknown_columns: tuple[str, ...]
    families: frozenset[str] = frozenset()

    @property
    def present(self) -> frozenset[str]:
        """Every field and family that the file has a column for."""
        return self.families | self.headers.keys()


def read_sheets(path: Path) -> tuple[Sheet, ...]:
    """Read every sheet of a file; what it is, its first bytes say, not its name.

    Raises
    ------
    ExchangeError
        `file_not_found`, `file_empty`, `file_too_large`, `file_not_text`, `file_broken`.
    """
    content = read_bytes(path)
    if content.startswith((ZIP_START, OLE_START)):
        return _workbook(content, path.name)
    decoded, encoding = decode(content, path.name)
    return (Sheet(path.name, "", encoding, _delimited(decoded, path.name)),)


def read_bytes(path: Path) -> bytes:
    """Read a file that may be read: there, not empty, not too large."""
    try:
        if path.is_dir():
            raise ExchangeError("file_is_folder", file=path.name)
        if path.exists() and not path.is_file():  # a device or a pipe may never end
            raise ExchangeError("file_not_a_table", file=path.name)
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise ExchangeError("file_too_large", file=path.name, most_mb=MOST_BYTES // 2**20)
        content = path.read_bytes()
    except OSError as error:
        raise ExchangeError("file_not_found", file=path.name) from error
    if not content.strip():
        raise ExchangeError("file_empty", file=path.name)
    return content


def decode(content: bytes, file: str) -> tuple[str, str]:
    """Give the text and the name of its encoding: by BOM, as strict UTF-8, as CP932."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            return _decoded(content, (encoding,), file)
    if b"\x00" in content:
        raise ExchangeError("file_not_text", file=file)
    return _decoded(content, ("utf-8", "cp932"), file)


def _decoded(content: bytes, encodings: Sequence[str], file: str) -> tuple[str, str]:
    for encoding in encodings:
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise ExchangeError("file_not_text", file=file)


def _delimited(decoded: str, file: str) -> tuple[tuple[Cell, ...], ...]:
    start = decoded[:20_000]
    delimiter = max(",\t;", key=start.count)
    csv.field_size_limit(MOST_CELL_CHARACTERS)
    lines = io.StringIO(decoded, newline="")
    rows: list[tuple[Cell, ...]] = []
    try:
        # Strict: a quote that is never closed would swallow all rows below it.
        for row in csv.reader(lines, delimiter=delimiter, strict=True):
            rows.append(tuple(row))
    except csv.Error as error:
        raise ExchangeError("csv_quotes", file=file, row=len(rows) + 1) from error
    return _checked(tuple(rows), file)


def _workbook(content: bytes, file: str) -> tuple[Sheet, ...]:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

    if content.startswith(ZIP_START):
        check_archive(content, file)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.visible is SheetVisibleEnum.Visible
        ]
        grids = {
            name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in names
        }
    except PasswordError as error:
        raise ExchangeError("file_locked", file=file) from error
    except (CalamineError, OSError, ValueError) as error:
        raise ExchangeError("file_broken", file=file) from error
    sheets = tuple(
        Sheet(file, name, "xlsx", _checked(tuple(map(tuple, grid)), file))
        for name, grid in grids.items()
        if grid
    )
    if not sheets:
        raise ExchangeError("file_empty", file=file)
    return sheets


def check_archive(content: bytes, file: str) -> None:
    """Refuse a workbook that would need far more memory than any table of a city.

    The reader below makes room for the whole rectangle of a sheet and ends the process where
    there is none, so one cell in the last row and column of a small file must be seen before.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if not any(entry.filename == "xl/workbook.xml" for entry in entries):
                raise ExchangeError("file_not_a_table", file=file)
            if sum(entry.file_size for entry in entries) > MOST_UNPACKED_BYTES:
                most_mb = MOST_UNPACKED_BYTES // 2**20
                raise ExchangeError("file_too_large", file=file, most_mb=most_mb)
            for entry in entries:
                if entry.filename.startswith("xl/worksheets/") and not entry.is_dir():
                    _check_extent(archive.read(entry), file)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
        raise ExchangeError("file_broken", file=file) from error


def _check_extent(sheet_xml: bytes, file: str) -> None:
    columns, rows = 0, 0
    for letters, number in _FILLED_CELL.findall(sheet_xml):
        columns, rows = max(columns, _column_number(letters)), max(rows, int(number))
    if rows > MOST_ROWS or columns * rows > MOST_CELLS:
        raise ExchangeError("file_too_many_rows", file=file, most=MOST_ROWS)


@cache
def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _checked(rows: tuple[tuple[Cell, ...], ...], file: str) -> tuple[tuple[Cell, ...], ...]:
    if len(rows) > MOST_ROWS:
        raise ExchangeError("file_too_many_rows", file=file, most=MOST_ROWS)
    return rows


def find_tables(path: Path, columns: ColumnMap) -> tuple[Table, ...]:
    """Read the tables of one kind that a file holds.

    A sheet without a header row of this kind (a cover, a list of choices) is left out as long
    as another sheet has one.

    Raises
    ------
    ExchangeError
        `header_not_found`, naming the columns that have to be there, and those of `read_sheets`.
    """
    tables = [table for sheet in read_sheets(path) if (table := find_table(sheet, columns))]
    if not tables:
        missing = "、".join("か".join(columns.label(f) for f in g) for g in columns.required)
        raise ExchangeError("header_not_found", file=path.name, columns=missing)
    return tuple(tables)


def find_table(sheet: Sheet, columns: ColumnMap) -> Table | None:
    """Find the header row of a sheet and the data rows below it; None where there is none."""
    found = _find_header(sheet, columns)
    if found is None:
        return None
    at, header = found
    skipped = [
        Skipped(number, TITLE_ROW)
        for number, row in enumerate(sheet.rows[:at], start=1)
        if any(map(text, row))
    ]
    last = max((n for n, row in enumerate(sheet.rows) if any(map(text, row))), default=at)
    records = []
    for number, row in enumerate(sheet.rows[at + 1 : last + 1], start=at + 2):
        if why := _no_data(row, header, columns):
            skipped.append(Skipped(number, why))
        else:
            records.append(_record(number, row, header))
    return Table(
        file=sheet.file,
        sheet=sheet.name,
        encoding=sheet.encoding,
        headers={each: header.headers[position] for each, position in header.at.items()},
        records=tuple(records),
        skipped=tuple(skipped),
        unknown_columns=header.unknown,
        families=header.present_families,
    )


def _find_header(sheet: Sheet, columns: ColumnMap) -> tuple[int, Columns] | None:
    """Find the row with most known names; cells merged over two rows take the upper name."""
    best: tuple[int, Columns] | None = None
    above: tuple[str, ...] = ()
    for at, row in enumerate(sheet.rows[:HEADER_WITHIN_ROWS]):
        written = tuple(text(cell) for cell in row)
        upper = above + ("",) * (len(written) - len(above))
        headers = tuple(
            name or (over if columns.fields_of(over) else "")
            for name, over in zip(written, upper, strict=False)
        )
        found = assign(headers, columns) if any(written) else None
        if found and found.fits(columns) and (best is None or len(found) > len(best[1])):
            best = (at, found)
        above = written
    return best


def _record(number: int, row: Sequence[Cell], header: Columns) -> Record:
    def cell(position: int) -> Cell:
        return row[position] if position < len(row) else None

    return Record(
        row=number,
        fields={each: cell(position) for each, position in header.at.items()},
        families={
            name: {groups: cell(position) for groups, position in family.items()}
            for name, family in header.families.items()
        },
        surplus=tuple(filter(None, map(text, row[len(header.headers) :]))),
    )


def _no_data(row: Sequence[Cell], header: Columns, columns: ColumnMap) -> str:
    """Say why a row is no data, "" if it is."""
    filled = [(at, text(cell)) for at, cell in enumerate(row) if text(cell)]
    if not filled:
        return BLANK_ROW
    if _is_label_row(filled, header, columns):
        return LABEL_ROW
    first = filled[0][1]
    if len(filled) == 1 and _NOTE.match(first):
        return NOTE_ROW
    named = [header.at[each] for group in columns.required for each in group if each in header.at]
    for written in {first, *(written for at, written in filled if at in named)}:
        plain = key(written)
        if _TOTAL.fullmatch(plain) or _ENDS_IN_TOTAL.fullmatch(plain):
            return TOTAL_ROW
    used = header.used - {header.at.get(ROW_NUMBER)}
    return "" if any(at in used for at, _ in filled) else UNUSED_ROW


def _is_label_row(filled: Sequence[tuple[int, str]], header: Columns, columns: ColumnMap) -> bool:
    """Say whether most cells only say again what their column is (labels under codes)."""
    field_at = {position: each for each, position in header.at.items()}
    repeats = sum(
        any(meant == field_at.get(at) for meant, _ in columns.fields_of(written))
        or (at < len(header.headers) and fold(written) == fold(header.headers[at]) != "")
        for at, written in filled
    )
    return repeats >= 2 and repeats * 2 >= len(filled)
