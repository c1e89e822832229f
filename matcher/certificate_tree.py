"""Does a tree of decisions, with multipliers at its leaves, prove a bound? In whole numbers.

The problem as rows and columns is built again here, from `matcher.certificate_rules`: a column
for each unit (whoever is bound by `same_opening`, or one participant) and opening, 0 or 1, and
one for the shortfall of each floor. Any multipliers Y ≥ 0 of rows A·x ≤ b (of any sign for
equations) give the safe bound c·x ≤ b·Y + Σ upper · max(0, c − Aᵀ·Y): multiply the rows, add them
up, and let every column be as large as it may where that helps. With c = 0 a bound below 0 shows
that nothing is possible. Whatever a solver or its rounding did to find Y does not matter
(Neumaier and Shcherbina 2004, doi:10.1007/s10107-003-0433-3).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from matcher.certificate_rules import Ground
from matcher.errors import ResultRefused
from matcher.problem import Int64s
from matcher.result import Branch, Cut, Leaf, TreeStage
from matcher.rules import AllOrNone, Apart, GroupFloor, HostLimit, SameSlot


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One row: coefficients of distinct columns, what it may reach, whether it is an equation.

    Attributes
    ----------
    rises
        By how much it may reach more if an opening had one more place, by the opening's position.
    """

    columns: Int64s
    coefficients: Int64s
    most: int
    is_equation: bool = False
    rises: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """Rows and columns of a problem; rows are built when a proof names them.

    Attributes
    ----------
    unit_of
        Member with the least id of each participant's unit, [n].
    pairs, column_of
        Possible pairs in the order of participants, [p], and the column of each.
    first
        Where the pairs of each participant begin, [n + 1].
    by_opening, first_at
        Positions among those pairs in the order of openings, [p], and where each begins, [m + 1].
    unit, opening
        Of each column, [c].
    shortfall
        Column of each floor by the position of its rule.
    upper
        Greatest value of each column, those of floors at the end.
    worth
        What each column adds to each objective.
    """

    ground: Ground
    unit_of: Int64s
    pairs: Int64s
    column_of: Int64s
    first: Int64s
    by_opening: Int64s
    first_at: Int64s
    unit: Int64s
    opening: Int64s
    shortfall: Mapping[int, int]
    floors: Mapping[int, tuple[int, int]]
    upper: Int64s
    worth: Mapping[str, Int64s]
    rows: dict[str, Row | None] = field(default_factory=dict)

    def row(self, name: str) -> Row:
        """Return the row of a name.

        Raises
        ------
        ResultRefused
            When there is no such row.
        """
        row = self.find(name)
        if row is None:
            raise ResultRefused("row_unknown", name=name)
        return row

    def find(self, name: str) -> Row | None:
        """Return the row of a name, None where there is no such row."""
        if name not in self.rows:
            self.rows[name] = _row(self, *name.split("/", 1))
        return self.rows[name]

    def columns_of_unit(self, participant: int) -> Int64s:
        """Return the columns of a participant's unit; they stand together."""
        at = self.unit_of[participant]
        begin, end = np.searchsorted(self.unit, [at, at + 1])
        return np.arange(begin, end)


def program_of(ground: Ground, objectives: Sequence[str]) -> Program:
    """Columns and their worth."""
    problem = ground.problem
    n, m = len(problem.participant_ids), len(problem.opening_ids)
    unit_of = np.arange(n)
    for unit in ground.units:
        unit_of[list(unit)] = min(unit, key=problem.participant_ids.__getitem__)
    pairs = np.flatnonzero(ground.pairs)
    pairs = pairs[np.argsort(problem.pair_participant[pairs], kind="stable")]
    participant, opening = problem.pair_participant[pairs], problem.pair_opening[pairs]
    by_opening = np.argsort(opening, kind="stable")
    keys, column_of = np.unique(unit_of[participant] * m + opening, return_inverse=True)
    floors = ground.floors() if "floors" in objectives else {}
    shortfall = {at: keys.size + place for place, at in enumerate(floors)}
    columns = keys.size + len(floors)
    upper = np.ones(columns, np.int64)
    upper[keys.size :] = [floor for _, floor in floors.values()]
    stays = ground.previous[participant] == opening
    per_pair = {
        "placed": problem.weight[participant],
        "score": problem.pair_score[pairs],
        "stay": stays.astype(np.int64),
    }
    worth = {}
    for name in objectives:
        worth[name] = np.zeros(columns, np.int64)
        if name == "floors":
            worth[name][keys.size :] = -1
        else:
            np.add.at(worth[name], column_of, per_pair[name])
    return Program(
        ground=ground,
        unit_of=unit_of,
        pairs=pairs,
        column_of=column_of,
        first=np.searchsorted(participant, np.arange(n + 1)),
        by_opening=by_opening,
        first_at=np.searchsorted(opening[by_opening], np.arange(m + 1)),
        unit=keys // max(m, 1),
        opening=keys % max(m, 1),
        shortfall=shortfall,
        floors=floors,
        upper=upper,
        worth=worth,
    )


