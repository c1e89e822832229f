from __future__ import annotations

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from matcher.flow import best_flow
from matcher.network import Network, network_of
from matcher.problem import Int64s, Problem
from matcher.residual import Costs
from tests.matcher import reference
from tests.matcher.strategies import flow_problems

LARGE = 2**60
gains = st.builds(lambda many, few: LARGE * many + few, st.sampled_from([0, 1]), st.integers(0, 30))


@given(flow_problems(), st.data())
def test_costs_too_large_for_the_solver_count_to_the_last_unit(
    problem: Problem, data: st.DataObject
) -> None:
    """Rounded first, then again what rounding may have hidden."""
    every = reference.every_assignment(problem)
    assume(every)
    network = network_of(problem)
    size = network.who.size
    gain = np.array(data.draw(st.lists(gains, min_size=size, max_size=size)), np.int64)
    cost = network.cost("floors") * data.draw(st.sampled_from([0, 1, LARGE // 8 + 1]))
    chosen = best_flow(network, Costs(gain, cost))
    worths = {_worth(network, gain, cost, _chosen(network, places)) for places in every}
    assert _worth(network, gain, cost, chosen) == max(worths)


def test_rounding_may_not_hide_the_better_half() -> None:
    """Rounded down to sixths, staying apart (2 − 4) looks better than changing places (1 + 1)."""
    problem = Problem.from_arrays(
        participant_ids=["a", "b"],
        opening_ids=["o1", "o2"],
        capacity=[1, 1],
        pair_participant=[0, 0, 1, 1],
        pair_opening=[0, 1, 0, 1],
        pair_score=[0, 0, 0, 0],
    )
    network = network_of(problem)
    gain = np.array([LARGE + 2, LARGE + 1, 0, LARGE + 1, LARGE - 4, 0])
    assert best_flow(network, Costs(gain, network.cost("score"))).tolist() == [1, 3]


def _worth(network: Network, gain: Int64s, cost: Int64s, chosen: Int64s) -> int:
    lost = (network.flow(chosen).astype(object) * cost.astype(object)).sum()
    return int(gain[chosen].astype(object).sum() - lost)


def _chosen(network: Network, places: reference.Places) -> Int64s:
    """Choice of each participant that leads to its place."""
    node = {place: at for at, place in enumerate(network.openings.tolist())}
    found = []
    for at, participant in enumerate(network.participants.tolist()):
        to = node.get(places[participant], int(network.home[at]))
        own = range(*network.first[at : at + 2].tolist())
        found.append(next(choice for choice in own if network.to[choice] == to))
    return np.array(found, np.int64)
