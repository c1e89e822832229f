"""Everyone at once: ours against general solvers, on the same instances, building included.

All find the most people placed, and then the best total score. Ours also proves it, tells what
one more place at every opening would gain, and has the proof checked apart; the others only find
the values. They get one weight for the placed that outweighs the scores of these instances.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from benchmarks.instances import Instance, city
from matcher.assignment import assign
from matcher.certificate import check
from matcher.flow import best_flow
from matcher.flow_stages import best_by_flow
from matcher.network import network_of
from matcher.problem import Problem
from matcher.residual import Costs

PLACED = 4_000_000
"""Weight of one person placed over the score, in units of 1e-6."""
LIMIT_SECONDS = 120.0
ENOUGH_SECONDS = 15.0
OURS = "matcher: build, solve, prove"

Value = tuple[int, int]
"""How many are placed, and the summed score in units of 1e-6."""


def ours(instance: Instance) -> Value:
    """Solve with the proof and the gains of one more place."""
    placed, _, score = assign(problem_of(instance)).objectives
    assert placed.value is not None
    assert score.value is not None
    return placed.value, score.value


def ours_checked(instance: Instance) -> Value:
    """Solve, and check the result without the solver."""
    problem = problem_of(instance)
    result = assign(problem)
    check(problem, result)
    placed, _, score = result.objectives
    assert placed.value is not None
    assert score.value is not None
    return placed.value, score.value


def all_pairs(instance: Instance) -> Value:
    """Solve as ours does, but with every pair from the start."""
    problem = problem_of(instance)
    placed, _, score = best_by_flow(problem, candidates=problem.pair_score.size).objectives
    assert placed.value is not None
    assert score.value is not None
    return placed.value, score.value


def flow_alone(instance: Instance) -> Value:
    """Call the solver that ours is built on once, with one weight and without any proof."""
    network = network_of(problem_of(instance))
    placed, score = network.gain("placed"), network.gain("score")
    chosen = best_flow(network, Costs(PLACED * placed + score, network.cost("placed")))
    return int(placed[chosen].sum()), int(score[chosen].sum())


def problem_of(instance: Instance) -> Problem:
    """Turn an instance into a problem."""
    return Problem.from_arrays(
        participant_ids=[f"p{at}" for at in range(instance.people)],
        opening_ids=[f"o{at}" for at in range(instance.capacity.size)],
        capacity=instance.capacity,
        pair_participant=instance.participant,
        pair_opening=instance.opening,
        pair_score=instance.score,
    )


def sparse_scipy(instance: Instance) -> Value:
    """`min_weight_full_bipartite_matching`: each place a column, and one of their own for all."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    n, places = instance.people, int(instance.capacity.sum())
    width = instance.capacity[instance.opening]
    first = np.cumsum(instance.capacity) - instance.capacity
    pair = np.repeat(np.arange(width.size), width)
    column = np.arange(pair.size) - np.repeat(np.cumsum(width) - width, width)
    column += first[instance.opening][pair]
    row = np.concatenate([instance.participant[pair], np.arange(n)])
    column = np.concatenate([column, places + np.arange(n)])
    value = np.concatenate([(PLACED + instance.score)[pair], np.ones(n, np.int64)])
    graph = csr_array((value.astype(float), (row, column)), shape=(n, places + n))
    rows, columns = min_weight_full_bipartite_matching(graph, maximize=True)
    placed = columns < places
    worth = np.asarray(graph[rows[placed], columns[placed]])
    return int(placed.sum()), int(worth.sum()) - PLACED * int(placed.sum())


def dense_scipy(instance: Instance) -> Value:
    """`linear_sum_assignment` on a full table: each place a column, 0 where nobody may go."""
    from scipy.optimize import linear_sum_assignment

    first = np.cumsum(instance.capacity) - instance.capacity
    table = np.zeros((instance.people, max(int(instance.capacity.sum()), instance.people)))
    for seat in range(int(instance.capacity.max())):
        there = instance.capacity[instance.opening] > seat
        columns = first[instance.opening[there]] + seat
        table[instance.participant[there], columns] = PLACED + instance.score[there]
    worth = table[linear_sum_assignment(table, maximize=True)]
    placed = int((worth > 0).sum())
    return placed, int(worth.sum()) - PLACED * placed


