"""Rankings hold candidates only, best first, and equal fits keep a fixed order."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.consideration import consider
from matcher.errors import MatcherError
from matcher.policy import own_policy
from matcher.ranking import rank_offers, rank_one, rank_profiles
from tests.matcher.pair_strategies import Inputs, inputs
from tests.matcher.tables import offers, pairs, profiles, usual_pairs

OWN = own_policy()


def test_the_best_come_first_and_refused_ones_never() -> None:
    ways = pairs([{"travel_minutes": minutes} for minutes in (20, 5, 31, 10)])
    found = consider(profiles({}), offers({}, {}, {}, {}), ways, OWN)
    ranked = rank_offers(found.scores, found.eligibility, 0, 10)
    assert ranked.places.tolist() == [1, 3, 0]
    assert ranked.scores.tolist() == [found.scores.total[0, place] for place in (1, 3, 0)]
    assert len(rank_offers(found.scores, found.eligibility, 0, 2)) == 2


def test_equal_openings_stand_in_the_order_of_their_ids() -> None:
    places = offers({"id": "c"}, {"id": "a"}, {"id": "d"}, {"id": "b"})
    ranked, _ = rank_one(profiles({}), places, usual_pairs(1, 4), OWN, 3)
    assert [places.ids[place] for place in ranked.places] == ["a", "b", "c"]


def test_of_equal_people_who_has_waited_longest_comes_first() -> None:
    people = profiles({"id": "b"}, {"id": "a"}, {"id": "d"}, {"id": "c"})
    found = consider(people, offers({}), usual_pairs(4, 1), OWN)
    by_id = rank_profiles(found.scores, found.eligibility, 0, 3)
    assert [people.ids[place] for place in by_id.places] == ["a", "b", "c"]
    waiting = np.array([10, 3, 400, 10], np.int32)
    by_wait = rank_profiles(found.scores, found.eligibility, 0, 3, waiting)
    assert [people.ids[place] for place in by_wait.places] == ["d", "b", "c"]


def test_waiting_never_outweighs_fit() -> None:
    near_and_far = pairs([{"travel_minutes": 5}], [{"travel_minutes": 6}])
    found = consider(profiles({}, {}), offers({}), near_and_far, OWN)
    waiting = np.array([0, 4000], np.int32)
    ranked = rank_profiles(found.scores, found.eligibility, 0, 2, waiting)
    assert ranked.places.tolist() == [0, 1]


def test_nobody_possible_is_an_empty_ranking() -> None:
    found = consider(profiles({}), offers({"open": False}), usual_pairs(1, 1), OWN)
    assert len(rank_offers(found.scores, found.eligibility, 0, 5)) == 0


def test_wrong_questions_are_refused() -> None:
    found = consider(profiles({}), offers({}), usual_pairs(1, 1), OWN)
    with pytest.raises(MatcherError, match="top_too_small"):
        rank_offers(found.scores, found.eligibility, 0, 0)
    with pytest.raises(MatcherError, match="sizes_differ"):
        rank_one(profiles({}, {}), offers({}), usual_pairs(2, 1), OWN, 1)


@given(inputs(most_openings=9, welcoming=True), st.integers(1, 5), st.data())
def test_rankings_are_the_head_of_a_full_sort(
    given_: Inputs, top: int, data: st.DataObject
) -> None:
    people, places, of_pairs = given_
    found = consider(*given_, OWN)
    total, possible = found.scores.total, found.eligibility.candidates()
    for i in range(len(people)):
        order = sorted(
            (j for j in range(len(places)) if possible[i, j]),
            key=lambda j: (-total[i, j], places.ids[j]),
        )
        ranked = rank_offers(found.scores, found.eligibility, i, top)
        assert ranked.places.tolist() == order[:top]
        alone, _ = rank_one(people.take([i]), places, of_pairs.take([i]), OWN, top)
        assert alone.places.tolist() == order[:top]
        assert alone.scores.tolist() == ranked.scores.tolist()
    waiting = np.array(
        data.draw(st.lists(st.integers(0, 2), min_size=len(people), max_size=len(people))), int
    )
    for j in range(len(places)):
        ordered = sorted(
            (i for i in range(len(people)) if possible[i, j]),
            key=lambda i: (-total[i, j], -waiting[i], people.ids[i]),
        )
        longest = rank_profiles(found.scores, found.eligibility, j, top, waiting)
        assert longest.places.tolist() == ordered[:top]


@given(inputs(most_openings=9, welcoming=True), st.randoms(use_true_random=False))
def test_the_order_of_the_input_changes_no_ranking(given_: Inputs, random: Random) -> None:
    people, places, of_pairs = given_
    order = list(range(len(places)))
    random.shuffle(order)
    for i in range(len(people)):
        one = people.take([i])
        straight, _ = rank_one(one, places, of_pairs.take([i]), OWN, 4)
        mixed, _ = rank_one(one, places.take(order), of_pairs.take([i], order), OWN, 4)
        ids = [places.ids[place] for place in straight.places]
        assert [places.ids[order[place]] for place in mixed.places] == ids
