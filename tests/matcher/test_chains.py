from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given

from matcher.chains import Chains
from matcher.flow_stages import best_by_flow
from matcher.network import Network
from matcher.optimum import potentials_of
from matcher.prices import prices_of
from matcher.problem import Int64s, Problem
from matcher.residual import FAR, Blend, NotOptimal, blend_of
from tests.matcher import reference
from tests.matcher.strategies import flow_problems


@given(flow_problems())
def test_both_searches_find_the_same(problem: Problem) -> None:
    """The blend in one search, and one objective after the other; then the fewest arcs."""
    assume(reference.best(problem) is not None)
    prices = prices_of(problem, best_by_flow(problem))
    network, chosen = prices.network, prices.chosen
    fast = prices.chains
    if blend_of(network) is None:
        return
    slow = Chains(network, chosen, potentials_of(network, chosen))
    slow._fast = None
    for node in range(network.outside + 1):
        (lost, onward), (lost_slow, onward_slow) = fast.lost_to(node), slow.lost_to(node)
        assert np.array_equal(lost, lost_slow)
        for begin in np.flatnonzero(lost[0] < FAR).tolist():
            assert _steps(onward, begin, node) == _steps(onward_slow, begin, node)
    for host in range(network.openings.size, network.openings.size + network.hosts.size):
        ends = np.flatnonzero(network.head[: network.openings.size] == host)
        if ends.size:
            assert np.array_equal(fast.lost_from(host, ends), slow.lost_from(host, ends))


def _steps(onward: Int64s, begin: int, end: int) -> int:
    steps = 0
    while begin != end:
        begin, steps = int(onward[begin]), steps + 1
    return steps


def test_what_floats_cannot_hold_is_searched_in_whole_numbers() -> None:
    """The blend fits into 64 bits, but what is lost is beyond 2^53."""
    network, chosen, potentials = _of_weight(2**48)
    lost, _ = Chains(network, chosen, potentials).lost_to(network.outside)
    assert lost[:, 0].tolist() == [2**48, 7]
    assert Chains(network, chosen, potentials)._fast is not None


def test_what_does_not_blend_is_searched_by_objective() -> None:
    network, chosen, potentials = _of_weight(2**60)
    chains = Chains(network, chosen, potentials)
    assert chains._fast is None
    assert chains.lost_to(network.outside)[0][:, 0].tolist() == [2**60, 7]


def _of_weight(weight: int) -> tuple[Network, Int64s, Int64s]:
    """One person in one place: to leave costs the weight and 7."""
    problem = Problem.from_arrays(
        participant_ids=["p"],
        weight=[weight],
        opening_ids=["o"],
        capacity=[1],
        pair_participant=[0],
        pair_opening=[0],
        pair_score=[7],
        objectives=["placed", "score"],
    )
    prices = prices_of(problem, best_by_flow(problem))
    network, chosen = prices.network, prices.chosen
    return network, chosen, potentials_of(network, chosen)


def test_potentials_that_prove_nothing_are_noticed() -> None:
    network, chosen, potentials = _of_weight(1)
    with pytest.raises(NotOptimal):
        Chains(network, chosen, potentials + np.array([[0, 5], [0, 0]]))


def test_a_blend_comes_apart_again() -> None:
    """Every combination within the ranges, the first of any size."""
    blend = Blend((5, 2, 0, 3))
    parts = np.array([(a, b, 0, d) for a in (-9, 0, 5) for b in range(-2, 3) for d in range(-3, 4)])
    blended = parts @ np.array(blend.weights)
    assert np.array_equal(blend.parts(blended), parts.T)
