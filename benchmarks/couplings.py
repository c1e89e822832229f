"""People who depend on one another: ours, proven, against CP-SAT with the same time and more."""

from __future__ import annotations

import statistics
import time
from typing import Any

import numpy as np

from benchmarks.instances import couplings
from matcher.assignment import assign
from matcher.certificate import check
from matcher.errors import ResultRefused
from matcher.problem import Problem
from matcher.program import program_of
from matcher.result import Assignment

WORKERS = 2
LIMIT_SECONDS = 120.0
SEEDS = {100: range(1, 11), 300: range(1, 11), 1_000: range(1, 11)}
RIVAL_SEEDS = {100: 3, 300: 3, 1_000: 2}
"""On how many of the seeds CP-SAT runs as well."""


def run() -> dict[str, Any]:
    """Measure every size.

    Returns
    -------
    dict
        For each size: seconds of ours and of CP-SAT, and how many results the check accepts with
        a proof of its own.
    """
    return {
        "name": "couplings",
        "question": "households, people kept apart, limits of hosts and newcomers, floors",
        "cases": [_case(people) for people in SEEDS],
    }


def _case(people: int) -> dict[str, Any]:
    took_s: list[float] = []
    proven = trusted = 0
    assign(couplings(40, seed=0))  # what is loaded at the first call does not count
    for seed in SEEDS[people]:
        problem = couplings(people, seed=seed)
        began = time.perf_counter()
        result = assign(problem)
        took_s.append(time.perf_counter() - began)
        proven += _is_accepted(problem, result, trust=False)
        trusted += _is_accepted(problem, result, trust=True)
    rivals = [
        _cp_sat(couplings(people, seed=seed)) for seed in SEEDS[people][: RIVAL_SEEDS[people]]
    ]
    rival_s = statistics.median(took for took, _ in rivals)
    ours_s = statistics.median(took_s)
    return {
        "question": f"{people:,} people × 10 openings, {len(took_s)} seeds",
        "seconds": {"matcher, proof included, median": ours_s, "CP-SAT, 2 workers": rival_s},
        "ratio": {"CP-SAT, 2 workers": rival_s / ours_s},
        "worst_seconds": max(took_s),
        "accepted_percent": 100 * trusted / len(took_s),
        "with_own_proof_percent": 100 * proven / len(took_s),
        "cp_sat_proven": sum(done for _, done in rivals),
        "cp_sat_runs": len(rivals),
    }


def _is_accepted(problem: Problem, result: Assignment, *, trust: bool) -> bool:
    try:
        check(problem, result, trust_solver=trust)
    except ResultRefused:
        return False
    return result.status == "optimal"


def _cp_sat(problem: Problem) -> tuple[float, bool]:
    """Seconds until CP-SAT has proven all objectives in turn, and whether it did in time."""
    from ortools.sat.python import cp_model

    began = time.perf_counter()
    program = program_of(problem)
    columns = [*map(int, program.upper)]
    model = cp_model.CpModel()
    x = [model.new_int_var(0, upper, "") for upper in columns]
    matrix = program.rows.matrix
    for row in range(matrix.shape[0]):
        inside = slice(*matrix.indptr[row : row + 2])
        total = cp_model.LinearExpr.weighted_sum(
            [x[at] for at in matrix.indices[inside].tolist()], matrix.data[inside].tolist()
        )
        limit = int(program.rows.limit[row])
        model.add(total == limit if program.rows.exact[row] else total <= limit)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = WORKERS
    for values in program.values:
        used = np.flatnonzero(values)
        gain = cp_model.LinearExpr.weighted_sum([x[at] for at in used], values[used].tolist())
        model.maximize(gain)
        left = LIMIT_SECONDS - (time.perf_counter() - began)
        solver.parameters.max_time_in_seconds = max(left, 0.1)
        if solver.solve(model) != cp_model.OPTIMAL:
            return time.perf_counter() - began, False
        model.add(gain >= round(solver.objective_value))
    return time.perf_counter() - began, True
