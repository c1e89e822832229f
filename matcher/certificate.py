"""Is a result what it claims to be? numpy only, and nothing of the solver.

Everything is computed again from the problem: what the rules leave possible and whether they are
kept (`certificate_rules`), sums, uses, reasons. The claim follows from potentials
(`certificate_potentials`) or from the leaves of a tree (`certificate_tree`). What one more place
gains, and who could be placed without loss, is found by a search of its own (`certificate_ways`)
wherever chains of moves tell the truth. Elsewhere only what must hold in any case is checked: the
first objective that changes gets better, and no more than the tree allows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from matcher.certificate_potentials import Numbers, Placement, check_potentials, placement_of
from matcher.certificate_rules import (
    Bools,
    Ground,
    check_kept,
    ground_of,
    pairs_taken,
    refuse,
    seats_used,
)
from matcher.certificate_tree import Bounds, add_cuts, program_of, stage_bounds
from matcher.certificate_ways import is_one_flow, one_more_place, prices, reasons, residual_of
from matcher.errors import ResultRefused
from matcher.problem import Int32s, Int64s, Problem
from matcher.result import Assignment, Proof, Status, Unplaced


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found right.

    Attributes
    ----------
    claim
        Status that the result claims.
    trusted
        The claim itself was believed, because nothing in the file proves it.
    """

    claim: Status
    trusted: bool = False


def check(problem: Problem, result: Assignment, *, trust_solver: bool = False) -> Verdict:
    """Check every part of a result, and that its claim follows from its proof.

    Of a `feasible` result everything is checked but bounds without a tree, and what one more place
    gains: nothing in it proves these. Whether placing somebody is `not_worth` it or others crowd
    them out is decided for optimal results that are one flow (`certificate_ways.is_one_flow`).
    Of others it is only checked that `not_worth` stands where an objective comes before `placed`.

    Parameters
    ----------
    trust_solver
        Believe a claim whose only proof is the name of a solver.

    Raises
    ------
    ResultRefused
        With the first part that is wrong.
    """
    if tuple(one.name for one in result.objectives) != problem.objectives:
        raise ResultRefused("objectives_differ", right=", ".join(problem.objectives))
    if result.status is Status.UNKNOWN:
        raise ResultRefused("nothing_claimed")
    if result.status is Status.INFEASIBLE:
        return Verdict(result.status, _check_infeasible(problem, result, trust_solver))
    ground = ground_of(problem)
    check_kept(ground, result.opening_of)
    pair_of = pairs_taken(ground, result.opening_of)
    placement = placement_of(ground, pair_of, seats_used(problem, pair_of))
    _check_values(placement, result)
    if result.status is Status.FEASIBLE:
        if result.proof.kind == "tree":
            _check_trees(ground, result)
        _check_reasons(placement, result, None)
        return Verdict(result.status)
    trusted, bounds = _check_optimal(placement, result, trust_solver)
    _check_reasons(placement, result, _check_gains(placement, result, bounds))
    return Verdict(result.status, trusted)


def _check_values(placement: Placement, result: Assignment) -> None:
    problem, taken = placement.problem, placement.pair_of[placement.placed]
    score_of = np.zeros(placement.pair_of.size, np.int64)
    score_of[placement.placed] = problem.pair_score[taken]
    refuse("score_differs", problem.participant_ids, score_of != result.score_of)
    refuse("used_differs", problem.opening_ids, placement.used != result.used)
    for told in result.objectives:
        right = sum(placement.worth(told.name, taken).tolist())
        if told.name == "floors":
            right = _shortfall(placement)
        if told.value != right:
            raise ResultRefused("value_differs", objective=told.name)
        gap = None if told.bound is None else _better(told.name, told.bound - right)
        if gap is None or gap < 0 or (result.status is Status.OPTIMAL and gap != 0):
            raise ResultRefused("bound_differs", objective=told.name)


def _shortfall(placement: Placement) -> int:
    """Sum over the floors, each by itself, also where a group has two."""
    rows = placement.problem.membership
    missing = 0
    for group, floor in placement.ground.floors().values():
        members = np.unique(rows[rows[:, 1] == group, 0])
        missing += max(0, floor - int(placement.placed[members].sum()))
    return missing


def _better(objective: str, value: int) -> int:
    """Return a value such that more is better; the shortfall counts against."""
    return -value if objective == "floors" else value


