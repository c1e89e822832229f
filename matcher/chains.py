"""The cheapest chains of moves in a best assignment, in all objectives in turn, then the shortest.

Dijkstra's algorithm on reduced costs, which are never negative in a best assignment: the blend of
all objectives plus one for each arc. scipy counts in floats, which is exact below 2^53. What comes
out larger, or does not fit together at all, is searched one objective after the other instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from matcher.network import Network
from matcher.problem import Int64s
from matcher.residual import (
    FAR,
    LARGEST_RANGE,
    Blend,
    Costs,
    NotOptimal,
    Residual,
    all_free,
    blend_of,
    blended_costs,
    costs_of,
    distances,
    residual_of,
    settle,
)

if TYPE_CHECKING:
    from scipy.sparse import csr_array

EXACT = 2.0**53


class Chains:
    """All chains of moves from one assignment.

    Parameters
    ----------
    chosen
        Choice of each participant, [n].
    distance
        Potentials that prove it best, [objectives, nodes].

    Raises
    ------
    NotOptimal
        When they do not.
    """

    def __init__(self, network: Network, chosen: Int64s, distance: Int64s) -> None:
        self._network, self._chosen = network, chosen
        self._fast = _Fast.of(network, chosen, distance)

    def lost_from(self, node: int, ends: Int64s) -> Int64s:
        """Find what is lost on the cheapest way from a node to others, [objectives, ends].

        To each of the ends a drain must lead back from the node.
        """
        lost = self._fast.lost_from(node, ends) if self._fast else None
        return self._by_stages(node)[0][:-1, ends] if lost is None else lost

    def lost_to(self, node: int) -> tuple[Int64s, Int64s]:
        """Find the cheapest ways to a node.

        Returns
        -------
        lost
            On the way from each node, [objectives, nodes]; `FAR` where there is none.
        onward
            Next node on the way from each node, [nodes]; below 0 where there is none.
        """
        found = self._fast.lost_to(node) if self._fast else None
        if found is None:
            lost, onward = self._by_stages(node, backwards=True)
            found = lost[:-1], onward
        return found

    def _by_stages(self, node: int, *, backwards: bool = False) -> tuple[Int64s, Int64s]:
        """Lost in each objective, and the number of arcs; then the next node (or the last)."""
        network, chosen = self._network, self._chosen
        free, found = all_free(network), []
        for objective in network.problem.objectives:
            costs = costs_of(network, objective)
            ways = residual_of(network, chosen, costs, free)
            lost = distances(_reversed(ways) if backwards else ways, node, -(2**63))
            found.append(lost)
            free = settle(network, chosen, costs, -lost if backwards else lost, free)
        nothing = Costs(np.zeros(network.who.size, np.int64), np.zeros(network.tail.size, np.int64))
        ways = residual_of(network, chosen, nothing, free)
        ways = Residual(ways.first, ways.head, np.ones_like(ways.cost))
        ways = _reversed(ways) if backwards else ways
        arcs = distances(ways, node, 0)
        tail, head = ways.tail[::-1], ways.head[::-1]
        last = (arcs[tail] < FAR) & (arcs[tail] + 1 == arcs[head])
        onward = np.full(arcs.size, -1)
        onward[head[last]] = tail[last]
        return np.stack([*found, arcs]), onward


@dataclass(frozen=True, eq=False)
class _Fast:
    """Blended reduced costs, for Dijkstra's algorithm."""

    blend: Blend
    potential: Int64s
    graph: csr_array

    @classmethod
    def of(cls, network: Network, chosen: Int64s, distance: Int64s) -> _Fast | None:
        from scipy.sparse import csr_array

        own, nodes = blend_of(network), network.outside + 1
        blend = own and Blend((*own.ranges, nodes))
        if blend is None or blend.most > LARGEST_RANGE:
            return None
        ways = residual_of(network, chosen, blended_costs(network, blend.weights[:-1]))
        potential = np.array(blend.weights[:-1], np.int64) @ distance
        cost = ways.cost + potential[ways.tail] - potential[ways.head]
        if cost.min(initial=0) < 0:
            raise NotOptimal("assignment_not_optimal")
        # One for each arc, also because scipy takes 0 for no arc at all.
        first = ways.first.astype(np.int32)
        graph = csr_array((cost + 1.0, ways.head, first), shape=(nodes, nodes))
        return cls(blend, potential, graph)

    @cached_property
    def _backwards(self) -> csr_array:
        return self.graph.T.tocsr()

    def lost_from(self, node: int, ends: Int64s) -> Int64s | None:
        from scipy.sparse.csgraph import dijkstra

        drop = self.potential[node] - self.potential[ends]
        cost = dijkstra(self.graph, indices=[node], limit=float(drop.max()) + 1)[0, ends]
        if (cost >= EXACT).any():
            return None
        return self.blend.parts(cost.astype(np.int64) - drop)[:-1]

    def lost_to(self, node: int) -> tuple[Int64s, Int64s] | None:
        from scipy.sparse.csgraph import dijkstra

        found = dijkstra(self._backwards, indices=[node], return_predecessors=True)
        cost, onward = found[0][0], found[1][0]
        near = np.isfinite(cost)
        if (cost[near] >= EXACT).any():
            return None
        lost = np.full((len(self.blend.ranges) - 1, cost.size), FAR)
        change = self.potential[node] - self.potential[near]
        lost[:, near] = self.blend.parts(cost[near].astype(np.int64) + change)[:-1]
        return lost, onward


def _reversed(ways: Residual) -> Residual:
    """Every arc the other way round."""
    order = np.argsort(ways.head, kind="stable")
    first = np.searchsorted(ways.head[order], np.arange(ways.first.size))
    return Residual(first, ways.tail[order].astype(np.int32), ways.cost[order])
