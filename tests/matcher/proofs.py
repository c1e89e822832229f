"""Proofs by brute force: a tree that decides everything, with multipliers by hand at each leaf."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import replace
from itertools import product
from math import prod

import numpy as np

from matcher.certificate_rules import ground_of
from matcher.certificate_tree import Program, Row, program_of
from matcher.problem import Problem
from matcher.result import (
    Assignment,
    Branch,
    Leaf,
    ObjectiveValue,
    Proof,
    Status,
    TreeStage,
    Unplaced,
)
from tests.matcher import reference

Choice = tuple[tuple[int, int], ...]
"""Of each unit, its naming member and the column it takes; -1 for none."""


def claim(problem: Problem, places: reference.Places, proof: Proof) -> Assignment:
    """Claim that an assignment is optimal, with every sum, reason and gain as it should be."""
    opening_of = np.array(places, np.int32)
    values = reference.values(problem, places)
    pairs = reference.listed(problem)
    taken = [pairs[who, place] if place >= 0 else -1 for who, place in enumerate(places)]
    used = np.zeros(len(problem.opening_ids), np.int64)
    for place, pair in zip(places, taken, strict=True):
        if place >= 0:
            used[place] += problem.pair_seats[pair]
    gains = [reference.one_more_place(problem, at) for at in range(used.size)]
    return Assignment(
        status=Status.OPTIMAL,
        objectives=tuple(map(ObjectiveValue, problem.objectives, values, values)),
        opening_of=opening_of,
        score_of=np.array([problem.pair_score[at] if at >= 0 else 0 for at in taken], np.int64),
        unplaced=tuple(
            None if place >= 0 else Unplaced(reference.unplaced_reason(problem, who))
            for who, place in enumerate(places)
        ),
        used=used,
        one_more_place=np.array(gains, np.int64).reshape(used.size, len(values)).T,
        proof=proof,
        method="mip",
    )


def infeasible(problem: Problem) -> Assignment:
    """Claim that a problem is infeasible, with an irreducible conflict."""
    conflict = [f"rules/{at}" for at in range(len(problem.rules))]
    conflict += ["moves_limit"] if problem.moves_limit is not None else []
    for name in tuple(conflict):
        rest = [one for one in conflict if one != name]
        if reference.best(reference.with_only(problem, rest)) is None:
            conflict = rest
    n = len(problem.participant_ids)
    program = program_of(ground_of(problem, conflict), ())
    witnesses = (
        reference.every_assignment(reference.with_only(problem, {*conflict} - {name}))[0]
        for name in conflict
    )
    return Assignment(
        status=Status.INFEASIBLE,
        objectives=tuple(ObjectiveValue(name, None, None) for name in problem.objectives),
        opening_of=np.full(n, -1, np.int32),
        score_of=np.zeros(n, np.int64),
        unplaced=(None,) * n,
        used=np.full(len(problem.opening_ids), -1, np.int64),
        one_more_place=None,
        proof=Proof(
            "tree",
            trees=(TreeStage("feasibility", 1, tuple(_leaves(program, "", {}))),),
            witnesses=tuple(np.array(one, np.int32) for one in witnesses),
        ),
        conflict=tuple(conflict),
        method="mip",
    )


def proven(problem: Problem) -> Assignment:
    """Solve by brute force; every second gain is told as a bound only."""
    best = reference.best(problem)
    if best is None:
        return infeasible(problem)
    places = next(
        places
        for places in reference.every_assignment(problem)
        if reference.values(problem, places) == best
    )
    exact = np.arange(len(problem.opening_ids)) % 2 == 0
    result = claim(problem, places, tree(problem, best))
    return result if exact.all() else replace(result, gains_exact=exact)


def choices(problem: Problem) -> int:
    """How many leaves a stage will have, or a few more."""
    pairs = reference.possible_pairs(problem)
    return prod(1 + sum(who == one for who, _ in pairs) for one in range(len(problem.previous)))


def tree(problem: Problem, values: tuple[int, ...], denominator: int = 1) -> Proof:
    """Prove, if it is true, that nothing is better than these values."""
    program = program_of(ground_of(problem), problem.objectives)
    stages, kept = [], dict[str, int]()
    for name, value in zip(problem.objectives, reference.worth(problem, values), strict=True):
        leaves = tuple(_leaves(program, name, kept, denominator))
        stages.append(TreeStage(name, denominator, leaves))
        kept[name] = value
    return Proof("tree", trees=tuple(stages))


def _leaves(
    program: Program, objective: str, kept: Mapping[str, int], denominator: int = 1
) -> Iterator[Leaf]:
    units = sorted(set(program.unit_of.tolist()))
    theirs = {one: program.columns_of_unit(one).tolist() for one in units}
    for chosen in product(*([*theirs[one], -1] for one in units)):
        branches = [
            Branch(one, (int(program.opening[column]),), column == taken)
            for one, taken in zip(units, chosen, strict=True)
            for column in theirs[one]
            if taken < 0 or column <= taken
        ]
        yield _leaf(program, tuple(branches), objective, kept, denominator)


def _leaf(
    program: Program,
    branches: tuple[Branch, ...],
    objective: str,
    kept: Mapping[str, int],
    denominator: int,
) -> Leaf:
    """Leaf where everything is decided: a row that is broken, or else what it is worth."""
    row_of = {}
    for at, branch in enumerate(branches):
        if branch.taken:
            columns = program.columns_of_unit(branch.participant)
            (column,) = columns[program.opening[columns] == branch.openings[0]].tolist()
            row_of[column] = f"branches/{at}"
    for name, row in _rows(program):
        over = _sum(row, row_of) - row.most
        if over > 0 or (over and row.is_equation):
            return Leaf(branches, _forced({name: 1 if over > 0 else -1}, row, row_of), True)
    short = {at: _short(program, at, row_of) for at in program.shortfall}
    floors = {f"rules/{at}": 1 for at, missing in short.items() if missing > 0}
    for name, least in kept.items():
        worth = program.worth[name]
        if name == "floors":
            if -sum(max(0, missing) for missing in short.values()) < least:
                return Leaf(branches, floors | {"objectives/floors": 1}, True)
        elif sum(int(worth[column]) for column in row_of) < least:
            columns = np.flatnonzero(worth)
            row = Row(columns, -worth[columns], -least)
            return Leaf(branches, _forced({f"objectives/{name}": 1}, row, row_of), True)
    if objective == "floors":
        return Leaf(branches, dict.fromkeys(floors, denominator))
    worth = program.worth.get(objective, np.zeros(program.upper.size, np.int64))
    losses = {name: -denominator * int(worth[column]) for column, name in row_of.items()}
    return Leaf(branches, {name: loss for name, loss in losses.items() if loss > 0})


def _sum(row: Row, chosen: Mapping[int, str]) -> int:
    pairs = zip(row.columns.tolist(), row.coefficients.tolist(), strict=True)
    return sum(coefficient for column, coefficient in pairs if column in chosen)


def _forced(multipliers: dict[str, int], row: Row, chosen: Mapping[int, str]) -> dict[str, int]:
    """Multiply the branches as well, so that what is taken counts in full."""
    (sign,) = multipliers.values()
    pairs = zip(row.columns.tolist(), row.coefficients.tolist(), strict=True)
    taken = {chosen[column]: sign * value for column, value in pairs if column in chosen}
    return multipliers | {name: value for name, value in taken.items() if value > 0}


def _short(program: Program, rule: int, chosen: Mapping[int, str]) -> int:
    row = program.row(f"rules/{rule}")
    return _sum(row, chosen) - row.most


def row_names(problem: Problem) -> set[str]:
    """Names of all rows but those of objectives and branches."""
    return {name for name, _ in _rows(program_of(ground_of(problem), problem.objectives), ())}


def _rows(
    program: Program, without: Container[str] = ("group_floor",)
) -> Iterator[tuple[str, Row]]:
    """Every row there is but objectives, branches and some kinds of rules."""
    ground = program.ground
    problem = ground.problem
    spots = [f"opening/{name}" for name in problem.opening_ids]
    spots += [f"host/{name}" for name in problem.host_names]
    names = ["moves_limit"]
    names += [f"participants/{name}" for name in problem.participant_ids]
    names += [f"placed/{name}" for name in problem.participant_ids]
    names += [f"openings/{name}" for name in problem.opening_ids]
    for at, rule in ground.rules.items():
        if rule.kind in without:
            continue
        names.append(f"rules/{at}")
        names += [f"rules/{at}/{spot}" for spot in spots]
        for step in range(4):
            names.append(f"rules/{at}/{step}")
            names += [f"rules/{at}/{step}/{slot}" for slot in problem.slot_names]
    for name in names:
        row = program.find(name)
        if row is not None:
            yield name, row
