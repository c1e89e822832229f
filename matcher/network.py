"""A problem of the flow class as a network: everyone chooses an arc, the places take them in.

Nodes are the openings, then the hosts that have a limit, then the groups that have a floor, then
`outside`. A participant is no node, but one unit that stands at the head of one of its own arcs,
its choices: an opening, or `home` for whoever stays unplaced (the group, or outside). Drains lead
on from there. Everything stands in the order of ids, so that the same problem in another order is
solved the same way.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.possible import possible_pairs, rules_at, stays
from matcher.problem import Int32s, Int64s, Problem, order_of
from matcher.rules import AllOrNone, Fixed, Forbidden, SameOpening, SameSlot
from matcher.structure import floors_of, limits_of_all, members_of

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Who may stand where, and where the places lead.

    Attributes
    ----------
    problem
        What it was made of.
    possible
        Pairs of the problem that are possible by themselves, [k].
    participants, openings, hosts, groups
        Position in the problem, in the order of ids: [n], [m], hosts with a limit, groups with a
        floor.
    first
        Where the choices of each participant begin, [n + 1]; openings first, then home.
    who, to
        Participant and node of each choice, [c].
    pair
        Its pair in the problem, [c]; -1 for home.
    home
        Node of each participant who stays unplaced, [n].
    tail, head, capacity
        Of each drain, [d]: opening to host or outside, host to outside, group to outside.
    missing
        Whether a drain holds those whom a floor misses, [d]; the other drain of a group holds
        as many as may stay unplaced by its floor.
    """

    problem: Problem
    possible: Bools
    participants: Int64s
    openings: Int64s
    hosts: Int64s
    groups: Int64s
    first: Int64s
    who: Int32s
    to: Int32s
    pair: Int32s
    home: Int32s
    tail: Int32s
    head: Int32s
    capacity: Int64s
    missing: Bools

    @property
    def outside(self) -> int:
        """The last node, where every flow ends."""
        return self.openings.size + self.hosts.size + self.groups.size

    def gain(self, objective: str) -> Int64s:
        """Return what each choice adds to an objective, in its whole units, [c]."""
        problem = self.problem
        match objective:
            case "placed":
                gain = problem.weight[self.participants][self.who]
            case "score":
                gain = problem.pair_score[self.pair] if problem.pair_score.size else self._none()
            case "stay":
                there = stays(problem)
                gain = there[self.pair].astype(np.int64) if there.size else self._none()
            case _:
                return self._none()
        gain[self.pair < 0] = 0
        return gain

    def _none(self) -> Int64s:
        return np.zeros(self.who.size, np.int64)

    def cost(self, objective: str) -> Int64s:
        """Return what one unit on each drain costs an objective, [d]."""
        return (self.missing & (objective == "floors")).astype(np.int64)

    def flow(self, chosen: Int64s) -> Int64s:
        """Return the flow on each drain when everyone has chosen, [d].

        Parameters
        ----------
        chosen
            Choice of each participant, [n].
        """
        m, h, g = self.openings.size, self.hosts.size, self.groups.size
        there = np.bincount(self.to[chosen], minlength=self.outside + 1)
        used = there[:m]
        up = self.head[:m]
        hosted = up < self.outside
        at_host = np.bincount(up[hosted] - m, weights=used[hosted], minlength=h)
        unplaced = there[m + h : m + h + g]
        by_floor = np.minimum(unplaced, self.capacity[m + h : m + h + g])
        flows = [used, at_host.astype(np.int64), by_floor, unplaced - by_floor]
        return np.concatenate(flows)


