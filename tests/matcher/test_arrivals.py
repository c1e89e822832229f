from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given

from matcher.arrivals import Candidates, decide, like_before, place_prices
from matcher.assignment import assign
from matcher.problem import Problem
from tests.matcher.strategies import problems


def candidates(problem: Problem) -> Candidates:
    """Everyone of a problem, with the pairs it lists."""
    return Candidates(
        len(problem.participant_ids),
        problem.pair_participant.astype(np.int64),
        problem.pair_opening.astype(np.int64),
        problem.pair_score,
    )


def best(problem: Problem, free: np.ndarray) -> int:
    """Highest sum of scores with these places."""
    value = assign(replace(problem, capacity=free, objectives=("score",))).objectives[0].value
    assert value is not None
    return value


@given(problems(rules=False))
def test_a_price_is_what_one_place_fewer_loses(problem: Problem) -> None:
    prices = place_prices(problem.capacity, [candidates(problem)])
    before = best(problem, problem.capacity)
    for opening in np.flatnonzero(problem.capacity).tolist():
        fewer = problem.capacity.copy()
        fewer[opening] -= 1
        assert prices[opening] == before - best(problem, fewer)


@given(problems(rules=False))
def test_who_decides_keeps_to_places_and_pairs(problem: Problem) -> None:
    """Every place is given once at most, and only where the person could go."""
    everyone = candidates(problem)
    decided = decide(problem.capacity, everyone, lambda: [everyone])
    listed = set(zip(everyone.person.tolist(), everyone.opening.tolist(), strict=True))
    placed = [(who, place) for who, place in enumerate(decided.tolist()) if place >= 0]
    assert set(placed) <= listed
    used = np.bincount([place for _, place in placed], minlength=problem.capacity.size)
    assert (used <= problem.capacity).all()


def test_a_place_is_kept_for_who_needs_it_more() -> None:
    """One place: today's person would gain little, somebody gains much in every future."""
    today = Candidates(1, np.array([0]), np.array([0]), np.array([300_000]))
    later = Candidates(1, np.array([0]), np.array([0]), np.array([900_000]))
    nobody = Candidates(0, *np.empty((3, 0), np.int64))
    free = np.array([1])
    assert decide(free, today, lambda: [later]).tolist() == [-1]
    assert decide(free, today, lambda: [nobody]).tolist() == [0]
    assert place_prices(free, [later, nobody]).tolist() == [450_000]


def test_what_is_full_leaves_nobody_unclear() -> None:
    """A full opening (2) is no next best: the first, who gains more, is decided first.

    One who comes later can take either place; the second to be decided would take the last.
    """
    free = np.array([1, 1, 0])
    today = Candidates(
        2, np.array([0, 0, 1]), np.array([0, 2, 1]), np.array([500_000, 900_000, 400_000])
    )
    later = Candidates(1, np.array([0, 0]), np.array([0, 1]), np.array([600_000, 600_000]))
    assert decide(free, today, lambda: [later]).tolist() == [0, -1]


def test_futures_are_drawn_from_who_asked_before() -> None:
    history = Candidates(2, np.array([1, 0, 1]), np.array([5, 6, 7]), np.array([1, 2, 3]))
    futures = list(like_before(history, 40.0, 3, np.random.default_rng(1)))
    assert len(futures) == 3
    for future in futures:
        assert 15 < future.people < 75
        for person in range(future.people):
            pairs = future.person == person
            seen = sorted(np.column_stack([future.opening, future.score])[pairs].tolist())
            assert seen in ([[6, 2]], [[5, 1], [7, 3]])
