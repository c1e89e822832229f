"""Min-cost flow: the one place that calls the solver of OR-Tools."""

from __future__ import annotations

import numpy as np

from matcher.errors import MatcherError
from matcher.network import Network
from matcher.problem import Int64s
from matcher.residual import Costs, Free, all_free, distances, reduced, residual_of

LARGEST_COST = 2**61
"""`SimpleMinCostFlow` refuses costs when their largest times the nodes comes near 2^62."""


def fits(network: Network, largest: int) -> bool:
    """Whether the solver takes costs up to some size."""
    return largest * (network.participants.size + network.outside + 1) < LARGEST_COST


def best_flow(
    network: Network, costs: Costs, free: Free | None = None, before: Int64s | None = None
) -> Int64s:
    """Choice of each participant that together gain most, [n].

    Costs that are too large for the solver are rounded first. With the potentials of that flow,
    an arc whose reduced cost is more than all that rounding can add up to on a cycle keeps its
    flow in some best assignment; the reduced costs of the others are small.

    Parameters
    ----------
    free
        Arcs whose flow may change; None for all.
    before
        Choices that use the other arcs as they must be used, [n].

    Raises
    ------
    MatcherError
        When the solver finds no such flow.
    """
    largest = max(int(np.abs(costs.gain).max(initial=0)), int(costs.cost.max(initial=0)))
    if fits(network, largest):
        return _solved(network, costs, free, before)
    divisor = largest * 2 * (network.participants.size + network.outside + 1) // LARGEST_COST + 1
    coarse = Costs(costs.gain // divisor, costs.cost // divisor)
    free = free or all_free(network)
    chosen = _solved(network, coarse, free, before)
    residual = residual_of(network, chosen, coarse, free)
    distance = distances(residual, network.outside, -LARGEST_COST)
    choices, drains = reduced(network, chosen, coarse, distance)
    # On a cycle each arc is off by less than one, and no node comes twice.
    most = network.outside + 1
    near = Free(free.choices & (choices <= most), free.drains & (np.abs(drains) <= most))
    fine = Costs(
        np.where(near.choices, costs.gain % divisor - divisor * choices, 0),
        np.where(near.drains, costs.cost % divisor + divisor * drains, 0),
    )
    return _solved(network, fine, near, chosen)


def _solved(network: Network, costs: Costs, free: Free | None, before: Int64s | None) -> Int64s:
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

    n, nodes = network.participants.size, network.participants.size + network.outside + 1
    who, to, gain = network.who, network.to, costs.gain
    supply = np.zeros(nodes, np.int64)
    supply[:n], supply[-1] = 1, -n
    tail, head = network.tail + n, network.head + n
    capacity, cost = network.capacity, costs.cost
    if free is not None:
        kept, open_ = np.flatnonzero(free.choices), free.drains
        who, to, gain = who[kept], to[kept], gain[kept]
        if before is not None:
            # What is not free flows as it must: it is offered at its head, demanded at its tail.
            held = np.where(open_, 0, network.flow(before))
            np.subtract.at(supply, tail, held)
            np.add.at(supply, head, held)
        tail, head, capacity, cost = tail[open_], head[open_], capacity[open_], cost[open_]
    solver = SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(
        who, to + np.int32(n), np.ones(who.size, np.int64), -gain
    )
    solver.add_arcs_with_capacity_and_unit_cost(tail, head, capacity, cost)
    solver.set_nodes_supplies(np.arange(nodes, dtype=np.int32), supply)
    status = solver.solve()
    if status != SimpleMinCostFlow.OPTIMAL:
        raise MatcherError("solver_gave_up", status=str(status))
    taken = np.flatnonzero(solver.flows(arcs))
    return taken if free is None else kept[taken]
