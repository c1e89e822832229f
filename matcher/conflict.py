"""Rules that cannot hold together: the fewest of them that already contradict each other.

Only `fixed` and a limit of moves ask for anyone to be placed, so without them nobody placed is an
answer and nothing can contradict. A conflict is narrowed down by halves (Junker 2004, QuickXplain,
AAAI-04, 167-172), in the order of the rules, so that the same problem tells the same conflict.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from matcher.branching import Bounded, prove
from matcher.errors import OutOfTime
from matcher.milp import Linear, best_whole
from matcher.problem import Int32s, Problem
from matcher.program import Program, program_of
from matcher.result import Leaf, Proof, TreeStage
from matcher.rules import Fixed, GroupFloor
from matcher.structure import is_flow
from matcher.time_limit import TimeLimit

MOVES = "moves_limit"
MOST_RELAXATIONS = 200


def find_conflict(
    problem: Problem, limit: TimeLimit | None = None
) -> tuple[tuple[str, ...], Proof] | None:
    """Irreducible list of what contradicts itself, with the proof; None if everything can hold.

    Returns
    -------
    names
        Such as "rules/3" and "moves_limit", in the order of the rules.
    proof
        A tree whose every leaf is impossible, and an assignment for each name that keeps all
        the others; the solver's word where the tree would grow too large.

    Raises
    ------
    OutOfTime
        When that is not found in time.
    """
    limit = limit or TimeLimit()
    if holds_together(problem, limit):
        return None
    names = [
        f"rules/{at}" for at, rule in enumerate(problem.rules) if not isinstance(rule, GroupFloor)
    ]
    if problem.moves_limit is not None:
        names.append(MOVES)
    fewest = _fewest(problem, [], names, limit, changed=False)
    conflict = sorted(fewest, key=names.index)
    witnesses = [
        _assignment(_only(problem, [other for other in conflict if other != name]), limit)
        for name in conflict
    ]
    found = tuple(one for one in witnesses if one is not None)
    return tuple(conflict), replace(_proof(problem, conflict, limit), witnesses=found)


def holds_together(problem: Problem, limit: TimeLimit) -> bool:
    """Whether some assignment keeps everything.

    Raises
    ------
    OutOfTime
        When that is not found in time.
    """
    if problem.moves_limit is None and not any(isinstance(rule, Fixed) for rule in problem.rules):
        return True
    return _assignment(problem, limit, flow=is_flow(problem)) is not None


def _fewest(
    problem: Problem, kept: list[str], names: Sequence[str], limit: TimeLimit, *, changed: bool
) -> list[str]:
    """Fewest of some names that contradict what is kept, in one of the smallest lists."""
    if changed and _assignment(_only(problem, kept), limit) is None:
        return []
    if len(names) == 1:
        return list(names)
    first, second = names[: len(names) // 2], names[len(names) // 2 :]
    behind = _fewest(problem, [*kept, *first], second, limit, changed=True)
    before = _fewest(problem, [*kept, *behind], first, limit, changed=bool(behind))
    return before + behind


def _only(problem: Problem, names: Sequence[str]) -> Problem:
    """Keep some rules; the limit of moves only if it is among them."""
    return replace(
        problem,
        rules=tuple(problem.rules[at] for at in _positions(names)),
        objectives=("placed",),
        moves_limit=problem.moves_limit if MOVES in names else None,
    )


def _positions(names: Sequence[str]) -> list[int]:
    return [int(name.removeprefix("rules/")) for name in names if name != MOVES]


def _assignment(problem: Problem, limit: TimeLimit, *, flow: bool = False) -> Int32s | None:
    """Find an assignment that keeps everything, None if there is none.

    Parameters
    ----------
    flow
        Whether nothing but the fixed needs a place, so that theirs alone decide.
    """
    asked = _with_pairs_of_the_fixed(problem) if flow else problem
    program = program_of(replace(asked, objectives=("placed",)))
    fixed = _fixed_only(program)
    if program.rows.keeps(fixed):
        return program.opening_of(fixed > 0)
    if flow:
        return None
    rows = program.rows
    nothing = np.zeros(program.upper.size)
    solved = best_whole(Linear(nothing, program.upper, rows.matrix, rows.limit, rows.exact), limit)
    if solved.x is None and not solved.proven:
        raise OutOfTime("nothing_found_in_time")
    return None if solved.x is None else program.opening_of(solved.x > 0)


def _fixed_only(program: Program) -> np.ndarray:
    """Place the fixed and nobody else."""
    units = np.unique(program.unit[_fixed(program.problem)])
    return np.isin(program.column_unit, units).astype(np.int64)


def _fixed(problem: Problem) -> list[int]:
    """Positions of the fixed."""
    at = {name: position for position, name in enumerate(problem.participant_ids)}
    return [at[rule.participant] for rule in problem.rules if isinstance(rule, Fixed)]


def _with_pairs_of_the_fixed(problem: Problem) -> Problem:
    """Leave out what everybody else could take: a program of all of it takes long to build."""
    theirs = np.isin(problem.pair_participant, _fixed(problem))
    return replace(
        problem,
        pair_participant=problem.pair_participant[theirs],
        pair_opening=problem.pair_opening[theirs],
        pair_score=problem.pair_score[theirs],
        pair_seats=problem.pair_seats[theirs],
        pair_slot=problem.pair_slot[theirs],
    )


def _proof(problem: Problem, conflict: Sequence[str], limit: TimeLimit) -> Proof:
    program = program_of(_only(problem, conflict))
    nothing = np.zeros_like(program.upper)
    shown = prove(program, program.rows, nothing, -1, MOST_RELAXATIONS, limit)
    if not isinstance(shown, Bounded) or shown.bound >= 0:
        return Proof("solver", solver="HiGHS")
    renamed = dict(enumerate(_positions(conflict)))
    leaves = tuple(_renamed(leaf, renamed) for leaf in shown.leaves)
    return Proof("tree", trees=(TreeStage("feasibility", shown.denominator, leaves),))


def _renamed(leaf: Leaf, numbers: Mapping[int, int]) -> Leaf:
    """Name the rules by their place among all rules."""

    def rename(name: str) -> str:
        return re.sub(r"^rules/(\d+)", lambda found: f"rules/{numbers[int(found[1])]}", name)

    return replace(leaf, multipliers={rename(name): one for name, one in leaf.multipliers.items()})
