from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from matcher.certificate import check
from matcher.errors import ResultRefused
from matcher.problem import Problem
from matcher.result import Assignment, Leaf, ObjectiveValue, Status, TreeStage, Unplaced
from matcher.rules import (
    AllOrNone,
    Apart,
    Fixed,
    GroupFloor,
    HostLimit,
    Rule,
    SameOpening,
    SameSlot,
)
from tests.matcher import proofs, reference
from tests.matcher.strategies import any_problems

MOST_LEAVES = 40
small = any_problems(extreme=True).filter(lambda one: proofs.choices(one) <= MOST_LEAVES)


@given(small, st.integers(1, 3))
def test_a_proof_by_all_cases_is_accepted(problem: Problem, denominator: int) -> None:
    """Of what brute force finds best, with the gains and reasons that it finds."""
    best = reference.best(problem)
    if best is None:
        assert check(problem, proofs.infeasible(problem)).claim is Status.INFEASIBLE
        return
    proof = proofs.tree(problem, best, denominator)
    places = _one_of_best(problem)
    assert check(problem, proofs.claim(problem, places, proof)).claim is Status.OPTIMAL


def _one_of_best(problem: Problem) -> reference.Places:
    best = reference.best(problem)
    every = reference.every_assignment(problem)
    return next(places for places in every if reference.values(problem, places) == best)


@given(small, st.data())
def test_nothing_worse_can_be_proven(problem: Problem, data: st.DataObject) -> None:
    """Whatever is claimed to be best, with the best proof there is for it."""
    best = reference.best(problem)
    told = {
        places: reference.values(problem, places) for places in reference.every_assignment(problem)
    }
    worse = [places for places, values in told.items() if values != best]
    assume(worse)
    places = data.draw(st.sampled_from(worse))
    with pytest.raises(ResultRefused):
        check(problem, proofs.claim(problem, places, proofs.tree(problem, told[places])))


@given(small, st.data())
def test_nothing_impossible_is_accepted(problem: Problem, data: st.DataObject) -> None:
    """Participants put anywhere at all, with a proof of the best values."""
    best = reference.best(problem)
    assume(best is not None)
    assert best is not None
    places = _one_of_best(problem)
    moved = {
        (*places[:who], opening, *places[who + 1 :])
        for who in range(len(places))
        for opening in range(-1, len(problem.opening_ids))
    }
    impossible = sorted(moved - {*reference.every_assignment(problem)})
    assume(impossible)
    places = data.draw(st.sampled_from(impossible))
    told = proofs.claim(problem, _one_of_best(problem), proofs.tree(problem, best))
    with pytest.raises(ResultRefused):
        check(problem, replace(told, opening_of=np.array(places, np.int32)))


@given(small, st.data())
def test_any_other_figure_is_refused(problem: Problem, data: st.DataObject) -> None:
    """A value, a bound, a use, a score or a reason that is altered by itself."""
    assume(reference.best(problem) is not None and problem.participant_ids)
    told = proofs.proven(problem)
    other = data.draw(st.sampled_from(ALTERED))(told, data)
    with pytest.raises(ResultRefused):
        check(problem, other)


def _altered(values: np.ndarray, data: st.DataObject) -> np.ndarray:
    changed = values.copy()
    at, change = st.integers(0, values.size - 1), st.sampled_from([-1, 1, 2**40])
    changed[data.draw(at)] += data.draw(change)
    return changed


def _objective(told: Assignment, data: st.DataObject, which: str) -> Assignment:
    at = data.draw(st.integers(0, len(told.objectives) - 1))
    value, one = data.draw(st.integers(-5, 5)), told.objectives[at]
    if which != "bound":
        one = replace(one, value=value)
    if which != "value":
        one = replace(one, bound=value)
    assume(one != told.objectives[at])
    return replace(told, objectives=(*told.objectives[:at], one, *told.objectives[at + 1 :]))


