"""What goes wrong with a list at the command line, and what the person who sent it reads.

Each table below is meant to be read: the kind of list, what is in it, what is answered.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from api.cli import run
from tests.api.homes import Homes, living_in

TOWNS = "町名,緯度,経度\n東一丁目,35.8050,139.5600\n東二丁目,35.8060,139.5620\n"
PLACES = "ID,名称,町名\nR1,つばめの会,東一丁目\n"
SQUARE = [[139.5, 35.7], [139.6, 35.7], [139.6, 35.9], [139.5, 35.9], [139.5, 35.7]]
OUTLINE = json.dumps({"type": "Polygon", "coordinates": [SQUARE]})

TOWN = "町名,緯度,経度,人口\n東三丁目,35.8070,139.5630,10\n"
PLACE = "ID,名称,町名,緯度,経度,定員,最終確認日,対象地域,種別\nR2,ひばりの会,東一丁目,,,,,,\n"
OFFER = (
    "枠の番号,枠の名前,場所,定員,いまの人数,すること,繰り返し,始まる時刻,終わる時刻,"
    "隔週の起点日,受け入れ開始日,受け入れ終了日,年齢の下限,年齢の上限,状態\n"
    "W1,お茶の席,つばめの会,5,,,,,,,,,,,\n"
)
PERSON = (
    "番号,氏名,町名,緯度,経度,生年月日,来られる曜日と時間帯,したいこと,"
    "同意,同意日,同意の期限,同意の相手\n"
    "T1,月丘 花,東一丁目,,,,水の午前,,文書,R8.4.1,,受け入れ先\n"
)
DISTRICT = "圏域,町名\n駅側,東一丁目\n"
LISTS = {
    "towns": TOWN,
    "resources": PLACE,
    "openings": OFFER,
    "participants": PERSON,
    "districts": DISTRICT,
}


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Homes:
    """Make 新座市 with an outline, two towns and a place, to be copied."""
    folder = tmp_path_factory.mktemp("ground")
    homes = Homes(folder)
    files = {
        "towns.csv": TOWNS,
        "places.csv": PLACES,
        "areas.csv": DISTRICT,
        "outline.json": OUTLINE,
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return homes


@pytest.fixture
def home(ground: Homes, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Live in a copy of that city."""
    monkeypatch.chdir(ground.folder)
    copy = ground.copy(
        "init --municipality niiza",
        "import boundaries outline.json --layer outline",
        "import towns towns.csv",
        "import resources places.csv",
    )
    with living_in(copy):
        yield copy


def dump(home: Path) -> list[str]:
    """Return everything that the database holds."""
    database = sqlite3.connect(home / "cases.sqlite3")
    try:
        return list(database.iterdump())
    finally:
        database.close()


def send(folder: Path, kind: str, content: str | bytes, *options: str) -> tuple[int, Any]:
    """Import a file and return the exit code and the report of its only sheet."""
    path, report = folder / "list.csv", folder / "report.json"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    layer = ["--layer", "community_welfare"] if kind == "districts" else []
    code = run(["import", kind, str(path), *layer, "--report", str(report), *options])
    (entry,) = json.loads(report.read_text(encoding="utf-8"))
    assert entry["rows"] == entry["imported"] + len({each["row"] for each in entry["rejected"]})
    assert entry["imported"] == entry["new"] + entry["changed"] + entry["same"]
    return code, entry


