"""How far a result can be trusted, as people read it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cases.matching.checking import is_accepted, trust_words
from matcher.assignment import assign
from matcher.problem import Problem
from matcher.result import Proof
from matcher.rules import SameSlot

BOUND = Problem.from_arrays(
    participant_ids=["a", "b"],
    opening_ids=["x", "y"],
    capacity=[1, 1],
    pair_participant=[0, 0, 1, 1],
    pair_opening=[0, 1, 0, 1],
    pair_score=[3, 1, 2, 1],
    slot_names=["mon-am"],
    pair_slot=[0, 0, 0, 0],
    rules=[SameSlot(("a", "b"))],
)


def test_a_proven_result_is_accepted_and_so_is_the_solvers_word() -> None:
    result = assign(BOUND)
    assert is_accepted(BOUND, result)
    assert is_accepted(BOUND, replace(result, proof=Proof("solver", solver="HiGHS")))


def test_a_value_that_does_not_add_up_is_refused_whoever_says_it() -> None:
    result = assign(BOUND)
    first = replace(result.objectives[0], value=1, bound=1)
    altered = replace(result, objectives=(first, *result.objectives[1:]))
    assert not is_accepted(BOUND, altered)
    assert not is_accepted(BOUND, replace(altered, proof=Proof("solver", solver="HiGHS")))


@pytest.mark.parametrize(
    ("accepted", "status", "proof", "more", "said"),
    [
        (True, "optimal", "potentials", 0, "これより多くの人につながる案はありません"),
        (True, "optimal", "tree", 0, "これより多くの人につながる案はありません"),
        (True, "optimal", "solver", 0, "計算の道具は、これより良い案はないと答えました"),
        (True, "feasible", "tree", 2, "あと最大2人つながる余地があります"),
        (True, "feasible", "tree", None, "もっと良い案が、まだあるかもしれません"),
        (False, "optimal", "potentials", 0, "検算が合いませんでした"),
        (False, "feasible", "tree", 2, "検算が合いませんでした"),
    ],
)
def test_the_words_claim_no_more_than_was_shown(
    accepted: bool, status: str, proof: str, more: int | None, said: str
) -> None:
    words = trust_words(accepted=accepted, status=status, proof=proof, more=more)
    assert said in words


def test_who_may_not_know_of_everybody_reads_no_number() -> None:
    words = trust_words(accepted=True, status="feasible", proof="none", more=None)
    assert not any(sign.isdigit() for sign in words)