def _row(program: Program, kind: str, name: str = "") -> Row | None:
    """Build a row from the two parts of its name; None where there is no such row."""
    ground = program.ground
    problem = ground.problem
    match kind:
        case "participants" | "placed" if name in ground.participants:
            one = ground.participants[name]
            if program.unit_of[one] == one:
                return _row_of_unit(program, one, is_placed=kind == "placed")
        case "openings" if name in ground.openings:
            at = ground.openings[name]
            here = _at_openings(program, [at])
            row = _summed(program, here, _seats(program, here), int(problem.capacity[at]))
            return replace(row, rises={at: 1})
        case "rules":
            number, _, rest = name.partition("/")
            if number.isdecimal() and str(int(number)) == number and int(number) in ground.rules:
                return _row_of_rule(program, int(number), rest)
        case "moves_limit" if ground.moves_limit is not None and not name:
            stays = _staying(program)
            limit = ground.moves_limit - int(ground.has_previous.sum())
            return _summed(program, stays, -np.ones_like(stays), limit)
    return None


def _row_of_unit(program: Program, one: int, *, is_placed: bool) -> Row | None:
    columns = program.columns_of_unit(one)
    if not is_placed:
        return Row(columns, np.ones_like(columns), 1)
    unit = np.flatnonzero(program.unit_of == one)
    must = (program.ground.fixed_to[unit] != -1).any()
    return Row(columns, -np.ones_like(columns), -1) if must else None


def _row_of_rule(program: Program, at: int, rest: str) -> Row | None:
    ground = program.ground
    problem = ground.problem
    rule = ground.rules[at]
    match rule:
        case HostLimit() if not rest:
            host = problem.host_names.index(rule.host)
            here = _at_openings(program, np.flatnonzero(problem.opening_host == host).tolist())
            if rule.of == "newcomers":
                who = problem.pair_participant[program.pairs[here]]
                here = here[ground.previous_host()[who] != host]
            return _summed(program, here, _seats(program, here), rule.places)
        case GroupFloor() if at in program.floors and not rest:
            group, floor = program.floors[at]
            member = np.zeros(len(problem.participant_ids), np.bool_)
            member[problem.membership[problem.membership[:, 1] == group, 0]] = True
            theirs = np.flatnonzero(member[problem.pair_participant[program.pairs]])
            row = _summed(program, theirs, -np.ones_like(theirs), -floor)
            return replace(
                row,
                columns=np.append(row.columns, program.shortfall[at]),
                coefficients=np.append(row.coefficients, -1),
            )
        case Apart():
            return _row_of_apart(program, rule, rest)
        case AllOrNone():
            step, slot = rest, None
        case SameSlot():
            step, _, slot = rest.partition("/")
        case _:
            return None
    if not step.isdecimal() or str(int(step)) != step or int(step) + 1 >= len(rule.participants):
        return None
    if slot is not None and slot not in problem.slot_names:
        return None
    one, other = (_of_one(program, name, slot) for name in rule.participants[int(step) :][:2])
    signs = np.repeat([1, -1], [one.size, other.size])
    return replace(_summed(program, np.concatenate([one, other]), signs, 0), is_equation=True)


def _row_of_apart(program: Program, rule: Apart, rest: str) -> Row | None:
    ground = program.ground
    problem = ground.problem
    where, _, name = rest.partition("/")
    if where == "host" and rule.at == "host" and name in problem.host_names:
        host = problem.host_names.index(name)
        openings = np.flatnonzero(problem.opening_host == host)
    elif where == "opening" and name in ground.openings:
        openings = np.array([ground.openings[name]])
        if rule.at == "host" and problem.opening_host[openings[0]] >= 0:
            return None
    else:
        return None
    units = {int(program.unit_of[one]) for one in ground.people(rule.participants)}
    columns = np.concatenate([program.columns_of_unit(one) for one in sorted(units)])
    columns = columns[np.isin(program.opening[columns], openings)]
    return Row(columns, np.ones_like(columns), 1)


