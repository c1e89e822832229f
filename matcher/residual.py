"""The residual graph of an assignment: every way in which one unit can still move.

Whoever stands at a node could take another of the own choices, so each choice is an arc from
there to its node; what that changes for one objective is the cost of the arc. Drains lead on
while they have room, and back. Of arcs with the same ends only the cheapest is kept.

Distances from outside are the potentials of `Stage`. A unit may begin at a place from where the
place drains to as well, even if nobody is there: one more place never costs anything.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matcher.errors import MatcherError
from matcher.network import Bools, Network, order_by
from matcher.problem import Int32s, Int64s

FAR = np.iinfo(np.int64).max
"""Distance of a node that no path reaches."""
LARGEST_RANGE = 2**61


class NotOptimal(MatcherError):
    """Moving people round some cycle would gain."""


@dataclass(frozen=True, slots=True, eq=False)
class Free:
    """Arcs that earlier objectives leave free; the others keep their flow.

    Attributes
    ----------
    choices
        [c]; one that is not free is not taken.
    drains
        [d]
    """

    choices: Bools
    drains: Bools


def all_free(network: Network) -> Free:
    """Nothing is held yet."""
    return Free(np.ones(network.who.size, np.bool_), np.ones(network.tail.size, np.bool_))


@dataclass(frozen=True, slots=True, eq=False)
class Costs:
    """What is lost on each arc.

    Attributes
    ----------
    gain
        Of each choice, [c].
    cost
        Of each drain, [d].
    """

    gain: Int64s
    cost: Int64s


@dataclass(frozen=True, slots=True, eq=False)
class Residual:
    """Arcs along which one unit can move, by tail, then head.

    Attributes
    ----------
    first
        Where the arcs of each node begin, [nodes + 1].
    head, cost
        Of each arc.
    """

    first: Int64s
    head: Int32s
    cost: Int64s

    @property
    def tail(self) -> Int64s:
        """Tail of each arc."""
        return np.repeat(np.arange(self.first.size - 1), np.diff(self.first))


@dataclass(frozen=True, slots=True)
class Blend:
    """All objectives in one whole number, first things first, whatever chain it is summed over.

    Attributes
    ----------
    ranges
        The most that each objective can change along a chain, either way.
    """

    ranges: tuple[int, ...]

    @property
    def weights(self) -> tuple[int, ...]:
        """Weight of each objective."""
        weights = [1]
        for most in self.ranges[:0:-1]:
            weights.insert(0, weights[0] * (2 * most + 1))
        return tuple(weights)

    @property
    def most(self) -> int:
        """Larger than the blend of any chain and of any arc."""
        return self.weights[0] * (2 * self.ranges[0] + 1)

    def parts(self, blended: Int64s) -> Int64s:
        """Take sums over chains apart again, [objectives, …]."""
        parts = []
        for most in self.ranges[:0:-1]:
            part = (blended + most) % (2 * most + 1) - most
            blended = (blended - part) // (2 * most + 1)
            parts.append(part)
        return np.stack([blended, *parts[::-1]])


def blend_of(network: Network) -> Blend | None:
    """Ranges of the objectives asked; None when they do not fit together into 64 bits.

    A chain visits every node once at most. So it takes or leaves a place at an opening, with its
    score, twice as often as there are openings at most, or as people; someone becomes placed or
    unplaced only at a node of home; and of the drains that hold whom a floor misses, one can lead
    on and one back.
    """
    problem = network.problem
    visits = 2 * min(network.participants.size, network.openings.size)
    largest = {
        "placed": 2 * (network.groups.size + 1) * int(problem.weight.max(initial=0)),
        "floors": min(network.groups.size, 1),
        "score": visits * int(np.abs(problem.pair_score).max(initial=0)),
        "stay": visits * int(any(problem.previous)),
    }
    blend = Blend(tuple(largest[name] for name in problem.objectives))
    return blend if blend.most <= LARGEST_RANGE else None


def costs_of(network: Network, objective: str) -> Costs:
    """Costs in one objective."""
    return Costs(network.gain(objective), network.cost(objective))


def blended_costs(network: Network, weights: tuple[int, ...]) -> Costs:
    """Costs in all objectives together."""
    gain = np.zeros(network.who.size, np.int64)
    cost = np.zeros(network.tail.size, np.int64)
    for weight, objective in zip(weights, network.problem.objectives, strict=True):
        if objective == "floors":
            cost += weight * network.cost(objective)
        else:
            gain += weight * network.gain(objective)
    return Costs(gain, cost)


def residual_of(
    network: Network, chosen: Int64s, costs: Costs, free: Free | None = None
) -> Residual:
    """Residual graph of an assignment.

    Parameters
    ----------
    chosen
        Choice of each participant, [n].
    free
        Arcs that may change their flow; None for all.
    """
    nodes = network.outside + 1
    flow = network.flow(chosen)
    drains = np.ones(network.tail.size, np.bool_) if free is None else free.drains
    on = np.flatnonzero(drains & (flow < network.capacity))
    back = np.flatnonzero(drains & ((flow > 0) | ~network.missing))
    who, to, gain = network.who, network.to, costs.gain
    if free is not None:
        kept = np.flatnonzero(free.choices)
        who, to, gain = who[kept], to[kept], gain[kept]
    at = network.to[chosen]
    tail = np.concatenate([at[who], network.tail[on], network.head[back]])
    head = np.concatenate([to, network.head[on], network.tail[back]])
    order = order_by(head, tail)
    tail, head = tail[order], head[order]
    begins = (np.diff(tail, prepend=-1) != 0) | (np.diff(head, prepend=-1) != 0)
    start = np.flatnonzero(begins)
    cost = np.concatenate([costs.gain[chosen][who] - gain, costs.cost[on], -costs.cost[back]])
    return Residual(
        first=np.searchsorted(tail[start], np.arange(nodes + 1)),
        head=head[start],
        cost=np.minimum.reduceat(cost[order], start) if start.size else cost,
    )


def distances(residual: Residual, root: int, least: int) -> Int64s:
    """Find the cheapest way to every node (Bellman-Ford, all arcs of a round at once, exact).

    Parameters
    ----------
    root
        Where ways begin.
    least
        Below this is no way that visits each node once at most.

    Raises
    ------
    NotOptimal
        When some cycle gains.
    """
    nodes = residual.first.size - 1
    distance = np.full(nodes, FAR)
    distance[root] = 0
    moved = np.array([root])
    marked = np.zeros(nodes, np.bool_)
    for _ in range(nodes + 1):
        if not moved.size:
            return distance
        begin = residual.first[moved]
        leaving = residual.first[moved + 1] - begin
        ends = np.cumsum(leaving)
        arcs = np.arange(ends[-1]) + np.repeat(begin - ends + leaving, leaving)
        head = residual.head[arcs]
        reach = np.repeat(distance[moved], leaving) + residual.cost[arcs]
        closer = np.flatnonzero(reach < distance[head])
        head, reach = head[closer], reach[closer]
        np.minimum.at(distance, head, reach)
        if reach.min(initial=0) < least or distance[root] < 0:
            break
        marked[head] = True
        moved = np.flatnonzero(marked)
        marked[moved] = False
    raise NotOptimal("assignment_not_optimal")


def settle(network: Network, chosen: Int64s, costs: Costs, distance: Int64s, free: Free) -> Free:
    """Keep what is free after one objective: arcs whose reduced cost is 0."""
    choices, drains = reduced(network, chosen, costs, distance)
    return Free(free.choices & (choices == 0), free.drains & (drains == 0))


def reduced(
    network: Network, chosen: Int64s, costs: Costs, distance: Int64s
) -> tuple[Int64s, Int64s]:
    """Reduced costs of choices, [c], and drains, [d].

    Parameters
    ----------
    distance
        Of each node.
    """
    own = distance[network.to[chosen]] + costs.gain[chosen]
    choices = own[network.who] - costs.gain - distance[network.to]
    return choices, costs.cost + distance[network.tail] - distance[network.head]


@dataclass(frozen=True, slots=True, eq=False)
class Dual:
    """What an objective would gain if a row gave way by one; each in the order of the network.

    Attributes
    ----------
    participants
        Of taking one place at most; below 0 for a fixed one whom a place costs something, [n].
    openings, hosts
        Of the places there, [m] and hosts with a limit.
    groups
        Of placing as many as the floor asks for, groups with a floor.
    """

    participants: Int64s
    openings: Int64s
    hosts: Int64s
    groups: Int64s


def dual_of(network: Network, chosen: Int64s, costs: Costs, distance: Int64s) -> Dual:
    """Read the multipliers of a linear program off the distances of nodes."""
    m, h = network.openings.size, network.hosts.size
    up = distance[network.head[: m + h]] - distance[: m + h]
    return Dual(
        participants=distance[network.to[chosen]] + costs.gain[chosen] - distance[network.home],
        openings=up[:m],
        hosts=up[m:],
        groups=-distance[m + h : network.outside],
    )