def workbook(*rows: list[object], merged: str = "") -> bytes:
    """Return a workbook of one sheet."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    if merged:
        sheet.merge_cells(merged)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


# ------------------------------------------------------------------ files
UNREADABLE: list[tuple[str, str, bytes | None, str]] = [
    # kind, name, content (None: there is no such file), what is answered
    ("openings", "missing.csv", None, "場所と名前を確かめてください"),
    ("openings", ".", None, "フォルダーです"),
    ("openings", "empty.csv", b"", "空です"),
    ("openings", "spaces.csv", b" \r\n\r\n", "空です"),
    ("openings", "empty.xlsx", b"", "空です"),
    ("openings", "no-cells.xlsx", workbook(), "空です"),
    ("openings", "picture.csv", b"\x89PNG\r\n\x1a\n\x00\x00", "文字を読めません"),
    ("openings", "nul.csv", "枠の名前,場所,定員\nあ\0,つばめの会,1\n".encode(), "文字を読めません"),
    ("openings", "euc.csv", "枠の名前,場所\n".encode("euc_jp") + b"\xff", "文字を読めません"),
    ("openings", "utf16.csv", "枠の名前,場所".encode("utf-16-le"), "文字を読めません"),
    ("openings", "text.xlsx", b"no workbook", "見出しの行が見つかりません"),
    ("openings", "torn.xlsx", workbook(["枠の名前"])[:900], "壊れていて読めません"),
    ("openings", "old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "壊れていて"),
    ("openings", "other.csv", "名前だけ\nあ\n".encode(), "枠の名前、定員 の列が要ります"),
    ("openings", "quote.csv", '枠の名前,定員\n"あ,1\nい,2\n'.encode(), "2行目から先を読めません"),
    ("participants", "places.csv", PLACES.encode(), "番号、氏名 の列が要ります"),
    ("boundaries", "list.geojson", b'{"type": "FeatureCollection"', "壊れていて読めません"),
    ("boundaries", "other.geojson", b'{"a": 1}', "GeoJSON の形になっていません"),
    ("boundaries", "table.csv", TOWNS.encode(), "形がありません"),
]


@pytest.mark.parametrize(("kind", "name", "content", "told"), UNREADABLE)
def test_a_file_that_cannot_be_read_ends_with_2_and_changes_nothing(
    home: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    kind: str,
    name: str,
    content: bytes | None,
    told: str,
) -> None:
    before = dump(home)
    if content is not None:
        (tmp_path / name).write_bytes(content)
    layer = ["--layer", "outline"] if kind == "boundaries" else []
    assert run(["import", kind, str(tmp_path / name), *layer]) == 2
    printed = capsys.readouterr()
    assert told in printed.err
    assert str(tmp_path / name) in printed.err
    assert printed.out == ""
    assert dump(home) == before


WRONG_ARGUMENTS: list[tuple[list[str], str]] = [
    (["import"], "「KIND」の指定がありません"),
    (["import", "towns"], "「FILE」の指定がありません"),
    (["import", "twons", "towns.csv"], "「towns」のことですか"),
    (["import", "everything", "towns.csv"], "取り込めるのは towns、"),
    (["import", "boundaries", "outline.json"], "community_welfare（地域福祉圏域）"),
    (
        ["import", "boundaries", "outline.json", "--layer", "comunity_welfare"],
        "という層はありません",
    ),
    (["import", "districts", "areas.csv", "--layer", "outline"], "この取り込みはできません"),
    (["import", "towns", "towns.csv", "--layer", "outline"], "districts と boundaries にだけ"),
    (["import", "towns", "towns.csv", "--report", "nowhere/r.json"], "--report"),
    (["import", "towns", "towns.csv", "--report", "towns.csv"], "別の名前"),
    (["import", "towns", "towns.csv", "--dryrun"], "--dry-run のことですか"),
]


@pytest.mark.parametrize(("arguments", "told"), WRONG_ARGUMENTS)
def test_wrong_arguments_end_with_2_and_change_nothing(
    home: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    before = dump(home)
    assert run(arguments) == 2
    assert told in capsys.readouterr().err
    assert dump(home) == before
    assert Path("towns.csv").read_text(encoding="utf-8") == TOWNS


# ------------------------------------------------------------------ rows
REJECTED: list[tuple[str, str, str, str]] = [
    # kind, a row below the good one, the column that is named, what is answered
    ("towns", ",35.8,139.56,1", "町名", "空です"),
    ("towns", "東3丁目,35.8,139.56,1", "町名", "2行目にもあります"),
    ("towns", "西,0,0,1", "緯度", "日本の中にありません"),
    ("towns", "西,35.8,,1", "経度", "片方だけ"),
    ("towns", "西,北緯35度,139.56,1", "緯度", "数として読めません"),
    ("towns", "西,35.8,139.56,-1", "人口", "0 以上"),
    ("towns", "西,35.8,139.56,9999999999", "人口", "大きすぎます"),
    ("districts", ",東二丁目", "圏域", "空です"),
    ("resources", "R3,,東一丁目,,,,,,", "名称", "空です"),
    ("resources", "R2,すずめの会,東一丁目,,,,,,", "ID", "番号「R2」は 2行目でも使われています"),
    ("resources", "R3,すずめの会,東一丁目,999,999,,,,", "緯度", "日本の中にありません"),
    ("resources", "R3,すずめの会,東一丁目,,,-1,,,", "定員", "0 以上"),
    ("resources", "R3,すずめの会,東一丁目,,,,きのう,,", "最終確認日", "日付として読めません"),
    ("resources", f"R3,{'長' * 5000},東一丁目,,,,,,", "名称", "4000字より長い"),
    ("openings", "W2,あ,つばめの会,0,,,,,,,,,,,", "定員", "1以上の数を書いてください"),
    ("openings", "W2,あ,つばめの会,-3,,,,,,,,,,,", "定員", "1以上の数を書いてください"),
    ("openings", "W2,あ,つばめの会,,,,,,,,,,,,", "定員", "空です"),
    ("openings", "W2,あ,つばめの会,若干名,,,,,,,,,,,", "定員", "数として読めません"),
    ("openings", "W1,あ,つばめの会,3,,,,,,,,,,,", "枠の番号", "番号「W1」は 2行目でも"),
    ("openings", "W2,あ,つばめの巣,3,,,,,,,,,,,", "場所", "「つばめの会」のことですか"),
    ("openings", "W2,あ,つばめの会,3,4,,,,,,,,,,", "いまの人数", "定員（3）を超えています"),
    ("openings", "W2,あ,つばめの会,3,,,8We,10:00,12:00,,,,,,", "繰り返し", "0から7で"),
    ("openings", "W2,あ,つばめの会,3,,,0Xx,10:00,12:00,,,,,,", "繰り返し", "Mo Tu We Th Fr Sa Su"),
    ("openings", "W2,あ,つばめの会,3,,,7Su,10:00,12:00,,,,,,", "隔週の起点日", "行う日を1つ"),
    ("openings", "W2,あ,つばめの会,3,,,0We,12:00,10:00,,,,,,", "終わる時刻", "より後では"),
    ("openings", "W2,あ,つばめの会,3,,,,10:00,12:00,,,,,,", "繰り返し", "毎週水"),
    ("openings", "W2,あ,つばめの会,3,,,,,,,R8.4.1,R8.3.1,,,", "受け入れ終了日", "より前です"),
    ("openings", "W2,あ,つばめの会,3,,,,,,,,,65,40,", "年齢の上限", "下限（65）より低い"),
    ("openings", "W2,あ,つばめの会,3,,,,,,,,,,,募集", "状態", "受付中、満員、休止、終了"),
    ("participants", ",月丘 実,東一丁目,,,,,,,,,", "番号", "空です"),
    ("participants", "T2,,東一丁目,,,,,,,,,", "氏名", "空です"),
    ("participants", "Ｔ1,月丘 実,東一丁目,,,,,,,,,", "番号", "番号「T1」は 2行目でも"),
    ("participants", "T2,月丘 実,東一丁目,,,S45.13.1,,,,,,", "生年月日", "日付として読めません"),
    ("participants", "T2,月丘 実,東一丁目,,,1850-01-01,,,,,,", "生年月日", "元号と年を"),
    ("participants", "T2,月丘 実,東一丁目,,,,いつか,,,,,", "来られる曜日と時間帯", "火・水の午前"),
    ("participants", "T2,月丘 実,東一丁目,,,,,,はい,,,", "同意", "まだ、口頭、文書、"),
    ("participants", "T2,月丘 実,東一丁目,,,,,,文書,R8.4.1,R8.3.1,", "同意の期限", "より前です"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "row", "column", "told"), REJECTED)
def test_an_impossible_row_stays_out_and_the_others_go_in(
    home: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    kind: str,
    row: str,
    column: str,
    told: str,
) -> None:
    """Row and column are named on the screen and in the report."""
    code, report = send(tmp_path, kind, LISTS[kind] + row + "\n")
    assert code == 0
    assert (report["rows"], report["imported"]) == (2, 1)
    (finding,) = report["rejected"]
    assert (finding["row"], finding["column"]) == (3, column)
    assert told in finding["why"]
    assert f"3行目「{column}」 {finding['why']}" in capsys.readouterr().out


UNRESOLVED: list[tuple[str, str, str, str]] = [
    ("towns", "西,36.5,139.56,1", "緯度", "新座市の外にあります"),
    ("towns", "西,,,1", "緯度", "緯度・経度がありません"),
    ("districts", "川側,南一丁目", "町名", "という町は登録されていません"),
    ("districts", "川側,東一丁目", "町名", "「駅側」にも入っています"),
    ("resources", "R3,すずめの会,西,,,,,,", "町名", "という町は登録されていません"),
    ("resources", "R3,すずめの会,,36.5,139.56,,,,", "緯度", "新座市の外にあります"),
    ("resources", "R3,すずめの会,,,,,,,", "町名", "どこにあるか分かりません"),
    ("resources", "R3,すずめの会,東一丁目,,,,,火星圏域,", "対象地域", "だれの案にも出ません"),
    ("resources", "R3,すずめの会,東一丁目,,,,,,宇宙基地", "種別", "「その他」として入れました"),
    ("openings", "W2,あ,つばめの会,3,,宇宙旅行,,,,,,,,,", "すること", "コード表にありません"),
    ("participants", "T2,月丘 実,西,,,,,,,,,", "町名", "という町は登録されていません"),
    ("participants", "T2,月丘 実,,36.5,139.56,,,,,,,", "緯度", "新座市の外にあります"),
    ("participants", "T2,月丘 実,東一丁目,,,,,宇宙旅行,,,,", "したいこと", "コード表にありません"),
    ("participants", "T2,月丘 実,東一丁目,,,,,,文書,R8.4.1,,市役所", "同意の相手", "打診には"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "row", "column", "told"), UNRESOLVED)
def test_what_nobody_here_knows_goes_in_and_is_asked_about(
    home: Path, tmp_path: Path, kind: str, row: str, column: str, told: str
) -> None:
    code, report = send(tmp_path, kind, LISTS[kind] + row + "\n")
    assert code == 0
    assert (report["rows"], report["imported"], report["rejected"]) == (2, 2, [])
    findings = [each for each in report["unresolved"] if each["row"] == 3]
    told_of = {each["column"]: each["why"] for each in findings}
    assert told in told_of[column if column in told_of else "住所"]


def test_swapped_axes_are_put_right_and_told(home: Path, tmp_path: Path) -> None:
    code, report = send(tmp_path, "towns", TOWN + "西,139.56,35.80,1\n")
    assert (code, report["imported"], report["rejected"]) == (0, 2, [])
    assert {(each["column"], each["to"]) for each in report["repaired"]} == {
        ("緯度", "35.8"), ("経度", "139.56"),
    }  # fmt: skip


@pytest.mark.parametrize("option", ["--dry-run", "--strict"])
@pytest.mark.parametrize("kind", LISTS)
def test_a_trial_and_a_strict_refusal_leave_the_database_as_it_was(
    home: Path, tmp_path: Path, kind: str, option: str
) -> None:
    before = dump(home)
    commas = LISTS[kind].splitlines()[1].count(",")
    code, report = send(tmp_path, kind, LISTS[kind] + "," * commas + "0\n", option)
    assert (code, report["imported"]) == ((0, 1) if option == "--dry-run" else (1, 0))
    assert dump(home) == before


def test_a_header_without_rows_is_told(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, report = send(tmp_path, "openings", OFFER.splitlines()[0])
    assert (code, report["rows"]) == (0, 0)
    assert "取り込む行がありませんでした" in capsys.readouterr().out


# ------------------------------------------------------------------ as offices keep them
def test_cp932_and_full_width_digits_are_read(home: Path, tmp_path: Path) -> None:
    text = (
        "枠の名前,場所,定員（人）,曜日,時間\nお茶の席①,つばめの会,１０,第１・３水曜,１０時～正午\n"
    )
    code, report = send(tmp_path, "openings", text.encode("cp932"))
    assert (code, report["encoding"], report["new"]) == (0, "cp932", 1)
    assert report["rejected"] == report["unresolved"] == []


def test_merged_title_rows_and_a_total_are_no_data(home: Path, tmp_path: Path) -> None:
    content = workbook(
        ["令和８年度　受け入れの枠（社会福祉協議会）"],
        ["令和８年４月１日現在"],
        ["No.", "枠の名前", "場所", "定員"],
        [1, "お茶の席", "つばめの会", 5],
        [2, "畑の手伝い", "つばめの会", 0],
        [3, None, None, None],
        ["合計", None, None, 5],
        merged="A1:D1",
    )
    code, report = send(tmp_path, "openings", content)
    assert (code, report["rows"], report["imported"]) == (0, 2, 1)
    assert [each["row"] for each in report["skipped"]] == [1, 2, 6, 7]
    assert [(each["row"], each["column"]) for each in report["rejected"]] == [(5, "定員")]


def test_a_corrected_list_changes_what_was_corrected(home: Path, tmp_path: Path) -> None:
    wrong = "W2,畑の手伝い,つばめの会,0,,,,,,,,,,,\nW3,手芸,つばめの会,3,,,,,,,,,,,\n"
    _, first = send(tmp_path, "openings", OFFER + wrong)
    assert (first["new"], first["changed"], first["same"]) == (2, 0, 0)
    right = wrong.replace("会,0,", "会,4,").replace("会,3,", "会,2,")
    _, second = send(tmp_path, "openings", OFFER + right)
    assert (second["new"], second["changed"], second["same"]) == (1, 1, 1)
    _, third = send(tmp_path, "openings", OFFER + right)
    assert (third["new"], third["changed"], third["same"]) == (0, 0, 3)


# ------------------------------------------------------------------ what comes of it
def matched(capfdbinary: pytest.CaptureFixture[bytes]) -> Any:
    """Match everyone and return the machine's answer."""
    capfdbinary.readouterr()
    assert run(["match", "--json"]) == 0
    return json.loads(capfdbinary.readouterr().out)