def _other_reason(told: Assignment, data: st.DataObject) -> Assignment:
    """Only what can be decided beyond flows: not between `not_worth` and `crowded_out`."""
    at = data.draw(st.integers(0, len(told.unplaced) - 1))
    reason = data.draw(st.sampled_from([None, *Unplaced]))
    beyond = {Unplaced.NOT_WORTH, Unplaced.CROWDED_OUT}
    assume(reason != told.unplaced[at] and not {reason, told.unplaced[at]} <= beyond)
    return replace(told, unplaced=(*told.unplaced[:at], reason, *told.unplaced[at + 1 :]))


ALTERED: list[Callable[[Assignment, st.DataObject], Assignment]] = [
    lambda told, data: replace(told, score_of=_altered(told.score_of, data)),
    lambda told, data: replace(told, used=_altered(told.used, data)),
    lambda told, data: _objective(told, data, "value"),
    lambda told, data: _objective(told, data, "bound"),
    lambda told, data: _objective(told, data, ""),
    _other_reason,
]


@given(small, st.data())
def test_a_gain_may_not_be_worse_than_nothing_nor_more_than_the_tree_allows(
    problem: Problem, data: st.DataObject
) -> None:
    """The first objective is bounded by the leaves; here they know it exactly or not at all."""
    assume(reference.best(problem) is not None)
    told = proofs.proven(problem)
    assert told.one_more_place is not None
    opening = data.draw(st.integers(0, len(problem.opening_ids) - 1))
    gains = told.one_more_place.copy()
    sign = -1 if problem.objectives[0] == "floors" else 1
    gains[0, opening] = data.draw(st.sampled_from([-sign, sign * 2**62]))
    for exact in (None, np.zeros(gains.shape[1], np.bool_)):
        if exact is None or gains[0, opening] == -sign:
            with pytest.raises(ResultRefused, match="one_more_place_differs"):
                check(problem, replace(told, one_more_place=gains, gains_exact=exact))


@given(small, st.data())
def test_leaves_partition_all_choices(problem: Problem, data: st.DataObject) -> None:
    """Neither may one be missing, nor come twice."""
    best = reference.best(problem)
    told = proofs.proven(problem)
    stages = list(told.proof.trees)
    at = data.draw(st.integers(0, len(stages) - 1))
    leaves = list(stages[at].leaves)
    chosen = data.draw(st.integers(0, len(leaves) - 1))
    if data.draw(st.booleans()):
        leaves.append(leaves[chosen])
    else:
        del leaves[chosen]
    stages[at] = replace(stages[at], leaves=tuple(leaves))
    code = "leaves_do_not_partition"
    with pytest.raises(ResultRefused, match=code):
        check(problem, replace(told, proof=replace(told.proof, trees=tuple(stages))))
    assert best is None or told.status is Status.OPTIMAL


@given(small, st.data())
def test_multipliers_prove_no_more_than_they_do(problem: Problem, data: st.DataObject) -> None:
    """Whatever is changed: if it is accepted, no better value was left out by it."""
    assume(reference.best(problem) is not None)
    told = proofs.proven(problem)
    stages = list(told.proof.trees)
    at = data.draw(st.integers(0, len(stages) - 1))
    chosen = data.draw(st.integers(0, len(stages[at].leaves) - 1))
    leaf = stages[at].leaves[chosen]
    names = [*leaf.multipliers, *(f"openings/{name}" for name in problem.opening_ids)]
    factors = data.draw(st.dictionaries(st.sampled_from(names), st.integers(0, 9)))
    (claimed,) = [one for one in told.objectives if one.name == stages[at].objective]
    assert claimed.value is not None
    step = 1 if claimed.name == "floors" else -1
    wrong = replace(claimed, value=claimed.value, bound=claimed.value + step)
    leaves = list(stages[at].leaves)
    leaves[chosen] = replace(leaf, multipliers={**leaf.multipliers, **factors})
    stages[at] = replace(stages[at], leaves=tuple(leaves))
    feasible = replace(
        told,
        status=Status.FEASIBLE,
        objectives=tuple(wrong if one is claimed else one for one in told.objectives),
        proof=replace(told.proof, trees=tuple(stages)),
    )
    with pytest.raises(ResultRefused):
        check(problem, feasible)


