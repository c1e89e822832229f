"""Everyone at once where people depend on one another: a mixed-integer program, then its proof.

One program with moderate weights mostly is best for every objective in turn. What it finds is
then proven objective by objective: the relaxation already bounds how many can be placed and how
much of the floors must be missing, and a few decisions settle the score (`matcher.branching`).
Where the proof finds something better, that is taken and proven instead.

Large problems begin with their relaxation. Rows that follow by rounding cut off most of what it
splits (`matcher.cuts`); made whole (`matcher.repair`), it is a good start; where it came to rest,
the bound of each objective begins. Where the tree does not show that an answer is best, they keep
the solver's word and say so; with a time limit they tell how far the bounds are.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from contextlib import suppress
from functools import partial

import numpy as np

from matcher.branching import Better, Bounded, prove
from matcher.cuts import tightened
from matcher.errors import MatcherError, OutOfTime
from matcher.milp import Floats, Linear, Real, Solved, best_real, best_whole
from matcher.one_more_by_bounds import most_with_one_more
from matcher.problem import UNITS_PER_POINT, Int32s, Int64s, Problem
from matcher.program import Bools, Program, program_of
from matcher.reached import Reached
from matcher.repair import repaired
from matcher.replanning import least_moves
from matcher.result import Assignment, ObjectiveValue, Proof, Status, TreeStage, Unplaced
from matcher.time_limit import TimeLimit
from matcher.unplaced import reasons_of

STEP = 10
"""How much more an objective weighs than the next; the proof notices where that is too little."""
FINENESS = 1e3
"""Solver's objective for one point of score: its tolerance of 1e-6 is far below one unit."""
LARGEST_SUM = 1e14
"""Beyond this, weights and scores in one sum would lose whole units."""
LARGEST_VALUES = 2.0**52
"""Beyond this, floats no longer tell one unit of an objective from the next."""
MOST_IN_CASES = 400
"""People up to whom the score is proven by cases; beyond, only what the relaxation shows."""
MOST_RELAXATIONS = 600
REACH = 0.1
"""Points below its price up to which a column is tried; twice as far takes longer for nothing."""
NEAR = 1e-4
"""Points for each person by which the first solution may miss the best of what is tried."""
RESERVED = 6
"""Times the first relaxation that are kept for the bounds; they took 2 to 3 times as long, and the
solver notices its limit late."""
LESS_THAN_ONE = 0.99
MOST_AT_ONCE = 50_000
"""Columns beyond which the solver finds nothing more in three minutes than was made whole."""
MOST_COLUMNS = 100_000
"""Up to here the solver is asked where no bonus meets a limit of moves exactly."""
MOST_AGAIN = 20_000
"""Columns times openings up to which one more place is found by solving again."""


def best_by_program(problem: Problem, limit: TimeLimit | None = None) -> Assignment:
    """Best assignment of a problem whose rules do not contradict each other.

    Parameters
    ----------
    limit
        Time that is left; None for what the problem says.
    """
    program = program_of(problem)
    limit = limit or TimeLimit(problem.time_limit_seconds)
    reached = least_moves(program)
    small = program.column_unit.size <= MOST_COLUMNS
    if reached is None or (small and not reached.optimal):
        reached = solve(program, limit)
    opening_of = program.opening_of(reached.solution[: program.column_unit.size] > 0)
    used = opening_of[problem.pair_participant] == problem.pair_opening
    score_of = np.zeros(opening_of.size, np.int64)
    score_of[problem.pair_participant[used]] = problem.pair_score[used]
    seats = np.zeros(len(problem.opening_ids), np.int64)
    np.add.at(seats, problem.pair_opening[used], problem.pair_seats[used])
    program = program.cut_by(reached.cuts)
    unplaced = _unplaced(program, reached, opening_of, limit)
    if reached.optimal and limit.cut_off:
        reached = reached.as_far_as_shown(cut_off=True)
        unplaced = _unplaced(program, reached, opening_of, limit)
    gains, exact = _one_more_place(program, reached, limit) if reached.optimal else (None, None)
    return Assignment(
        status=Status.OPTIMAL if reached.optimal else Status.FEASIBLE,
        objectives=tuple(
            ObjectiveValue(name, _told(name, value), _told(name, bound))
            for name, value, bound in zip(
                problem.objectives, reached.values, reached.bounds, strict=True
            )
        ),
        opening_of=opening_of,
        score_of=score_of,
        unplaced=unplaced,
        used=seats,
        one_more_place=gains,
        gains_exact=exact,
        proof=_proof(problem, reached),
        method="mip",
    )