def _check_reasons(
    placement: Placement, result: Assignment, could: tuple[Bools, Bools] | None
) -> None:
    """Check the reasons of the unplaced.

    Parameters
    ----------
    could
        Who could be placed, and who without loss to what comes before `placed`; None where
        that is not known.
    """
    problem = placement.problem
    told = np.array(result.unplaced, object)
    right = np.full(told.size, Unplaced.CROWDED_OUT, object)
    if could is not None:
        possible, worth = could
        right[possible & ~worth] = Unplaced.NOT_WORTH
    elif problem.objectives[0] != "placed":
        right[told == Unplaced.NOT_WORTH] = Unplaced.NOT_WORTH
    listed, somewhere = np.zeros((2, told.size), np.bool_)
    listed[problem.pair_participant] = True
    somewhere[problem.pair_participant[placement.ground.pairs]] = True
    right[~somewhere] = Unplaced.RULE
    right[~listed] = Unplaced.NO_PAIR
    right[placement.placed] = None
    refuse("reason_differs", problem.participant_ids, told != right)


def _check_optimal(
    placement: Placement, result: Assignment, trust_solver: bool
) -> tuple[bool, list[Bounds]]:
    """Whether the claim is only believed, and the bounds of a tree; refuse what does not follow."""
    match result.proof.kind:
        case "potentials":
            check_potentials(placement, result.proof.stages)
            return False, []
        case "tree":
            objectives = placement.problem.objectives
            if tuple(stage.objective for stage in result.proof.trees) != objectives:
                raise ResultRefused("stages_differ", right=", ".join(objectives))
            return False, _check_trees(placement.ground, result)
        case "solver" if trust_solver:
            return True, []
    raise ResultRefused("no_proof", kind=result.proof.kind)


def _check_trees(ground: Ground, result: Assignment) -> list[Bounds]:
    """Check that the leaves prove the bounds of the objectives they name; return these."""
    bounds = {one.name: one.bound for one in result.objectives}
    names = [stage.objective for stage in result.proof.trees]
    known = [name for name in bounds if name in names]
    if names != known:
        raise ResultRefused("stages_differ", right=", ".join(bounds))
    proven = list(_bounds(ground, result))
    for stage, bound in zip(result.proof.trees, proven, strict=True):
        claimed = bounds[stage.objective]
        assert claimed is not None  # `_check_values` refuses it
        if bound.most is None or bound.most > _better(stage.objective, claimed):
            raise ResultRefused("not_proven", objective=stage.objective)
    return proven


def _bounds(ground: Ground, result: Assignment, *, is_roomier: bool = False) -> Iterator[Bounds]:
    """Yield what each tree proves, the earlier objectives being kept."""
    program = program_of(ground, ground.problem.objectives)
    add_cuts(program, result.proof.cuts)
    kept: dict[str, int] = {}
    trees = {stage.objective: stage for stage in result.proof.trees}
    for one in result.objectives:
        if one.name in trees:
            yield stage_bounds(program, trees[one.name], kept, is_roomier=is_roomier)
        assert one.value is not None  # `_check_values` refuses it
        kept[one.name] = _better(one.name, one.value)


def _check_gains(
    placement: Placement, result: Assignment, bounds: list[Bounds]
) -> tuple[Bools, Bools] | None:
    """Check `one_more_place`; return who could be placed (see `_check_reasons`), if known."""
    problem, told = placement.problem, result.one_more_place
    if told is None or told.shape != (len(problem.objectives), placement.used.size):
        raise ResultRefused("one_more_place_missing")
    exact = result.gains_exact
    if exact is None:
        exact = np.ones(placement.used.size, np.bool_)
    wide = ground_of(problem, extra_places=1).pairs
    if is_one_flow(placement, wide):
        if result.method == "flow" and not exact.all():
            raise ResultRefused("one_more_place_missing")
        residual = residual_of(placement, wide)
        labels = prices(residual)
        gains = one_more_place(residual, labels, told)
        _check_each_gain(problem, told, exact, gains, gains)
        return reasons(residual, labels)
    limits = _limits(placement, result, wide, bounds) if bounds else None
    nothing = tuple(np.zeros_like(one) for one in told)
    _check_each_gain(problem, told, exact, nothing, limits)
    return None


