"""Likeness of free texts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.text import similarity

PLACES = ("畑で土にさわり、花だんの手入れをします", "囲碁と将棋の会です", "", "ねこカフェの手伝い")
words = st.lists(st.text(alphabet="花畑土いごねこ、 ", max_size=8), max_size=4)


@given(words, words)
def test_every_likeness_is_a_share(wishes: list[str], descriptions: list[str]) -> None:
    """The shape is n by m, the values are from 0 to 1, in float32."""
    found = similarity(wishes, descriptions)
    assert found.shape == (len(wishes), len(descriptions))
    assert found.dtype == np.float32
    assert np.all((found >= 0) & (found <= 1))


def test_the_same_text_is_fully_alike() -> None:
    """Also when it is written in another width or kana."""
    found = similarity(["ネコｶﾌｪの手伝い！"], PLACES)
    assert found[0, 3] == pytest.approx(1.0, abs=1e-6)


def test_an_empty_text_is_like_nothing() -> None:
    """Neither an empty wish nor an empty description counts, nor does a lone mark."""
    found = similarity(["", "、。", "囲碁を打ちたい"], PLACES)
    assert not found[:2].any()
    assert not found[:, 2].any()


def test_the_place_that_speaks_of_the_wish_is_nearest() -> None:
    """Go to the go club, earth to the field."""
    found = similarity(["囲碁を打ちたい", "土にさわる手入れがしたい"], PLACES)
    assert found.argmax(axis=1).tolist() == [1, 0]


@given(words.filter(bool), words)
def test_nobody_changes_anothers_figures(wishes: list[str], others: list[str]) -> None:
    """The likeness of a wish is the same whoever else is asked about."""
    alone = similarity(wishes, PLACES)
    together = similarity([*wishes, *others], PLACES)
    np.testing.assert_array_equal(together[: len(wishes)], alone)
