"""The import report has the shape of the contract, and its words fit on one screen."""

from __future__ import annotations

import json
from dataclasses import replace

from exchange.report import (
    SHOWN,
    Finding,
    ImportReport,
    Repaired,
    Skipped,
    in_japanese,
    to_json,
)

REPORT = ImportReport(
    file="a.csv",
    sheet="",
    kind="resources",
    encoding="cp932",
    data_rows=tuple(range(2, 12)),
    new=7,
    skipped=(Skipped(1, "題名"),),
    rejected=(
        Finding(4, "名称", "", "名称 が空です。"),
        Finding(4, "定員", "可", "数として読めません。"),
        Finding(6, "名称", "", "名称 が空です。"),
    ),
    repaired=(
        Repaired(5, "緯度", "139.5", "35.8", "緯度と経度が入れかわっていたので、直しました"),
    ),
    unresolved=(Finding(7, "町名", "本町", "「本町」という町は登録されていません。"),),
    unknown_columns=("郵便番号",),
)


def test_the_entry_has_the_keys_of_the_contract() -> None:
    (entry,) = json.loads(to_json([REPORT]))
    assert list(entry)[:13] == [
        "file", "sheet", "kind", "encoding", "rows", "imported", "new", "changed", "same",
        "skipped", "rejected", "repaired", "unresolved",
    ]  # fmt: skip
    assert entry["skipped"] == [{"row": 1, "why": "題名"}]
    assert set(entry["rejected"][0]) == {"row", "column", "value", "why"}
    assert set(entry["repaired"][0]) == {"row", "column", "from", "to", "why"}
    assert set(entry["unresolved"][0]) == {"row", "column", "value", "why"}


def test_rows_are_the_imported_and_the_distinct_rejected_ones() -> None:
    assert REPORT.imported == 8
    assert REPORT.rows == REPORT.imported + len({f.row for f in REPORT.rejected})


def test_a_refused_file_rejects_every_row_once() -> None:
    refused = REPORT.refused("ほかの行に誤りがあるため")
    assert refused.imported == 0
    assert refused.new == 0
    assert len({finding.row for finding in refused.rejected}) == 10
    assert len(refused.rejected) == 3 + 8


def test_the_words_say_what_went_in_and_where_to_look() -> None:
    text = in_japanese([REPORT])
    assert "10行のうち 8行を取り込みました" in text
    assert "4行目「定員」 数として読めません。" in text
    assert "本町" in text
    assert "使わなかった列 郵便番号" in text


def test_what_a_refused_row_leaves_open_is_told_with_its_row() -> None:
    """Nobody reads that a row is in when it is not."""
    both = replace(REPORT, unresolved=(*REPORT.unresolved, Finding(4, "町名", "北", "北？")))
    mended, checked = in_japanese([both]).split("  ? 確かめてほしいところ 1（行は入っています）")
    assert "4行目「町名」 北？" in mended
    assert "7行目「町名」" in checked
    refused = in_japanese([both.refused("ほかの行のため")])
    assert "行は入っています" not in refused
    assert "「定員」" in refused


def test_many_findings_stay_on_one_screen() -> None:
    many = tuple(Finding(row, "町名", "x", "分かりません。") for row in range(2, 500))
    text = in_japanese([ImportReport("a.csv", "", "towns", "utf-8", unresolved=many)])
    assert len(text.splitlines()) <= SHOWN + 4
    assert f"ほか {len(many) - SHOWN}件" in text