def network_of(problem: Problem) -> Network:
    """Build the network of a problem of the flow class whose rules do not contradict each other.

    Pairs at an opening without any place are in it as well, so that one can tell what a first
    place there would gain.
    """
    possible = possible_pairs(problem)
    participants, participant_rank = order_of(problem.participant_ids)
    openings, opening_rank = order_of(problem.opening_ids)
    n, m = participants.size, openings.size
    places = _limited_hosts(problem, possible)
    floors = {group: floor for _, group, floor in floors_of(problem)}
    hosts, groups = (
        np.array(sorted(some, key=names.__getitem__), np.int64)
        for some, names in ((places, problem.host_names), (floors, problem.group_names))
    )
    outside = m + hosts.size + groups.size

    home = np.full(n, outside, np.int32)
    for at, group in enumerate(groups.tolist()):
        home[participant_rank[members_of(problem, group)]] = m + hosts.size + at
    pairs = _sorted_pairs(problem, possible, participant_rank, opening_rank)
    person = participant_rank[problem.pair_participant[pairs]]
    optional = np.ones(n, np.bool_)
    fixed = rules_at(problem, Fixed)
    optional[participant_rank[problem.pair_participant[fixed]]] = False
    size = np.bincount(person, minlength=n) + optional
    first = np.concatenate([[0], np.cumsum(size)])
    # Whoever may stay unplaced has home as the last choice, behind the pairs.
    before: Int64s = np.cumsum(optional) - optional
    place = np.arange(pairs.size) + before[person]
    who = np.repeat(np.arange(n, dtype=np.int32), size)
    to, pair = home[who], np.full(who.size, -1, np.int32)
    to[place] = opening_rank[problem.pair_opening[pairs]]
    pair[place] = pairs

    node_of_host = np.full(len(problem.host_names) + 1, outside, np.int64)  # the last: no host
    node_of_host[hosts] = m + np.arange(hosts.size)
    at_group = m + hosts.size + np.arange(groups.size)
    sizes = np.bincount(home, minlength=outside)[m + hosts.size : outside]
    floor = np.array([floors[group] for group in groups.tolist()], np.int64)
    tail = np.concatenate([np.arange(m + hosts.size), at_group, at_group])
    return Network(
        problem=problem,
        possible=possible,
        participants=participants,
        openings=openings,
        hosts=hosts,
        groups=groups,
        first=first,
        who=who,
        to=to,
        pair=pair,
        home=home,
        tail=tail.astype(np.int32),
        head=np.concatenate(
            [node_of_host[problem.opening_host[openings]], np.full(tail.size - m, outside)]
        ).astype(np.int32),
        capacity=np.concatenate(
            [
                np.minimum(problem.capacity, n)[openings],
                np.array([places[host] for host in hosts.tolist()], np.int64),
                sizes - floor,
                sizes + 1,  # never full
            ]
        ),
        missing=np.arange(tail.size) >= tail.size - groups.size,
    )


def _limited_hosts(problem: Problem, possible: Bools) -> dict[int, int]:
    """Places of each host whose limit could bind, also with one more place at an opening."""
    hosts = {name: at for at, name in enumerate(problem.host_names)}
    own: dict[int, int] = {}
    for rule in limits_of_all(problem, possible):
        at = hosts[rule.host]
        own[at] = min(own.get(at, rule.places), rule.places)
    n = len(problem.participant_ids)
    most = np.zeros(len(hosts) + 1, np.int64)  # the last: no host
    np.add.at(most, problem.opening_host, np.minimum(problem.capacity, n))
    return {at: places for at, places in own.items() if places < n and places <= most[at]}


def _sorted_pairs(
    problem: Problem, possible: Bools, participant_rank: Int64s, opening_rank: Int64s
) -> Int64s:
    """Positions of the pairs in the network, by participant, then opening."""
    pairs = np.flatnonzero(possible | _wait_for_a_place(problem, possible))
    participant = participant_rank[problem.pair_participant[pairs]]
    opening = opening_rank[problem.pair_opening[pairs]]
    return pairs[order_by(opening, participant)]


def order_by(*columns: Int64s) -> Int64s:
    """Order that sorts by the last column, then by the one before it (16 bits at a time).

    Parameters
    ----------
    columns
        Whole numbers of at least 0.
    """
    digits = [
        (column >> shift).astype(np.uint16)
        for column in columns
        for shift in range(0, max(int(column.max(initial=0)).bit_length(), 1), 16)
    ]
    return np.lexsort(digits)


def _wait_for_a_place(problem: Problem, possible: Bools) -> Bools:
    """Which pairs lack nothing but a first place at their opening, [k]."""
    lacking: Bools = (
        ~possible & (problem.capacity[problem.pair_opening] == 0) & (problem.pair_seats == 1)
    )
    if not lacking.any():
        return lacking
    settled = {
        name
        for rule in problem.rules
        if isinstance(rule, SameOpening | AllOrNone | SameSlot)
        for name in rule.participants
    } | {rule.participant for rule in problem.rules if isinstance(rule, Fixed)}
    settled_at = [at for at, one in enumerate(problem.participant_ids) if one in settled]
    lacking &= ~np.isin(problem.pair_participant, settled_at)
    forbidden = rules_at(problem, Forbidden)
    lacking[forbidden[forbidden >= 0]] = False
    return lacking
