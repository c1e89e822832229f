"""People who depend on one another: ours, proven, against CP-SAT and HiGHS stage by stage."""

from __future__ import annotations

import statistics
import time
from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks.instances import couplings
from matcher.assignment import assign
from matcher.certificate import check
from matcher.errors import ResultRefused
from matcher.milp import Linear, best_whole
from matcher.problem import Problem
from matcher.program import program_of
from matcher.result import Assignment
from matcher.time_limit import TimeLimit

WORKERS = 2
LIMIT_SECONDS = 120.0
SEEDS = {100: range(1, 11), 300: range(1, 11), 1_000: range(1, 11), 3_000: range(1, 4)}
RIVAL_SEEDS = {100: 3, 300: 3, 1_000: 2, 3_000: 1}
"""On how many of the seeds CP-SAT and HiGHS run as well."""
LIMITED = ((3_000, 9.0), (10_000, 60.0))
"""People, and seconds after which the best found is told with its bounds."""
LIMITED_SEEDS = range(1, 4)


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
        "cases": [*(_case(people) for people in SEEDS), *(_limited(*each) for each in LIMITED)],
    }


def _limited(people: int, seconds: float) -> dict[str, Any]:
    """Run with a time limit: how far each objective is from the bound that the check accepts."""
    took_s: list[float] = []
    gaps: dict[str, list[float]] = {}
    accepted = 0
    for seed in LIMITED_SEEDS:
        problem = replace(couplings(people, seed=seed), time_limit_seconds=seconds)
        began = time.perf_counter()
        result = assign(problem)
        took_s.append(time.perf_counter() - began)
        accepted += check(problem, result, trust_solver=True).claim is result.status
        for one in result.objectives:
            assert one.value is not None
            assert one.bound is not None
            gap = abs(one.bound - one.value) / max(1, abs(one.value))
            gaps.setdefault(one.name, []).append(100 * gap)
    return {
        "question": f"{people:,} people × 10 openings, limit {seconds:.0f} s, {len(took_s)} seeds",
        "worst_seconds": max(took_s),
        "accepted_percent": 100 * accepted / len(took_s),
        **{f"worst_gap_of_{name}_percent": max(found) for name, found in gaps.items()},
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
    same = [couplings(people, seed=seed) for seed in SEEDS[people][: RIVAL_SEEDS[people]]]
    rivals, others = [_cp_sat(problem) for problem in same], [_highs(problem) for problem in same]
    ours_s = statistics.median(took_s)
    rival_s = {
        "CP-SAT, 2 workers": statistics.median(took for took, _ in rivals),
        "HiGHS, stage by stage": statistics.median(took for took, _ in others),
    }
    return {
        "question": f"{people:,} people × 10 openings, {len(took_s)} seeds",
        "seconds": {"matcher, proof included, median": ours_s, **rival_s},
        "ratio": {way: took / ours_s for way, took in rival_s.items()},
        "worst_seconds": max(took_s),
        "accepted_percent": 100 * trusted / len(took_s),
        "with_own_proof_percent": 100 * proven / len(took_s),
        "cp_sat_proven": sum(done for _, done in rivals),
        "highs_proven": sum(done for _, done in others),
        "runs_of_each": len(same),
    }


def _is_accepted(problem: Problem, result: Assignment, *, trust: bool) -> bool:
    try:
        check(problem, result, trust_solver=trust)
    except ResultRefused:
        return False
    return result.status == "optimal"


def _highs(problem: Problem) -> tuple[float, bool]:
    """Seconds until HiGHS has proven one objective after the other, and whether it did in time."""
    began, limit = time.perf_counter(), TimeLimit(LIMIT_SECONDS)
    program = program_of(problem)
    reached: list[int] = []
    start = None
    for values in program.values:
        rows = program.keeping(reached)
        scale = 1e6 / max(1, int(np.abs(values).max(initial=1)))
        solved = best_whole(
            Linear(scale * values, program.upper, rows.matrix, rows.limit, rows.exact),
            limit,
            start=start,
        )
        if solved.x is None or not solved.proven:
            return time.perf_counter() - began, False
        start = solved.x
        reached.append(int(values @ start))
    return time.perf_counter() - began, True


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
