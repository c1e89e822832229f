"""The places for one person with the others counted: the order, and what is said of each."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from cases.matching.waiting_counted import (
    Counted,
    Effect,
    OthersCounted,
    count_others,
    effect_words,
    own_outlook,
    weekly_arrivals,
)
from matcher.assignment import assign
from matcher.problem import Problem
from matcher.rules import AllOrNone, GroupFloor, Rule

SCORES = {
    ("p1", "farm"): 900_000,
    ("p1", "shed"): 800_000,
    ("p1", "club"): 700_000,
    ("p2", "farm"): 600_000,
    ("p3", "shed"): 900_000,
    ("p3", "club"): 500_000,
}
"""p2 has nowhere else to go; p3 loses much by leaving the shed; the club has room."""
PLACES = {"farm": 1, "shed": 1, "club": 3}
FITS = {"farm": 0.9, "shed": 0.8, "club": 0.7}


def problem_of(rules: tuple[Rule, ...] = ()) -> Problem:
    """Return the problem."""
    people, openings = ["p1", "p2", "p3"], list(PLACES)
    return Problem.from_arrays(
        participant_ids=people,
        opening_ids=openings,
        capacity=list(PLACES.values()),
        pair_participant=[people.index(person) for person, _ in SCORES],
        pair_opening=[openings.index(opening) for _, opening in SCORES],
        pair_score=list(SCORES.values()),
        rules=rules,
    )


def counted(weekly: float = 0.0, rules: tuple[Rule, ...] = ()) -> OthersCounted:
    """Count the others of the run."""
    problem = problem_of(rules)
    return count_others(problem, assign(problem), weekly, seed=7)


def told(found: tuple[Counted, ...]) -> list[tuple[str, Effect]]:
    """Return the order and what is said."""
    return [(each.opening_id, each.effect) for each in found]


EXPECTED = [("club", Effect.NONE), ("shed", Effect.WEAKER), ("farm", Effect.LAST)]


def test_the_best_for_one_person_is_the_last_when_somebody_has_nowhere_else_to_go() -> None:
    assert told(counted().of("p1", FITS)) == EXPECTED


def test_somebody_new_is_told_the_same() -> None:
    """As one more person: whoever takes the farm leaves somebody without a place."""
    found = counted().of("newcomer", FITS)
    assert [each for each, _ in told(found)][-1] == "farm"
    assert dict(told(found))["farm"] is Effect.LAST
    assert dict(told(found))["club"] is Effect.NONE


def test_a_place_that_a_floor_needs_is_worth_more_to_the_others() -> None:
    """Either place leaves one without; at `near` it is one of a group that has too few."""
    problem = Problem.from_arrays(
        participant_ids=["p1", "p2"],
        opening_ids=["near", "far"],
        capacity=[1, 1],
        group_names=["g"],
        membership=[[0, 0]],
        pair_participant=[0, 1],
        pair_opening=[0, 1],
        pair_score=[100_000, 500_000],
        rules=[GroupFloor("g", 1.0)],
    )
    found = count_others(problem, assign(problem), 0.0, seed=7).of("new", {"near": 0.9, "far": 0.9})
    assert [each.opening_id for each in found] == ["far", "near"]
    assert [each.worth for each in found] == [(-1, 0, 400_000), (-1, -1, 800_000)]


def test_the_worth_is_what_solving_again_finds() -> None:
    """For each opening: the best of all with that pair held, less the best of all."""
    problem = problem_of()
    best = assign(problem)
    for each in counted().of("p1", FITS):
        j = problem.opening_ids.index(each.opening_id)
        keep = (problem.pair_participant != 0) | (problem.pair_opening == j)
        held = Problem.from_arrays(
            participant_ids=problem.participant_ids,
            weight=[1000, 1, 1],  # p1 is placed whatever it costs
            opening_ids=problem.opening_ids,
            capacity=problem.capacity,
            pair_participant=problem.pair_participant[keep],
            pair_opening=problem.pair_opening[keep],
            pair_score=problem.pair_score[keep],
        )
        again = assign(held)
        people = (again.opening_of >= 0).sum() - (best.opening_of >= 0).sum()
        assert each.worth[0] == people
        assert each.worth[problem.objectives.index("score")] == sum(
            SCORES[problem.participant_ids[i], problem.opening_ids[k]]
            for i, k in enumerate(again.opening_of.tolist())
            if k >= 0
        ) - sum(
            SCORES[problem.participant_ids[i], problem.opening_ids[k]]
            for i, k in enumerate(best.opening_of.tolist())
            if k >= 0
        )


def test_those_who_will_come_have_a_price_and_the_same_seed_the_same() -> None:
    """Many more want the club than it has places left."""
    quiet, busy = counted(0.0), counted(2.0)
    club = problem_of().opening_ids.index("club")
    assert quiet.later.tolist() == [0, 0, 0]
    assert busy.later[club] > own_outlook().told_from * 1e6
    assert busy.later.tolist() == counted(2.0).later.tolist()
    assert dict(told(busy.of("newcomer", FITS)))["club"] is Effect.LATER


def test_who_is_bound_to_others_is_still_told_an_order() -> None:
    """Without what binds people the prices exist; they are an estimate then."""
    assert told(counted(rules=(AllOrNone(("p2", "p3")),)).of("p1", FITS)) == EXPECTED


def test_what_the_run_did_not_know_is_left_out() -> None:
    assert told(counted().of("p1", {"new": 1.0, **FITS})) == EXPECTED
    assert "new" not in dict(told(counted().of("newcomer", {"new": 1.0, **FITS})))


def test_how_many_come_in_a_week_is_counted_over_the_last_half_year() -> None:
    today = date(2026, 11, 12)
    weeks = own_outlook().weeks_back
    days = [today - timedelta(weeks=at) for at in range(2 * weeks)]
    assert weekly_arrivals(days, today) == 1
    assert weekly_arrivals([today + timedelta(days=1)], today) == 0


@pytest.mark.parametrize("effect", Effect)
def test_no_effect_names_anybody_or_any_number(effect: Effect) -> None:
    words = effect_words(effect)
    assert words.endswith("。")
    assert not any(character.isdigit() for character in words)
    assert "さん" not in words