def test_who_is_not_resolved_takes_no_part_until_put_right(
    home: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """Nor does an opening; nobody without consent does."""
    people = (
        PERSON
        + "T2,月丘 実,南一丁目,,,,水の午前,,文書,R8.4.1,,受け入れ先\n"
        + "T3,月丘 光,東一丁目,,,,水の午前,,,,,\n"
        + "T4,月丘 空,東一丁目,,,,水の午前,宇宙旅行,文書,R8.4.1,,受け入れ先\n"
    )
    strange = "W9,星の席,つばめの会,9,,宇宙旅行,,,,,,,,,\n"
    send(tmp_path, "openings", OFFER.splitlines()[0] + "\n" + strange)
    send(tmp_path, "participants", people)
    answer = matched(capfdbinary)
    assert answer["proposals"] == []
    assert {each["case_no"]: each["why"] for each in answer["not_considered"]} == {
        "T2": "place_unknown", "T3": "consent_none_yet", "T4": "code_unknown",
    }  # fmt: skip
    send(tmp_path, "openings", OFFER)
    send(tmp_path, "participants", people.replace("南一丁目", "東二丁目"))
    answer = matched(capfdbinary)
    assert {each["case_no"] for each in answer["proposals"]} == {"T1", "T2"}


def test_no_opening_for_anyone_is_a_result(
    home: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    send(tmp_path, "participants", PERSON)
    answer = matched(capfdbinary)
    assert (answer["status"], answer["proposals"]) == ("optimal", [])
    (nowhere,) = answer["unplaced"]
    assert (nowhere["case_no"], nowhere["reason"]) == ("T1", "no_pair")
    assert nowhere["words"].endswith("。")
