"""Proof by cases: decide, bound what is left by multipliers, until nothing better can be.

The relaxation of all rows is nearly whole already, so few decisions are needed: whether a unit
is placed at all (large ones first, they are what does not fit), then at which of its openings.
Of some promising decisions the one is taken that lowers both bounds most. Every bound that ends
a case is worked out again in whole numbers, so no rounding of the solver can spoil the proof.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, hstack, vstack

from matcher.errors import MatcherError
from matcher.milp import Basis, Floats, Linear, Relaxation
from matcher.problem import MAX_WHOLE, Int64s
from matcher.program import Program, Rows
from matcher.result import Branch, Leaf
from matcher.time_limit import TimeLimit

DENOMINATOR = 2**20
"""Multipliers are whole parts of this; rounding them costs far less than one unit."""
FINE_DENOMINATOR = 2**40
"""The same where a row counts units of score, so that its multiplier may be tiny."""
COARSE_ROWS = 2**10
NEARLY = 1e-6
TRIED = 4
"""How many decisions are looked at before one is taken."""
LARGEST_SUM = 2.0**62
"""Sums below this, worked out in floats, are exact in 64 bits."""
LARGEST_GAIN = 1000.0
"""Gains are scaled to this at most, so that the solver's tolerance is far below one unit."""


@dataclass(frozen=True, slots=True, eq=False)
class Better:
    """A solution that exceeds the value that was to be proven, [c + s]."""

    solution: Int64s


@dataclass(frozen=True, slots=True, eq=False)
class Bounded:
    """Leaves that partition all choices, and their bounds in whole parts of the denominator.

    Attributes
    ----------
    bounds
        Of an impossible leaf: that of nothing at all, which is below 0.
    open_bounds
        What the multipliers of each leaf say of the objective, also where it is impossible.
    """

    leaves: tuple[Leaf, ...]
    bounds: tuple[int, ...]
    open_bounds: tuple[int, ...]
    denominator: int

    @property
    def bound(self) -> int:
        """No solution gains more, in whole units; where nothing is possible it is below all."""
        open_bounds = [
            bound
            for leaf, bound in zip(self.leaves, self.bounds, strict=True)
            if not leaf.infeasible
        ]
        return max(open_bounds, default=-MAX_WHOLE * self.denominator) // self.denominator


def prove(
    program: Program,
    rows: Rows,
    gain: Int64s,
    value: int,
    most_relaxations: int,
    limit: TimeLimit,
    basis: Basis | None = None,
) -> Better | Bounded:
    """Show that no solution gains more than a value, or find one that does.

    Parameters
    ----------
    rows
        Rows of the program, and those that keep earlier objectives.
    gain
        Of each column, [c + s].
    value
        What is to be shown.
    most_relaxations
        How many linear programs may be solved; then the open cases keep their bounds.
    limit
        The same after its time.
    basis
        Of the program's relaxation, to start from.
    """
    search = _Search(program, rows, gain, value, most_relaxations, limit, basis)
    try:
        cases = tuple(search.below(search.solve()))
    except _Found as found:
        return Better(found.solution)
    return Bounded(
        tuple(case.leaf for case in cases),
        tuple(case.bound for case in cases),
        tuple(case.open_bound for case in cases),
        search.denominator,
    )


def bound_of(
    rows: Rows, upper: Int64s, gain: Int64s, multipliers: Sequence[int], denominator: int
) -> int:
    """Bound that multipliers of the rows give, exact, in whole parts of the denominator.

    Whatever they are, as long as rows that are at most their limit have none below 0: limits
    times multipliers, and for each column what its gain exceeds its price by.
    """
    size = np.abs(np.array(multipliers, np.float64))
    prices = abs(rows.matrix).T @ size + denominator * np.abs(gain.astype(np.float64))
    if float(upper @ prices + np.abs(rows.limit) @ size) < LARGEST_SUM:
        whole = np.array(multipliers, np.int64)
        over = denominator * gain - rows.matrix.T @ whole
        return int(rows.limit @ whole + upper @ np.maximum(over, 0))
    entries, exact = rows.matrix.tocoo(), np.array(multipliers, object)
    over = denominator * gain.astype(object)
    np.subtract.at(over, entries.col, entries.data.astype(object) * exact[entries.row])
    return int(rows.limit.astype(object) @ exact + upper.astype(object) @ np.maximum(over, 0))


class _Found(Exception):
    """Ends the search with a better solution."""

    def __init__(self, solution: Int64s) -> None:
        self.solution = solution


