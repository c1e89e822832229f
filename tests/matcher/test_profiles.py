"""The inputs of the matcher are checked once, where they are made."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from matcher.errors import MatcherError
from matcher.profiles import Pairs, check_sizes, people_blocks
from tests.matcher.tables import offers, pairs, profiles, usual_pairs


def changed(value: Any, **columns: Any) -> Any:
    kept = {each.name: getattr(value, each.name) for each in dataclasses.fields(value) if each.init}
    return type(value)(**(kept | columns))


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("age", np.array([40], np.int64), "column_type"),
        ("age", [40], "column_type"),
        ("age", np.array([40, 41], np.int16), "column_shape"),
        ("age", np.array([[40]], np.int16), "column_shape"),
        ("age", np.array([-2], np.int16), "column_range"),
        ("sex", np.array([3], np.int8), "column_range"),
        ("available", np.array([1 << 21], np.int64), "column_range"),
        ("travel_limit_minutes", np.array([np.nan], np.float32), "column_range"),
        ("wants", np.array([[1.5]], np.float32), "column_range"),
        ("avoids", np.zeros((1, 2), bool), "column_shape"),
    ],
)
def test_a_wrong_column_is_named(column: str, value: Any, code: str) -> None:
    with pytest.raises(MatcherError) as caught:
        changed(profiles({}), **{column: value})
    assert (caught.value.code, caught.value.params["column"]) == (code, column)


@pytest.mark.parametrize("column", ["min_age", "max_age", "people", "confirmed_days"])
def test_nothing_but_unknown_is_below_0(column: str) -> None:
    assert getattr(offers({column: -1}), column).tolist() == [-1]
    with pytest.raises(MatcherError, match="column_range"):
        offers({column: -2})


def test_an_id_may_not_come_twice() -> None:
    with pytest.raises(MatcherError, match="id_twice"):
        offers({"id": "same"}, {"id": "same"})


def test_columns_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="read-only"):
        profiles({}).age[0] = 3


def test_ids_know_their_order() -> None:
    assert offers({"id": "b"}, {"id": "c"}, {"id": "a"}).id_rank.tolist() == [1, 2, 0]


def test_rows_are_taken_with_their_ids_and_order() -> None:
    taken = offers({"cost_yen": 1}, {"cost_yen": 2}, {"cost_yen": 3}).take([2, 0])
    assert (taken.ids, taken.cost_yen.tolist()) == (("o2", "o0"), [3, 1])
    one = profiles({"age": 20}, {"age": 30}).take(slice(1, 2))
    assert (one.ids, one.age.tolist(), len(one)) == (("p1",), [30], 1)
    cut = pairs([{}, {"travel_minutes": 7}], [{}, {}]).take([0], slice(1, 2))
    assert cut.travel_minutes.tolist() == [[7.0]]


def test_blocks_are_never_empty() -> None:
    """Also where one person's pairs alone are more than fit."""
    blocks = [(one.start, one.stop) for one in people_blocks(5, 3, most_pairs=6)]
    assert blocks == [(0, 2), (2, 4), (4, 5)]
    assert [(one.start, one.stop) for one in people_blocks(2, 9, most_pairs=6)] == [(0, 1), (1, 2)]


def test_nobody_knows_any_place_unless_said() -> None:
    two = np.zeros((2, 3), np.float32)
    flags = np.zeros((2, 3), bool)
    assert not Pairs(two, flags, flags, two).familiar.any()


def test_pairs_of_other_people_are_refused() -> None:
    with pytest.raises(MatcherError, match="sizes_differ") as caught:
        check_sizes(profiles({}), offers({}), usual_pairs(2, 1))
    assert caught.value.params["what"] == "pairs"
    with pytest.raises(MatcherError, match="menu"):
        check_sizes(profiles({}), offers({"menu": [True]}), usual_pairs(1, 1))