def solve(program: Program, limit: TimeLimit | None = None) -> Reached:
    """Solve a program objective by objective.

    Raises
    ------
    MatcherError
        When nothing feasible was found, or sums are too large for the solver's floats.
    """
    if np.abs(program.values.astype(np.float64)).sum() > LARGEST_VALUES:
        raise MatcherError("sums_too_large_to_couple")
    return _Solving(program, limit or TimeLimit()).reached()


class _Solving:
    def __init__(self, program: Program, limit: TimeLimit) -> None:
        self.program, self.limit = program, limit
        self.solution = np.empty(0, np.int64)
        self.values: list[int] = []
        people, columns = len(program.problem.participant_ids), program.column_unit.size
        self.is_large = people > MOST_IN_CASES and columns > 0
        self.real: Real | None = None
        """Relaxation of all objectives in one, where that is large."""
        self.whole = False
        """Whether the solution is the solver's optimum of all objectives in one."""

    def reached(self) -> Reached:
        """Find a solution, then prove it or find a better one, objective by objective."""
        self._all_in_one()
        bounds, bounded = zip(*map(self._prove, range(len(self.values))), strict=True)
        cuts, cut_off = self.program.cuts, self.limit.cut_off
        found = Reached(self.solution, tuple(self.values), bounds, bounded, cuts, cut_off)
        return found if found.optimal else found.as_far_as_shown(cut_off=cut_off)

    def _all_in_one(self) -> None:
        program = self.program
        points = [UNITS_PER_POINT if name == "score" else 1 for name in program.problem.objectives]
        weights = [STEP**power / unit for power, unit in enumerate(reversed(points))][::-1]
        gain: Floats = np.array(weights, np.float64) @ program.values.astype(np.float64)
        fits = UNITS_PER_POINT * np.abs(gain).sum() < LARGEST_SUM
        if not fits:
            gain = np.asarray(program.values[0] / points[0], np.float64)
        gain *= FINENESS
        start = self._repaired(gain) if self.is_large else None
        if start is not None and self._is_huge_for_its_time():
            solved = Solved(start, np.inf, proven=False)
        else:
            solved = best_whole(self._linear(gain, []), self.limit, start=start)
        found = start if solved.x is None else solved.x
        if found is None:
            raise OutOfTime("nothing_found_in_time")
        self._take(found)
        self.whole = fits and solved.proven and solved.x is not None
        self.limit.reserved = 0.0

    def _repaired(self, gain: Floats) -> Int64s | None:
        """Cut off what the relaxation splits, as far as that is quick, and make it whole."""
        began = self.limit.used()
        real = best_real(self._linear(gain, []), self.limit)
        if real is None:
            raise OutOfTime("nothing_found_in_time")
        self.limit.reserved = RESERVED * (self.limit.used() - began)
        self.program, self.real = tightened(self.program, gain, real, self.limit)
        return repaired(
            self.program,
            gain,
            self.real,
            self.limit,
            reach=FINENESS * REACH,
            gap=FINENESS * NEAR * len(self.program.problem.participant_ids),
        )

    def _prove(self, level: int) -> tuple[int, Bounded]:
        """Bound of one objective, and what shows it; what is found better is taken."""
        while True:
            value = self.values[level]
            rows = self.program.keeping(self.values[:level])
            effort = 1 if self.is_large else MOST_RELAXATIONS
            basis = None if self.real is None else self.real.basis
            gain = self.program.values[level]
            shown = prove(self.program, rows, gain, value, effort, self.limit, basis)
            if isinstance(shown, Better):
                self._take(shown.solution)
            elif shown.bound <= value or (self.whole and level + 1 == len(self.values)):
                return value, shown
            elif self._is_huge_for_its_time() or self.limit.stops():
                return shown.bound, shown
            else:
                better, bound = self._alone(level, shown.bound)
                if not better:
                    return bound, shown

    def _alone(self, level: int, bound: int) -> tuple[bool, int]:
        """Ask the solver about one objective: whether it found better, and the bound now."""
        gain = self.program.values[level]
        scale = FINENESS / max(1, int(np.abs(gain).max(initial=1)))
        solved = best_whole(
            self._linear(scale * gain, self.values[:level]),
            self.limit,
            start=self.solution,
            gap=0.0 if self.program.problem.objectives[level] == "score" else LESS_THAN_ONE * scale,
        )
        if solved.x is not None and int(gain @ solved.x) > self.values[level]:
            self._take(solved.x)
            return True, bound
        # What is known to be possible cannot be impossible: then it is no answer.
        settled = solved.proven and solved.x is not None
        return False, self.values[level] if settled else bound

    def _is_huge_for_its_time(self) -> bool:
        return self.limit.seconds is not None and self.program.column_unit.size > MOST_AT_ONCE

    def _take(self, solution: Int64s) -> None:
        c = self.program.column_unit.size
        self.whole = False
        self.solution = self.program.solution(solution[:c] > 0)
        self.values = [int(value) for value in self.program.values @ self.solution]

    def _linear(self, gain: Floats, kept: Sequence[int]) -> Linear:
        rows = self.program.keeping(kept)
        return Linear(gain, self.program.upper, rows.matrix, rows.limit, rows.exact)


