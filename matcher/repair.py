"""A good solution of a large program: its relaxation, made whole where it is not.

Nearly all of what the relaxation chooses is whole already. Free are whoever it splits, whoever
shares a row with them, and of those only columns that are nearly worth their price; everyone
else stays. What is left is small, and a mixed-integer program finds its best
(relaxation-induced neighbourhoods: Danna, Rothberg and Le Pape 2005,
doi:10.1007/s10107-004-0518-7).
"""

from __future__ import annotations

import numpy as np

from matcher.milp import Floats, Linear, Real, best_whole
from matcher.problem import Int64s
from matcher.program import Bools, Program
from matcher.time_limit import TimeLimit

NEARLY = 1e-6
WIDEST = 300
"""Rows of more columns, such as floors, join everyone and so do not tell who is near."""


def repaired(
    program: Program, gain: Floats, real: Real, limit: TimeLimit, *, reach: float, gap: float
) -> Int64s | None:
    """Make the relaxation whole, [c + s].

    Parameters
    ----------
    gain
        Of each column, which the relaxation maximised, [c + s].
    reach
        By how much a column may be below its price to be tried.
    gap
        How far from the best of what is tried is near enough.

    Returns
    -------
    solution
        None where nothing was found.
    """
    c = program.column_unit.size
    x, worth = real.x[:c], real.worth[:c]
    free = _near(program, x, worth > -reach)[program.column_unit] & (worth > -reach)
    fixed = ~free & (x > 0.5)
    tried = np.flatnonzero(np.append(free, np.ones(program.upper.size - c, np.bool_)))
    rows = program.rows
    places = rows.limit - np.asarray(rows.matrix[:, :c] @ fixed.astype(np.int64))
    solved = best_whole(
        Linear(gain[tried], program.upper[tried], rows.matrix[:, tried], places, rows.exact),
        limit,
        gap=gap,
    )
    if solved.x is None:
        return None
    fixed[tried[: free.sum()]] = solved.x[: free.sum()] > 0
    solution = program.solution(fixed)
    return solution if rows.keeps(solution) else None


def _near(program: Program, x: Floats, able: Bools) -> Bools:
    """Units that are split, and those who take or want a place in a row with such, [units]."""
    units = program.names.size
    placed = np.bincount(program.column_unit, weights=x, minlength=units)
    split = (x > NEARLY) & (x < 1 - NEARLY)
    here = (x > NEARLY) | able & (placed < NEARLY)[program.column_unit]
    used = abs(program.rows.matrix[:, : x.size])
    narrow = np.diff(used.indptr) <= WIDEST
    shared = (used @ split.astype(np.int64) > 0) & narrow
    beside = here & (used.T @ shared.astype(np.int64) > 0)
    near = np.zeros(units, np.bool_)
    near[program.column_unit[split | beside]] = True
    return near
