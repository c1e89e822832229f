from __future__ import annotations

from matcher.assignment import assign
from matcher.places_lost import as_flow, lost_places
from matcher.prices import prices_of
from matcher.problem import Problem
from matcher.residual import FAR
from matcher.rules import Fixed, Rule, SameOpening
from matcher.structure import is_flow


def _problem(*rules: Rule) -> Problem:
    """Make three openings: p1 and p2 want o1, p2 could go to o2, o3 is left over."""
    return Problem.from_arrays(
        participant_ids=["p1", "p2"],
        opening_ids=["o1", "o2", "o3"],
        capacity=[1, 1, 1],
        pair_participant=[0, 1, 1],
        pair_opening=[0, 0, 1],
        pair_score=[500_000, 900_000, 300_000],
        rules=rules,
        objectives=("placed", "score"),
    )


def test_a_place_is_worth_what_is_lost_without_it() -> None:
    """Without o1, p1 has nothing; without o2, p2 takes that place and fits better."""
    problem = _problem()
    lost = lost_places(prices_of(problem, assign(problem)))
    assert lost.tolist() == [[1, 1, 0], [500_000, -100_000, 0]]


def test_a_place_of_somebody_who_is_fixed_cannot_be_lost() -> None:
    problem = _problem(Fixed("p1", "o1"))
    lost = lost_places(prices_of(problem, assign(problem)))
    assert lost[:, 0].tolist() == [FAR, FAR]
    assert lost[:, 1:].tolist() == [[1, 0], [300_000, 0]]


def test_what_binds_people_falls_away_and_what_is_fixed_stays() -> None:
    fixed = Fixed("p1", "o1")
    assert as_flow(_problem(fixed)).rules == (fixed,)
    bound = _problem(SameOpening(("p1", "p2")), fixed)
    problem = Problem.from_arrays(
        participant_ids=["p1", "p2"],
        opening_ids=["o1"],
        capacity=[2],
        pair_participant=[0, 1],
        pair_opening=[0, 0],
        pair_score=[1, 1],
        rules=bound.rules,
        previous=["o1", ""],
        moves_limit=0,
    )
    assert not is_flow(problem)
    assert (as_flow(problem).rules, as_flow(problem).moves_limit) == ((fixed,), None)