@dataclass(frozen=True, slots=True, eq=False)
class _Case:
    """What is left after some decisions: its leaf, exact bound, and best real solution.

    The bound counts in whole parts of the denominator; where nothing is possible, x is None.
    """

    leaf: Leaf
    bound: int
    open_bound: int
    x: Floats | None


@dataclass(frozen=True, slots=True)
class _Decision:
    """A unit takes one of some of its columns, or none of them."""

    unit: int
    columns: tuple[int, ...]


class _Search:
    """Depth first; the relaxation always has the bounds of the case that is looked at."""

    def __init__(
        self,
        program: Program,
        rows: Rows,
        gain: Int64s,
        value: int,
        most_relaxations: int,
        limit: TimeLimit,
        basis: Basis | None,
    ) -> None:
        self.program, self.rows, self.gain, self.value = program, rows, gain, value
        self.left, self.limit = most_relaxations, limit
        coarse = np.abs(rows.matrix.data).max(initial=1) < COARSE_ROWS
        self.denominator = DENOMINATOR if coarse else FINE_DENOMINATOR
        self.scale = min(1.0, LARGEST_GAIN / max(1, int(np.abs(gain).max(initial=1))))
        self.upper = program.upper.copy()
        self.decided: list[tuple[_Decision, bool]] = []
        self.members = np.bincount(program.unit, minlength=program.names.size)
        self.first = np.searchsorted(program.column_unit, np.arange(program.names.size + 1))
        self.relaxation = Relaxation(
            Linear(
                np.asarray(self.scale * gain, np.float64),
                self.upper,
                rows.matrix,
                rows.limit,
                rows.exact,
            ),
            basis,
        )

    def below(self, case: _Case) -> Iterator[_Case]:
        """List the cases that are not divided further."""
        decisions = [] if case.x is None or self._settled(case) else self._decisions(case.x)
        if not decisions or self.left <= 0 or self.limit.stops():
            yield case
            return
        decision, cases = self._most_telling(case, decisions)
        for taken, child in zip((False, True), cases, strict=True):
            with self._deciding(decision, taken=taken):
                yield from self.below(child)

    def _settled(self, case: _Case) -> bool:
        return case.x is None or case.bound // self.denominator <= self.value

    def _decisions(self, real: Floats) -> list[_Decision]:
        """List what is undecided in the real solution, the most promising first.

        Raises
        ------
        _Found
            When nothing is, and the solution gains more than the value.
        """
        x = real[: self.program.column_unit.size]
        units = self.program.names.size
        placed = np.bincount(self.program.column_unit, weights=x, minlength=units)
        split = np.bincount(self.program.column_unit, weights=np.minimum(x, 1 - x), minlength=units)
        found: list[tuple[float, _Decision]] = []
        for unit in np.flatnonzero(split > NEARLY).tolist():
            columns = np.arange(self.first[unit], self.first[unit + 1])
            open_share = min(placed[unit], 1 - placed[unit])
            if open_share > NEARLY:
                weight = 2 * open_share * self.members[unit]
                found.append((weight, _Decision(unit, tuple(columns.tolist()))))
            most = columns[np.argsort(-x[columns], kind="stable")]
            share = np.cumsum(x[most])
            several = int(np.argmin(np.abs(share - 0.5))) + 1
            if several < most.size and NEARLY < share[several - 1] < 1 - NEARLY:
                weight = min(share[several - 1], 1 - share[several - 1]) * self.members[unit]
                found.append((weight, _Decision(unit, tuple(sorted(most[:several].tolist())))))
        if not found:
            solution = self.program.solution(x > 0.5)
            if int(self.gain @ solution) > self.value and self.rows.keeps(solution):
                raise _Found(solution)
        found.sort(key=lambda one: -one[0])
        return [decision for _, decision in found[:TRIED]]

    def _most_telling(
        self, case: _Case, decisions: Sequence[_Decision]
    ) -> tuple[_Decision, tuple[_Case, _Case]]:
        """Take the decision that lowers both bounds most, with its two cases."""
        best: tuple[float, _Decision, tuple[_Case, _Case]] | None = None
        for decision in decisions:
            cases = self._try(decision, taken=False), self._try(decision, taken=True)
            merit = math.prod(max(self._lowered(case, child), NEARLY) for child in cases)
            if best is None or merit > best[0]:
                best = merit, decision, cases
            if all(self._settled(child) for child in cases):
                break
        assert best is not None
        return best[1], best[2]

    def _lowered(self, case: _Case, child: _Case) -> float:
        """How far a decision lowers the bound; below the value nothing more counts."""
        least = self.value * self.denominator
        low = least if child.x is None else max(child.bound, least)
        return (case.bound - low) / self.denominator

    def _try(self, decision: _Decision, *, taken: bool) -> _Case:
        with self._deciding(decision, taken=taken):
            return self.solve()

    @contextmanager
    def _deciding(self, decision: _Decision, *, taken: bool) -> Iterator[None]:
        unit = decision.unit
        own = range(self.first[unit], self.first[unit + 1])
        struck = sorted(set(own) - set(decision.columns)) if taken else decision.columns
        struck = [column for column in struck if self.upper[column]]
        again = any(before.unit == unit and was for before, was in self.decided)
        self.upper[struck] = 0
        self.relaxation.set_upper(struck, 0.0)
        if taken:
            self.relaxation.set_lower(unit, 1.0)
        self.decided.append((decision, taken))
        yield
        self.decided.pop()
        if taken and not again:
            self.relaxation.set_lower(unit, -math.inf)
        self.relaxation.set_upper(struck, 1.0)
        self.upper[struck] = 1

    def solve(self) -> _Case:
        """Bound what is left."""
        self.left -= 1
        solved = self.relaxation.solve()
        if solved is None:
            return self._impossible()
        _, x, dual = solved
        multipliers = self._whole(dual / self.scale)
        bound = self._bound(multipliers, self.gain)
        return _Case(self._leaf(multipliers), bound, bound, x)

    def _impossible(self) -> _Case:
        """Find multipliers that prove that nothing is possible.

        All rows give way by the same amount; the least one that is needed has the multipliers.
        """
        rows, c = self.rows, self.upper.size
        low = {decision.unit for decision, taken in self.decided if taken}
        must = np.array(sorted(low), np.int64)
        matrix = vstack([rows.matrix, -rows.matrix[rows.exact], -rows.matrix[must]])
        limit = np.concatenate([rows.limit, -rows.limit[rows.exact], np.full(must.size, -1)])
        way = np.full((limit.size, 1), -1)
        elastic = Linear(
            gain=np.append(np.zeros(c), -1.0),
            upper=np.append(self.upper, float(abs(limit).max(initial=1)) + 1),
            matrix=hstack([matrix, csr_array(way)]).tocsr(),
            limit=limit,
            exact=np.zeros(limit.size, np.bool_),
        )
        solved = Relaxation(elastic).solve()
        if solved is None:
            raise MatcherError("solver_gave_up", status="infeasible")
        dual = solved[2]
        n, e = rows.limit.size, int(rows.exact.sum())
        signed = dual[:n].copy()
        signed[rows.exact] -= dual[n : n + e]
        signed[must] -= dual[n + e :]
        # Here only their proportions count, so they may be told as finely as it takes.
        for power in (0, 20, 40):
            multipliers = self._whole(signed * 2.0**power)
            bound = self._bound(multipliers, np.zeros_like(self.gain))
            if bound < 0:
                break
        else:
            raise MatcherError("solver_gave_up", status="infeasible")
        open_bound = self._bound(multipliers, self.gain)
        return _Case(self._leaf(multipliers, infeasible=True), bound, open_bound, None)

    def _whole(self, dual: Floats) -> list[int]:
        """Multipliers as whole parts; below 0 only where a row also holds from below."""
        parts = [round(one) for one in (dual * self.denominator).tolist()]
        signed = self.rows.exact.copy()
        signed[[decision.unit for decision, taken in self.decided if taken]] = True
        return [one if free else max(one, 0) for one, free in zip(parts, signed, strict=True)]

    def _bound(self, multipliers: Sequence[int], gain: Int64s) -> int:
        """Exact bound of the case, in whole parts of the denominator."""
        return bound_of(self.rows, self.upper, gain, multipliers, self.denominator)

    def _leaf(self, multipliers: Sequence[int], *, infeasible: bool = False) -> Leaf:
        named = {
            name: one for name, one in zip(self.rows.names, multipliers, strict=True) if one > 0
        }
        signed = np.flatnonzero(self.rows.exact).tolist()
        named |= {self.rows.names[at]: multipliers[at] for at in signed if multipliers[at]}
        last = {decision.unit: at for at, (decision, taken) in enumerate(self.decided) if taken}
        named |= {
            f"branches/{at}": -multipliers[unit]
            for unit, at in last.items()
            if multipliers[unit] < 0
        }
        return Leaf(tuple(self._branches()), named, infeasible)

    def _branches(self) -> Iterator[Branch]:
        program = self.program
        for decision, taken in self.decided:
            openings = sorted(program.column_opening[list(decision.columns)].tolist())
            yield Branch(int(program.names[decision.unit]), tuple(openings), taken)
