"""What a place costs the others: chains of moves in the residual graph of an optimal assignment.

To give a participant an opening, someone there may have to move on, and so forth, until the
chain reaches a place that is left, somebody who then stays unplaced, or the place that the
participant leaves. The cheapest such chain is a shortest path, exact for each objective in turn.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matcher.choices import Choices, choices_of
from matcher.errors import MatcherError
from matcher.problem import Int32s, Int64s, Problem, check_flow_class
from matcher.residual import FAR, Residual, all_free, distances, residual_of
from matcher.result import Assignment, Status


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
    """The residual graph of one optimal assignment, ready for questions; see `prices_of`."""

    choices: Choices
    opening_of: Int32s
    residual: Residual

    def alternatives(self, participant: int) -> tuple[Alternative, ...]:
        """List openings that a participant could take, the cheapest first, then in order of ids.

        Parameters
        ----------
        participant
            Position in the problem.

        Raises
        ------
        MatcherError
            When the assignment was not optimal after all.
        """
        choices = self.choices
        node = int(np.flatnonzero(choices.participants == participant)[0])
        lost, onward = self._ways_to(node)
        place_of = self.opening_of[choices.participants]
        found = []
        for pair in np.flatnonzero(choices.participant == node).tolist():
            start = choices.optional.size + int(choices.opening[pair])
            needed = None
            if lost[0, start] < FAR:
                change = tuple((choices.values[:, pair] - lost[:-1, start]).tolist())
                needed = Displacement(change, self._moves(node, start, onward))
            opening = int(choices.openings[choices.opening[pair]])
            occupants = choices.participants[place_of == opening]
            found.append(Alternative(opening, tuple(occupants.tolist()), needed))
        return tuple(sorted(found, key=_loss))

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
        for one in self.alternatives(participant):
            if one.opening == opening:
                return one.displacement
        raise MatcherError("pair_not_possible", participant=participant, opening=opening)

    def _ways_to(self, participant: int) -> tuple[Int64s, Int64s]:
        """Shortest ways to a participant's node, objective by objective, then by fewest arcs.

        Returns
        -------
        lost
            On the way from each node, [objectives + 1, nodes]; the number of arcs is last.
        onward
            Next node of each node, [nodes].
        """
        tail, head = self.residual.tail, self.residual.head
        costs = np.vstack([self.residual.cost, np.ones_like(tail)])
        start = np.full(self.residual.nodes, FAR)
        start[participant] = 0
        lost = np.empty((len(costs), start.size), np.int64)
        for level in range(len(costs)):
            lost[level] = distances(head, tail, costs[level], start, participant)
            # Only ways that are shortest so far count for what comes next.
            on_way = lost[level, head] < FAR
            on_way &= lost[level, tail] - lost[level, head] == costs[level]
            tail, head, costs = tail[on_way], head[on_way], costs[:, on_way]
        onward = np.full(start.size, -1)
        onward[tail[::-1]] = head[::-1]
        return lost, onward

    def _moves(self, participant: int, start: int, onward: Int64s) -> tuple[Move, ...]:
        """Read the moves off the chain that begins at an opening's node."""
        nodes = [start]
        while nodes[-1] != participant:
            nodes.append(int(onward[nodes[-1]]))
        moves = [(participant, nodes[-2], start)]
        moves += zip(nodes[1:], nodes, nodes[2:], strict=False)
        return tuple(
            Move(int(self.choices.participants[node]), self._opening(before), self._opening(after))
            for node, before, after in moves
            if node < self.choices.optional.size and before != after
        )

    def _opening(self, node: int) -> int:
        """Position of an opening's node in the problem; -1 for outside."""
        at = node - self.choices.optional.size
        return int(self.choices.openings[at]) if at < self.choices.openings.size else -1


def prices_of(problem: Problem, assignment: Assignment) -> Prices:
    """Residual graph of an optimal assignment.

    Raises
    ------
    MatcherError
        When the assignment does not claim to be optimal.
    NotSupported
        For problems outside the flow class.
    """
    check_flow_class(problem)
    if assignment.status is not Status.OPTIMAL:
        raise MatcherError("assignment_not_optimal")
    choices = choices_of(problem)
    place = assignment.opening_of[choices.participants[choices.participant]]
    taken = place == choices.openings[choices.opening]
    graph = residual_of(choices, choices.values, taken, all_free(choices))
    # Every search runs backwards from a participant; arcs sorted by head make it quick.
    order = np.argsort(graph.head, kind="stable")
    return Prices(
        choices=choices,
        opening_of=assignment.opening_of,
        residual=Residual(graph.nodes, graph.tail[order], graph.head[order], graph.cost[:, order]),
    )


def _loss(one: Alternative) -> tuple[bool, tuple[int, ...]]:
    """Least loss first, what is impossible last; equal ones stay in the order of ids."""
    change = one.displacement.change if one.displacement else ()
    return one.displacement is None, tuple(-value for value in change)
