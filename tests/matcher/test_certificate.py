from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from matcher.assignment import assign
from matcher.certificate import check
from matcher.errors import ResultRefused
from matcher.problem import Problem
from matcher.result import Assignment, Held, ObjectiveValue, Proof, Stage, Status, Unplaced
from matcher.rules import Fixed, Forbidden, HostLimit
from tests.matcher import proofs, reference
from tests.matcher.strategies import flow_problems

CROWDED = Problem.from_arrays(
    participant_ids=["p1", "p2", "p3", "p4", "p5"],
    weight=[1, 2, 1, 1, 1],
    opening_ids=["o1", "o2", "o3"],
    capacity=[1, 1, 2],
    pair_participant=[0, 0, 1, 2, 2, 3],
    pair_opening=[0, 1, 0, 1, 2, 0],
    pair_score=[900_000, 800_000, 100_000, 700_000, -200_000, 400_000],
    rules=[Forbidden("p4", "o1")],
)
"""p1 to p3 are placed by moving up, p4 has no possible pair, p5 none at all, o3 has room."""

CLASH = replace(CROWDED, rules=(Forbidden("p2", "o1"), Fixed("p1", "o1"), Fixed("p1", "o2")))


@given(flow_problems())
def test_every_result_of_the_solver_is_accepted(problem: Problem) -> None:
    assignment = assign(problem)
    verdict = check(problem, assignment)
    assert verdict.claim is assignment.status
    assert not verdict.trusted


def test_a_price_of_an_earlier_objective_exempts_a_host_from_later_ones() -> None:
    """Who is fixed at the host keeps out another with a score, who would rather stay there."""
    problem = Problem.from_arrays(
        participant_ids=["p1", "p2"],
        previous=["", "o2"],
        opening_ids=["o1", "o2"],
        capacity=[2, 1],
        host_names=["h1", "h2"],
        opening_host=[0, 1],
        pair_participant=[0, 1, 1],
        pair_opening=[0, 0, 1],
        pair_score=[0, 100_000, 0],
        rules=[HostLimit("h1", 1, "all"), Fixed("p1", "o1")],
        objectives=["score", "stay"],
    )
    assignment = assign(problem)
    score, stay = assignment.proof.stages
    assert (score.hosts[0], stay.held.full_hosts.tolist()) == (100_000, [0])
    assert check(problem, assignment).claim is Status.OPTIMAL


@given(flow_problems(), st.data())
def test_another_assignment_is_accepted_only_when_it_is_as_good(
    problem: Problem, data: st.DataObject
) -> None:
    """Whoever is moved, with all sums adjusted to it: refused unless it is optimal as well."""
    assignment = assign(problem)
    every = list(reference.every_assignment(problem))
    assume(every)
    places = data.draw(st.sampled_from(every))
    values = reference.values(problem, places)
    moved = _moved(problem, assignment, places)
    if values == reference.best(problem):
        assert check(problem, moved).claim is Status.OPTIMAL
    else:
        with pytest.raises(ResultRefused):
            check(problem, moved)


def _moved(problem: Problem, assignment: Assignment, places: reference.Places) -> Assignment:
    """Keep proof and gains for other places, with every sum and reason adjusted."""
    told = proofs.claim(problem, places, assignment.proof)
    return replace(told, one_more_place=assignment.one_more_place, method=assignment.method)


@given(flow_problems(), st.data())
def test_any_other_gain_of_one_more_place_is_refused(problem: Problem, data: st.DataObject) -> None:
    assignment = assign(problem)
    assume(assignment.status is Status.OPTIMAL and problem.opening_ids)
    assert assignment.one_more_place is not None
    gains = assignment.one_more_place.copy()
    level = data.draw(st.integers(0, len(gains) - 1))
    opening = data.draw(st.integers(0, gains.shape[1] - 1))
    gains[level, opening] += data.draw(st.sampled_from([-(10**6), -1, 1, 10**6, 2**61]))
    with pytest.raises(ResultRefused):
        check(problem, replace(assignment, one_more_place=gains))