def cp_sat(instance: Instance) -> Value:
    """CP-SAT with two workers, until it has proven its optimum."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    taken = [model.new_bool_var("") for _ in range(instance.score.size)]
    by_person: list[list[Any]] = [[] for _ in range(instance.people)]
    by_opening: list[list[Any]] = [[] for _ in range(instance.capacity.size)]
    for variable, person, opening in zip(
        taken, instance.participant.tolist(), instance.opening.tolist(), strict=True
    ):
        by_person[person].append(variable)
        by_opening[opening].append(variable)
    for own in by_person:
        model.add_at_most_one(own)
    for there, places in zip(by_opening, instance.capacity.tolist(), strict=True):
        model.add(sum(there) <= places)
    worth = (PLACED + instance.score).tolist()
    model.maximize(cp_model.LinearExpr.weighted_sum(taken, worth))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 2
    solver.parameters.max_time_in_seconds = LIMIT_SECONDS
    if solver.solve(model) != cp_model.OPTIMAL:
        raise TimeoutError(f"not proven in {LIMIT_SECONDS:.0f} s")
    placed = sum(solver.boolean_value(variable) for variable in taken)
    return placed, round(solver.objective_value) - PLACED * placed


WAYS: Mapping[str, Callable[[Instance], Value]] = {
    OURS: ours,
    "matcher, and the check": ours_checked,
    "matcher, with every pair from the start": all_pairs,
    "its flow alone, one weight, no proof": flow_alone,
    "scipy sparse, min_weight_full_bipartite_matching": sparse_scipy,
    "scipy dense, linear_sum_assignment": dense_scipy,
    "CP-SAT, 2 workers": cp_sat,
}
WITHOUT_CP_SAT = tuple(WAYS)[:-1]
WITHOUT_TABLES = tuple(WAYS)[:-2]
"""Where many pairs are listed the core begins with a few, so that is measured, too."""
CASES: tuple[tuple[int, int, float, tuple[str, ...]], ...] = (
    (100, 20, 1.05, tuple(WAYS)),
    (1_000, 50, 1.05, tuple(WAYS)),
    (1_000, 50, 0.9, tuple(WAYS)),
    (10_000, 50, 1.05, WITHOUT_CP_SAT),
    (10_000, 50, 0.9, WITHOUT_CP_SAT),
    (10_000, 200, 1.05, WITHOUT_TABLES),
)
"""People, openings near each, load, and the ways that are tried."""


def run(cases: tuple[tuple[int, int, float, tuple[str, ...]], ...] = CASES) -> dict[str, Any]:
    """Measure every way on every instance.

    Returns
    -------
    dict
        For each case: sizes, least seconds of each way, ratios to ours, whether all agree.
    """
    return {
        "name": "assignment",
        "question": "everyone at once: most people placed, then the best total score",
        "cases": [_case(*case) for case in cases],
    }


def _case(people: int, nearest: int, load: float, ways: tuple[str, ...]) -> dict[str, Any]:
    instance = city(people, nearest, load)
    seconds: dict[str, float | str] = {}
    values = set()
    for name in WAYS:
        if name not in ways:
            seconds[name] = "not run here"
            continue
        try:
            WAYS[name](city(20, 2))  # what is loaded at the first call does not count
            seconds[name], value = _least_s(partial(WAYS[name], instance))
            values.add(value)
        except (ImportError, MemoryError, TimeoutError) as error:
            seconds[name] = f"not run here ({error})"
    own = seconds[OURS]
    return {
        "question": f"{people:,} people × {nearest} openings, places for {load:.0%}",
        "people": people,
        "openings": instance.capacity.size,
        "pairs": instance.score.size,
        "seconds": seconds,
        "ratio": {
            name: took / own
            for name, took in seconds.items()
            if name != OURS and isinstance(took, float) and isinstance(own, float)
        },
        "placed": max(values)[0],
        "score": max(values)[1] / 1e6,
        "all_agree": len(values) == 1,
    }


def _least_s(work: Callable[[], Value]) -> tuple[float, Value]:
    """Least of three runs, of fewer where they take long: other work only ever adds time."""
    took: list[float] = []
    while True:
        start = time.perf_counter()
        value = work()
        took.append(time.perf_counter() - start)
        if len(took) == 3 or sum(took) > ENOUGH_SECONDS:
            return min(took), value
