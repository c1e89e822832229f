from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.errors import InvalidProblem
from matcher.problem import Problem, find_pairs, whole_units
from matcher.rules import Apart, Fixed, Forbidden, GroupFloor, HostLimit, SameOpening

GOOD: Mapping[str, Any] = {
    "participant_ids": ["p1", "p2"],
    "opening_ids": ["o1", "o2"],
    "capacity": [1, 0],
    "pair_participant": [0, 1, 1],
    "pair_opening": [0, 0, 1],
    "pair_score": [1, 2, 3],
}


def test_what_is_left_out_takes_the_default() -> None:
    problem = Problem.from_arrays(**GOOD)
    assert problem.weight.tolist() == [1, 1]
    assert problem.pair_seats.tolist() == [1, 1, 1]
    assert problem.pair_slot.tolist() == [-1, -1, -1]
    assert problem.opening_host.tolist() == [-1, -1]
    assert problem.previous == ("", "")
    assert problem.objectives == ("placed", "floors", "score")
    assert problem.rules == ()


def test_the_largest_opening_may_have_one_more_place() -> None:
    largest = Problem.from_arrays(**{**GOOD, "capacity": [10**9, 0]})
    assert largest.with_one_more_place(0).capacity.tolist() == [10**9 + 1, 0]


@pytest.mark.parametrize(
    ("change", "code", "where"),
    [
        ({"participant_ids": ["p1", "p1"]}, "id_twice", "participants/1/id"),
        ({"opening_ids": ["o1", ""]}, "id_empty", "openings/1/id"),
        ({"opening_ids": ["o1", "\ud800"]}, "text_not_unicode", "openings/1/id"),
        ({"capacity": [1, -1]}, "number_too_small", "openings/1/capacity"),
        ({"capacity": [1, 2.5]}, "number_not_whole", "openings.capacity"),
        ({"capacity": [1]}, "wrong_length", "openings.capacity"),
        (
            {"host_names": ["h", "i"], "opening_host": [1, 2]},
            "number_out_of_range",
            "openings/1/host",
        ),
        ({"weight": [1, 0]}, "number_too_small", "participants/1/weight"),
        ({"weight": [2**62, 2**62]}, "sum_too_large", "participants/weight"),
        ({"pair_seats": [1, 2**63 - 1, 1]}, "number_too_large", "pairs/1/seats"),
        ({"pair_seats": [1, 10**9 + 1, 1]}, "number_too_large", "pairs/1/seats"),
        ({"capacity": [1, 10**9 + 1]}, "number_too_large", "openings/1/capacity"),
        ({"pair_seats": [1, 0, 1]}, "number_too_small", "pairs/1/seats"),
        ({"pair_score": [0, 0, 10**12 + 1]}, "number_out_of_range", "pairs/2/score"),
        ({"pair_participant": [0, 1, 2]}, "number_out_of_range", "pairs/2/participant"),
        ({"pair_opening": [0, -1, 1]}, "number_out_of_range", "pairs/1/opening"),
        ({"pair_opening": [0, 2**40, 1]}, "number_out_of_range", "pairs.opening/1"),
        ({"pair_opening": [0, 1, 1]}, "pair_twice", "pairs/2"),
        ({"objectives": []}, "objectives_empty", "objectives"),
        ({"objectives": ["placed", "scores"]}, "objective_unknown", "objectives/1"),
        ({"objectives": ["score", "score"]}, "objective_twice", "objectives/1"),
        ({"moves_limit": -1}, "number_too_small", "moves_limit"),
        ({"time_limit_seconds": float("nan")}, "number_out_of_range", "time_limit_seconds"),
        ({"rules": [SameOpening(("p1",))]}, "rule_needs_two", "rules/0"),
        ({"rules": [SameOpening(("p1", "p1"))]}, "rule_repeats", "rules/0"),
        ({"rules": [Apart(("p1", "px"))]}, "participant_unknown", "rules/0"),
        ({"rules": [Forbidden("p1", "ox")]}, "opening_unknown", "rules/0"),
        ({"rules": [HostLimit("o1", 1)]}, "host_unknown", "rules/0"),
        ({"rules": [GroupFloor("g", 0.5)]}, "group_unknown", "rules/0"),
        ({"rules": [Forbidden("p1", "o2"), Fixed("p1", "o2")]}, "fixed_not_a_pair", "rules/1"),
    ],
)
def test_a_broken_entry_is_named(change: Mapping[str, Any], code: str, where: str) -> None:
    with pytest.raises(InvalidProblem) as refused:
        Problem.from_arrays(**{**GOOD, **change})
    assert (refused.value.code, refused.value.params["where"]) == (code, where)


def test_a_wrong_name_comes_with_the_nearest_right_one() -> None:
    with pytest.raises(InvalidProblem) as refused:
        Problem.from_arrays(**GOOD, objectives=["plased"])
    assert refused.value.params["near"] == "placed"


def test_pairs_are_found_by_their_ends() -> None:
    problem = Problem.from_arrays(**GOOD)
    assert find_pairs(problem, [1, 0, 0], [1, 1, 0]).tolist() == [2, -1, 0]


@given(st.floats(-1e6, 1e6))
def test_scores_round_like_decimals(score: float) -> None:
    """The shortest decimal of a float, rounded half to even at the sixth place."""
    exact = Decimal(repr(score)).quantize(Decimal("1e-6"), ROUND_HALF_EVEN)
    assert whole_units([score]).tolist() == [int(exact.scaleb(6))]


def test_halves_go_to_the_even_unit() -> None:
    """Also where no float is exactly half way."""
    scores = [0.0000005, 0.0000015, 0.0000025, 1.0000015, -1.0000015, 123456.1234565]
    assert whole_units(scores).tolist() == [0, 2, 2, 1000002, -1000002, 123456123456]


@pytest.mark.parametrize("score", [np.nan, np.inf, -np.inf, 1000000.0000005])
def test_a_score_that_is_no_number_is_refused(score: float) -> None:
    with pytest.raises(InvalidProblem, match="pairs/1/score"):
        whole_units([0.5, score])
