"""Chains of moves in the residual graph of an assignment, for problems that are one flow.

What one more place gains, and whether somebody could be placed without loss, are ways in that
graph, found here by a search of its own. Nodes are participants, openings, hosts with a limit,
groups with a floor, and `outside`; an arc moves one unit on. The gains of ways are compared
objective by objective, first things first, each exactly.

Where a host is full, one more place at one of its openings gains what the best way from the host
to that opening gains: somebody else there has to go. Everywhere else the way begins outside.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from matcher.certificate_potentials import Numbers, Placement, has_single_floors, has_stayers
from matcher.certificate_rules import Bools
from matcher.errors import ResultRefused
from matcher.problem import MAX_WHOLE, Int32s, Int64s, Problem
from matcher.rules import (
    AllOrNone,
    Apart,
    Fixed,
    Forbidden,
    GroupFloor,
    HostLimit,
    Rule,
    SameOpening,
    SameSlot,
)

FAR = np.iinfo(np.int64).min
"""Gain of a node that no way reaches."""
MOST_LABELS = 2**24
"""Gains held at once where several searches run side by side."""
_SINGLE = (Fixed, Forbidden, GroupFloor)


def is_one_flow(placement: Placement, wide: Bools) -> bool:
    """Whether chains of moves tell the truth, also where an opening has one more place.

    Nothing but capacities, limits of hosts that count everyone, and floors of groups without a
    common member may bind.

    Parameters
    ----------
    wide
        Pairs that are possible by themselves if every opening has one more place, [k].
    """
    problem, ground = placement.problem, placement.ground
    alone = np.unique(placement.member).size == placement.member.size
    moves = ground.moves_limit is None or ground.moves_limit >= ground.has_previous.sum()
    if not (alone and moves and has_single_floors(placement)):
        return False
    if (problem.pair_seats[wide] > 1).any():
        return False
    coupled = [rule for rule in ground.rules.values() if not isinstance(rule, _SINGLE)]
    if not coupled:
        return True
    who, where = problem.pair_participant[wide], problem.pair_opening[wide]
    openings: dict[int, set[int]] = {
        one: set()
        for rule in coupled
        if not isinstance(rule, HostLimit)
        for one in ground.people(rule.participants)
    }
    for pair in np.flatnonzero(np.isin(who, list(openings))).tolist():
        openings[int(who[pair])].add(int(where[pair]))
    return all(_is_idle(placement, rule, openings, wide) for rule in coupled)


def _is_idle(
    placement: Placement, rule: Rule, openings: Mapping[int, set[int]], wide: Bools
) -> bool:
    """Whether a rule never binds, or a host's limit counts everyone, with one more place too."""
    problem, ground = placement.problem, placement.ground
    match rule:
        case HostLimit():
            if rule.of == "all":
                return True
            host = problem.host_names.index(rule.host)
            places = sum(problem.capacity[problem.opening_host == host].tolist()) + 1
            return places <= rule.places or not has_stayers(ground, host, wide)
        case Apart():
            spots: list[tuple[int, int]] = []
            for one in ground.people(rule.participants):
                hosts = {at: int(problem.opening_host[at]) for at in openings[one]}
                by_host = rule.at == "host"
                spots += {
                    (host, -1) if by_host and host >= 0 else (-1, at) for at, host in hosts.items()
                }
            return len(set(spots)) == len(spots)
        case SameOpening() | AllOrNone() | SameSlot():
            return not any(openings[one] for one in ground.people(rule.participants))
        case _:
            return True


@dataclass(frozen=True, slots=True, eq=False)
class Residual:
    """Every way in which one unit can move on; arcs in the order of their beginning.

    Attributes
    ----------
    first
        Where the arcs of each node begin, [nodes + 1].
    tail, head
        [arcs].
    gains
        What each objective gains, larger being better, [arcs] each.
    """

    placement: Placement
    first: Int64s
    tail: Int32s
    head: Int32s
    gains: tuple[Numbers, ...]

    @property
    def nodes(self) -> int:
        """How many nodes there are."""
        return self.first.size - 1

    @property
    def outside(self) -> int:
        """Where whoever is unplaced and every place that is left meet."""
        return self.nodes - 1


