"""What one place fewer would cost everyone at hand, for each opening at once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from matcher.prices import Prices
from matcher.problem import Int64s, Problem
from matcher.residual import FAR
from matcher.rules import Fixed, Forbidden
from matcher.structure import is_flow


def lost_places(prices: Prices) -> Int64s:
    """Find what is lost with one place fewer at each opening, [objectives, m].

    Values lie in the whole units of the objectives; 0 where a place is left over or nobody could
    ever take one, `FAR` where everyone there is fixed.
    """
    network = prices.network
    problem = network.problem
    lost = np.zeros((len(problem.objectives), len(problem.opening_ids)), np.int64)
    to_outside = prices.chains.lost_to(network.outside)[0]
    lost[:, network.openings] = to_outside[:, : network.openings.size]
    is_fixed = lost[0] >= FAR
    lost[:, is_fixed] = FAR
    return lost


def as_flow(problem: Problem) -> Problem:
    """Return the problem without what binds people to each other, so that prices exist.

    They are then an estimate: who must go together may be told apart.
    """
    if is_flow(problem):
        return problem
    kept = tuple(rule for rule in problem.rules if isinstance(rule, Fixed | Forbidden))
    return replace(problem, rules=kept, moves_limit=None)
