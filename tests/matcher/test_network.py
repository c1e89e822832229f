from __future__ import annotations

from matcher.network import network_of
from matcher.problem import Problem
from matcher.rules import GroupFloor, HostLimit


def test_nodes_stand_in_the_order_of_names() -> None:
    """Openings, limited hosts, floored groups, outside; so the order of the file tells nothing."""
    problem = Problem.from_arrays(
        participant_ids=["p2", "p1", "p3"],
        group_names=["g2", "g0", "g1"],
        membership=[(0, 0), (1, 2)],
        opening_ids=["o2", "o1", "o3"],
        capacity=[1, 2, 5],
        host_names=["h2", "h0", "h1"],
        opening_host=[0, 2, -1],
        pair_participant=[0, 0, 1],
        pair_opening=[1, 0, 0],
        pair_score=[4, 5, 6],
        rules=[GroupFloor("g2", 1.0), GroupFloor("g1", 1.0)]
        + [HostLimit(host, 1) for host in ("h0", "h1", "h2")],
    )
    network = network_of(problem)
    assert network.participants.tolist() == [1, 0, 2]
    assert network.openings.tolist() == [1, 0, 2]
    assert network.hosts.tolist() == [2, 0]  # h1 and h2; h0 has no opening
    assert network.groups.tolist() == [2, 0]
    assert network.outside == 7
    assert network.home.tolist() == [5, 6, 7]
    assert network.to.tolist() == [1, 5, 0, 1, 6, 7]
    assert network.pair.tolist() == [2, -1, 0, 1, -1, -1]
    assert network.head[:5].tolist() == [3, 4, 7, 7, 7]
    assert network.capacity[:5].tolist() == [2, 1, 3, 1, 1]