def _of_one(program: Program, name: str, slot: str | None) -> Int64s:
    """Pairs of one participant, in one slot if it is given."""
    one = program.ground.participants[name]
    theirs = np.arange(program.first[one], program.first[one + 1])
    if slot is None:
        return theirs
    problem = program.ground.problem
    at = problem.slot_names.index(slot)
    return theirs[np.flatnonzero(problem.pair_slot[program.pairs[theirs]] == at)]


def _at_openings(program: Program, openings: Sequence[int]) -> Int64s:
    parts = [program.by_opening[program.first_at[at] : program.first_at[at + 1]] for at in openings]
    return np.concatenate([np.empty(0, np.int64), *parts])


def add_cuts(program: Program, cuts: Sequence[Cut]) -> None:
    """Build the rows `cuts/0`, `cuts/1`, … by rounding down what they follow from.

    Every column is a whole number of at least 0, so rounding coefficients down loses none of
    them, and what is left may reach no more than the limit rounded down.

    Raises
    ------
    ResultRefused
        When a row is unknown or comes later, or a multiplier is not allowed.
    """
    for number, cut in enumerate(cuts):
        if cut.denominator < 1:
            raise ResultRefused("denominator_below_one", objective=f"cuts/{number}")
        sums: Counter[int] = Counter()
        rises: Counter[int] = Counter()
        most = 0
        for name, factor in cut.multipliers.items():
            row = _allowed(program.row(name), name, factor)
            entries = zip(row.columns.tolist(), row.coefficients.tolist(), strict=True)
            for column, coefficient in entries:
                sums[column] += factor * coefficient
            for opening, rise in row.rises.items():
                rises[opening] += factor * rise
            most += factor * row.most
        coefficients = [value // cut.denominator for value in sums.values()]
        large = max(map(abs, coefficients), default=0) >= 2**62
        limit = most // cut.denominator
        program.rows[f"cuts/{number}"] = Row(
            np.array(list(sums), np.int64),
            np.array(coefficients, object if large else np.int64),
            limit,
            rises={
                opening: (most + rise) // cut.denominator - limit for opening, rise in rises.items()
            },
        )


def _allowed(row: Row, name: str, factor: int) -> Row:
    if factor < 0 and not row.is_equation:
        raise ResultRefused("multiplier_below_zero", name=name)
    return row


def _staying(program: Program) -> Int64s:
    problem = program.ground.problem
    who, where = problem.pair_participant[program.pairs], problem.pair_opening[program.pairs]
    return np.flatnonzero(program.ground.previous[who] == where)


def _seats(program: Program, pairs: Int64s) -> Int64s:
    return program.ground.problem.pair_seats[program.pairs[pairs]]


def _summed(program: Program, pairs: Int64s, coefficients: Int64s, most: int) -> Row:
    """Row over pairs, summed by their columns."""
    columns, inverse = np.unique(program.column_of[pairs], return_inverse=True)
    sums = np.zeros(columns.size, np.int64)
    np.add.at(sums, inverse, coefficients)
    return Row(columns, sums, most)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a stage proves of its objective, larger being better.

    Attributes
    ----------
    most
        None where every leaf is infeasible.
    with_place
        The same if an opening had one more place, by its position, where that is more.
    """

    most: int | None
    with_place: Mapping[int, int]

    def with_one_more(self, opening: int) -> int | None:
        """Return the bound if one opening had one more place."""
        return self.with_place.get(opening, self.most)


def stage_bounds(
    program: Program, stage: TreeStage, kept: Mapping[str, int], *, is_roomier: bool = False
) -> Bounds:
    """Bounds that the leaves of a stage prove.

    Parameters
    ----------
    kept
        What the earlier objectives must reach, larger being better.
    is_roomier
        The program has more places than the tree was made for, so that what was infeasible may
        have become possible.

    Raises
    ------
    ResultRefused
        When the leaves do not partition the choices, or a row or multiplier is not allowed.
    """
    check_partition(stage)
    if stage.denominator < 1:
        raise ResultRefused("denominator_below_one", objective=stage.objective)
    worth = program.worth.get(stage.objective, np.zeros(program.upper.size, np.int64))
    rows = {f"objectives/{name}": _kept_row(program, name, least) for name, least in kept.items()}
    most: list[int] = []
    with_place: dict[int, int] = {}
    for leaf in stage.leaves:
        priced = _priced(program, leaf, rows)
        empty = priced.bound(np.zeros_like(worth), 1) if leaf.infeasible else 0
        if leaf.infeasible and empty >= 0 and not is_roomier:
            raise ResultRefused("leaf_not_infeasible", objective=stage.objective)
        bound = None
        if not leaf.infeasible or empty >= 0:
            bound = priced.bound(worth, stage.denominator)
            most.append(bound)
        for opening, price in priced.openings.items():
            if leaf.infeasible and empty + price < 0:
                continue
            if bound is None:
                bound = priced.bound(worth, stage.denominator)
            with_place[opening] = max(with_place.get(opening, bound + price), bound + price)
    floor = max(most) // stage.denominator if most else None
    above = {opening: value // stage.denominator for opening, value in with_place.items()}
    return Bounds(
        floor, {at: value for at, value in above.items() if floor is None or value > floor}
    )


def _kept_row(program: Program, name: str, least: int) -> Row:
    """Row that keeps an earlier objective."""
    columns = np.flatnonzero(program.worth[name])
    return Row(columns, -program.worth[name][columns], -least)


@dataclass(frozen=True, slots=True, eq=False)
class _Priced:
    """A leaf: the sum of its rows, each times its multiplier.

    Attributes
    ----------
    most
        b·Y.
    columns
        Aᵀ·Y.
    largest
        No entry of `columns` is larger either way.
    upper
        Greatest value of each column in this leaf.
    openings
        How far b·Y rises with one more place at each opening.
    """

    most: int
    columns: Int64s
    largest: int
    upper: Int64s
    openings: Mapping[int, int]

    def bound(self, worth: Int64s, denominator: int) -> int:
        """b·Y + Σ upper · max(0, denominator · worth − Aᵀ·Y), exactly."""
        largest = self.largest + denominator * max(1, *map(abs, _range(worth)))
        columns, upper = self.columns, self.upper
        if largest * max(_range(upper)) >= 2**63:
            worth, columns, upper = (one.astype(object) for one in (worth, columns, upper))
        left = np.maximum(denominator * worth - columns, 0) * upper
        helped: list[int] = left.tolist()
        return self.most + sum(helped)


def _range(values: Int64s) -> tuple[int, int]:
    return (int(values.min()), int(values.max())) if values.size else (0, 0)


def _priced(program: Program, leaf: Leaf, kept: Mapping[str, Row]) -> _Priced:
    upper = program.upper.copy()
    rows = dict(kept)
    for at, branch in enumerate(leaf.branches):
        columns = program.columns_of_unit(branch.participant)
        inside = np.isin(program.opening[columns], branch.openings)
        upper[columns[inside != branch.taken]] = 0
        if branch.taken:
            chosen = columns[inside]
            rows[f"branches/{at}"] = Row(chosen, -np.ones_like(chosen), -1)
    used = [
        (rows.get(name) or program.row(name), factor) for name, factor in leaf.multipliers.items()
    ]
    openings: Counter[int] = Counter()
    for name, (row, factor) in zip(leaf.multipliers, used, strict=True):
        _allowed(row, name, factor)
        for opening, rise in row.rises.items():
            openings[opening] += factor * rise
    largest = sum(abs(factor) * max(1, *map(abs, _range(row.coefficients))) for row, factor in used)
    kind = np.int64 if largest < 2**62 else object
    columns = np.zeros(upper.size, kind)
    if used:
        lengths = [row.columns.size for row, _ in used]
        factors = np.repeat(np.array([factor for _, factor in used], kind), lengths)
        coefficients = np.concatenate([row.coefficients for row, _ in used])
        np.add.at(columns, np.concatenate([row.columns for row, _ in used]), factors * coefficients)
    most = sum(factor * row.most for row, factor in used)
    return _Priced(most, columns, largest, upper, openings)


def check_partition(stage: TreeStage) -> None:
    """Check that every choice falls into exactly one leaf.

    At each node, all leaves below decide the same next, some one way and some the other.

    Raises
    ------
    ResultRefused
        When one is missing or comes twice.
    """
    nodes = [(0, stage.leaves)]
    while nodes:
        depth, leaves = nodes.pop()
        if len(leaves) == 1 and len(leaves[0].branches) == depth:
            continue
        branches = [one.branches[depth] for one in leaves if len(one.branches) > depth]
        if len(branches) < len(leaves) or len({_question(one) for one in branches}) != 1:
            raise ResultRefused("leaves_do_not_partition", objective=stage.objective)
        for taken in (True, False):
            side = [one for one in leaves if one.branches[depth].taken == taken]
            nodes.append((depth + 1, tuple(side)))


def _question(branch: Branch) -> tuple[int, frozenset[int]]:
    return branch.participant, frozenset(branch.openings)