def residual_of(placement: Placement, wide: Bools) -> Residual:
    """Arcs between participants, openings, limited hosts, floored groups and outside.

    Parameters
    ----------
    wide
        Pairs that are possible if every opening has one more place, [k]; an opening without any
        place leads nowhere.
    """
    problem, placed, used = placement.problem, placement.placed, placement.used
    n, m, hosts = placed.size, used.size, placement.host_used.size
    outside = n + m + hosts + placement.floors.size
    host = n + m + np.arange(hosts)
    group = n + m + hosts + np.arange(placement.floors.size)
    limited = placement.host_places < MAX_WHOLE
    way_out = np.append(np.where(limited, host, outside), outside)[problem.opening_host]
    way_in = np.full(n, outside)
    way_in[placement.member] = group[placement.member_group]
    opening = n + np.arange(m)
    free = wide.copy()
    taken = placement.pair_of[placed]
    free[taken] = False
    pairs = np.flatnonzero(free)
    leave = np.flatnonzero(placed & (placement.ground.fixed_to == -1))
    enter = np.flatnonzero(~placed)
    spare, filled = used < problem.capacity, used > 0
    host_spare = limited & (placement.host_used < placement.host_places)
    host_filled = limited & (placement.host_used > 0)
    floored = placement.floors > 0
    emptied = floored & (placement.group_placed > 0)
    ways = [
        (problem.pair_participant[pairs], n + problem.pair_opening[pairs]),
        (n + problem.pair_opening[taken], problem.pair_participant[taken]),
        (leave, way_in[leave]),
        (way_in[enter], enter),
        (opening[spare], way_out[spare]),
        (way_out[filled], opening[filled]),
        (host[host_spare], np.full(host_spare.sum(), outside)),
        (np.full(host_filled.sum(), outside), host[host_filled]),
        (np.full(floored.sum(), outside), group[floored]),
        (group[emptied], np.full(emptied.sum(), outside)),
    ]
    tail, head = (np.concatenate(ends).astype(np.int32) for ends in zip(*ways, strict=True))
    order = np.argsort(tail, kind="stable")
    gains = []
    for name in problem.objectives:
        gain = np.zeros(tail.size, np.int64)
        gain[: pairs.size] = placement.worth(name, pairs)
        gain[pairs.size : pairs.size + taken.size] = -placement.worth(name, taken)
        if name == "floors":
            last = emptied.sum()
            gain[tail.size - last :] = -(placement.missing[emptied] >= 0).astype(np.int64)
            gain[tail.size - last - floored.sum() : tail.size - last] = (
                placement.missing[floored] > 0
            )
        gains.append(_exact_on_ways(problem, gain[order]))
    return Residual(
        placement=placement,
        first=np.searchsorted(tail[order], np.arange(outside + 2)),
        tail=tail[order],
        head=head[order],
        gains=tuple(gains),
    )


def _exact_on_ways(problem: Problem, gain: Int64s) -> Numbers:
    """Turn gains into Python integers where a way could leave 64 bits; it meets nobody twice."""
    largest = max(abs(int(gain.min(initial=0))), abs(int(gain.max(initial=0))))
    fits = 4 * largest * (len(problem.participant_ids) + len(problem.group_names) + 1) < 2**63
    return gain if fits else gain.astype(object)


def prices(residual: Residual) -> tuple[Numbers, ...]:
    """Greatest gain of a way from outside to each node, [nodes] for each objective.

    That of an opening or a host is at least nothing.

    Raises
    ------
    ResultRefused
        When going round some cycle gains, so that the assignment is not optimal.
    """
    n, m = residual.placement.pair_of.size, residual.placement.used.size
    hosts = residual.placement.host_used.size
    start = np.append(n + np.arange(m + hosts), residual.outside)
    return _search(residual, np.array([residual.outside]), start, None)


