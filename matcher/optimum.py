"""The best choices for each objective in turn, and the potentials that prove them.

Mostly one flow with moderate weights is best for every objective already; then potentials prove
that, and no further flow is solved. Otherwise each objective is one flow over what the earlier
ones leave open. Potentials of all objectives come from one search over their blend, where that
fits into 64 bits.
"""

from __future__ import annotations

import numpy as np

from matcher.flow import best_flow, fits
from matcher.network import Network
from matcher.problem import Int64s
from matcher.residual import (
    Costs,
    Free,
    NotOptimal,
    all_free,
    blend_of,
    blended_costs,
    costs_of,
    distances,
    residual_of,
    settle,
)

GUESSES = (4, 16, 64)
"""By how much one objective outweighs the next; more makes the solver slower."""
MANY = 300_000
"""Among so many people some chain outweighs the first guess."""


def best_choices(network: Network, free: Free | None = None) -> tuple[Int64s, Int64s]:
    """Choose for everyone what is best for each objective in turn.

    Parameters
    ----------
    free
        Arcs that may change their flow, among them a choice for everyone; None for all.

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
    for factor in GUESSES[network.participants.size > MANY :]:
        guess = _guess(network, factor)
        if guess is None:
            break
        chosen = best_flow(network, guess, free)
        try:
            return chosen, potentials_of(network, chosen, free)
        except NotOptimal:
            continue
    left, before, found = free or all_free(network), None, []
    for objective in network.problem.objectives:
        costs = costs_of(network, objective)
        before = best_flow(network, costs, left, before)
        distance, left = _stage_potentials(network, before, costs, left)
        found.append(distance)
    assert before is not None  # no problem is without objectives
    return before, np.stack(found)


def potentials_of(network: Network, chosen: Int64s, free: Free | None = None) -> Int64s:
    """Distance of each node from outside in each objective, [objectives, nodes].

    Parameters
    ----------
    chosen
        Choice of each participant, [n].
    free
        Arcs that may change their flow; None for all.

    Raises
    ------
    NotOptimal
        When another assignment is better.
    """
    blend = blend_of(network)
    if blend is None:
        left, found = free or all_free(network), []
        for objective in network.problem.objectives:
            distance, left = _stage_potentials(network, chosen, costs_of(network, objective), left)
            found.append(distance)
        return np.stack(found)
    residual = residual_of(network, chosen, blended_costs(network, blend.weights), free)
    return blend.parts(distances(residual, network.outside, -blend.most))


def _stage_potentials(
    network: Network, chosen: Int64s, costs: Costs, free: Free
) -> tuple[Int64s, Free]:
    """Distances in one objective, and what it leaves free."""
    residual = residual_of(network, chosen, costs, free)
    distance = distances(residual, network.outside, -(2**63))
    return distance, settle(network, chosen, costs, distance, free)


def _guess(network: Network, factor: int) -> Costs | None:
    """Weigh the objectives so that one flow probably is best for each in turn.

    One unit counts some times the most that one pair changes the objectives after it. Chains of
    moves that give up more than that are rare, and the potentials notice them. None where it
    would be too large for the solver.
    """
    problem = network.problem
    ranks = network.gain("placed")
    if not network.groups.size:
        # Who can be placed is a matroid, so only the order of the weights matters.
        ranks = np.unique(ranks, return_inverse=True)[1]
    spread = {
        "placed": int(ranks.max(initial=0)),
        "floors": min(network.groups.size, 1),
        "score": int(np.abs(problem.pair_score).max(initial=0)),
        "stay": int(any(problem.previous)),
    }
    gain, cost, weight = np.zeros(ranks.size, np.int64), np.zeros(network.tail.size, np.int64), 1
    largest = 0
    for name in reversed(problem.objectives):
        largest += weight * spread[name]
        if not fits(network, largest):
            return None
        if name == "floors":
            cost += weight * network.cost(name)
        elif spread[name]:
            gain += weight * (ranks if name == "placed" else network.gain(name))
        weight *= max(factor * spread[name], 1)
    return Costs(gain, cost)
