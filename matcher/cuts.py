"""Rows that follow from others by rounding, and cut off what the relaxation splits.

A half or a third of the sum of some rows, rounded down, holds for whole numbers. Where rows that
leave nothing over add up to even numbers on every split column, but to an odd limit, half a unit
is cut off: pairs of people who share three places, say. Such sums are found by elimination modulo
2 and 3 (Caprara and Fischetti 1996, doi:10.1007/BF02592196).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from matcher.milp import Floats, Linear, Real, best_real
from matcher.problem import Int64s
from matcher.program import Program
from matcher.result import Cut
from matcher.time_limit import TimeLimit

NEARLY = 1e-6
LEAST_CUT = 0.02
MOST_ROWS = 20
"""Rows of one cut; more are long and hardly lower the bound."""
MOST_ENTRIES = 200_000_000
"""Of the table that is eliminated, one byte each; where more is split, nothing is cut."""
PARTS = (2, 3)
MOST_ROUNDS = 6
MOST_SHARE = 0.5
"""Of the time; the rest is for making the relaxation whole."""
LEAST_GAIN = 0.05
"""Share of what the first round gained below which a further one is not worth its time."""


def tightened(program: Program, gain: Floats, real: Real, limit: TimeLimit) -> tuple[Program, Real]:
    """Add cuts round by round while they lower the relaxation.

    Parameters
    ----------
    real
        Relaxation of the program.
    limit
        No round begins after its share for them.
    """
    gained: list[float] = []
    for _ in range(MOST_ROUNDS):
        if limit.stops(MOST_SHARE):
            break
        found = list(_cuts(program, real.x))
        if not found:
            break
        more = program.cut_by(found)
        rows = more.rows
        linear = Linear(gain, program.upper, rows.matrix, rows.limit, rows.exact)
        lower = best_real(linear, limit, start=real.basis)
        if lower is None:
            break
        gained.append(real.value - lower.value)
        program, real = more, lower
        if gained[-1] < LEAST_GAIN * gained[0]:
            break
    return program, real


def _cuts(program: Program, x: Floats) -> Iterator[Cut]:
    """Cuts that the real solution breaks."""
    rows, whole = program.rows, np.rint(x).astype(np.int64)
    split = np.flatnonzero(np.abs(x - whole) > NEARLY)
    whole[split] = 0
    matrix = rows.matrix[:, split].tocsr()
    tight = rows.limit - rows.matrix @ x < NEARLY
    candidates = np.flatnonzero(tight & (np.diff(matrix.indptr) > 0))
    if candidates.size * (candidates.size + split.size) > MOST_ENTRIES:
        return
    lines = matrix[candidates].toarray()
    left = (rows.limit - rows.matrix @ whole)[candidates]
    for part in PARTS:
        for sums in _even_sums(lines, left, part):
            for times in range(1, part):
                multipliers = np.zeros(len(rows.names), np.int64)
                multipliers[candidates] = times * sums % part
                yield from _cut(program, x, whole, multipliers, part)


def _even_sums(lines: Int64s, left: Int64s, part: int) -> Int64s:
    """How often each line is in sums that leave 0 in every column, but not in `left`.

    Parameters
    ----------
    part
        A prime number; everything counts modulo it.

    Returns
    -------
    sums
        [sums, lines], each with few lines.
    """
    size, columns = lines.shape
    state = (np.column_stack([lines, left, np.eye(size)]) % part).astype(np.int8)
    used = np.zeros(size, np.bool_)
    for column in np.argsort((state[:, :columns] != 0).sum(axis=0), kind="stable").tolist():
        having = np.flatnonzero(~used & (state[:, column] != 0))
        if having.size:
            shortest = np.argmin((state[having, columns + 1 :] != 0).sum(axis=1))
            pivot = having[shortest]
            used[pivot] = True
            others = np.delete(having, shortest)
            inverse = pow(int(state[pivot, column]), -1, part)
            factor = state[others, column] * inverse % part
            state[others] = (state[others] - np.outer(factor, state[pivot])) % part
    sums = state[~used & (state[:, columns] != 0), columns + 1 :]
    few: Int64s = sums[(sums != 0).sum(axis=1) <= MOST_ROWS].astype(np.int64)
    return few


def _cut(
    program: Program, x: Floats, whole: Int64s, multipliers: Int64s, part: int
) -> Iterator[Cut]:
    """Add the rows of units where a column at 1 would lose by rounding; yield what cuts."""
    rows, c = program.rows, program.column_unit.size
    over = rows.matrix.T @ multipliers % part * (whole != 0)
    lost = np.flatnonzero(over[:c])
    np.add.at(multipliers, program.column_unit[lost], part - over[lost])
    total, limit = rows.matrix.T @ multipliers, int(rows.limit @ multipliers)
    if (total // part) @ x > limit // part + LEAST_CUT:
        used = np.flatnonzero(multipliers).tolist()
        yield Cut(part, {rows.names[row]: int(multipliers[row]) for row in used})