@given(flow_problems(), st.data())
def test_wrong_potentials_prove_nothing(problem: Problem, data: st.DataObject) -> None:
    """Every u is tight: at the pair that is used, or at 0 for who is unplaced."""
    assignment = assign(problem)
    assume(assignment.status is Status.OPTIMAL and problem.participant_ids)
    level = data.draw(st.integers(0, len(assignment.proof.stages) - 1))
    stage = assignment.proof.stages[level]
    u = stage.participants.copy()
    u[data.draw(st.integers(0, u.size - 1))] += data.draw(st.sampled_from([-1, 1, 2**62]))
    stages = list(assignment.proof.stages)
    stages[level] = replace(stage, participants=u)
    with pytest.raises(ResultRefused):
        check(problem, replace(assignment, proof=Proof("potentials", tuple(stages))))


def _opening_of(
    assignment: Assignment, participant: int, opening: int, *, vacate: int | None = None
) -> Assignment:
    opening_of = assignment.opening_of.copy()
    opening_of[opening_of == vacate] = -1
    opening_of[participant] = opening
    return replace(assignment, opening_of=opening_of)


def _units(values: np.ndarray, position: int, change: int) -> np.ndarray:
    changed = values.copy()
    changed[position] += change
    return changed


def _objective(assignment: Assignment, value: int, bound: int) -> Assignment:
    first = ObjectiveValue(assignment.objectives[0].name, value, bound)
    return replace(assignment, objectives=(first, *assignment.objectives[1:]))


def _stages(assignment: Assignment, change: Callable[[Stage], Stage]) -> Assignment:
    stages = tuple(change(stage) for stage in assignment.proof.stages)
    return replace(assignment, proof=replace(assignment.proof, stages=stages))


def _hold_everything(stage: Stage) -> Stage:
    pairs = np.array([(p, o) for p in range(5) for o in range(3)], np.int32)
    held = Held(pairs, *(np.arange(size, dtype=np.int32) for size in (5, 3, 0, 0, 0)))
    return replace(stage, held=held, participants=stage.participants + 1)


TAMPERED: dict[str, tuple[str, Callable[[Assignment], Assignment]]] = {
    "forbidden": ("rule_broken", lambda a: _opening_of(a, 3, 0, vacate=0)),
    "another place": ("too_many_at_opening", lambda a: _opening_of(a, 3, 0)),
    "not listed": ("pair_not_listed", lambda a: _opening_of(a, 4, 0)),
    "too many": ("too_many_at_opening", lambda a: _opening_of(a, 0, 0)),
    "one left out": ("score_differs", lambda a: _opening_of(a, 0, -1)),
    "score": ("score_differs", lambda a: replace(a, score_of=_units(a.score_of, 0, 1))),
    "used": ("used_differs", lambda a: replace(a, used=_units(a.used, 2, 1))),
    "value": ("value_differs", lambda a: _objective(a, 5, 5)),
    "bound": ("bound_differs", lambda a: _objective(a, 4, 5)),
    "bound below": (
        "bound_differs",
        lambda a: replace(_objective(a, 4, 3), status=Status.FEASIBLE),
    ),
    "reason": ("reason_differs", lambda a: replace(a, unplaced=(*a.unplaced[:4], Unplaced.RULE))),
    "no gains": ("one_more_place_missing", lambda a: replace(a, one_more_place=None)),
    "objectives": ("objectives_differ", lambda a: replace(a, objectives=a.objectives[::-1])),
    "no proof": ("no_proof", lambda a: replace(a, proof=Proof("none"))),
    "solver's word": ("no_proof", lambda a: replace(a, proof=Proof("solver", solver="x"))),
    "a stage less": ("stages_differ", lambda a: replace(a, proof=Proof("potentials"))),
    "zero prices": (
        "not_proven",
        lambda a: _stages(a, lambda s: replace(s, openings=s.openings * 0)),
    ),
    "held at will": ("held_without_reason", lambda a: _stages(a, _hold_everything)),
    "infeasible": ("infeasible_with_places", lambda a: replace(a, status=Status.INFEASIBLE)),
    "unknown": ("nothing_claimed", lambda a: replace(a, status=Status.UNKNOWN)),
}


@pytest.mark.parametrize("case", TAMPERED)
def test_a_tampered_result_is_refused(case: str) -> None:
    code, tamper = TAMPERED[case]
    with pytest.raises(ResultRefused) as refused:
        check(CROWDED, tamper(assign(CROWDED)))
    assert refused.value.code == code


