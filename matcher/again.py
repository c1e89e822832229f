"""The best values and places alone, for questions that solve again: without proof or prices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matcher.conflict import holds_together
from matcher.errors import MatcherError, NotSupported
from matcher.flow_stages import values_of
from matcher.network import network_of
from matcher.problem import Int32s, Problem
from matcher.pruning import best_of_all
from matcher.structure import is_flow
from matcher.time_limit import TimeLimit


@dataclass(frozen=True, slots=True, eq=False)
class Again:
    """What the best assignment reaches.

    Attributes
    ----------
    values
        Of each objective, as it is told.
    opening_of
        Opening of each participant, [n]; -1 unplaced.
    """

    values: tuple[int, ...]
    opening_of: Int32s


def best_again(problem: Problem, seconds: float) -> Again | None:
    """Find the best assignment; None where the rules contradict each other.

    Raises
    ------
    NotSupported
        `too_large_to_solve_again` where it is not found, or not shown, within the seconds.
    """
    limit = TimeLimit(seconds)
    try:
        if not holds_together(problem, limit):
            return None
        if not is_flow(problem):
            return _by_program(problem, limit)
    except MatcherError as error:
        raise NotSupported("too_large_to_solve_again") from error
    return _by_flow(problem)


def _by_flow(problem: Problem) -> Again:
    network = network_of(problem)
    chosen, _ = best_of_all(network)
    placed = network.pair[chosen] >= 0
    opening_of = np.full(placed.size, -1, np.int32)
    opening_of[network.participants[placed]] = network.openings[network.to[chosen[placed]]]
    return Again(tuple(values_of(network, chosen)), opening_of)


def _by_program(problem: Problem, limit: TimeLimit) -> Again:
    from matcher.couplings import solve
    from matcher.program import program_of
    from matcher.replanning import least_moves

    program = program_of(problem)
    reached = least_moves(program)
    if reached is None or not reached.optimal:
        reached = solve(program, limit)
    if not reached.optimal:
        raise NotSupported("too_large_to_solve_again")
    values = (
        -value if name == "floors" else value
        for name, value in zip(problem.objectives, reached.values, strict=True)
    )
    columns = program.column_unit.size
    return Again(tuple(values), program.opening_of(reached.solution[:columns] > 0))
