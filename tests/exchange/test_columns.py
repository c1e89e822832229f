"""Columns are found by name, however the name is spelled, never by position."""

from __future__ import annotations

import pytest

from exchange.columns import assign, fold, load_columns

RESOURCES = load_columns("resources")
KINDS = ("boundaries", "districts", "openings", "participants", "resources", "towns")


def names(listed: str) -> list[str]:
    return "".join(listed.split()).split(",")


LEGACY = """
都道府県コード又は市区町村コード,NO,都道府県名,市区町村名,名称,名称_カナ,名称_通称,POIコード,
住所,方書,緯度,経度,電話番号,内線番号,法人番号,団体名,利用可能曜日,開始時間,終了時間,
利用可能日時特記事項,説明,バリアフリー情報,URL,備考
"""
CURRENT = """
全国地方公共団体コード,ID,地方公共団体名,名称,名称_カナ,名称_英字,種別,
所在地_全国地方公共団体コード,町字ID,所在地_連結表記,所在地_都道府県,所在地_市区町村,所在地_町字,
所在地_番地以下,建物名等（方書）,緯度,経度,高度の種別,高度の値,電話番号,内線番号,
連絡先メールアドレス,連絡先FormURL,連絡先備考（その他、SNSなど）,郵便番号,法人番号,団体名,
利用可能曜日,開始時間,終了時間,利用可能日時特記事項,URL,画像,画像_ライセンス,備考
"""


@pytest.mark.parametrize("header", [names(LEGACY), names(CURRENT)], ids=["legacy", "current"])
def test_both_generations_of_the_national_data_set(header: list[str]) -> None:
    found = assign(header, RESOURCES)
    assert found.fits(RESOURCES)
    for field, expected in {
        "name": ("名称",), "name_kana": ("名称_カナ",), "address": ("住所", "所在地_連結表記"),
        "address_note": ("方書", "建物名等（方書）"), "lat": ("緯度",), "lon": ("経度",),
        "phone": ("電話番号",), "organisation": ("団体名",), "days": ("利用可能曜日",),
        "starts_at": ("開始時間",), "note": ("備考",), "url": ("URL",),
    }.items():  # fmt: skip
        assert header[found.at[field]] in expected


def test_the_order_of_columns_does_not_matter() -> None:
    current = names(CURRENT)
    turned = assign(current[::-1], RESOURCES)
    straight = assign(current, RESOURCES)
    last = len(current) - 1
    assert {each: last - at for each, at in turned.at.items()} == dict(straight.at)


@pytest.mark.parametrize(
    ("written", "field"),
    [
        ("所在地_連結標記", "address"), ("料金（基本）", "cost_yen"), ("名称カナ", "name_kana"),
        ("名称（カナ）", "name_kana"), ("建物名等(方書)", "address_note"), ("ＵＲＬ", "url"),
        ("Latitude", "lat"), ("名 称", "name"),
        ("定員（人）", "capacity"), ("料金(円)", "cost_yen"), ("名称（必須）", "name"),
        ("電話番号\n（代表）", None), ("№", "row_no"),
    ],
)  # fmt: skip
def test_variants_of_a_name(written: str, field: str | None) -> None:
    found = assign([written], RESOURCES)
    assert set(found.at) == ({field} if field else set())
    assert found.unknown == (() if field else (written,))


def test_a_data_sets_name_before_every_header_is_taken_off() -> None:
    found = assign(["公共施設一覧_名称", "公共施設一覧_住所", "公共施設一覧_緯度"], RESOURCES)
    assert found.at == {"name": 0, "address": 1, "lat": 2}
    alone = assign(["旧_名称", "名称"], RESOURCES)
    assert alone.at == {"name": 1}
    assert alone.unknown == ("旧_名称",)


def test_of_several_columns_the_best_name_wins_and_the_others_are_listed() -> None:
    found = assign(["備考", "施設名", "名称", "特記事項", "名称"], RESOURCES)
    assert found.at == {"note": 0, "name": 2}
    assert found.unknown == ("施設名", "特記事項", "名称")


def test_columns_that_come_in_numbers() -> None:
    slots = assign(["番号", "氏名", "月 午前", "火曜の午後"], load_columns("participants"))
    assert slots.families["slots"] == {("月", "午前"): 2, ("火", "午後"): 3}
    access = assign(["名称", "授乳室の有無", "車椅子可"], RESOURCES)
    assert access.families["accessible"] == {("授乳室",): 1, ("車椅子可",): 2}


@pytest.mark.parametrize("kind", KINDS)
def test_no_name_of_a_map_means_two_fields_of_its_kind(kind: str) -> None:
    """Each accepted name leads to one field, so that no file can be read in two ways."""
    columns = load_columns(kind)
    doubled = {name for name, meant in columns.known.items() if len({m for m, _ in meant}) > 1}
    assert doubled == set()
    for field, names in columns.names.items():
        assert columns.label(field) == names[0]
        assert columns.fields_of(names[0]) == ((field, 0),)


def test_fold_keeps_what_differs() -> None:
    assert fold("名称_カナ") != fold("名称")
    assert fold("所在地_町字") != fold("町字ID")
