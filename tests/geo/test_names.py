from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.names import kanji_to_int, loosen, normalise_town_name, spell, split_chome

NINE = "一二三四五六七八九"


def in_kanji(number: int) -> str:
    """Write 1-99 as a by-law does."""
    tens, ones = divmod(number, 10)
    return (
        ("" if tens < 2 else NINE[tens - 1])
        + ("十" if tens else "")
        + (NINE[ones - 1] if ones else "")
    )


# A base that ends in a number would be read together with the 丁目.
bases = st.sampled_from(
    ["野火止", "東", "東北", "堀ノ内", "あたご", "霞が関", "北二十四条西", "ユーカリが丘", "番町"]
)


@given(bases, st.integers(1, 99), st.sampled_from(["", " ", "\u3000", "\u200b"]))
def test_all_ways_to_write_a_chome_give_one_key(base: str, number: int, gap: str) -> None:
    wide = str(number).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    written = [f"{gap}{base}{gap}{n}{gap}丁目" for n in (in_kanji(number), number, wide)]
    assert {normalise_town_name(text) for text in written} == {
        f"{normalise_town_name(base)}{number}丁目"
    }


@given(st.integers(1, 99))
def test_kanji_numbers_are_read_back(number: int) -> None:
    assert kanji_to_int(in_kanji(number)) == number == kanji_to_int(str(number))


def test_positional_zero_is_read() -> None:
    assert normalise_town_name("西二〇丁目") == "西20丁目"


@given(st.text(alphabet="大字東野火止ヶケがガ町一二三十1２3丁目　 ", max_size=12))
def test_a_key_is_its_own_key(text: str) -> None:
    key = normalise_town_name(text)
    once_more = normalise_town_name(key)
    assert normalise_town_name(once_more) == once_more
    if "字" not in text:  # what stands around a dropped 字 may come together as a new number
        assert once_more == key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("霞ヶ関", "霞が関"),
        ("霞ケ関", "霞ガ関"),
        ("ひばりヶ丘", "ひばりが丘"),
        ("ｱﾀｺﾞ1丁目", "アタゴ一丁目"),
        ("大字新曽", "新曽"),
        ("字芦原", "芦原"),
        ("大字新曽字芦原", "新曽芦原"),
        ("塩江町大字安原上", "塩江町安原上"),
        ("辻\U000e0100一丁目", "辻1丁目"),
    ],
)
def test_usual_variants_meet(one: str, other: str) -> None:
    assert normalise_town_name(one) == normalise_town_name(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("東", "東北"),
        ("東ハゼ町", "東ハセ町"),
        ("十文字町", "十文町"),
        ("栄一丁目", "栄十一丁目"),
        ("あたご", "あたこ"),
        ("100丁目", "10丁目"),
        ("新曾", "新曽"),
    ],
)
def test_different_towns_stay_apart(one: str, other: str) -> None:
    assert normalise_town_name(one) != normalise_town_name(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("新曾", "新曽"),
        ("堀之内", "堀ノ内"),
        ("堀の内", "堀ノ内"),
        ("澤田町", "沢田町"),
        ("四つ谷", "四ツ谷"),
    ],
)
def test_old_kanji_meet_only_when_loosened(one: str, other: str) -> None:
    assert loosen(normalise_town_name(one)) == loosen(normalise_town_name(other))


def test_the_spelling_for_ids_keeps_aza() -> None:
    assert spell("大字上戸田", keep_aza=True) == "大字上戸田"


def test_a_chome_is_split_from_its_town() -> None:
    assert split_chome("北24条西5丁目") == ("北24条西", 5)
    assert split_chome("新塚") == ("新塚", None)
