"""Files as somebody would make them who wants to hurt, or whose computer did: made on the spot.

Each is written into a folder by a function; `HOSTILE` says of which kind of list it pretends to
be, and what is answered: codes of refusals, or "read" where it is harmless once it is cleaned.
"""

from __future__ import annotations

import gzip
import io
import json
import math
import os
import struct
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import openpyxl

HEAD: Final = "町名,緯度,経度,人口\n"
TOWN: Final = HEAD + "東一丁目,35.8050,139.5600,5\n"
SECRET: Final = "canary-of-another-file"
MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


# ------------------------------------------------------------------ archives and workbooks
def archive(parts: Mapping[str, bytes]) -> bytes:
    """Return a zip archive."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return stream.getvalue()


def workbook(
    rows: str, *, sheet: str = "", shared: str = "", parts: Mapping[str, bytes] | None = None
) -> bytes:
    """Return a workbook of one sheet, of its XML as it is given."""
    written = sheet or f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    changed = {"xl/worksheets/sheet1.xml": written.encode()}
    if shared:
        changed["xl/sharedStrings.xml"] = shared.encode()
    return archive({**empty_workbook(), **changed, **(parts or {})})


@cache
def empty_workbook() -> Mapping[str, bytes]:
    """Return the parts of a workbook as an office would save it."""
    book = openpyxl.Workbook()
    book.worksheets[0]["A1"] = "文字"
    stream = io.BytesIO()
    book.save(stream)
    with zipfile.ZipFile(stream) as saved:
        return {name: saved.read(name) for name in saved.namelist()}


def row(number: int, *cells: str) -> str:
    """Return a row of texts."""
    told = "".join(
        f'<c r="{chr(65 + at)}{number}" t="inlineStr"><is><t>{cell}</t></is></c>'
        for at, cell in enumerate(cells)
    )
    return f'<row r="{number}">{told}</row>'


def sheet(
    rows: str, before: str = "", inside: str = "", end: str = "</sheetData></worksheet>"
) -> str:
    """Return the XML of a sheet, with something before it and in it."""
    return f'{before}<worksheet xmlns="{MAIN}">{inside}<sheetData>{rows}{end}'


def cell(of_row: int, content: str, kind: str) -> str:
    """Return a row of one cell of some type."""
    return f'<row r="{of_row}"><c r="A{of_row}" t="{kind}">{content}</c></row>'


TABLE: Final = row(1, "町名", "緯度", "経度") + row(2, "東一丁目", "35.805", "139.56")
XXE: Final = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
ENTITIES: Final = "".join(
    f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)
DOCTYPE: Final = f'<!DOCTYPE x [<!ENTITY a "lollollollollollollol">{ENTITIES}]>'


def bomb_of_zeros() -> bytes:
    """Return half a gigabyte of blanks in half a megabyte."""
    return workbook("", parts={"zeros": bytes(512 * 2**20)})


def bomb_that_lies() -> bytes:
    """Return the same, but the archive says that it is small."""
    content = bytearray(workbook(" " * 300_000_000))
    for sign, at in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        found = content.find(sign)
        while found >= 0:
            content[found + at : found + at + 4] = struct.pack("<I", 1000)
            found = content.find(sign, found + 4)
    return bytes(content)


def ten_million_cells(named: bool) -> bytes:
    """Return ten thousand rows of a thousand cells."""
    cells = "".join(f"<c{f' r={chr(34)}A{n}{chr(34)}' * named}><v>1</v></c>" for n in range(1000))
    return workbook(f"<row>{cells}</row>" * 10_000)


def encrypted_flag() -> bytes:
    """Return an archive whose entries say that they are locked."""
    content = bytearray(workbook(TABLE))
    for sign, at in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        found = content.find(sign)
        while found >= 0:
            content[found + at] |= 1
            found = content.find(sign, found + 4)
    return bytes(content)


def broken_checksum() -> bytes:
    """Return a workbook with one other byte in its sheet."""
    content = bytearray(workbook(TABLE))
    content[content.find(b"xl/worksheets/sheet1.xml") + 60] ^= 0xFF
    return bytes(content)


def link_in_archive() -> bytes:
    """Return an archive with a symbolic link to the passwords of the machine."""
    entry = zipfile.ZipInfo("xl/worksheets/link.xml")
    entry.external_attr = 0o120777 << 16
    stream = io.BytesIO(archive({"a.txt": b"a"}))
    with zipfile.ZipFile(stream, "a") as made:
        made.writestr(entry, "/etc/passwd")
    return stream.getvalue()


# ------------------------------------------------------------------ maps
def ring(lon: float = 139.55, lat: float = 35.79, size: float = 0.01) -> list[list[float]]:
    """Return a square."""
    return [
        [lon, lat], [lon + size, lat], [lon + size, lat + size], [lon, lat + size], [lon, lat]
    ]  # fmt: skip


def geojson(coordinates: Any, kind: str = "Polygon", **more: Any) -> bytes:
    """Return one shape."""
    return json.dumps({"type": kind, "coordinates": coordinates, **more}).encode()


def feature_collection(features: Any) -> bytes:
    """Return a collection."""
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def circle(corners: int, turns: int = 1) -> list[list[float]]:
    """Return a polygon of many corners; with many turns a star that crosses itself everywhere."""
    step = 2 * math.pi * turns / corners
    points = [
        [139.55 + 0.01 * math.cos(step * n), 35.79 + 0.01 * math.sin(step * n)]
        for n in range(corners)
    ]
    return [*points, points[0]]


def projected(code: str) -> bytes:
    """Say that the coordinates are of another system."""
    named = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{code}"}}
    return geojson([ring()], crs=named)


def shapefile(records: bytes = b"", *, length: int = 50, kind: int = 5) -> bytes:
    """Return the main part of a shapefile: its header and what follows."""
    box = struct.pack("<8d", 139.5, 35.7, 139.6, 35.8, 0, 0, 0, 0)
    head = struct.pack(">7i", 9994, 0, 0, 0, 0, 0, length) + struct.pack("<2i", 1000, kind)
    return head + box + records


def polygon_record(points: int, parts: int = 1) -> bytes:
    """Return a record that says it has so many points."""
    body = struct.pack("<i4d2i", 5, 139.5, 35.7, 139.6, 35.8, parts, points) + bytes(4)
    return struct.pack(">2i", 1, len(body) // 2) + body


def table_of_points(records: int) -> bytes:
    """Return a .dbf that says it has so many rows."""
    head = struct.pack("<B3BIHH20x", 3, 26, 1, 1, records, 65, 11)
    return head + b"NAME\0\0\0\0\0\0\0C" + bytes(4) + b"\x0a" + bytes(15) + b"\r"


def other_format(path: Path) -> None:
    """Write what GDAL would follow to another file of the machine, called a shapefile."""
    other = path.with_name("other.csv")
    other.write_text(f"name,x,y\n{SECRET},139.55,35.79\n", encoding="utf-8")
    path.write_text(
        f'<OGRVRTDataSource><OGRVRTLayer name="other"><SrcDataSource>{other}</SrcDataSource>'
        "<GeometryType>wkbPoint</GeometryType>"
        '<GeometryField encoding="PointFromColumns" x="x" y="y"/></OGRVRTLayer></OGRVRTDataSource>',
        encoding="utf-8",
    )


def much_of_nothing(path: Path) -> None:
    """Write a file of a gigabyte that takes no room."""
    path.touch()
    os.truncate(path, 10**9)


# ------------------------------------------------------------------ the corpus
@dataclass(frozen=True, slots=True)
class Hostile:
    """A file: its name, the list it pretends to be, its content, what is answered."""

    name: str
    answers: frozenset[str]
    make: Callable[[], bytes] | None = None
    kind: str = "towns"
    place: Callable[[Path], None] | None = None
    """Puts something other than a file of bytes there."""


def made(name: str, answers: str, content: bytes | Callable[[], bytes]) -> Hostile:
    """Describe a file by its content."""
    is_map = name.endswith(("json", "shp", "gpkg", "shp.zip"))
    make = content if callable(content) else lambda: content
    return Hostile(name, frozenset(answers.split()), make, "boundaries" if is_map else "towns")


def placed(name: str, answers: str, place: Callable[[Path], None], kind: str = "towns") -> Hostile:
    """Describe what is no file of bytes."""
    return Hostile(name, frozenset(answers.split()), None, kind, place)


def tables(head: str, *lines: str) -> bytes:
    """Return a CSV."""
    return (head + "".join(lines)).encode()


NOT_TEXT, NO_HEADER, BROKEN = "file_not_text", "header_not_found", "file_broken"
TOO_MUCH = "file_too_large file_too_many_rows file_takes_too_much file_takes_too_long"
HOSTILE: Final = (
    # archives and workbooks
    made("bomb.xlsx", TOO_MUCH, bomb_of_zeros),
    made("lying-bomb.xlsx", f"{BROKEN} {TOO_MUCH}", bomb_that_lies),
    made(
        "nested.xlsx",
        "file_not_a_table",
        lambda: archive({"a.xlsx": archive({"b.xlsx": b"c" * 10**7})}),
    ),
    made("traversal.xlsx", "file_not_a_table", lambda: archive({"../../../etc/evil": b"a"})),
    made("traversal-inside.xlsx", "read", lambda: workbook(TABLE, parts={"../../evil.xml": b"a"})),
    made("link.xlsx", "file_not_a_table", link_in_archive),
    made(
        "many-entries.zip",
        "file_not_a_table",
        lambda: archive({str(n): b"" for n in range(20_000)}),
    ),
    made("ten-million.xlsx", TOO_MUCH, lambda: ten_million_cells(True)),
    made("ten-million-nameless.xlsx", TOO_MUCH, lambda: ten_million_cells(False)),
    made("last-cell.xlsx", TOO_MUCH, lambda: workbook(TABLE + '<c r="XFD1048576"><v>1</v></c>')),
    made(
        "many-rows.xlsx",
        TOO_MUCH,
        lambda: workbook("".join(row(n, "a") for n in range(1, 250_000))),
    ),
    made(
        "million-empty-rows.xlsx",
        f"read {NO_HEADER} file_empty {TOO_MUCH}",
        lambda: workbook("<row/>" * 3_000_000),
    ),
    made(
        "dimension.xlsx",
        "read",
        lambda: workbook("", sheet=sheet(TABLE, inside='<dimension ref="A1:XFD1048576"/>')),
    ),
    made(
        "xxe.xlsx",
        f"read {BROKEN} {NO_HEADER} file_empty",
        lambda: workbook("", sheet=sheet(TABLE + row(3, "&e;", "35.8", "139.5"), before=XXE)),
    ),
    made(
        "laughs.xlsx",
        f"read {BROKEN} {NO_HEADER} file_empty",
        lambda: workbook("", sheet=sheet(TABLE + row(3, "&i;", "35.8", "139.5"), before=DOCTYPE)),
    ),
    made(
        "laughs-shared.xlsx",
        f"read {BROKEN} {NO_HEADER} file_empty",
        lambda: workbook(
            TABLE + cell(3, "<v>0</v>", "s"),
            shared=f'{DOCTYPE}<sst xmlns="{MAIN}"><si><t>&i;</t></si></sst>',
        ),
    ),
    made(
        "bad-index.xlsx",
        f"read {BROKEN}",
        lambda: workbook(TABLE + cell(3, "<v>999999999</v>", "s")),
    ),
    made(
        "unclosed.xlsx",
        f"read {BROKEN} {NO_HEADER} file_empty",
        lambda: workbook("", sheet=sheet(TABLE, end="")),
    ),
    made(
        "deep.xlsx",
        f"read {BROKEN} {NO_HEADER} file_empty file_stops_reader",
        lambda: workbook("<a>" * 200_000),
    ),
    made(
        "formula.xlsx",
        "read",
        lambda: workbook(TABLE + cell(3, "<f>WEBSERVICE(1)</f><v>東二丁目</v>", "str")),
    ),
    made(
        "macro.xlsm",
        "read",
        lambda: workbook(TABLE, parts={"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"}),
    ),
    made("truncated.xlsx", BROKEN, lambda: workbook(TABLE)[:700]),
    made("checksum.xlsx", BROKEN, broken_checksum),
    made("locked.xlsx", f"{BROKEN} file_locked", encrypted_flag),
    made("old.xls", BROKEN, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5000)),
    made("old-noise.xls", BROKEN, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256)) * 400),
    made("document.docx", "file_not_a_table", lambda: archive({"word/document.xml": b"<a/>"})),
    made("sheet.ods", "file_not_a_table", lambda: archive({"content.xml": b"<a/>"})),
    made("sheet.xlsb", BROKEN, lambda: archive({"xl/workbook.bin": b"a", "xl/workbook.xml": b""})),
    made("workbook.csv", "read", lambda: workbook(TABLE)),
    # text
    made("text.xlsx", "read", TOWN.encode()),
    made("bom.csv", "read", TOWN.encode("utf-8-sig")),
    made("utf16.csv", "read", TOWN.encode("utf-16")),
    made("utf16-be.csv", "read", b"\xfe\xff" + TOWN.encode("utf-16-be")),
    made("utf16-no-mark.csv", NOT_TEXT, TOWN.encode("utf-16-le")),
    made("utf32.csv", "read", TOWN.encode("utf-32")),
    made("utf16-half.csv", NOT_TEXT, TOWN.encode("utf-16")[:-1]),
    made("cp932.csv", "read", TOWN.encode("cp932")),
    made("euc.csv", f"{NOT_TEXT} {NO_HEADER}", TOWN.encode("euc_jp")),
    made("iso2022.csv", NO_HEADER, TOWN.encode("iso2022_jp")),
    made("utf7.csv", NO_HEADER, TOWN.encode("utf-7")),
    made("surrogates.csv", f"{NOT_TEXT} {NO_HEADER}", TOWN.encode() + b"\xed\xa0\x80,1,1,1\n"),
    made("nul.csv", NOT_TEXT, TOWN.encode() + b"\x00,1,1,1\n"),
    made("overrides.csv", "read", tables(TOWN, "\u202eevil\u202c,35.8,139.56,1\n")),
    made("invisible.csv", "read", tables(TOWN, "東\u200b\u2066二丁目,35.8,139.56,1\n")),
    made("controls.csv", "read", tables(TOWN, "東\x1b[31m二丁目\x07,35.8,139.56,1\n")),
    made("formula.csv", "read", tables(TOWN, "\"=cmd|' /C calc'!A0\",35.8,139.56,1\n")),
    made("markup.csv", "read", tables(TOWN, "<script>alert(1)</script>,35.8,139.56,1\n")),
    made("sql.csv", "read", tables(TOWN, "'); DROP TABLE towns;--,35.8,139.56,1\n")),
    made("numbers.csv", "read", tables(TOWN, "西,1e999,nan,1e400\n", "北,٣٥,139,-0\n")),
    made("huge-number.csv", "read", tables(TOWN, f"西,35.8,139.56,{'9' * 5000}\n")),
    made("quote.csv", "csv_quotes", tables(TOWN, '"西,35.8,139.56,1\n' * 3)),
    made("long-cell.csv", "csv_quotes", lambda: tables(TOWN, "a" * 2_000_000 + ",1,1,1\n")),
    made(
        "long-line.csv",
        f"read {NO_HEADER} csv_quotes {TOO_MUCH}",
        lambda: tables(TOWN, "," * 8_000_000 + "\n"),
    ),
    made(
        "wide-head.csv",
        f"{NO_HEADER} {TOO_MUCH}",
        lambda: tables(",".join(f"列{n}" for n in range(50_000)) + "\n", "1\n" * 50),
    ),
    made("many-rows.csv", TOO_MUCH, lambda: tables(HEAD, "西,35.8,139.56,1\n" * 300_000)),
    made("carriage.csv", "read", TOWN.replace("\n", "\r").encode()),
    made("same-heads.csv", "read", tables("町名,町名,緯度,経度\n", "西,東,35.8,139.56\n")),
    made("empty.csv", "file_empty", b""),
    made("blanks.csv", "file_empty", b" \t\r\n" * 1000),
    made("page.csv", NO_HEADER, b"<html><body>Not signed in</body></html>"),
    made("picture.csv", NOT_TEXT, b"\x89PNG\r\n\x1a\n" + bytes(100)),
    made("program.csv", NOT_TEXT, b"MZ\x90\x00" + bytes(range(256)) * 40),
    made("paper.csv", f"{NOT_TEXT} {NO_HEADER}", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"),
    made("packed.csv", NOT_TEXT, lambda: gzip.compress(TOWN.encode(), mtime=0)),
    # what is no file
    placed("folder.csv", "file_is_folder", Path.mkdir),
    placed("nowhere.csv", "file_not_found", lambda _: None),
    placed("loop.csv", "file_not_found", lambda path: path.symlink_to(path.name)),
    placed("pipe.csv", "file_not_a_table", os.mkfifo),
    placed("endless.csv", "file_not_a_table", lambda path: path.symlink_to("/dev/zero")),
    placed("machine.csv", NO_HEADER, lambda path: path.symlink_to("/etc/passwd")),
    placed("sparse.csv", "file_too_large", much_of_nothing),
    # maps
    made(
        "bow-tie.geojson",
        "read",
        geojson(
            [[[139.55, 35.79], [139.56, 35.80], [139.56, 35.79], [139.55, 35.80], [139.55, 35.79]]]
        ),
    ),
    made("swapped.geojson", "read", geojson([[[lat, lon] for lon, lat in ring()]])),
    made(
        "metres.geojson",
        "read",
        geojson(
            [[[-9000.0, -22000.0], [-8000.0, -22000.0], [-8000.0, -21000.0], [-9000.0, -22000.0]]]
        ),
    ),
    made("mercator.geojson", "read geometry_wrong", projected("3857")),
    made("no-such-system.geojson", "read unknown_crs", projected("999999")),
    made("million.geojson", f"read {TOO_MUCH}", lambda: geojson([circle(1_000_000)])),
    made(
        "star.geojson",
        f"read {TOO_MUCH} file_stops_reader",
        lambda: geojson([circle(6_001, 3_000)]),
    ),
    made(
        "holes.geojson",
        "read file_takes_too_long",
        lambda: geojson([ring(), *[ring(size=0.001)] * 2_000]),
    ),
    made("deep.geojson", BROKEN, b'{"type":"Polygon","coordinates":' + b"[" * 100_000),
    made(
        "deep-properties.geojson",
        f"read {BROKEN}",
        b'{"type":"Feature","properties":' + b'{"a":' * 500 + b"1" + b"}" * 501,
    ),
    made(
        "nan.geojson", BROKEN, b'{"type":"Polygon","coordinates":[[[NaN,1],[2,2],[3,3],[NaN,1]]]}'
    ),
    made(
        "infinite.geojson",
        "read",
        b'{"type":"Polygon","coordinates":[[[1e400,1],[2,2],[3,3],[1e400,1]]]}',
    ),
    made("words.geojson", "read", geojson([[["a", "b"], ["c", "d"], ["e", "f"], ["a", "b"]]])),
    made("two-corners.geojson", "read", geojson([[[139.5, 35.7], [139.5, 35.7]]])),
    made("hollow.geojson", "read", geojson([])),
    made("point.geojson", "read", geojson([139.5, 35.7], "Point")),
    made("list-type.geojson", f"geojson_wrong {BROKEN}", b'{"type": ["Polygon"]}'),
    made("no-list.geojson", "geojson_wrong", feature_collection({"a": 1})),
    made("odd-features.geojson", "geojson_wrong", feature_collection([1, None, "a"])),
    made(
        "many.geojson",
        "geojson_wrong file_takes_too_much",
        lambda: feature_collection([None] * 200_000),
    ),
    made(
        "huge-integer.geojson",
        f"{BROKEN} read",
        b'{"type":"Polygon","coordinates":[[[' + b"9" * 5_000 + b",1]]]}",
    ),
    made("unclosed.geojson", BROKEN, b'{"type":"Polygon","coordinates":[[['),
    made("shape-of-text.shp", BROKEN, b"no shapefile at all"),
    made("half-header.shp", BROKEN, shapefile()[:60]),
    made(
        "long-header.shp",
        f"{BROKEN} read file_too_many_rows geometry_missing",
        shapefile(length=2**31 - 1),
    ),
    made("many-points.shp", f"{BROKEN} read", shapefile(polygon_record(2**31 - 1), length=200)),
    made("many-parts.shp", f"{BROKEN} read", shapefile(polygon_record(10, 2**30), length=200)),
    made("odd-kind.shp", f"{BROKEN} read geometry_missing file_too_many_rows", shapefile(kind=99)),
    made(
        "rows.shp.zip",
        f"{BROKEN} read {TOO_MUCH}",
        lambda: archive({"a.shp": shapefile(), "a.dbf": table_of_points(2**31)}),
    ),
    made(
        "traversal.shp.zip",
        f"{BROKEN} read",
        lambda: archive({"../../a.shp": b"evil", "../../a.dbf": b""}),
    ),
    made("bomb.shp.zip", TOO_MUCH, lambda: archive({"a.shp": bytes(300 * 2**20)})),
    made("noise.gpkg", BROKEN, b"SQLite format 3\x00" + bytes(range(256)) * 20),
    placed("other-format.shp", BROKEN, other_format, "boundaries"),
)
"""What comes from outside."""
