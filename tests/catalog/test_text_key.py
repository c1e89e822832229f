"""Folding of texts for search, and the terms of the index."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.text_key import bigrams, find_number, number_key, search_key

texts = st.text(alphabet="かきカキｶｷaAＡ1１一ー-−ガ 　\n", max_size=12)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("サロン", "さろん"),
        ("ｻﾛﾝ", "さろん"),
        ("ガーデン", "がーでん"),
        ("ｶﾞｰﾃﾞﾝ", "がーでん"),
        ("ＴＯＤＡ元気体操", "toda元気体操"),
        ("小春　ちよ", "小春ちよ"),
        ("1−2‐3", "1-2-3"),
        ("㈱つばめ", "(株)つばめ"),
        ("ヴァイオリン", "ゔぁいおりん"),
        ("ヶ丘", "ゖ丘"),
        (" \n", ""),
    ],
)
def test_one_spelling_for_many(text: str, key: str) -> None:
    """Width, case, kana, spaces and dashes do not matter."""
    assert search_key(text) == key


@pytest.mark.parametrize("typed", ["T-0340", "ｔ－０３４０", "Ｔー０３４０", " t‐0340"])
def test_a_number_is_found_however_its_dash_was_typed(typed: str) -> None:
    assert number_key(typed) == "t-0340"


@given(texts)
def test_folding_twice_is_folding_once(text: str) -> None:
    """A key is its own key."""
    assert search_key(search_key(text)) == search_key(text)


def test_bigrams_are_neighbours() -> None:
    """A single character stands for itself, nothing for nothing."""
    assert bigrams("体操会") == {"体操", "操会"}
    assert bigrams("花") == {"花"}
    assert bigrams("") == frozenset()


@pytest.mark.parametrize(
    "typed", ["T-0336", "Ｔ－０３３６", "t-0336", "Tー0336", "336", "０３３６", " T-0336 "]
)
def test_a_number_is_found_however_it_is_typed(typed: str) -> None:
    assert find_number(typed, ["T-0034", "T-0336", "T-3360"]) == "T-0336"


@pytest.mark.parametrize("typed", ["", "T-", "36", "T-336", "12"])
def test_a_number_that_means_nobody_or_several_is_not_guessed(typed: str) -> None:
    assert find_number(typed, ["T-0336", "R7-012", "R8-012"]) is None
