"""Min-cost flow: the one place that calls the solver of OR-Tools."""

from __future__ import annotations

import numpy as np

from matcher.choices import Bools, Choices
from matcher.errors import MatcherError
from matcher.problem import Int64s
from matcher.residual import Free


def best_flow(choices: Choices, gain: Int64s, free: Free) -> Bools:
    """Pairs that together gain most, [c].

    Participant → opening → outside, and participant → outside for who may stay unplaced. An
    opening that is not free must stay full: its places are demanded instead of offered.

    Parameters
    ----------
    gain
        Of each pair, [c].
    free
        Arcs that may be used; some assignment must be possible within them.

    Raises
    ------
    MatcherError
        When the gains are too large for the solver's 64-bit arithmetic.
    """
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

    n, m = choices.optional.size, choices.capacity.size
    outside = n + m
    pairs, leave = np.flatnonzero(free.pairs), np.flatnonzero(free.optional)
    openings = np.flatnonzero(free.openings)
    tail = np.concatenate([choices.participant[pairs], leave, n + openings])
    head = np.concatenate([n + choices.opening[pairs], np.full(tail.size - pairs.size, outside)])
    capacity = np.ones(tail.size, np.int64)
    capacity[pairs.size + leave.size :] = choices.capacity[openings]
    cost = np.zeros(tail.size, np.int64)
    cost[: pairs.size] = -gain[pairs]
    supply = np.ones(outside + 1, np.int64)
    supply[n:outside] = -np.where(free.openings, 0, choices.capacity)
    supply[outside] = -supply[:outside].sum()

    solver = SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(
        tail.astype(np.int32), head.astype(np.int32), capacity, cost
    )
    solver.set_nodes_supplies(np.arange(outside + 1, dtype=np.int32), supply)
    status = solver.solve()
    if status != SimpleMinCostFlow.OPTIMAL:
        raise MatcherError("solver_gave_up", status=str(status))
    taken = np.zeros(free.pairs.size, np.bool_)
    taken[pairs] = solver.flows(arcs[: pairs.size]) > 0
    return taken