HOUSEHOLD = Problem.from_arrays(
    participant_ids=["p1", "p2", "p3"],
    opening_ids=["o1", "o2"],
    capacity=[2, 1],
    pair_participant=[0, 1, 2, 2],
    pair_opening=[0, 0, 0, 1],
    pair_score=[100_000, 100_000, 900_000, 0],
    rules=[SameOpening(("p1", "p2"))],
    objectives=["score"],
)
"""Best is p3 alone in o1; with one more place there the household fits as well."""


def _trees(told: Assignment, change: Callable[[TreeStage], TreeStage]) -> Assignment:
    trees = tuple(change(stage) for stage in told.proof.trees)
    return replace(told, proof=replace(told.proof, trees=trees))


def _leaves(told: Assignment, change: Callable[[Leaf], Leaf]) -> Assignment:
    return _trees(told, lambda s: replace(s, leaves=tuple(change(leaf) for leaf in s.leaves)))


def _with(
    multipliers: Mapping[str, int], *, possible: bool = False
) -> Callable[[Assignment], Assignment]:
    """Add multipliers to every leaf, or to those that are possible."""

    def change(leaf: Leaf) -> Leaf:
        if possible and leaf.infeasible:
            return leaf
        return replace(leaf, multipliers={**leaf.multipliers, **multipliers})

    return lambda told: _leaves(told, change)


def _gains(told: Assignment, gains: list[list[int]], exact: list[bool] | None) -> Assignment:
    told_exact = None if exact is None else np.array(exact)
    return replace(told, one_more_place=np.array(gains), gains_exact=told_exact)


