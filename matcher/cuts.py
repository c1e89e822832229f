"""Rows that follow from others by rounding, and cut off what the relaxation splits.

Half the sum of some rows, rounded down, holds for whole numbers. Where rows that leave nothing
over add up to even numbers on every split column, but to an odd limit, half a unit is cut off:
two people who want three places of an opening in pairs, say. Such sums are found by elimination
modulo 2 (Caprara and Fischetti 1996, doi:10.1007/BF02592196).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from time import perf_counter

import numpy as np

from matcher.milp import Floats, Linear, Real, best_real
from matcher.program import Program
from matcher.result import Cut

NEARLY = 1e-6
LEAST_CUT = 0.02
MOST_ROWS = 20
"""Rows of one cut; more are long and hardly lower the bound."""
MOST_ROUNDS = 6
LEAST_GAIN = 0.05
"""Share of what the first round gained below which a further one is not worth its time."""


def tightened(
    program: Program, gain: Floats, real: Real, *, until: float | None
) -> tuple[Program, Real]:
    """Add cuts round by round while they lower the relaxation.

    Parameters
    ----------
    real
        Relaxation of the program.
    until
        Instant of `perf_counter` after which no round begins.
    """
    gained: list[float] = []
    for _ in range(MOST_ROUNDS):
        if until is not None and perf_counter() > until:
            break
        found = list(_halves(program, real.x))
        if not found:
            break
        more = program.cut_by(found)
        rows = more.rows
        linear = Linear(gain, program.upper, rows.matrix, rows.limit, rows.exact)
        lower = best_real(linear, start=real.basis)
        assert lower is not None  # without a time limit
        gained.append(real.value - lower.value)
        program, real = more, lower
        if gained[-1] < LEAST_GAIN * gained[0]:
            break
    return program, real


def _halves(program: Program, x: Floats) -> Iterator[Cut]:
    """Cuts that the real solution breaks."""
    rows, whole = program.rows, np.rint(x).astype(np.int64)
    split = np.flatnonzero(np.abs(x - whole) > NEARLY)
    whole[split] = 0
    matrix = rows.matrix[:, split].tocsr()
    tight = rows.limit - rows.matrix @ x < NEARLY
    candidates = np.flatnonzero(tight & (np.diff(matrix.indptr) > 0))
    odd_limit = (rows.limit - rows.matrix @ whole) % 2
    lines = []
    for row in candidates.tolist():
        one = slice(*matrix.indptr[row : row + 2])
        odd = matrix.indices[one][matrix.data[one] % 2 != 0]
        bits = sum(1 << column for column in odd.tolist()) | int(odd_limit[row]) << split.size
        lines.append(bits)
    for chosen in _odd_sums(lines, split.size):
        if len(chosen) <= MOST_ROWS:
            yield from _cut(program, x, whole, candidates[chosen].tolist())


def _odd_sums(lines: list[int], columns: int) -> Iterator[list[int]]:
    """Sets of lines whose sum modulo 2 is 0 in every column and 1 behind the last.

    Parameters
    ----------
    lines
        Bits of each.
    """
    left = [(1 << at, line) for at, line in enumerate(lines)]
    often = Counter(column for line in lines for column in _bits(line))
    for column in sorted(range(columns), key=lambda one: (often[one], one)):
        having = [at for at, (_, line) in enumerate(left) if line >> column & 1]
        if having:
            pivot = min(having, key=lambda at: (left[at][0].bit_count(), left[at][1].bit_count()))
            used, line = left[pivot]
            for at in having:
                left[at] = left[at][0] ^ used, left[at][1] ^ line
            del left[pivot]
    for used, line in sorted(left, key=lambda one: (one[0].bit_count(), one[0])):
        if line:
            yield list(_bits(used))


def _bits(line: int) -> Iterator[int]:
    while line:
        low = line & -line
        yield low.bit_length() - 1
        line ^= low


def _cut(program: Program, x: Floats, whole: Floats, chosen: list[int]) -> Iterator[Cut]:
    """Halve the sum of rows, with those of units that make it even where a column is at 1."""
    rows, c = program.rows, program.column_unit.size
    times = np.zeros(len(rows.names), np.int64)
    times[chosen] = 1
    total = rows.matrix.T @ times
    odd = np.flatnonzero((total[:c] % 2 != 0) & (whole[:c] % 2 != 0))
    np.add.at(times, program.column_unit[odd], 1)
    total = rows.matrix.T @ times
    if (total // 2) @ x > (rows.limit @ times) // 2 + LEAST_CUT:
        used = np.flatnonzero(times).tolist()
        yield Cut(2, {rows.names[row]: int(times[row]) for row in used})