@dataclass(frozen=True, slots=True, eq=False)
class _Reach:
    """How far searches go: a way that gains less than this cannot end in a gain.

    Attributes
    ----------
    labels
        Greatest gains from outside, [nodes] each.
    least
        To be taken off them for each search, [searches] each.
    """

    labels: tuple[Numbers, ...]
    least: tuple[Numbers, ...]

    def limit(self, level: int, search: Int64s, node: Int64s) -> Numbers:
        """Least gain worth following."""
        return self.labels[level][node] - self.least[level][search]


def _search(
    residual: Residual, source: Int64s, start: Int64s, reach: _Reach | None
) -> tuple[Numbers, ...]:
    """Find the greatest gains of ways from some nodes, each search by itself, exactly.

    All nodes that changed in a round pass on to their neighbours at once (Bellman-Ford).

    Parameters
    ----------
    source
        Node of each search; a way back to it that gains is noticed at once.
    start
        Search times nodes plus node, of every beginning.

    Returns
    -------
    labels
        For each objective, [searches × nodes]; `FAR` where no way leads.
    """
    nodes, size = residual.nodes, source.size * residual.nodes
    home = np.arange(source.size) * nodes + source
    labels: list[Numbers] = []
    further = np.zeros(0 if reach is None else size, np.bool_)
    for level, gain in enumerate(residual.gains):
        far = FAR if gain.dtype != object else -(2**200)
        label: Numbers = np.full(size, far, gain.dtype)
        moved = start
        for earlier in labels:
            moved = moved[earlier[moved] == 0]
        label[moved] = 0
        for _ in range(nodes + 1):
            if not moved.size:
                break
            if (label[home] != 0).any():
                raise ResultRefused("not_proven", objective=_name(residual, level))
            search, node = np.divmod(moved, nodes)
            arcs, leaving = _arcs_from(residual.first, node)
            begin = np.repeat(moved, leaving)
            head = np.repeat(search * nodes, leaving) + residual.head[arcs]
            value = label[begin] + gain[arcs]
            better = value > label[head]
            for earlier, own in zip(labels, residual.gains, strict=False):
                better &= earlier[begin] + own[arcs] == earlier[head]
            head, value = head[better], value[better]
            if reach is not None:
                limit = reach.limit(level, *np.divmod(head, nodes))
                near = further[head] | (value >= limit).astype(np.bool_)
                head, value = head[near], value[near]
            np.maximum.at(label, head, value)
            moved = np.unique(head)
        else:
            raise ResultRefused("not_proven", objective=_name(residual, level))
        labels.append(label)
        if reach is not None:
            known = np.flatnonzero(label != far)
            further[known] |= label[known] > reach.limit(level, known // nodes, known % nodes)
    return tuple(labels)


def _arcs_from(first: Int64s, nodes: Int64s) -> tuple[Int64s, Int64s]:
    """Arcs that leave some nodes, one node after the other, and how many each has."""
    leaving = first[nodes + 1] - first[nodes]
    skipped = first[nodes] - np.cumsum(leaving) + leaving
    return np.arange(leaving.sum()) + np.repeat(skipped, leaving), leaving


def _name(residual: Residual, level: int) -> str:
    return residual.placement.problem.objectives[level]


def one_more_place(residual: Residual, labels: tuple[Numbers, ...]) -> tuple[Numbers, ...]:
    """Gain of one more place at each opening, larger being better, [m] for each objective."""
    placement = residual.placement
    problem = placement.problem
    n, m = placement.pair_of.size, placement.used.size
    gains = tuple(label[n : n + m].copy() for label in labels)
    places = np.append(placement.host_places, MAX_WHOLE)
    full = places == np.append(placement.host_used, 0)
    inside = np.flatnonzero(full[problem.opening_host])
    # How much better than the host's own node each of its openings could be.
    above = [
        gain[inside] - label[n + m + problem.opening_host[inside]]
        for gain, label in zip(gains, labels, strict=True)
    ]
    for gain in gains:
        gain[inside] = 0
    most: dict[int, tuple[int, ...]] = {}
    for at, *better in zip(inside.tolist(), *(one.tolist() for one in above), strict=True):
        host = int(problem.opening_host[at])
        most[host] = max(most.get(host, (0,) * len(gains)), tuple(better))
    hosts = np.array([host for host, gain in most.items() if any(gain)], np.int64)
    step = max(1, MOST_LABELS // residual.nodes)
    for begin in range(0, hosts.size, step):
        _gain_inside(residual, labels, gains, most, hosts[begin : begin + step])
    return gains


def _gain_inside(
    residual: Residual,
    labels: tuple[Numbers, ...],
    gains: tuple[Numbers, ...],
    most: Mapping[int, tuple[int, ...]],
    hosts: Int64s,
) -> None:
    """Fill in the gains of openings whose host is full, for some hosts."""
    placement = residual.placement
    n, m = placement.pair_of.size, placement.used.size
    source = n + m + hosts
    least = tuple(
        label[source] + np.array([most[host][level] for host in hosts.tolist()], label.dtype)
        for level, label in enumerate(labels)
    )
    start = np.arange(hosts.size) * residual.nodes + source
    found = _search(residual, source, start, _Reach(labels, least))
    search_of = np.full(placement.host_used.size + 1, -1)
    search_of[hosts] = np.arange(hosts.size)
    search = search_of[placement.problem.opening_host]
    inside = np.flatnonzero(search >= 0)
    own = [label[search[inside] * residual.nodes + n + inside].tolist() for label in found]
    for at, *found_gain in zip(inside.tolist(), *own, strict=True):
        if tuple(found_gain) > (0,) * len(gains):
            for level, value in enumerate(found_gain):
                gains[level][at] = value


def reasons(residual: Residual, labels: tuple[Numbers, ...]) -> tuple[Bools, Bools]:
    """Who could be placed at all, and who without loss to any objective before `placed`, [n].

    Whoever is placed already is not looked at.
    """
    objectives = residual.placement.problem.objectives
    before = (*objectives, "placed").index("placed")
    everything = np.ones(residual.head.size, np.bool_)
    if not before:
        free = np.ones(residual.placement.pair_of.size, np.bool_)
        return free, free
    tight = everything.copy()
    for label, gain in zip(labels[:before], residual.gains, strict=False):
        tight &= (label[residual.tail] + gain == label[residual.head]).astype(np.bool_)
    return _placeable(residual, everything), _placeable(residual, tight)


def _placeable(residual: Residual, arcs: Bools) -> Bools:
    """From whom a chain of moves along these arcs leads back to where they come in, [n]."""
    placement = residual.placement
    n = placement.pair_of.size
    order = np.flatnonzero(arcs)
    order = order[np.argsort(residual.head[order], kind="stable")]
    back = residual.tail[order]
    first = np.searchsorted(residual.head[order], np.arange(residual.nodes + 1))
    way_in = np.full(n, residual.outside)
    way_in[placement.member] = residual.outside - placement.floors.size + placement.member_group
    placeable = np.zeros(n, np.bool_)
    asked = np.flatnonzero(~placement.placed)
    for node in np.unique(way_in[asked]).tolist():
        reached = _reached(first, back, node)
        theirs = asked[way_in[asked] == node]
        placeable[theirs] = reached[theirs]
    return placeable


def _reached(first: Int64s, onward: Int32s, root: int) -> Bools:
    """Nodes that ways lead to from one, that one included."""
    reached = np.zeros(first.size - 1, np.bool_)
    reached[root] = True
    moved = np.array([root])
    while moved.size:
        arcs, _ = _arcs_from(first, moved)
        heads = onward[arcs]
        moved = np.unique(heads[~reached[heads]])
        reached[moved] = True
    return reached
