"""Chains of moves in the residual graph of an assignment, for problems that are one flow.

What one more place gains, and whether somebody could be placed without loss, are ways in that
graph, found here by a search of its own. Nodes are participants, openings, hosts with a limit,
groups with a floor, and `outside`; an arc moves one unit on. What a way gains in all objectives is
one number (see `Scale`), exact, so that greater means better, first things first.

Where a host is full, one more place at one of its openings gains what the best way from the host
to that opening gains: somebody else there has to go. Everywhere else the way begins outside.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import prod

import numpy as np

from matcher.certificate_potentials import Numbers, Placement, has_single_floors, has_stayers
from matcher.certificate_rules import Bools
from matcher.errors import ResultRefused
from matcher.problem import MAX_WHOLE, Int32s, Int64s
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

MOST_LABELS = 2**21
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


@dataclass(frozen=True, slots=True)
class Scale:
    """What a way gains in all objectives, as one number: digits of which the first counts most.

    Attributes
    ----------
    ranges
        What a way that meets nobody twice can gain or lose in each objective at most.
    """

    ranges: tuple[int, ...]

    @property
    def largest(self) -> int:
        """No way gains or loses more."""
        return prod(2 * one + 1 for one in self.ranges)

    @property
    def kind(self) -> type[np.int64] | type[object]:
        """64-bit integers, or Python integers where these are too few."""
        return np.int64 if self.largest < 2**61 else object

    def joined(self, gains: Iterable[Int64s]) -> Numbers:
        """Join the gains in all objectives."""
        total: Numbers = np.zeros((), self.kind)
        for reach, gain in zip(self.ranges, gains, strict=True):
            total = total * (2 * reach + 1) + gain.astype(self.kind)
        return total

    def first(self, total: Numbers, count: int) -> Numbers:
        """Keep the first few objectives only."""
        for reach in reversed(self.ranges[count:]):
            total = (total - self._last(total, reach)) // (2 * reach + 1)
        return total

    def parted(self, total: Numbers) -> tuple[Numbers, ...]:
        """Take the objectives apart again."""
        parts = []
        for reach in reversed(self.ranges):
            parts.append(self._last(total, reach))
            total = (total - parts[-1]) // (2 * reach + 1)
        return tuple(reversed(parts))

    @staticmethod
    def _last(total: Numbers, reach: int) -> Numbers:
        return (total + reach) % (2 * reach + 1) - reach


def _scale_of(placement: Placement) -> Scale:
    """Bound what a way can gain: it passes each participant, opening and group once at most.

    Between two participants it passes an opening, a group or outside. Moving somebody changes
    nothing in `placed`; only where it passes a group or outside does anybody come in or go.
    """
    problem = placement.problem
    groups = int((placement.floors > 0).sum())
    met = min(len(problem.participant_ids), len(problem.opening_ids) + groups + 2)
    ranges = {
        "placed": (2 * groups + 3) * int(problem.weight.max(initial=0)),
        "floors": 2,
        "score": 2 * met * int(np.abs(problem.pair_score).max(initial=0)),
        "stay": 2 * min(met, int(placement.ground.has_previous.sum())),
    }
    return Scale(tuple(ranges[name] for name in problem.objectives))


@dataclass(frozen=True, slots=True, eq=False)
class Residual:
    """Every way in which one unit can move on; arcs in the order of their beginning.

    Attributes
    ----------
    first
        Where the arcs of each node begin, [nodes + 1].
    tail, head
        [arcs].
    gain
        Of each arc in all objectives, [arcs].
    """

    placement: Placement
    scale: Scale
    first: Int64s
    tail: Int32s
    head: Int32s
    gain: Numbers

    @property
    def nodes(self) -> int:
        """How many nodes there are."""
        return self.first.size - 1

    @property
    def outside(self) -> int:
        """Where whoever is unplaced and every place that is left meet."""
        return self.nodes - 1

    def openings(self) -> slice:
        """Nodes of the openings."""
        n = self.placement.pair_of.size
        return slice(n, n + self.placement.used.size)


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
        gains.append(gain)
    scale = _scale_of(placement)
    return Residual(
        placement=placement,
        scale=scale,
        first=np.searchsorted(tail[order], np.arange(outside + 2)),
        tail=tail[order],
        head=head[order],
        gain=scale.joined(gains)[order],
    )


def prices(residual: Residual) -> Numbers:
    """Greatest gain of a way from outside to each node, [nodes].

    That of an opening or a host is at least nothing.

    Raises
    ------
    ResultRefused
        When going round some cycle gains, so that the assignment is not optimal.
    """
    n, m = residual.placement.pair_of.size, residual.placement.used.size
    hosts = residual.placement.host_used.size
    start = np.append(n + np.arange(m + hosts), residual.outside)
    return _search(residual, np.array([residual.outside]), start)


def _search(
    residual: Residual, source: Int64s, start: Int64s, least: Numbers | None = None
) -> Numbers:
    """Find the greatest gains of ways from some nodes, each search by itself, exactly.

    All nodes that changed in a round pass on to their neighbours at once (Bellman-Ford).

    Parameters
    ----------
    source
        Node of each search; a way back to it that gains is noticed at once.
    start
        Search times nodes plus node, of every beginning.
    least
        No way that gains less is followed, [searches].

    Returns
    -------
    gain
        [searches × nodes]; as good as nothing where no way leads.
    """
    nodes = residual.nodes
    home = np.arange(source.size) * nodes + source
    none = -2 * residual.scale.largest
    label: Numbers = np.full(source.size * nodes, none, residual.gain.dtype)
    last = np.zeros(label.size, np.int64)
    label[start] = 0
    moved = start
    for _ in range(nodes + 1):
        if not moved.size:
            return label
        search, node = np.divmod(moved, nodes)
        arcs, leaving = _arcs_from(residual.first, node)
        head = np.repeat(moved - node, leaving) + residual.head[arcs]
        gain = np.repeat(label[moved], leaving) + residual.gain[arcs]
        better = (gain > label[head]).astype(np.bool_)
        if least is not None:
            better &= (gain >= np.repeat(least[search], leaving)).astype(np.bool_)
        head, gain = head[better], gain[better]
        np.maximum.at(label, head, gain)
        if (label[home] != 0).any() or gain.max(initial=0) > residual.scale.largest:
            break
        # Each node once, without sorting: whoever wrote last stands for it.
        turn = np.arange(head.size)
        last[head] = turn
        moved = head[last[head] == turn]
    raise ResultRefused("can_be_better")


def _arcs_from(first: Int64s, nodes: Int64s) -> tuple[Int64s, Int64s]:
    """Arcs that leave some nodes, one node after the other, and how many each has."""
    leaving = first[nodes + 1] - first[nodes]
    skipped = first[nodes] - np.cumsum(leaving) + leaving
    return np.arange(leaving.sum()) + np.repeat(skipped, leaving), leaving


def one_more_place(residual: Residual, labels: Numbers, told: Int64s) -> tuple[Numbers, ...]:
    """Gain of one more place at each opening, larger being better, [m] for each objective.

    Parameters
    ----------
    labels
        From `prices`.
    told
        What is claimed, [objectives, m]; where it is right, there is less to search.
    """
    problem, scale = residual.placement.problem, residual.scale
    gains = labels[residual.openings()].copy()
    inside = np.flatnonzero(_is_inside_full_host(residual.placement))
    gains[inside] = 0
    node = residual.openings().start + inside
    home = residual.openings().stop + problem.opening_host[inside]
    could = np.flatnonzero(labels[node] > labels[home])
    inside, node, home = inside[could], node[could], home[could]
    claimed = scale.joined(
        np.clip(-gain if name == "floors" else gain, -reach, reach)
        for name, gain, reach in zip(problem.objectives, told, scale.ranges, strict=True)
    )
    # A way may lose this much, compared with the best from outside, and still be of use.
    spare = labels[node] - labels[home] - np.maximum(claimed[inside], 0)
    hosts, at = np.unique(home, return_inverse=True)
    radius: Numbers = np.zeros(hosts.size, scale.kind)
    np.maximum.at(radius, at, spare)
    loss = labels[residual.tail] + residual.gain - labels[residual.head]
    order = np.argsort(radius, kind="stable")
    step = max(1, MOST_LABELS // residual.nodes)
    for begin in range(0, hosts.size, step):
        some = order[begin : begin + step]
        near = np.flatnonzero(loss >= -radius[some].max())
        found = _search(
            replace(
                residual,
                first=np.searchsorted(residual.tail[near], np.arange(residual.nodes + 1)),
                tail=residual.tail[near],
                head=residual.head[near],
                gain=loss[near],
            ),
            hosts[some],
            np.arange(some.size) * residual.nodes + hosts[some],
            -radius[some],
        )
        search = np.full(hosts.size, -1)
        search[some] = np.arange(some.size)
        theirs = np.flatnonzero(search[at] >= 0)
        lost = found[search[at[theirs]] * residual.nodes + node[theirs]]
        gain = lost + labels[node[theirs]] - labels[home[theirs]]
        gains[inside[theirs]] = np.maximum(gain, 0)
    return scale.parted(gains)


def _is_inside_full_host(placement: Placement) -> Bools:
    """Which openings have a host whose limit is reached, [m]."""
    full = placement.host_used == placement.host_places
    inside: Bools = np.append(full, np.False_)[placement.problem.opening_host]
    return inside


def reasons(residual: Residual, labels: Numbers) -> tuple[Bools, Bools]:
    """Who could be placed at all, and who without loss to any objective before `placed`, [n].

    Whoever is placed already is not looked at.
    """
    objectives = residual.placement.problem.objectives
    before = (*objectives, "placed").index("placed")
    if not before:
        free = np.ones(residual.placement.pair_of.size, np.bool_)
        return free, free
    everything = np.ones(residual.head.size, np.bool_)
    worth, gain = (residual.scale.first(one, before) for one in (labels, residual.gain))
    tight: Bools = (worth[residual.tail] + gain == worth[residual.head]).astype(np.bool_)
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
