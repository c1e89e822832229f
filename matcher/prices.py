"""What a place costs the others: chains of moves in the residual graph of an optimal assignment.

To give a participant an opening, someone there may have to move on, and so forth, until the
chain reaches a place that is left, somebody who then stays unplaced, or the place that the
participant leaves. The cheapest such chain is a shortest path, exact for each objective in turn.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from matcher.chains import Chains
from matcher.errors import MatcherError, NotSupported
from matcher.network import Network, network_of
from matcher.optimum import potentials_of
from matcher.problem import Int32s, Int64s, Problem
from matcher.residual import FAR
from matcher.result import Assignment, Status
from matcher.structure import is_flow


@dataclass(frozen=True, slots=True)
class Move:
    """One participant changes places; positions in the problem, -1 for no place."""

    participant: int
    from_opening: int
    to_opening: int


@dataclass(frozen=True, slots=True)
class Displacement:
    """What it takes to give a participant an opening.

    Attributes
    ----------
    change
        New value minus old of each objective, in its whole units; first things first, it is
        never better than nothing.
    moves
        The participant first, then along the chain whoever moves because of it.
    """

    change: tuple[int, ...]
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class Alternative:
    """An opening that a participant could take, who is there, and what it would take.

    Attributes
    ----------
    opening
        Position in the problem.
    occupants
        Positions of the participants placed there, in the order of ids.
    displacement
        None when no chain frees a place, because everyone there is fixed.
    """

    opening: int
    occupants: tuple[int, ...]
    displacement: Displacement | None


@dataclass(frozen=True, slots=True, eq=False)
class Prices:
    """The chains of moves of one optimal assignment, ready for questions; see `prices_of`.

    Attributes
    ----------
    distance
        Potentials that prove it best, [objectives, nodes].
    node_of
        Node of each participant, [n].
    gains
        What each choice adds to each objective, [objectives, c]; what is missing at floors is
        no choice.
    into
        Choices by their node, [c], and where those of each node begin, [nodes + 1].
    flow
        On each drain, [d].
    movers
        Who moves from one node to another, as far as that was asked.
    """

    network: Network
    chosen: Int64s
    distance: Int64s
    node_of: Int32s
    gains: tuple[Int64s, ...]
    into: tuple[Int64s, Int64s]
    flow: Int64s
    chains: Chains
    movers: dict[tuple[int, int], int | None] = field(default_factory=dict)

    def alternatives(self, participant: int) -> tuple[Alternative, ...]:
        """List openings that a participant could take, the cheapest first, then in order of ids.

        Parameters
        ----------
        participant
            Position in the problem.
        """
        network = self.network
        person = int(np.flatnonzero(network.participants == participant)[0])
        lost, onward = self.chains.lost_to(int(self.node_of[person]))
        found = []
        for choice in range(*network.first[person : person + 2].tolist()):
            if network.pair[choice] < 0:
                continue
            start, needed = int(network.to[choice]), None
            if lost[0, start] < FAR:
                change = self._change(self.chosen[person], choice) - lost[:, start]
                needed = Displacement(
                    tuple((self.signs * change).tolist()),
                    tuple(self._moves(person, start, onward)),
                )
            opening = int(network.openings[start])
            occupants = network.participants[self.node_of == start]
            found.append(
                (self._loss(needed), Alternative(opening, tuple(occupants.tolist()), needed))
            )
        return tuple(one for _, one in sorted(found, key=lambda entry: entry[0]))

    def displacement(self, participant: int, opening: int) -> Displacement | None:
        """Cheapest way to give one participant one opening, None when there is none.

        Parameters
        ----------
        participant, opening
            Positions in the problem.

        Raises
        ------
        MatcherError
            When the pair is not possible by itself.
        """
        return self.alternative(participant, opening).displacement

    def alternative(self, participant: int, opening: int) -> Alternative:
        """Return one of the openings that a participant could take.

        Raises
        ------
        MatcherError
            As `displacement`.
        """
        for one in self.alternatives(participant):
            if one.opening == opening:
                return one
        raise MatcherError("pair_not_possible", participant=participant, opening=opening)

    @property
    def signs(self) -> Int64s:
        """Whether more is better, 1, or less, -1, of each objective."""
        names = self.network.problem.objectives
        return np.array([-1 if name == "floors" else 1 for name in names])

    def _loss(self, needed: Displacement | None) -> tuple[bool, tuple[int, ...]]:
        """Least loss first, what is impossible last; equal ones stay in the order of ids."""
        change = needed.change if needed else ()
        return needed is None, tuple(
            -value * sign for value, sign in zip(change, self.signs.tolist(), strict=False)
        )

    def _change(self, before: Int64s, after: Int64s | int) -> Int64s:
        """Find what each objective gains when one choice takes the place of another."""
        return np.stack([gain[after] - gain[before] for gain in self.gains])

    def _moves(self, person: int, start: int, onward: Int64s) -> Iterator[Move]:
        """Read the moves off the chain that begins at an opening's node."""
        end = int(self.node_of[person])
        if start != end:
            yield self._move(person, start)
        node = start
        while node != end:
            after = int(onward[node])
            mover = self._mover(node, after)
            if mover is not None:
                yield self._move(mover, after)
            node = after

    def _mover(self, node: int, after: int) -> int | None:
        """Who loses least by moving from one node to the next; None when nobody needs to."""
        if (node, after) not in self.movers:
            self.movers[node, after] = self._least_loser(node, after)
        return self.movers[node, after]

    def _least_loser(self, node: int, after: int) -> int | None:
        choices, first = self.into
        there = choices[first[after] : first[after + 1]]
        there = there[self.node_of[self.network.who[there]] == node]
        if not there.size:
            return None
        who = self.network.who[there]
        gained = self._change(self.chosen[who], there)
        best = int(np.lexsort((np.arange(who.size), *-gained[::-1]))[0])
        if self._is_drain(node, after) and tuple(gained[:, best].tolist()) <= (0,) * len(gained):
            return None
        return int(who[best])

    def _is_drain(self, node: int, after: int) -> bool:
        """Whether a place that is left at an opening links two nodes, at no cost."""
        m, up = self.network.openings.size, self.network.head
        if node < m and up[node] == after:
            return bool(self.flow[node] < self.network.capacity[node])
        return after < m and bool(up[after] == node and self.flow[after] > 0)

    def _move(self, person: int, node: int) -> Move:
        return Move(
            int(self.network.participants[person]),
            self._opening(int(self.node_of[person])),
            self._opening(node),
        )

    def _opening(self, node: int) -> int:
        """Position of an opening's node in the problem; -1 for every other node."""
        return int(self.network.openings[node]) if node < self.network.openings.size else -1


