from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from matcher import imagined
from matcher.assignment import assign
from matcher.imagined import ImaginedPlaces, at_median_scores, gains_of, with_place
from matcher.problem import Problem
from matcher.rules import AllOrNone, Fixed, Rule, SameOpening
from matcher.structure import is_flow
from tests.matcher import reference
from tests.matcher.strategies import any_problems, flow_problems

QUEUE = Problem.from_arrays(
    participant_ids=["p1", "p2", "p3"],
    opening_ids=["o1", "o2"],
    capacity=[1, 1],
    pair_participant=[0, 1, 1, 2],
    pair_opening=[0, 0, 1, 1],
    pair_score=[900_000, 500_000, 400_000, 700_000],
)
"""p1 takes o1, p3 takes o2, and p2 finds both taken."""


@st.composite
def places_of(draw: st.DrawFn, problem: Problem) -> ImaginedPlaces:
    n = len(problem.participant_ids)
    rows = st.lists(st.tuples(st.integers(0, max(n - 1, 0)), st.integers(0, 1)), unique=True)
    members = draw(rows) if n else []
    scores = st.lists(st.integers(-3, 6).map(lambda one: one * 100_000), min_size=2, max_size=2)
    return ImaginedPlaces(
        np.array(members, np.int32).reshape(-1, 2), np.array(draw(scores), np.int64)
    )


@given(flow_problems(), st.data())
def test_gains_equal_solving_again_with_the_place(problem: Problem, data: st.DataObject) -> None:
    """Over all rules that leave a problem a flow, in any order of objectives."""
    assume(reference.best(problem) is not None)
    _check(problem, data.draw(places_of(problem)))


@settings(max_examples=settings().max_examples // 2)
@given(any_problems(), st.data())
def test_with_rules_between_people_it_is_solved_again(
    problem: Problem, data: st.DataObject
) -> None:
    """The same where people go together, stay apart or take several seats."""
    assume(reference.best(problem) is not None)
    _check(problem, data.draw(places_of(problem)))


def _check(problem: Problem, places: ImaginedPlaces) -> None:
    found = gains_of(problem, assign(problem), places)
    assert found.known.all()
    before = reference.best(problem)
    for place, gained in enumerate(found.gains.T.tolist()):
        after = reference.best(with_place(problem, places, place))
        assert before is not None
        assert after is not None
        assert gained == [new - old for new, old in zip(after, before, strict=True)]


def test_a_place_for_one_who_has_another_sets_that_free() -> None:
    """p1 could go to the new place, and p2 takes what p1 leaves."""
    places = ImaginedPlaces(np.array([[0, 0], [2, 1]], np.int32), np.array([600_000, 100_000]))
    found = gains_of(QUEUE, assign(QUEUE), places)
    assert found.gains.T.tolist() == [[1, 0, 200_000], [1, 0, -200_000]]


@pytest.mark.parametrize(
    ("rule", "gains"),
    [
        (Fixed("p1", "o1"), [0, 0, 0]),
        (SameOpening(("p1", "p2")), [0, 0, 0]),
        (AllOrNone(("p1", "p2")), [1, 0, 500_000]),
    ],
    ids=str,
)
def test_whoever_is_bound_takes_no_place_alone(rule: Rule, gains: list[int]) -> None:
    """p1 may take the place; but stays, or needs p2 along."""
    problem = replace(QUEUE, rules=(rule,))
    places = ImaginedPlaces(np.array([[0, 0]], np.int32), np.array([600_000]))
    found = gains_of(problem, assign(problem), places)
    best = reference.best(problem)
    after = reference.best(with_place(problem, places, 0))
    assert best is not None
    assert after is not None
    assert found.gains[:, 0].tolist() == gains
    assert gains == [new - old for new, old in zip(after, best, strict=True)]


def test_a_place_may_let_others_take_what_they_waited_for() -> None:
    """p1 has nothing listed, so p2 could go nowhere either; with the place both can."""
    problem = Problem.from_arrays(
        participant_ids=["p1", "p2"],
        opening_ids=["o1"],
        capacity=[1],
        pair_participant=[1],
        pair_opening=[0],
        pair_score=[500_000],
        rules=[AllOrNone(("p1", "p2"))],
    )
    assert is_flow(problem)
    places = ImaginedPlaces(np.array([[0, 0]], np.int32), np.array([600_000]))
    found = gains_of(problem, assign(problem), places)
    assert found.known.all()
    assert found.gains[:, 0].tolist() == [2, 0, 1_100_000]


def test_the_score_is_the_one_in_the_middle() -> None:
    """Of an even number the mean of two, half a unit to the even one; of none what others have."""
    odd = replace(QUEUE, pair_score=np.array([900_000, 500_001, 400_000, 700_000]))
    members = np.array([[0, 0], [1, 1], [1, 2], [0, 2]], np.int32)
    assert at_median_scores(odd, members, 4).score.tolist() == [900_000, 450_000, 500_001, 600_000]
    nobody = replace(odd, capacity=np.array([0, 0]))
    assert at_median_scores(nobody, members, 1).score.tolist() == [0]


def test_what_is_too_much_to_solve_again_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    coupled = replace(QUEUE, rules=(AllOrNone(("p1", "p2")),))
    assert not is_flow(coupled)
    places = ImaginedPlaces(np.array([[0, 0], [0, 1]], np.int32), np.array([600_000, 500_000]))
    monkeypatch.setattr(imagined, "MOST_AGAIN", 2 * 4 - 1)
    found = gains_of(coupled, assign(coupled), places)
    assert not found.known.any()
    assert not found.gains.any()
    monkeypatch.setattr(imagined, "MOST_AGAIN", 2 * 4)
    assert gains_of(coupled, assign(coupled), places).known.all()
