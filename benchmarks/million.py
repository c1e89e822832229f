"""A million people with ten openings near each: both stages, the proof and the check.

Each size runs in a process of its own, whose most memory is told, the instance included.
"""

from __future__ import annotations

import multiprocessing
import resource
import time
from typing import Any

from benchmarks.assignment import problem_of
from benchmarks.instances import city
from matcher.assignment import assign
from matcher.certificate import check
from matcher.result import Status

CASES = ((100_000, 10), (1_000_000, 10), (10_000, 50))
"""People, openings near each; the last one is there for its memory."""
TARGET_SECONDS, TARGET_GB, TARGET_RATIO = 180, 2.5, 45


def run(cases: tuple[tuple[int, int], ...] = CASES) -> dict[str, Any]:
    """Measure each case.

    Returns
    -------
    dict
        For each case: seconds of each step, the most memory in GB; how many times longer the
        last case took than the first.
    """
    spawn = multiprocessing.get_context("spawn")
    measured = []
    for case in cases:
        with spawn.Pool(1) as pool:
            measured.append(pool.apply(_case, case))
    took = [sum(case["seconds"].values()) for case in measured]
    return {
        "name": "million",
        "question": "most people placed, then the best total score, proven and checked",
        "cases": [
            case | {"times_the_first": own / took[0]}
            for case, own in zip(measured, took, strict=True)
        ],
        "target_seconds": TARGET_SECONDS,
        "target_gb": TARGET_GB,
        "target_times_the_first": TARGET_RATIO,
    }


def _case(people: int, nearest: int) -> dict[str, Any]:
    instance = city(people, nearest)
    began = time.perf_counter()
    problem = problem_of(instance)
    built = time.perf_counter()
    result = assign(problem)
    solved = time.perf_counter()
    proven = check(problem, result).claim is Status.OPTIMAL
    checked = time.perf_counter()
    return {
        "question": f"{people:,} people × {nearest} openings, {problem.pair_score.size:,} pairs",
        "seconds": {
            "build": built - began,
            "solve both stages, prove": solved - built,
            "check": checked - solved,
        },
        "proven": proven,
        "most_memory_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
    }