WRONG: dict[str, tuple[str, Callable[[Assignment], Assignment]]] = {
    "row of nobody": ("row_unknown", _with({"participants/p9": 1})),
    "row of a second member": ("row_unknown", _with({"participants/p2": 1})),
    "row of nobody fixed": ("row_unknown", _with({"placed/p1": 1})),
    "row of no rule": ("row_unknown", _with({"rules/1": 1})),
    "row of a unit's rule": ("row_unknown", _with({"rules/0": 1})),
    "row of a limit that is not there": ("row_unknown", _with({"moves_limit": 1})),
    "row of a later objective": ("row_unknown", _with({"objectives/score": 1})),
    "row of no branch": ("row_unknown", _with({"branches/9": 1})),
    "row without a name": ("row_unknown", _with({"": 1})),
    "below zero": ("multiplier_below_zero", _with({"openings/o1": -1})),
    "too weak": ("not_proven", _with({"openings/o1": 10**6}, possible=True)),
    "of any size": ("not_proven", _with({"openings/o1": 10**30}, possible=True)),
    "infeasible": (
        "leaf_not_infeasible",
        lambda told: _leaves(told, lambda leaf: replace(leaf, infeasible=True)),
    ),
    "no denominator": (
        "denominator_below_one",
        lambda told: _trees(told, lambda stage: replace(stage, denominator=0)),
    ),
    "other question": (
        "leaves_do_not_partition",
        lambda told: _leaves(
            told,
            lambda leaf: (
                replace(
                    leaf, branches=(replace(leaf.branches[0], openings=(1,)), *leaf.branches[1:])
                )
                if leaf.branches[0].taken
                else leaf
            ),
        ),
    ),
    "no stage": ("stages_differ", lambda told: replace(told, proof=replace(told.proof, trees=()))),
    "gain too large": ("one_more_place_differs", lambda told: _gains(told, [[200_001, 0]], None)),
    "gain below nothing": ("one_more_place_differs", lambda told: _gains(told, [[0, -1]], None)),
    "bound too small": (
        "one_more_place_differs",
        lambda told: _gains(told, [[199_999, 0]], [False, True]),
    ),
    "gains of another size": ("one_more_place_missing", lambda told: _gains(told, [[0]], None)),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_tree_is_refused(case: str) -> None:
    code, change = WRONG[case]
    told = proofs.claim(HOUSEHOLD, (-1, -1, 0), proofs.tree(HOUSEHOLD, (900_000,)))
    assert check(HOUSEHOLD, told).claim is Status.OPTIMAL
    with pytest.raises(ResultRefused) as refused:
        check(HOUSEHOLD, change(told))
    assert refused.value.code == code


def test_bounds_of_gains_follow_from_the_leaves() -> None:
    """The household gains 200,000 at most; more may be told of a bound, as it is true."""
    told = proofs.claim(HOUSEHOLD, (-1, -1, 0), proofs.tree(HOUSEHOLD, (900_000,)))
    assert told.one_more_place is not None
    assert told.one_more_place.tolist() == [[200_000, 0]]
    for most in (200_000, 200_001):
        bound = _gains(told, [[most, 0]], [False, True])
        assert check(HOUSEHOLD, bound).claim is Status.OPTIMAL


def test_a_tree_proves_the_bounds_of_a_feasible_result() -> None:
    """Only of the objectives that it names."""
    told = proofs.claim(HOUSEHOLD, (-1, -1, 1), proofs.tree(HOUSEHOLD, (900_000,)))
    least = ObjectiveValue("score", 0, 900_000)
    feasible = replace(told, status=Status.FEASIBLE, objectives=(least,), one_more_place=None)
    assert check(HOUSEHOLD, feasible).claim is Status.FEASIBLE
    tight = replace(feasible, objectives=(replace(least, bound=899_999),))
    with pytest.raises(ResultRefused, match="not_proven"):
        check(HOUSEHOLD, tight)
    unproven = replace(tight, proof=replace(tight.proof, trees=()))
    assert check(HOUSEHOLD, unproven).claim is Status.FEASIBLE


COUPLED: list[tuple[Rule, list[str]]] = [
    (AllOrNone(("p1", "p2")), ["rules/0/0"]),
    (SameSlot(("p1", "p2")), ["rules/0/0/s"]),
    (Apart(("p1", "p2")), ["rules/0/opening/o1", "rules/0/opening/o2"]),
    (Apart(("p1", "p2"), "host"), ["rules/0/host/h/1", "rules/0/opening/o2"]),
    (HostLimit("h/1", 1), ["rules/0"]),
    (GroupFloor("g", 1.0), ["rules/0"]),
    (Fixed("p1", "o1"), ["placed/p1"]),
]
"""A rule, and the rows that it adds."""


@pytest.mark.parametrize(("rule", "names"), COUPLED)
def test_rows_are_named_by_the_rules(rule: Rule, names: list[str]) -> None:
    """A host's name may hold a stroke; an opening without host stands for itself."""
    problem = Problem.from_arrays(
        participant_ids=["p1", "p2"],
        opening_ids=["o1", "o2"],
        capacity=[1, 1],
        host_names=["h/1"],
        opening_host=[0, -1],
        group_names=["g"],
        membership=[[0, 0]],
        pair_participant=[0, 0, 1, 1],
        pair_opening=[0, 1, 0, 1],
        pair_score=[0, 0, 0, 0],
        slot_names=["s"],
        pair_slot=[0, 0, 0, 0],
        rules=[rule],
        objectives=["placed", "floors"],
        moves_limit=0,
    )
    expected = {"moves_limit", "participants/p1", "participants/p2", "openings/o1", "openings/o2"}
    assert proofs.row_names(problem) == expected | set(names)
