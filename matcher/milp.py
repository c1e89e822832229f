"""Mixed-integer and linear programs: the one place that calls HiGHS and GLOP of OR-Tools.

`highspy` and OR-Tools cannot share a process, so HiGHS runs through MathOpt, which is also the
public way to hand it a start.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from matcher.errors import MatcherError
from matcher.problem import Int64s
from matcher.time_limit import TimeLimit

if TYPE_CHECKING:
    from ortools.math_opt.python import mathopt
    from scipy.sparse import csr_array

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Linear:
    """Maximise `gain` over 0 ≤ x ≤ `upper` under rows at most, or exactly, their limit."""

    gain: Floats | Int64s
    upper: Floats | Int64s
    matrix: csr_array
    limit: Floats | Int64s
    exact: Bools


@dataclass(frozen=True, slots=True, eq=False)
class Solved:
    """What a solver found.

    Attributes
    ----------
    x
        [columns]; None where nothing feasible was found.
    bound
        No solution exceeds it, as far as the solver's floating point is right.
    proven
        Whether x is best, or nothing is feasible.
    """

    x: Int64s | None
    bound: float
    proven: bool


def best_whole(
    program: Linear, limit: TimeLimit, *, start: Int64s | None = None, gap: float = 0.0
) -> Solved:
    """Find the best whole-number x, as HiGHS proves it.

    Parameters
    ----------
    limit
        Learns of it where time ran out.
    start
        A solution to begin with.
    gap
        How far from the bound is near enough.
    """
    from ortools.math_opt.python import mathopt

    model = _model(program, whole=True)
    hints = []
    if start is not None:
        variables = list(model.variables())
        hints = [mathopt.SolutionHint(dict(zip(variables, start.tolist(), strict=True)))]
    result = mathopt.solve(
        model,
        mathopt.SolverType.HIGHS,
        params=mathopt.SolveParameters(
            time_limit=_seconds(limit),
            relative_gap_tolerance=0.0,
            absolute_gap_tolerance=gap,
        ),
        model_params=mathopt.ModelSolveParameters(solution_hints=hints),
    )
    reason = mathopt.TerminationReason
    ended = result.termination.reason
    if ended is reason.INFEASIBLE:
        return Solved(None, -np.inf, True)
    if ended not in (reason.OPTIMAL, reason.FEASIBLE, reason.NO_SOLUTION_FOUND):
        raise MatcherError("solver_gave_up", status=str(ended))
    limit.cut_off |= ended is not reason.OPTIMAL
    bound = result.termination.objective_bounds.dual_bound
    if not result.has_primal_feasible_solution():
        return Solved(None, bound, False)
    values = np.array(list(result.variable_values().values()), np.float64)
    return Solved(np.rint(values).astype(np.int64), bound, ended is reason.OPTIMAL)


@dataclass(frozen=True, slots=True, eq=False)
class Basis:
    """Where a linear program came to rest: status of each column and row, as MathOpt names it."""

    columns: tuple[mathopt.BasisStatus, ...]
    rows: tuple[mathopt.BasisStatus, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Real:
    """Best real solution of a linear program.

    Attributes
    ----------
    value
        What it gains.
    x
        [columns].
    worth
        What each column gains beyond the price of its rows, [columns]; above 0 only at `upper`.
    basis
        To start another relaxation from.
    """

    value: float
    x: Floats
    worth: Floats
    basis: Basis


def best_real(program: Linear, limit: TimeLimit, *, start: Basis | None = None) -> Real | None:
    """Solve a linear program; None where time ran out.

    HiGHS is fastest from nothing, GLOP from where a similar program came to rest.

    Parameters
    ----------
    limit
        Learns of it where time ran out.
    start
        Of the same columns and the first of the rows.

    Raises
    ------
    MatcherError
        When nothing is feasible.
    """
    from ortools.math_opt.python import mathopt

    model = _model(program, whole=False)
    dual_simplex = mathopt.LPAlgorithm.DUAL_SIMPLEX
    if start is None:
        solver, parameters = mathopt.SolverType.HIGHS, mathopt.SolveParameters()
        started = mathopt.ModelSolveParameters()
    else:
        solver = mathopt.SolverType.GLOP
        parameters = mathopt.SolveParameters(presolve=mathopt.Emphasis.OFF)
        started = mathopt.ModelSolveParameters(initial_basis=_basis(model, start))
    parameters.time_limit, parameters.lp_algorithm = _seconds(limit), dual_simplex
    result = mathopt.solve(model, solver, params=parameters, model_params=started)
    ended = result.termination.reason
    if ended in (mathopt.TerminationReason.FEASIBLE, mathopt.TerminationReason.NO_SOLUTION_FOUND):
        limit.cut_off = True
        return None
    basis = result.solutions[0].basis if result.solutions else None
    if ended is not mathopt.TerminationReason.OPTIMAL or basis is None:
        raise MatcherError("solver_gave_up", status=str(ended))
    prices = np.array(list(result.dual_values().values()))
    return Real(
        result.objective_value(),
        np.array(list(result.variable_values().values())),
        program.gain - np.asarray(program.matrix.T @ prices),
        Basis(tuple(basis.variable_status.values()), tuple(basis.constraint_status.values())),
    )


def _seconds(limit: TimeLimit) -> timedelta | None:
    left = limit.left()
    return None if left is None else timedelta(seconds=left)


def _basis(model: mathopt.Model, start: Basis) -> mathopt.Basis:
    from ortools.math_opt.python import mathopt

    rows = list(model.linear_constraints())
    more = (mathopt.BasisStatus.BASIC,) * (len(rows) - len(start.rows))
    return mathopt.Basis(
        variable_status=dict(zip(model.variables(), start.columns, strict=True)),
        constraint_status=dict(zip(rows, start.rows + more, strict=True)),
    )


class Relaxation:
    """The linear program of some rows, solved again and again while bounds change.

    GLOP goes on from the last basis, which is why presolve is off.

    Parameters
    ----------
    basis
        To start from: that of the same columns and the first of the rows.
    """

    def __init__(self, program: Linear, basis: Basis | None = None) -> None:
        from ortools.math_opt.python import mathopt

        self._model = _model(program, whole=False)
        self._columns = list(self._model.variables())
        self._rows = list(self._model.linear_constraints())
        self._solver = mathopt.IncrementalSolver(self._model, mathopt.SolverType.GLOP)
        self._parameters = mathopt.SolveParameters(
            presolve=mathopt.Emphasis.OFF, lp_algorithm=mathopt.LPAlgorithm.DUAL_SIMPLEX
        )
        self._optimal = mathopt.TerminationReason.OPTIMAL
        self._infeasible = mathopt.TerminationReason.INFEASIBLE
        self._start = mathopt.ModelSolveParameters(
            initial_basis=None if basis is None else _basis(self._model, basis)
        )

    def set_upper(self, columns: Iterable[int], upper: float) -> None:
        """Set the largest value of some columns."""
        for column in columns:
            self._columns[column].upper_bound = upper

    def set_lower(self, row: int, lower: float) -> None:
        """Set what a row is at least."""
        self._rows[row].lower_bound = lower

    def solve(self) -> tuple[float, Floats, Floats] | None:
        """Find the best value, x [columns] and multipliers [rows]; None if nothing is feasible."""
        result = self._solver.solve(params=self._parameters, model_params=self._start)
        self._start = type(self._start)()  # then on from where it came to rest
        ended = result.termination.reason
        if ended is self._infeasible:
            return None
        if ended is not self._optimal:
            raise MatcherError("solver_gave_up", status=str(ended))
        return (
            result.objective_value(),
            np.array(list(result.variable_values().values())),
            np.array(list(result.dual_values().values())),
        )


def _model(program: Linear, *, whole: bool) -> mathopt.Model:
    """Build a model from arrays; made object by object it would take longer than solving."""
    from ortools.math_opt import model_pb2
    from ortools.math_opt.python import mathopt

    columns, rows = program.gain.size, program.limit.size
    proto = model_pb2.ModelProto()
    proto.variables.ids.extend(range(columns))
    proto.variables.lower_bounds.extend(np.zeros(columns).tolist())
    proto.variables.upper_bounds.extend(program.upper.tolist())
    proto.variables.integers.extend([whole] * columns)
    used = np.flatnonzero(program.gain)
    proto.objective.maximize = True
    proto.objective.linear_coefficients.ids.extend(used.tolist())
    proto.objective.linear_coefficients.values.extend(program.gain[used].tolist())
    proto.linear_constraints.ids.extend(range(rows))
    low = np.where(program.exact, program.limit, -np.inf)
    proto.linear_constraints.lower_bounds.extend(low.tolist())
    proto.linear_constraints.upper_bounds.extend(program.limit.tolist())
    matrix = program.matrix.tocsr()
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    entries = matrix.tocoo()
    proto.linear_constraint_matrix.row_ids.extend(entries.row.tolist())
    proto.linear_constraint_matrix.column_ids.extend(entries.col.tolist())
    proto.linear_constraint_matrix.coefficients.extend(entries.data.astype(float).tolist())
    return mathopt.Model.from_model_proto(proto)