def prices_of(problem: Problem, assignment: Assignment) -> Prices:
    """Chains of moves of an optimal assignment.

    Raises
    ------
    MatcherError
        When the assignment does not claim to be optimal, or is not.
    NotSupported
        For problems outside the flow class.
    """
    if not is_flow(problem):
        raise NotSupported("prices_need_flow")
    if assignment.status is not Status.OPTIMAL:
        raise MatcherError("assignment_not_optimal")
    network = network_of(problem)
    chosen = _chosen(network, assignment.opening_of)
    distance = potentials_of(network, chosen)
    order = np.argsort(network.to, kind="stable")
    nodes = np.arange(network.outside + 2)
    return Prices(
        network=network,
        chosen=chosen,
        distance=distance,
        node_of=network.to[chosen],
        gains=tuple(network.gain(name) for name in problem.objectives),
        into=(order, np.searchsorted(network.to[order], nodes)),
        flow=network.flow(chosen),
        chains=Chains(network, chosen, distance),
    )


def _chosen(network: Network, opening_of: Int32s) -> Int64s:
    """Choice of each participant, [n]."""
    node = np.append(np.empty_like(network.openings), -1)
    node[network.openings] = np.arange(network.openings.size)
    place = node[opening_of[network.participants]]
    place[place < 0] = network.home[place < 0]
    chosen = np.flatnonzero(network.to == place[network.who])
    if chosen.size < place.size:
        raise MatcherError("assignment_not_optimal")
    return chosen
