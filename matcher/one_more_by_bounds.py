"""What could be reached at most with one more place, read off a proof.

Multipliers that bound a program also bound the one with one more place: the limit of one row
grows, and pairs that need all the places become possible. Both are counted in whole numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from matcher.branching import Bounded
from matcher.possible import Bools
from matcher.problem import Int64s
from matcher.program import Program, program_of
from matcher.result import Leaf


@dataclass(frozen=True, slots=True, eq=False)
class _Column:
    """A column that one more place makes possible.

    Attributes
    ----------
    participant
        Position of the unit's naming member.
    values
        What it adds to each objective.
    entries
        By the name of the row.
    """

    participant: int
    values: tuple[int, ...]
    entries: Mapping[str, int]


def most_with_one_more(
    program: Program, values: Sequence[int], bounded: Sequence[Bounded]
) -> Int64s:
    """Bound each objective if an opening had one more place, [objectives, m].

    Each holds as long as the objectives before it stay at their values.

    Parameters
    ----------
    values
        Reached with the places there are.
    bounded
        What was shown of each objective.
    """
    names = program.problem.opening_ids
    most = np.empty((len(values), len(names)), np.int64)
    new, rises = _new_columns(program), _rises(program)
    for level, shown in enumerate(bounded):
        for at, name in enumerate(names):
            most[level, at] = _raised(shown, level, rises[f"openings/{name}"], new.get(at, ()))
    return most


def _rises(program: Program) -> dict[str, dict[str, int]]:
    """By how much limits rise with that of each opening, by its row, then by theirs."""
    rises = {f"openings/{name}": {f"openings/{name}": 1} for name in program.problem.opening_ids}
    limit = dict(zip(program.rows.names, program.rows.limit.tolist(), strict=True))
    for number, cut in enumerate(program.cuts):
        total = sum(factor * limit[name] for name, factor in cut.multipliers.items())
        for rise in rises.values():
            more = sum(factor * rise.get(name, 0) for name, factor in cut.multipliers.items())
            if (total + more) // cut.denominator > total // cut.denominator:
                rise[f"cuts/{number}"] = (
                    total + more
                ) // cut.denominator - total // cut.denominator
    return rises


def _raised(shown: Bounded, level: int, rises: Mapping[str, int], new: Sequence[_Column]) -> int:
    """Bound in whole units when limits of rows are larger and columns are new."""
    raised = []
    for leaf, bound, open_bound in zip(shown.leaves, shown.bounds, shown.open_bounds, strict=True):
        if leaf.infeasible and bound + _added(leaf, 0, level, rises, new) < 0:
            continue  # impossible still
        raised.append(open_bound + _added(leaf, shown.denominator, level, rises, new))
    return max(raised) // shown.denominator


def _added(
    leaf: Leaf, whole: int, level: int, rises: Mapping[str, int], new: Sequence[_Column]
) -> int:
    """How far the bound of a leaf rises when gains count `whole` parts for each unit."""
    added = sum(leaf.multipliers.get(name, 0) * rise for name, rise in rises.items())
    if not new:
        return added
    taken = {branch.participant for branch in leaf.branches if branch.taken}
    for column in new:
        if column.participant not in taken:  # whoever must take another opening cannot come here
            gain = whole * column.values[level]
            priced = (leaf.multipliers.get(name, 0) * one for name, one in column.entries.items())
            added += max(0, gain - sum(priced))
    return added


def _new_columns(program: Program) -> dict[int, list[_Column]]:
    """Columns that one more place at an opening makes possible, by the opening.

    Among them those elsewhere of people who go only together with somebody who then can go too:
    they had the room already.
    """
    problem = program.problem
    capacity = problem.capacity + _needs_one_more(program)
    more = program_of(replace(problem, capacity=capacity)).cut_by(program.cuts)
    known = set(zip(program.column_unit.tolist(), program.column_opening.tolist(), strict=True))
    rows = more.keeping([0] * len(problem.objectives))
    matrix = rows.matrix.tocsc()
    found: dict[int, list[_Column]] = {}
    followers: dict[int, list[_Column]] = {}
    for at, (unit, opening) in enumerate(
        zip(more.column_unit.tolist(), more.column_opening.tolist(), strict=True)
    ):
        if (unit, opening) not in known:
            one = slice(*matrix.indptr[at : at + 2])
            entries = zip(matrix.indices[one].tolist(), matrix.data[one].tolist(), strict=True)
            column = _Column(
                int(more.names[unit]),
                tuple(more.values[:, at].tolist()),
                {rows.names[row]: value for row, value in entries},
            )
            seats = column.entries[f"openings/{problem.opening_ids[opening]}"]
            has_room = seats <= problem.capacity[opening]
            (followers if has_room else found).setdefault(opening, []).append(column)
    elsewhere = [column for columns in followers.values() for column in columns]
    return {opening: [*columns, *elsewhere] for opening, columns in found.items()}


def _needs_one_more(program: Program) -> Bools:
    """Where exactly one place is missing for a pair or for a whole unit, [m]."""
    problem = program.problem
    unit = program.unit[problem.pair_participant]
    ends = np.column_stack([problem.pair_opening, unit])
    places, of = np.unique(ends, axis=0, return_inverse=True)
    seats = np.zeros(len(places), np.int64)
    np.add.at(seats, of.ravel(), problem.pair_seats)
    missing = np.zeros(len(problem.opening_ids), np.bool_)
    missing[places[seats == problem.capacity[places[:, 0]] + 1, 0]] = True
    alone = problem.pair_seats == problem.capacity[problem.pair_opening] + 1
    missing[problem.pair_opening[alone]] = True
    return missing