CONFLICTS: dict[str, tuple[str, Callable[[Assignment], Assignment]]] = {
    "optimal": ("rule_broken", lambda a: replace(a, status=Status.OPTIMAL)),
    "nothing named": ("conflict_unknown", lambda a: replace(a, conflict=())),
    "unknown": ("conflict_unknown", lambda a: replace(a, conflict=("rules/9",))),
    "no limit of moves": ("conflict_unknown", lambda a: replace(a, conflict=("moves_limit",))),
    "named twice": ("conflict_unknown", lambda a: replace(a, conflict=("rules/1", "rules/1"))),
    "harmless": ("row_unknown", lambda a: replace(a, conflict=("rules/0",))),
    "too many": ("conflict_not_least", lambda a: _one_more_rule(a)),
    "no witness": (
        "conflict_not_least",
        lambda a: replace(a, proof=replace(a.proof, witnesses=())),
    ),
    "witness of the other": (
        "conflict_not_least",
        lambda a: replace(a, proof=replace(a.proof, witnesses=a.proof.witnesses[::-1])),
    ),
    "witness too many": (
        "conflict_not_least",
        lambda a: replace(a, proof=replace(a.proof, witnesses=a.proof.witnesses * 2)),
    ),
    "no multipliers": ("leaf_not_infeasible", lambda a: _leaves(a, multipliers={})),
    "not said to be infeasible": ("not_proven", lambda a: _leaves(a, infeasible=False)),
    "no tree": ("stages_differ", lambda a: replace(a, proof=replace(a.proof, trees=()))),
    "no proof": ("no_proof", lambda a: replace(a, proof=Proof("none"))),
    "a reason": (
        "infeasible_with_places",
        lambda a: replace(a, unplaced=(Unplaced.RULE, *a.unplaced[1:])),
    ),
}


def _one_more_rule(assignment: Assignment) -> Assignment:
    """Name a rule that is kept anyway; nobody placed is a witness of nothing here."""
    nobody = np.full(5, -1, np.int32)
    proof = replace(assignment.proof, witnesses=(nobody, *assignment.proof.witnesses))
    return replace(assignment, conflict=("rules/0", *assignment.conflict), proof=proof)


def _leaves(assignment: Assignment, **changes: Any) -> Assignment:
    (stage,) = assignment.proof.trees
    leaves = tuple(replace(leaf, **changes) for leaf in stage.leaves)
    trees = (replace(stage, leaves=leaves),)
    return replace(assignment, proof=replace(assignment.proof, trees=trees))


@pytest.mark.parametrize("case", CONFLICTS)
def test_a_tampered_conflict_is_refused(case: str) -> None:
    code, tamper = CONFLICTS[case]
    assignment = assign(CLASH)
    assert assignment.conflict == ("rules/1", "rules/2")
    with pytest.raises(ResultRefused) as refused:
        check(CLASH, tamper(assignment))
    assert refused.value.code == code


@pytest.mark.parametrize("problem", [CROWDED, CLASH])
def test_the_word_of_a_solver_is_taken_only_when_asked(problem: Problem) -> None:
    claimed = replace(assign(problem), proof=Proof("solver", solver="some"))
    assert check(problem, claimed, trust_solver=True).trusted


def test_a_feasible_result_needs_no_proof() -> None:
    """But its places, sums and bounds must be possible."""
    worse = _moved(CROWDED, assign(CROWDED), (1, -1, 2, -1, -1))
    claimed = replace(worse, status=Status.FEASIBLE, proof=Proof("none"), one_more_place=None)
    assert check(CROWDED, claimed).claim is Status.FEASIBLE


def test_the_checker_loads_no_solver() -> None:
    """Neither ortools nor scipy, nor any part of the solver."""
    script = (
        "import sys, matcher.certificate; "
        "SOLVER = ['matcher.' + name for name in ("
        "'assignment', 'branching', 'chains', 'choices', 'conflict', 'couplings', 'flow', "
        "'flow_stages', 'milp', 'network', 'possible', 'program', 'residual', 'structure')]; "
        "print([name for name in sys.modules if name.split('.')[0] in ('ortools', 'scipy') "
        "or name in (SOLVER)])"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
