"""Where one more place would let one more person take part, by 圏域 and kind of need."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cases.matching.imagined import Cell, Imagined, ImaginedPlace, imagined_places, imagined_words
from matcher.assignment import assign
from matcher.errors import MatcherError
from matcher.problem import Problem
from matcher.result import Status
from matcher.rules import AllOrNone
from matcher.structure import is_flow

EAST, WEST = Cell("東", "withdrawal"), Cell("西", "withdrawal")
FULL = Problem.from_arrays(
    participant_ids=["p1", "p2", "p3", "p4"],
    opening_ids=["o1", "o2"],
    capacity=[1, 1],
    pair_participant=[0, 1, 2],
    pair_opening=[0, 0, 1],
    pair_score=[900_000, 400_000, 700_000],
)
"""p1 has o1, which p2 wants as well; p3 has o2; nothing fits p4."""


def test_a_place_helps_where_it_lets_somebody_in() -> None:
    """A place for p1 would make room for p2; one for p3 would help nobody; p4 can only gain."""
    cells = {"p1": WEST, "p3": EAST, "p4": Cell("北", "isolation")}
    found = imagined_places(FULL, assign(FULL), cells)
    assert found == Imagined(
        (
            ImaginedPlace(Cell("北", "isolation"), 1, 700_000),
            ImaginedPlace(WEST, 1, 400_000),
        ),
        is_complete=True,
    )


def test_whoever_is_in_no_cell_can_take_no_place() -> None:
    """Someone protected, or someone who was not in the run, makes no row."""
    assert imagined_places(FULL, assign(FULL), {"p9": WEST}) == Imagined((), is_complete=True)


def test_people_count_as_people_whatever_they_weigh() -> None:
    cells = {"p4": WEST}
    heavy = replace(FULL, weight=FULL.weight * 3)
    mixed = replace(FULL, weight=np.array([1, 1, 1, 2]))
    for problem in (heavy, mixed):
        (place,) = imagined_places(problem, assign(problem), cells).places
        assert place.people == 1


def test_with_rules_between_people_small_runs_are_solved_again() -> None:
    """p1 and p3 go both or not at all, and p2 takes what p1 leaves."""
    coupled = replace(FULL, rules=(AllOrNone(("p1", "p3")),))
    assert not is_flow(coupled)
    found = imagined_places(coupled, assign(coupled), {"p1": WEST, "p3": EAST})
    assert found == Imagined((ImaginedPlace(WEST, 1, 400_000),), is_complete=True)


def test_what_is_not_proven_is_not_told() -> None:
    with pytest.raises(MatcherError, match="assignment_not_optimal"):
        imagined_places(FULL, replace(assign(FULL), status=Status.FEASIBLE), {"p1": WEST})


def test_the_sentence_says_how_many_and_what_others_lose() -> None:
    place = ImaginedPlace(EAST, 1, 100)
    words = "あと1人 つながります。"
    assert imagined_words(place) == words
    worse = replace(place, score_units=-1)
    assert imagined_words(worse) == f"{words}みなさんの合い方の合計は、少し下がります。"
