"""The best of all choices, found among a few of each participant, and proven for all.

Everyone begins with the best pairs of their own. The potentials of that answer price every pair
that was left out: where its value in the first objective that tells it apart is above the price,
it could improve something, and is brought in; then all is solved again (column generation:
Gilmore and Gomory 1961, doi:10.1287/opre.9.6.849). In the end no pair is left that could, so the
distances are the shortest over all arcs, the same as if every pair had been there from the start.
"""

from __future__ import annotations

import numpy as np

from matcher.network import Bools, Network
from matcher.optimum import best_choices
from matcher.problem import Int64s
from matcher.residual import Free, costs_of, reduced

ENOUGH = 20
"""Pairs of each participant to begin with: with fewer, more is brought in than is spared."""
WIDE = 60
"""From so many choices a participant on, in the mean, leaving some out pays."""
LARGEST_KEY = 2**62


def best_of_all(network: Network, candidates: int | None = None) -> tuple[Int64s, Int64s]:
    """Choose for everyone what is best for each objective in turn, among all choices.

    Parameters
    ----------
    candidates
        Best pairs of each participant to begin with; None for `ENOUGH` where there are many.

    Returns
    -------
    chosen
        Choice of each participant, [n].
    distance
        Potentials that prove it, [objectives, nodes].

    Raises
    ------
    MatcherError
        When the solver fails.
    """
    if candidates is None:
        wide = network.who.size >= WIDE * network.participants.size
        candidates = ENOUGH if wide else network.who.size
    offered = _best_pairs(network, candidates)
    while True:
        free = None if offered.all() else Free(offered, np.ones(network.tail.size, np.bool_))
        chosen, distance = best_choices(network, free)
        if free is None:
            return chosen, distance
        better = _could_improve(network, chosen, distance)
        if not better.any():
            return chosen, distance
        offered |= better


def _best_pairs(network: Network, most: int) -> Bools:
    """So many best pairs of each participant by score, all that equal the last one, and homes."""
    paired = network.pair >= 0
    lost = -network.gain("score")
    lost -= lost.min(initial=0)
    width = int(lost.max(initial=0)) + 2
    size = np.diff(network.first)
    if size.max(initial=0) <= most or width * size.size >= LARGEST_KEY:
        return np.ones(paired.size, np.bool_)
    lost[~paired] = width - 1
    key = network.who * np.int64(width) + lost
    last = network.first[:-1] + np.minimum(size, most) - 1
    worst = np.sort(key)[last]
    return ~paired | (key <= worst[network.who])


def _could_improve(network: Network, chosen: Int64s, distance: Int64s) -> Bools:
    """Which choices lose less than nothing in the first objective that tells them apart, [c]."""
    open_ = np.ones(network.who.size, np.bool_)
    better = np.zeros_like(open_)
    for name, own in zip(network.problem.objectives, distance, strict=True):
        lost = reduced(network, chosen, costs_of(network, name), own)[0]
        better |= open_ & (lost < 0)
        open_ &= lost == 0
    return better