def _told(name: str, value: int) -> int:
    """Return a value as the format tells it: what is missing at floors counts from 0 up."""
    return -value if name == "floors" else value


def _proof(problem: Problem, reached: Reached) -> Proof:
    trees = tuple(
        TreeStage(name, bounded.denominator, bounded.leaves)
        for name, bounded in zip(problem.objectives, reached.bounded, strict=True)
    )
    shown = tuple(bounded.bound for bounded in reached.bounded)
    if not reached.optimal or all(map(operator.le, shown, reached.values)):
        return Proof("tree", trees=trees, cuts=reached.cuts)
    return Proof("solver", solver="HiGHS")


def _unplaced(
    program: Program, reached: Reached, opening_of: Int32s, limit: TimeLimit
) -> tuple[Unplaced | None, ...]:
    """Reason of every participant; in a best assignment also who is not worth a loss."""
    possible = np.isin(program.unit, program.column_unit)
    worth = partial(_worth_placing, program, reached, limit)
    return reasons_of(program.problem, opening_of, possible, worth)


def _worth_placing(program: Program, reached: Reached, limit: TimeLimit, participant: int) -> bool:
    """Whether someone could take a place without loss before `placed`, or cannot at all."""
    names = program.problem.objectives
    before = names.index("placed") if "placed" in names else len(names)
    if not before or not reached.optimal:
        return True
    kept = list(reached.values[:before])
    return _placeable(program, participant, kept, limit) or not _placeable(
        program, participant, [], limit
    )


def _placeable(program: Program, participant: int, kept: list[int], limit: TimeLimit) -> bool:
    unit = program.unit[participant]
    rows = program.keeping(kept)
    gain = np.zeros(program.upper.size)
    gain[: program.column_unit.size][program.column_unit == unit] = 1.0
    solved = best_whole(Linear(gain, program.upper, rows.matrix, rows.limit, rows.exact), limit)
    return solved.x is not None and bool(gain @ solved.x > 0)


def _one_more_place(program: Program, reached: Reached, limit: TimeLimit) -> tuple[Int64s, Bools]:
    """Return what one more place would gain, [objectives, m], and where that is exact, [m].

    Where the proof shows that nothing can be gained, that is exact; else it is solved again, or
    the proof's bound is given where that would take too long.
    """
    problem = program.problem
    most = most_with_one_more(program, reached.values, reached.bounded)
    gains = most - np.array(reached.values)[:, np.newaxis]
    exact = ~gains.any(axis=0)
    if program.column_unit.size * np.count_nonzero(~exact) <= MOST_AGAIN:
        for at in np.flatnonzero(~exact).tolist():
            if limit.cut_off:
                break
            with suppress(OutOfTime):
                more = solve(program_of(problem.with_one_more_place(at)), limit)
                if more.optimal:
                    gains[:, at], exact[at] = np.array(more.values) - reached.values, True
    floors = [name == "floors" for name in problem.objectives]
    gains[floors] *= -1
    return gains, exact
