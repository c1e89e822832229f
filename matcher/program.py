"""The problem as an integer program: one 0/1 column for each unit and opening.

A unit is whoever `same_opening` binds together; everyone else is a unit alone. Columns and rows
have one order and one name each, so that a proof can speak of them. Shortfalls of floors are
whole columns behind the others.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from matcher.possible import host_of, newcomers, possible_pairs, stays, units_of
from matcher.problem import Int32s, Int64s, Problem, order_of
from matcher.result import Cut
from matcher.rules import AllOrNone, Apart, Fixed, HostLimit, Rule, SameSlot
from matcher.structure import floors_of, members_of

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """What every assignment keeps.

    Attributes
    ----------
    names
        One of each row, as a proof names it.
    matrix
        Whole numbers, [rows, columns].
    limit, exact
        What each row is at most, or exactly, [rows].
    """

    names: tuple[str, ...]
    matrix: csr_array
    limit: Int64s
    exact: Bools

    def followed_by(self, names: Sequence[str], matrix: csr_array, limit: Sequence[int]) -> Rows:
        """Add rows that are at most their limit."""
        from scipy.sparse import vstack

        return Rows(
            (*self.names, *names),
            vstack([self.matrix, matrix]).tocsr(),
            np.concatenate([self.limit, np.array(limit, np.int64)]),
            np.concatenate([self.exact, np.zeros(len(names), np.bool_)]),
        )

    def keeps(self, solution: Int64s) -> bool:
        """Whether a solution [columns] keeps every row."""
        left = np.asarray(self.matrix @ solution) - self.limit
        return bool((left <= 0).all() and (left[self.exact] == 0).all())


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """Columns of units and openings, then of shortfalls; c of the former, s of the latter.

    Attributes
    ----------
    unit
        Of each participant, [n]; units count in the order of their names.
    names
        Position of each unit's member with the least id, [units].
    column_unit, column_opening
        Of each column, [c]; sorted by unit, then by the opening's id. Openings are positions.
    upper
        Largest value of each column, [c + s].
    values
        What a column adds to each objective, [objectives, c + s]; a shortfall takes away.
    rows
        The first are those of the units, in their order.
    floor_rows
        Row of each shortfall, [s].
    cuts
        What the last rows, `cuts/0` and so on, follow from.
    """

    problem: Problem
    unit: Int64s
    names: Int64s
    column_unit: Int64s
    column_opening: Int64s
    upper: Int64s
    values: Int64s
    rows: Rows
    floor_rows: Int64s
    cuts: tuple[Cut, ...] = ()

    def opening_of(self, chosen: Bools) -> Int32s:
        """Return the opening of each participant when columns [c] are chosen, [n]; -1 none."""
        place = np.full(self.names.size, -1, np.int32)
        place[self.column_unit[chosen]] = self.column_opening[chosen]
        return place[self.unit]

    def chosen(self, opening_of: Int32s) -> Bools:
        """Return the columns that an assignment uses, [c]."""
        used: Bools = opening_of[self.names[self.column_unit]] == self.column_opening
        return used

    def solution(self, chosen: Bools) -> Int64s:
        """Return all columns, [c + s]: those chosen [c], and what is then missing at each floor."""
        c = chosen.size
        counted = np.asarray(self.rows.matrix[self.floor_rows, :c] @ chosen.astype(np.int64))
        missing = np.maximum(counted - self.rows.limit[self.floor_rows], 0)
        return np.concatenate([chosen.astype(np.int64), missing])

    def keeping(self, reached: Sequence[int]) -> Rows:
        """Return the rows, and that the first objectives stay at what was reached."""
        from scipy.sparse import csr_array

        if not reached:
            return self.rows
        held = len(reached)
        names = [f"objectives/{name}" for name in self.problem.objectives[:held]]
        return self.rows.followed_by(names, csr_array(-self.values[:held]), [-v for v in reached])

    def cut_by(self, cuts: Sequence[Cut]) -> Program:
        """Add rows that follow from those there are; no solution is lost."""
        from scipy.sparse import csr_array, vstack

        at = {name: row for row, name in enumerate(self.rows.names)}
        sums: list[Int64s] = []
        limits: list[int] = []
        for number, cut in enumerate(cuts, len(self.cuts)):
            total, limit = np.zeros(self.upper.size, np.int64), 0
            for name, times in cut.multipliers.items():
                row = at[name]
                if row < len(self.rows.names):
                    one = slice(*self.rows.matrix.indptr[row : row + 2])
                    total[self.rows.matrix.indices[one]] += times * self.rows.matrix.data[one]
                    limit += times * int(self.rows.limit[row])
                else:
                    total += times * sums[row - len(self.rows.names)]
                    limit += times * limits[row - len(self.rows.names)]
            at[f"cuts/{number}"] = len(self.rows.names) + len(sums)
            sums.append(total // cut.denominator)
            limits.append(limit // cut.denominator)
        if not sums:
            return self
        names = [f"cuts/{number}" for number in range(len(self.cuts), len(self.cuts) + len(sums))]
        matrix = vstack([csr_array(one[np.newaxis]) for one in sums])
        rows = self.rows.followed_by(names, csr_array(matrix), limits)
        return replace(self, rows=rows, cuts=(*self.cuts, *cuts))


def program_of(problem: Problem) -> Program:
    """Build the program of a problem."""
    return _Builder(problem).program()


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """Some rows: names, entries (row among these, column, value), limits."""

    names: Sequence[str]
    row: Int64s
    column: Int64s
    value: Int64s
    limit: Int64s
    exact: bool = False


def _row(
    name: str, columns: ArrayLike, values: ArrayLike, limit: int, *, exact: bool = False
) -> _Rows:
    column = np.asarray(columns, np.int64)
    value = np.broadcast_to(np.asarray(values, np.int64), column.shape)
    return _Rows([name], np.zeros_like(column), column, value, np.array([limit]), exact)


class _Builder:
    """What the rows need to know of the problem, worked out once."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        m = len(problem.opening_ids)
        by_id, rank = order_of(problem.opening_ids)
        self.openings, self.opening_rank = by_id, rank
        self.unit, self.names = units_of(problem)
        pair = np.flatnonzero(possible_pairs(problem))
        key = self.unit[problem.pair_participant[pair]] * m + rank[problem.pair_opening[pair]]
        keys, column = np.unique(key, return_inverse=True)
        self.pair, self.column = pair, column
        self.c = keys.size
        self.column_unit = keys // max(m, 1)
        self.column_opening = by_id[keys % max(m, 1)] if m else keys
        # Columns of each unit lie together, and so do the pairs of each participant.
        self.first = np.searchsorted(self.column_unit, np.arange(self.names.size + 1))
        person = problem.pair_participant[pair]
        self.by_person = np.argsort(person, kind="stable")
        self.first_pair = np.searchsorted(
            person[self.by_person], np.arange(len(problem.participant_ids) + 1)
        )
        self.at = {name: position for position, name in enumerate(problem.participant_ids)}
        self.host = host_of(problem)
        pair_host = self.host[problem.pair_opening[pair]]
        self.by_host = np.argsort(pair_host, kind="stable")
        self.pair_hosts = pair_host[self.by_host]
        self.new = newcomers(problem)[pair]
        self.hosts = {name: position for position, name in enumerate(problem.host_names)}

    def program(self) -> Program:
        """Join everything."""
        from scipy.sparse import coo_array

        blocks = [*self._of_units(), self._of_openings()]
        for at, rule in enumerate(self.problem.rules):
            blocks += self._of_rule(f"rules/{at}", rule)
        blocks += self._of_moves()
        floors = list(self._floors())
        floor_rows = sum(len(block.names) for block in blocks) + np.arange(len(floors))
        blocks += [block for block, _ in floors]
        sizes = [size for _, size in floors]
        short = self.c + np.arange(len(floors))
        start = np.cumsum([0, *(len(block.names) for block in blocks)])
        rows = [block.row + at for block, at in zip(blocks, start[:-1], strict=True)]
        row = np.concatenate([*rows, floor_rows])
        column = np.concatenate([*(block.column for block in blocks), short])
        value = np.concatenate([*(block.value for block in blocks), np.full(short.size, -1)])
        limit = np.concatenate([block.limit for block in blocks])
        shape = (limit.size, self.c + short.size)
        return Program(
            problem=self.problem,
            unit=self.unit,
            names=self.names,
            column_unit=self.column_unit,
            column_opening=self.column_opening,
            upper=np.concatenate([np.ones(self.c, np.int64), np.array(sizes, np.int64)]),
            values=self._values(len(floors)),
            rows=Rows(
                tuple(name for block in blocks for name in block.names),
                coo_array((value, (row, column)), shape=shape).tocsr(),
                limit,
                np.concatenate([np.full(len(block.names), block.exact) for block in blocks]),
            ),
            floor_rows=floor_rows,
        )

    def _values(self, floors: int) -> Int64s:
        problem = self.problem
        of_pair = {
            "placed": problem.weight[problem.pair_participant],
            "score": problem.pair_score,
            "stay": stays(problem).astype(np.int64),
        }
        values = np.zeros((len(problem.objectives), self.c + floors), np.int64)
        for at, name in enumerate(problem.objectives):
            if name == "floors":
                values[at, self.c :] = -1
            else:
                np.add.at(values[at], self.column, of_pair[name][self.pair])
        return values

    def _of_units(self) -> Iterator[_Rows]:
        ids, columns = self.problem.participant_ids, np.arange(self.c)
        names = [ids[at] for at in self.names.tolist()]
        ones = np.ones(self.c, np.int64)
        yield _Rows(
            [f"participants/{name}" for name in names],
            self.column_unit,
            columns,
            ones,
            np.ones(len(names), np.int64),
        )
        fixed = {
            int(self.unit[self.at[rule.participant]])
            for rule in self.problem.rules
            if isinstance(rule, Fixed)
        }
        for unit in sorted(fixed):
            own = columns[self.first[unit] : self.first[unit + 1]]
            yield _row(f"placed/{names[unit]}", own, -1, -1)

    def _of_openings(self) -> _Rows:
        problem = self.problem
        return _Rows(
            [f"openings/{problem.opening_ids[at]}" for at in self.openings.tolist()],
            self.opening_rank[problem.pair_opening[self.pair]],
            self.column,
            problem.pair_seats[self.pair],
            problem.capacity[self.openings],
        )

    def _of_rule(self, name: str, rule: Rule) -> Iterator[_Rows]:
        match rule:
            case HostLimit():
                yield self._of_host(name, rule)
            case Apart():
                yield from self._of_apart(name, rule)
            case AllOrNone():
                for at, (one, other) in enumerate(self._steps(rule)):
                    mine, theirs = self._placing(one), self._placing(other)
                    yield _difference(f"{name}/{at}", mine, theirs)
            case SameSlot():
                yield from self._of_slots(name, rule)

    def _steps(self, rule: AllOrNone | SameSlot) -> Iterator[tuple[int, int]]:
        """Each participant of a rule with the next one."""
        yield from itertools.pairwise(self.at[name] for name in rule.participants)

    def _placing(self, participant: int) -> Int64s:
        """Columns that place a participant."""
        unit = self.unit[participant]
        return np.arange(self.first[unit], self.first[unit + 1])

    def _pairs(self, participant: int) -> Int64s:
        """Possible pairs of a participant, as positions in `pair` and `column`."""
        return self.by_person[self.first_pair[participant] : self.first_pair[participant + 1]]

    def _of_host(self, name: str, rule: HostLimit) -> _Rows:
        host = self.hosts[rule.host]
        there = self.by_host[slice(*np.searchsorted(self.pair_hosts, [host, host + 1]))]
        if rule.of == "newcomers":
            there = there[self.new[there]]
        return _row(
            name, self.column[there], self.problem.pair_seats[self.pair[there]], rule.places
        )

    def _of_apart(self, name: str, rule: Apart) -> Iterator[_Rows]:
        units = [self._placing(self.at[one]) for one in rule.participants]
        columns = np.unique(np.concatenate(units))
        place: dict[str, list[int]] = {}
        for column, opening in zip(
            columns.tolist(), self.column_opening[columns].tolist(), strict=True
        ):
            place.setdefault(self._place(opening, rule.at), []).append(column)
        for where, there in sorted(place.items()):
            if len(there) > 1:
                yield _row(f"{name}/{where}", there, 1, 1)

    def _place(self, opening: int, at: str) -> str:
        host = int(self.problem.opening_host[opening])
        if at == "host" and host >= 0:
            return f"host/{self.problem.host_names[host]}"
        return f"opening/{self.problem.opening_ids[opening]}"

    def _of_slots(self, name: str, rule: SameSlot) -> Iterator[_Rows]:
        slot = self.problem.pair_slot
        for at, (one, other) in enumerate(self._steps(rule)):
            mine, theirs = self._pairs(one), self._pairs(other)
            found = np.union1d(slot[self.pair[mine]], slot[self.pair[theirs]]).tolist()
            for each in sorted(found, key=self.problem.slot_names.__getitem__):
                yield _difference(
                    f"{name}/{at}/{self.problem.slot_names[each]}",
                    self.column[mine[slot[self.pair[mine]] == each]],
                    self.column[theirs[slot[self.pair[theirs]] == each]],
                )

    def _of_moves(self) -> list[_Rows]:
        problem = self.problem
        if problem.moves_limit is None:
            return []
        before = sum(name != "" for name in problem.previous)
        there = self.column[stays(problem)[self.pair]]
        return [_row("moves_limit", there, -1, problem.moves_limit - before)]

    def _floors(self) -> Iterator[tuple[_Rows, int]]:
        """Row of each floor that asks for someone, and how many it asks for."""
        for rule, group, floor in floors_of(self.problem):
            people = members_of(self.problem, group).tolist()
            columns = np.concatenate([self._placing(one) for one in people])
            yield _row(f"rules/{rule}", columns, -1, -floor), floor


def _difference(name: str, mine: Int64s, theirs: Int64s) -> _Rows:
    values = np.concatenate([np.ones(mine.size), -np.ones(theirs.size)])
    return _row(name, np.concatenate([mine, theirs]), values, 0, exact=True)
