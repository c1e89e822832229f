"""The residual graph of an assignment: every way in which one unit can still move.

Nodes are the participants 0 … n−1, the openings n … n+m−1, and `outside` n+m, where whoever is
unplaced and every place that is left meet. All arrays follow `Choices`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matcher.choices import Bools, Choices
from matcher.errors import MatcherError
from matcher.problem import Int64s

FAR = np.iinfo(np.int64).max
"""Distance of a node that no path reaches."""


class NotOptimal(MatcherError):
    """Moving people round some cycle would gain."""


@dataclass(frozen=True, slots=True, eq=False)
class Free:
    """Arcs that earlier objectives leave free; the others keep their flow.

    Attributes
    ----------
    pairs
        [c]; one that is not free stays unused.
    optional
        [n]; who may stay unplaced.
    openings
        [m]; one that is not free stays full.
    """

    pairs: Bools
    optional: Bools
    openings: Bools


def all_free(choices: Choices) -> Free:
    """Nothing is held yet."""
    everything = np.ones(choices.participant.size, np.bool_)
    return Free(everything, choices.optional, np.ones(choices.capacity.size, np.bool_))


@dataclass(frozen=True, slots=True, eq=False)
class Residual:
    """Arcs along which one unit can move, and what that costs each objective.

    Attributes
    ----------
    nodes
        How many there are.
    tail, head
        [arcs].
    cost
        What the objectives lose, [objectives, arcs].
    """

    nodes: int
    tail: Int64s
    head: Int64s
    cost: Int64s


def residual_of(choices: Choices, values: Int64s, taken: Bools, free: Free) -> Residual:
    """Residual graph of an assignment.

    Parameters
    ----------
    values
        What a pair adds to each objective looked at, [objectives, c].
    taken
        Which pairs are used, [c].
    free
        Arcs that may change their flow.
    """
    n, m = choices.optional.size, choices.capacity.size
    outside = n + m
    placed = np.zeros(n, np.bool_)
    placed[choices.participant[taken]] = True
    used = np.bincount(choices.opening[taken], minlength=m)
    pairs, back = np.flatnonzero(free.pairs), np.flatnonzero(taken)
    leave, enter = np.flatnonzero(free.optional), np.flatnonzero(~placed)
    spare = n + np.flatnonzero(free.openings & (used < choices.capacity))
    filled = n + np.flatnonzero(free.openings & (used > 0))
    opening = n + choices.opening
    ways = (
        (choices.participant[pairs], opening[pairs]),
        (opening[back], choices.participant[back]),
        (leave, np.full(leave.size, outside)),
        (np.full(enter.size, outside), enter),
        (spare, np.full(spare.size, outside)),
        (np.full(filled.size, outside), filled),
    )
    cost = np.zeros((len(values), sum(tail.size for tail, _ in ways)), np.int64)
    cost[:, : pairs.size] = -values[:, pairs]
    cost[:, pairs.size : pairs.size + back.size] = values[:, back]
    return Residual(
        nodes=outside + 1,
        tail=np.concatenate([tail for tail, _ in ways]),
        head=np.concatenate([head for _, head in ways]),
        cost=cost,
    )


def distances(tail: Int64s, head: Int64s, cost: Int64s, start: Int64s, root: int) -> Int64s:
    """Find the cheapest way to every node (Bellman-Ford, all arcs of a round at once, exact).

    Parameters
    ----------
    tail, head, cost
        Of each arc.
    start
        Distance of each node to begin with, [nodes]; `FAR` where it is no beginning.
    root
        A beginning; a way back to it that gains is noticed at once.

    Raises
    ------
    NotOptimal
        When some cycle gains.
    """
    order = np.argsort(tail, kind="stable")
    head, cost = head[order], cost[order]
    first = np.searchsorted(tail[order], np.arange(start.size + 1))
    distance = start.copy()
    moved = np.flatnonzero(start < FAR)
    for _ in range(start.size + 1):
        if not moved.size:
            return distance
        if distance[root] < start[root]:
            break
        leaving = first[moved + 1] - first[moved]
        arcs = np.arange(leaving.sum()) + np.repeat(
            first[moved] - np.cumsum(leaving) + leaving, leaving
        )
        reach = np.repeat(distance[moved], leaving) + cost[arcs]
        closer = reach < distance[head[arcs]]
        heads = head[arcs[closer]]
        np.minimum.at(distance, heads, reach[closer])
        moved = np.unique(heads)
    raise NotOptimal("assignment_not_optimal")


def reached(tail: Int64s, head: Int64s, root: int, nodes: int) -> Bools:
    """Find the nodes to which a path leads from one, that one included."""
    start = np.where(np.arange(nodes) == root, 0, FAR)
    return distances(tail, head, np.zeros(tail.size, np.int64), start, root) < FAR
