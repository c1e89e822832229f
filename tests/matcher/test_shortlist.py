"""What was prepared once ranks as ranking everything does, to the last bit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import instances_ranking as instances
from matcher import shortlist
from matcher.consideration import consider
from matcher.eligibility import RULES
from matcher.errors import MatcherError
from matcher.policy import own_policy
from matcher.ranking import rank_offers
from matcher.shortlist import OF_PAIRS, OTHERS, READS, Shortlist
from tests.matcher.pair_strategies import Inputs, inputs
from tests.matcher.tables import offers, profiles, usual_pairs

OWN = own_policy()


@given(
    st.one_of(inputs(most_openings=9, welcoming=True), inputs(most_openings=9)), st.integers(1, 5)
)
def test_the_order_and_the_bits_are_those_of_ranking_everything(given_: Inputs, top: int) -> None:
    people, places, of_pairs = given_
    found = consider(*given_, OWN)
    ready = Shortlist(places, OWN)
    for _ in range(2):  # the second time every answer is kept
        ranked = ready.best(people, of_pairs, top)
        assert len(ranked) == len(people)
        for i, own in enumerate(ranked):
            right = rank_offers(found.scores, found.eligibility, i, top)
            assert own.places.tolist() == right.places.tolist()
            assert own.scores.tolist() == right.scores.tolist()


def test_many_people_and_openings_are_ranked_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over several blocks, and with fewer answers kept than there are."""
    monkeypatch.setattr(shortlist, "MOST_KEPT", 20)
    people, places = instances.people(40, 7), instances.openings(600, 7)
    of_pairs = instances.pairs_between(40, 600, 7)
    found = consider(people, places, of_pairs, OWN)
    for i, own in enumerate(Shortlist(places, OWN).best(people, of_pairs, 20)):
        right = rank_offers(found.scores, found.eligibility, i, 20)
        assert own.places.tolist() == right.places.tolist()
        assert own.scores.tolist() == right.scores.tolist()


def test_every_rule_is_asked_once() -> None:
    asked = [*OF_PAIRS, *OTHERS, *(rule for rules in READS.values() for rule in rules)]
    assert sorted(asked) == sorted(RULES)


def test_wrong_questions_are_refused() -> None:
    ready = Shortlist(offers({}), OWN)
    with pytest.raises(MatcherError, match="top_too_small"):
        ready.best(profiles({}), usual_pairs(1, 1), 0)
    with pytest.raises(MatcherError, match="sizes_differ"):
        ready.best(profiles({}), usual_pairs(1, 2), 1)