def _limits(
    placement: Placement, result: Assignment, wide: Bools, bounds: list[Bounds]
) -> tuple[Numbers, ...]:
    """Return what the trees leave one more place at each opening to gain, [m] each.

    Where that makes more pairs possible, the leaves are summed up again with them.
    """
    problem, ground = placement.problem, placement.ground
    m = placement.used.size
    proven = [[bound.with_one_more(at) for at in range(m)] for bound in bounds]
    for opening in np.unique(problem.pair_opening[wide & ~ground.pairs]).tolist():
        capacity = problem.capacity.copy()
        capacity[opening] += 1
        roomier = ground_of(replace(problem, capacity=capacity))
        if (roomier.pairs != ground.pairs).any():
            for level, bound in enumerate(_bounds(roomier, result, is_roomier=True)):
                proven[level][opening] = bound.most
    values = [_better(one.name, one.value or 0) for one in result.objectives]
    return tuple(
        np.array([-1 if one is None else one - value for one in most], object)
        for most, value in zip(proven, values, strict=True)
    )


def _check_each_gain(
    problem: Problem,
    told: Int64s,
    exact: Bools,
    least: tuple[Numbers, ...],
    most: tuple[Numbers, ...] | None,
) -> None:
    """Check gains told for each opening.

    Bounds, and gains that are not known, count only as long as the objectives before gain nothing.

    Parameters
    ----------
    exact
        Where a gain is told, [m]; elsewhere it is a bound.
    least, most
        What is gained at least, and at most if that is known, larger being better, [m] each;
        one and the same where gains are known.
    """
    left = np.ones(exact.size, np.bool_)
    for level, name in enumerate(problem.objectives):
        gain = -told[level] if name == "floors" else told[level]
        wrong = gain < least[level]
        if most is not None:
            wrong |= np.where(exact, gain > most[level], gain < most[level]).astype(np.bool_)
        wrong &= left
        if wrong.any():
            opening = problem.opening_ids[int(np.flatnonzero(wrong)[0])]
            raise ResultRefused("one_more_place_differs", id=opening, objective=name)
        left &= (exact | (least[level] == 0)) if least is most else (~exact | (gain == 0))


def _check_infeasible(problem: Problem, result: Assignment, trust_solver: bool) -> bool:
    """Whether the claim is only believed; refuse it when it does not follow."""
    told = [*result.unplaced, *(one.value for one in result.objectives)]
    told += [one.bound for one in result.objectives]
    if (result.opening_of >= 0).any() or any(one is not None for one in told):
        raise ResultRefused("infeasible_with_places")
    conflict, proof = result.conflict, result.proof
    known = {f"rules/{at}" for at in range(len(problem.rules))}
    if problem.moves_limit is not None:
        known.add("moves_limit")
    unknown = [name for name in conflict if name not in known]
    if unknown or not conflict or len(set(conflict)) < len(conflict):
        raise ResultRefused("conflict_unknown", names=", ".join(unknown))
    is_trusted = proof.kind == "solver" and trust_solver
    if proof.kind != "tree" and not is_trusted:
        raise ResultRefused("no_proof", kind=proof.kind)
    if not is_trusted:
        _check_nothing_possible(ground_of(problem, conflict), proof)
    if not is_trusted or proof.witnesses:
        _check_irreducible(problem, conflict, proof.witnesses)
    return is_trusted


def _check_nothing_possible(ground: Ground, proof: Proof) -> None:
    if tuple(stage.objective for stage in proof.trees) != ("feasibility",):
        raise ResultRefused("stages_differ", right="feasibility")
    program = program_of(ground, ())
    add_cuts(program, proof.cuts)
    if stage_bounds(program, proof.trees[0], {}).most is not None:
        raise ResultRefused("not_proven", objective="feasibility")


def _check_irreducible(
    problem: Problem, conflict: tuple[str, ...], witnesses: tuple[Int32s, ...]
) -> None:
    """Check that without any one name the others can hold: the witness of that name keeps them."""
    for at, name in enumerate(conflict):
        others = {*conflict} - {name}
        try:
            if at >= len(witnesses):
                raise ResultRefused("conflict_not_least", name=name)
            check_kept(ground_of(problem, others), witnesses[at])
        except ResultRefused as broken:
            raise ResultRefused("conflict_not_least", name=name) from broken
    if len(witnesses) > len(conflict):
        raise ResultRefused("conflict_not_least", name=conflict[-1])
