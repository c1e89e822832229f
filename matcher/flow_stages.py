"""The best assignment of a problem of the flow class, objective by objective, with its proof.

Shortest distances in the residual graph are the potentials (`matcher.optimum`). They prove each
objective, hold the arcs for the next one (an arc whose reduced cost is not zero keeps its flow in
every optimal assignment: complementary slackness), and are at the same time what one more place
at each opening would gain.

Ties: among assignments that are equal in every asked objective the solver's choice stands. It
sees participants, openings and pairs in the order of their ids, so it is the same for the same
problem in any order.
"""

from __future__ import annotations

import numpy as np

from matcher.chains import Chains
from matcher.network import Bools, Network, network_of
from matcher.problem import Int32s, Int64s, Problem
from matcher.pruning import best_of_all
from matcher.residual import Costs, Free, all_free, costs_of, dual_of, reduced, residual_of, settle
from matcher.result import Assignment, Held, ObjectiveValue, Proof, Stage, Status, Unplaced
from matcher.unplaced import reasons_of


def best_by_flow(problem: Problem, candidates: int | None = None) -> Assignment:
    """Best assignment, with potentials as proof; the rules must not contradict each other.

    Parameters
    ----------
    candidates
        Best pairs of each person to begin with (see `matcher.pruning`); None where that pays.

    Raises
    ------
    MatcherError
        When the solver fails.
    """
    network = network_of(problem)
    chosen, distance = best_of_all(network, candidates)
    pair = network.pair[chosen]
    placed = pair >= 0
    opening_of = np.full(placed.size, -1, np.int32)
    opening_of[network.participants[placed]] = network.openings[network.to[chosen[placed]]]
    score_of = np.zeros(placed.size, np.int64)
    score_of[network.participants[placed]] = problem.pair_score[pair[placed]]
    totals = values_of(network, chosen)
    return Assignment(
        status=Status.OPTIMAL,
        objectives=tuple(map(ObjectiveValue, problem.objectives, totals, totals)),
        opening_of=opening_of,
        score_of=score_of,
        unplaced=_unplaced(network, chosen, distance, opening_of),
        used=np.bincount(opening_of[opening_of >= 0], minlength=len(problem.opening_ids)),
        one_more_place=_one_more_place(network, chosen, distance),
        proof=Proof("potentials", _stages(network, chosen, distance)),
    )


def values_of(network: Network, chosen: Int64s) -> list[int]:
    """Value of each objective when everyone has chosen; of `floors`, how many are missing."""
    missing = int(network.flow(chosen)[network.missing].sum())
    return [
        missing if name == "floors" else int(network.gain(name)[chosen].sum())
        for name in network.problem.objectives
    ]


def _stages(network: Network, chosen: Int64s, distance: Int64s) -> tuple[Stage, ...]:
    return tuple(
        _stage(network, chosen, name, distance[level])
        for level, name in enumerate(network.problem.objectives)
    )


def _stage(network: Network, chosen: Int64s, objective: str, distance: Int64s) -> Stage:
    """Bring potentials into the order of the problem, with the held arcs that they need."""
    problem, costs = network.problem, costs_of(network, objective)
    m, h, g = network.openings.size, network.hosts.size, network.groups.size
    dual = dual_of(network, chosen, costs, distance)
    choices, drains = reduced(network, chosen, costs, distance)
    against = np.flatnonzero(choices < 0)
    pair = network.pair[against]
    # Pairs that wait for a first place are no part of the problem as it is.
    pair = pair[(pair >= 0) & (problem.capacity[problem.pair_opening[pair]] > 0)]
    home = network.who[against[network.pair[against] < 0]]
    up, by_floor, by_need = drains[: m + h], drains[m + h : m + h + g], drains[m + h + g :]
    stage = Stage(
        objective=objective,
        participants=np.empty(chosen.size, np.int64),
        openings=np.empty(m, np.int64),
        hosts=np.zeros(len(problem.host_names), np.int64),
        groups=np.zeros(len(problem.group_names), np.int64),
        held=Held(
            pairs=np.column_stack([problem.pair_participant[pair], problem.pair_opening[pair]]),
            placed=network.participants[home].astype(np.int32),
            full_openings=network.openings[up[:m] > 0].astype(np.int32),
            full_hosts=network.hosts[up[m:] > 0].astype(np.int32),
            none_missing=network.groups[by_need < 0].astype(np.int32),
            no_surplus=network.groups[by_floor > 0].astype(np.int32),
        ),
    )
    stage.participants[network.participants] = dual.participants
    stage.openings[network.openings] = dual.openings
    stage.hosts[network.hosts] = dual.hosts
    stage.groups[network.groups] = dual.groups
    return stage


def _one_more_place(network: Network, chosen: Int64s, distance: Int64s) -> Int64s:
    """Find what one more place at each opening gains, [objectives, m], by position.

    Whoever takes the place sets a unit free where the opening drains to. Mostly that is as good
    as outside; at a host whose limit is reached, the chain must begin there.
    """
    m = network.openings.size
    up, opening = network.head[:m], np.arange(m)
    gain = distance[:, up] - distance[:, opening]
    full = network.flow(chosen) == network.capacity
    own = (up < network.outside) & full[np.minimum(up, full.size - 1)] & gain.any(axis=0)
    if own.any():
        chains = Chains(network, chosen, distance)
        for host in np.unique(up[own]).tolist():
            there = np.flatnonzero(own & (up == host))
            gain[:, there] = -chains.lost_from(host, there)
    sign = np.array([-1 if name == "floors" else 1 for name in network.problem.objectives])
    gains = np.empty_like(gain)
    gains[:, network.openings] = sign[:, np.newaxis] * gain
    return gains


def _unplaced(
    network: Network, chosen: Int64s, distance: Int64s, opening_of: Int32s
) -> tuple[Unplaced | None, ...]:
    """Reason of every participant, in the order of the problem."""
    problem = network.problem
    possible, worth = np.zeros((2, opening_of.size), np.bool_)
    possible[problem.pair_participant[network.possible]] = True
    if (opening_of < 0).any():
        worth[network.participants] = _worth_placing(network, chosen, distance)
    return reasons_of(problem, opening_of, possible, worth.__getitem__)


def _worth_placing(network: Network, chosen: Int64s, distance: Int64s) -> Bools:
    """Who could be placed without loss to any objective before `placed`, or not at all, [n]."""
    names = network.problem.objectives
    before = names.index("placed") if "placed" in names else len(names)
    if not before:
        return np.ones(chosen.size, np.bool_)
    everything = free = all_free(network)
    for level, name in enumerate(names[:before]):
        free = settle(network, chosen, costs_of(network, name), distance[level], free)
    return _placeable(network, chosen, free) | ~_placeable(network, chosen, everything)


def _placeable(network: Network, chosen: Int64s, free: Free) -> Bools:
    """Who could stand at an opening while others move along free arcs, [n].

    A choice can be taken when a way leads from its node back to where the participant stands.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    nothing = Costs(np.zeros(network.who.size, np.int64), np.zeros(network.tail.size, np.int64))
    ways = residual_of(network, chosen, nothing, free)
    nodes = network.outside + 1
    graph = csr_array((np.ones(ways.head.size), ways.head, ways.first), shape=(nodes, nodes))
    part = connected_components(graph, connection="strong")[1]
    back = (
        free.choices
        & (network.pair >= 0)
        & (part[network.to] == part[network.to[chosen]][network.who])
    )
    placeable = np.zeros(chosen.size, np.bool_)
    placeable[network.who[back]] = True
    return placeable
