"""As few moves as the loss forces: the flow class with a limit of moves.

Whoever stays earns a bonus. With the right one, the flow moves just as many as the limit allows,
and its potentials prove that nothing better does: the bonus is the multiplier of the limit. The
value over the number who stay is concave, so the bonus is found by joining two known points by a
line and asking the flow for one above it, as a fraction of whole numbers (Dinkelbach 1967,
Management Science 13(7), doi:10.1287/mnsc.13.7.492). Where no flow moves exactly as many, the line
is still a bound.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from matcher.branching import Bounded, bound_of
from matcher.flow import best_flow
from matcher.network import Network, network_of
from matcher.problem import Int64s, Problem
from matcher.program import Program
from matcher.reached import Reached
from matcher.residual import Costs, blended_costs, distances, dual_of, residual_of
from matcher.result import Leaf
from matcher.rules import HostLimit
from matcher.structure import floors_of, is_flow

LARGEST_SUM = 2**61


@dataclass(frozen=True, slots=True, eq=False)
class _Point:
    """Choices, their blended value, and how many stay."""

    chosen: Int64s
    value: int
    stay: int


def least_moves(program: Program) -> Reached | None:
    """Solve a problem that is a flow but for its limit of moves.

    Returns
    -------
    Reached
        None where it is no such problem, or its numbers are too large.
    """
    problem = program.problem
    limit = problem.moves_limit
    free = replace(problem, moves_limit=None)
    if limit is None or not is_flow(free):
        return None
    largest, *weights = _weights(program)
    # Bonuses are as large as the sum of all gains, and are multiplied by how many stay.
    if largest * (len(problem.participant_ids) + 1) > LARGEST_SUM:
        return None
    least_stay = sum(map(bool, problem.previous)) - limit
    return _Search(program, network_of(free), tuple(weights), largest, least_stay).reached()


class _Search:
    def __init__(
        self,
        program: Program,
        network: Network,
        weights: tuple[int, ...],
        largest: int,
        least_stay: int,
    ) -> None:
        self.program, self.network, self.least_stay = program, network, least_stay
        self.weights, self.largest = weights, largest
        blended = blended_costs(network, weights)
        self.gain, self.cost, self.stays = blended.gain, blended.cost, network.gain("stay")

    def reached(self) -> Reached:
        """Close in on the limit from both sides."""
        best, scale, bonus = self._point(1, 0), 1, 0
        if best.stay < self.least_stay:
            few, many = best, self._point(1, self.largest)
            while True:
                scale, bonus = many.stay - few.stay, few.value - many.value
                between = self._point(scale, bonus)
                if _on_line(between, scale, bonus) == _on_line(many, scale, bonus):
                    break
                if between.stay < self.least_stay:
                    few = between
                else:
                    many = between
            best = many
        return self._proven(best, scale, bonus)

    def _point(self, scale: int, bonus: int) -> _Point:
        """Find the best choices when whoever stays earns a bonus, in parts of the scale."""
        costs = self._costs(scale, bonus)
        chosen = best_flow(self.network, costs)
        missing = self.network.flow(chosen) @ self.cost
        value = int(self.gain[chosen].sum()) - int(missing)
        return _Point(chosen, value, int(self.stays[chosen].sum()))

    def _costs(self, scale: int, bonus: int) -> Costs:
        return Costs(scale * self.gain + bonus * self.stays, scale * self.cost)

    def _proven(self, best: _Point, scale: int, bonus: int) -> Reached:
        program = self.program
        multipliers = self._multipliers(best, scale, bonus)
        place = np.full(len(program.problem.participant_ids), -1, np.int32)
        pair = self.network.pair[best.chosen]
        placed = self.network.participants[pair >= 0]
        place[placed] = program.problem.pair_opening[pair[pair >= 0]]
        solution = program.solution(program.chosen(place))
        values = [int(value) for value in program.values @ solution]
        shown, bounds = [], []
        for level, weight in enumerate(self.weights):
            rows = program.keeping(values[:level])
            held = [scale * self.weights[before] for before in range(level)]
            whole = [multipliers.get(name, 0) for name in program.rows.names] + held
            gain, denominator = program.values[level], scale * weight
            bound = bound_of(rows, program.upper, gain, whole, denominator)
            named = {name: one for name, one in zip(rows.names, whole, strict=True) if one}
            leaf = Leaf((), named)
            shown.append(Bounded((leaf,), (bound,), (bound,), denominator))
            bounds.append(max(bound // denominator, values[level]))
        return Reached(solution, tuple(values), tuple(bounds), tuple(shown))

    def _multipliers(self, best: _Point, scale: int, bonus: int) -> dict[str, int]:
        """Read multipliers of the rows off the potentials, by name."""
        network, problem = self.network, self.program.problem
        costs = self._costs(scale, bonus)
        distance = distances(
            residual_of(network, best.chosen, costs), network.outside, -LARGEST_SUM
        )
        dual = dual_of(network, best.chosen, costs, distance)
        found = {"moves_limit": bonus}
        for at, price in zip(
            network.participants.tolist(), dual.participants.tolist(), strict=True
        ):
            kind = "participants" if price > 0 else "placed"
            found[f"{kind}/{problem.participant_ids[at]}"] = abs(price)
        for at, price in zip(network.openings.tolist(), dual.openings.tolist(), strict=True):
            found[f"openings/{problem.opening_ids[at]}"] = price
        limits, floors = _rules(problem)
        for at, price in zip(network.hosts.tolist(), dual.hosts.tolist(), strict=True):
            found[limits[problem.host_names[at]]] = price
        for at, price in zip(network.groups.tolist(), dual.groups.tolist(), strict=True):
            found[floors[problem.group_names[at]]] = price
        return found


def _on_line(point: _Point, scale: int, bonus: int) -> int:
    return scale * point.value + bonus * point.stay


def _rules(problem: Problem) -> tuple[dict[str, str], dict[str, str]]:
    """Name of the rule that limits each host most, and of each group's floor."""
    limits: dict[str, tuple[int, str]] = {}
    for at, rule in enumerate(problem.rules):
        if isinstance(rule, HostLimit):
            own = (rule.places, f"rules/{at}")
            limits[rule.host] = min(limits.get(rule.host, own), own)
    floors = {problem.group_names[group]: f"rules/{at}" for at, group, _ in floors_of(problem)}
    return {host: name for host, (_, name) in limits.items()}, floors


def _weights(program: Program) -> tuple[int, ...]:
    """More than all objectives together can change, then the weight of each.

    One unit counts more than all that come after can change.
    """
    problem = program.problem
    most = np.zeros(len(problem.participant_ids), np.int64)
    np.maximum.at(most, problem.pair_participant, np.abs(problem.pair_score))
    ranges = {
        "placed": sum(problem.weight.tolist()),
        "floors": sum(program.upper[program.column_unit.size :].tolist()),
        "score": 2 * sum(most.tolist()),
        "stay": sum(map(bool, problem.previous)),
    }
    weights = [1]
    for name in reversed(problem.objectives):
        weights.insert(0, weights[0] * (ranges[name] + 1))
    return tuple(weights)
