"""The frozen input of an assignment: `tsunagite.problem/1` as arrays.

`n` participants, `m` openings, `k` pairs. Ids are opaque; nothing here says who a person is.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from matcher.errors import InvalidProblem
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

Int32s = NDArray[np.int32]
Int64s = NDArray[np.int64]

OBJECTIVES = ("placed", "floors", "score", "stay")
DEFAULT_OBJECTIVES = ("placed", "floors", "score")
UNITS_PER_POINT = 1_000_000
"""Scores are whole units of 1e-6."""
MAX_SCORE_UNITS = 1_000_000 * UNITS_PER_POINT
MAX_WHOLE = 2**63 - 1
MAX_SEATS = 10**9
"""Of an opening, a host or a pair: floats of the solvers tell them apart with all that is added."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Problem:
    """Who may go where, how good that is, and what must hold.

    Attributes
    ----------
    participant_ids, opening_ids
        Opaque, unique, not empty; n and m of them.
    weight
        What placing each participant counts, whole and at least 1, [n].
    previous
        Id of the opening where each participant is now, "" for none, n of them; it may name
        an opening that is no longer there.
    group_names, membership
        Names, and rows (participant, group), [g, 2].
    capacity
        Seats of each opening, whole and from 0 to 1e9, [m].
    host_names, opening_host
        Names of hosts, and the host of each opening, [m]; -1 is its own host.
    pair_participant, pair_opening
        The possible pairs, [k] indices.
    pair_score
        Whole units of 1e-6, [k], at most 1e12 either way (see `whole_units`).
    pair_seats
        Seats of the opening that the pair uses, whole and from 1 to 1e9, [k].
    slot_names, pair_slot
        Names of weekly slots, and the slot of each pair, [k]; -1 for none.
    rules
        In the order of the file; a conflict names them by this position.
    objectives
        What is best, first things first: some of `OBJECTIVES`.
    moves_limit
        Most participants with a `previous` who may end anywhere else; None for no limit.
    time_limit_seconds
        None for no limit. A problem of the flow class is always solved to its end.

    Raises
    ------
    InvalidProblem
        With the entry that breaks a rule of the format.
    """

    participant_ids: tuple[str, ...]
    weight: Int64s
    previous: tuple[str, ...]
    group_names: tuple[str, ...]
    membership: Int32s
    opening_ids: tuple[str, ...]
    capacity: Int64s
    host_names: tuple[str, ...]
    opening_host: Int32s
    pair_participant: Int32s
    pair_opening: Int32s
    pair_score: Int64s
    pair_seats: Int64s
    slot_names: tuple[str, ...]
    pair_slot: Int32s
    rules: tuple[Rule, ...]
    objectives: tuple[str, ...]
    moves_limit: int | None
    time_limit_seconds: float | None

    def __post_init__(self) -> None:
        _check_lengths(self)
        check_ids("participants", self.participant_ids)
        check_ids("openings", self.opening_ids)
        n, m = len(self.participant_ids), len(self.opening_ids)
        _check_range("participants/{}/weight", self.weight, 1, MAX_WHOLE)
        _check_range("openings/{}/capacity", self.capacity, 0, MAX_SEATS + 1)  # with one more
        _check_range("openings/{}/host", self.opening_host, -1, len(self.host_names) - 1)
        _check_range("pairs/{}/participant", self.pair_participant, 0, n - 1)
        _check_range("pairs/{}/opening", self.pair_opening, 0, m - 1)
        _check_range("pairs/{}/score", self.pair_score, -MAX_SCORE_UNITS, MAX_SCORE_UNITS)
        _check_range("pairs/{}/seats", self.pair_seats, 1, MAX_SEATS)
        _check_range("pairs/{}/slot", self.pair_slot, -1, len(self.slot_names) - 1)
        _check_range("groups/{}/participant", self.membership[:, 0], 0, n - 1)
        _check_range("groups/{}/name", self.membership[:, 1], 0, len(self.group_names) - 1)
        _check_pairs_once(self)
        _check_sums(self)
        _check_rules(self)
        _check_objectives(self.objectives)
        if self.moves_limit is not None:
            _check_number("moves_limit", self.moves_limit, 0, MAX_WHOLE)
        if self.time_limit_seconds is not None:
            _check_number("time_limit_seconds", self.time_limit_seconds, 0, MAX_WHOLE)

    @classmethod
    def from_arrays(
        cls,
        *,
        participant_ids: Sequence[str],
        opening_ids: Sequence[str],
        capacity: ArrayLike,
        pair_participant: ArrayLike,
        pair_opening: ArrayLike,
        pair_score: ArrayLike,
        weight: ArrayLike | None = None,
        previous: Sequence[str] | None = None,
        group_names: Sequence[str] = (),
        membership: ArrayLike | None = None,
        host_names: Sequence[str] = (),
        opening_host: ArrayLike | None = None,
        pair_seats: ArrayLike | None = None,
        slot_names: Sequence[str] = (),
        pair_slot: ArrayLike | None = None,
        rules: Iterable[Rule] = (),
        objectives: Iterable[str] = DEFAULT_OBJECTIVES,
        moves_limit: int | None = None,
        time_limit_seconds: float | None = None,
    ) -> Problem:
        """Make a problem; what is left out takes the default of the format.

        Raises
        ------
        InvalidProblem
            With the entry that breaks a rule of the format.
        """
        n, m = len(participant_ids), len(opening_ids)
        k = np.size(np.asarray(pair_participant))
        seats = _column("openings.capacity", 0, m, capacity)
        _check_range("openings/{}/capacity", seats, 0, MAX_SEATS)
        return cls(
            participant_ids=tuple(participant_ids),
            weight=_column("participants.weight", 1, n, weight),
            previous=("",) * n if previous is None else tuple(previous),
            group_names=tuple(group_names),
            membership=_index("groups", 0, 0, membership).reshape(-1, 2),
            opening_ids=tuple(opening_ids),
            capacity=seats,
            host_names=tuple(host_names),
            opening_host=_index("openings.host", -1, m, opening_host),
            pair_participant=_index("pairs.participant", 0, k, pair_participant),
            pair_opening=_index("pairs.opening", 0, k, pair_opening),
            pair_score=_column("pairs.score", 0, k, pair_score),
            pair_seats=_column("pairs.seats", 1, k, pair_seats),
            slot_names=tuple(slot_names),
            pair_slot=_index("pairs.slot", -1, k, pair_slot),
            rules=tuple(rules),
            objectives=tuple(objectives),
            moves_limit=moves_limit,
            time_limit_seconds=time_limit_seconds,
        )

    def with_one_more_place(self, opening: int) -> Problem:
        """Add one place at an opening, given by its position."""
        capacity = self.capacity.copy()
        capacity[opening] += 1
        return replace(self, capacity=capacity)


def order_of(ids: Sequence[str]) -> tuple[Int64s, Int64s]:
    """Return positions in the order of their ids, and where each position stands in it."""
    order = np.array(sorted(range(len(ids)), key=ids.__getitem__), np.int64)
    rank = np.empty_like(order)
    rank[order] = np.arange(order.size)
    return order, rank


def whole_units(scores: ArrayLike, where: str = "pairs/{}/score") -> Int64s:
    """Scores as whole units of 1e-6, rounded half to even once.

    What is rounded is the shortest decimal that means the same float, so that 1.0000015 goes to
    1.000002 although no float is exactly half way.

    Parameters
    ----------
    scores
        Finite, at most 1e6 either way.
    where
        How an error names the entry; `{}` is its position.

    Raises
    ------
    InvalidProblem
        For NaN, infinity or a score out of range.
    """
    values = np.asarray(scores, np.float64)
    wrong = np.flatnonzero(~(np.abs(values) <= MAX_SCORE_UNITS / UNITS_PER_POINT))
    if wrong.size:
        first = int(wrong[0])
        raise InvalidProblem(
            "number_out_of_range",
            where=where.format(first),
            value=float(values[first]),
            least=-MAX_SCORE_UNITS // UNITS_PER_POINT,
            most=MAX_SCORE_UNITS // UNITS_PER_POINT,
        )
    scaled = values * UNITS_PER_POINT
    units = np.rint(scaled)
    # The product is off by less than 1e-3, so only what is this near to a half can go wrong.
    for index in np.flatnonzero(np.abs(np.abs(scaled - units) - 0.5) < 1e-3):
        exact = Decimal(repr(float(values[index]))).scaleb(6)
        units[index] = int(exact.to_integral_value(ROUND_HALF_EVEN))
    return units.astype(np.int64)


def nearest(name: str, known: Iterable[str]) -> str:
    """Closest known name to a wrong one, "" when none is close."""
    return next(iter(difflib.get_close_matches(name, list(known), n=1)), "")


def check_ids(what: str, ids: Sequence[str]) -> None:
    """Refuse an id that is empty, comes twice or cannot be written in UTF-8.

    Parameters
    ----------
    what
        The list they stand in, as an error names it.

    Raises
    ------
    InvalidProblem
        With the first such id.
    """
    if all(ids) and len(set(ids)) == len(ids) and _writable("".join(ids)):
        return
    seen: set[str] = set()
    for position, one in enumerate(ids):
        where = f"{what}/{position}/id"
        if not one:
            raise InvalidProblem("id_empty", where=where)
        if not _writable(one):
            raise InvalidProblem("text_not_unicode", where=where)
        if one in seen:
            raise InvalidProblem("id_twice", where=where, id=one)
        seen.add(one)


def find_pairs(problem: Problem, participants: ArrayLike, openings: ArrayLike) -> Int64s:
    """Position of each wanted (participant, opening) among the pairs, -1 where it is not listed.

    Parameters
    ----------
    participants, openings
        Indices, of one length.
    """
    keys = _pair_keys(problem, problem.pair_participant, problem.pair_opening)
    wanted = _pair_keys(problem, np.asarray(participants, np.int64), np.asarray(openings, np.int64))
    if not keys.size:
        return np.full(wanted.shape, -1, np.int64)
    order = np.argsort(keys, kind="stable")
    near = order[np.minimum(np.searchsorted(keys, wanted, sorter=order), keys.size - 1)]
    return np.where(keys[near] == wanted, near, -1).astype(np.int64)


def _pair_keys(
    problem: Problem, participants: Int32s | Int64s, openings: Int32s | Int64s
) -> Int64s:
    return participants.astype(np.int64) * len(problem.opening_ids) + openings


def _column(where: str, default: int, length: int, values: ArrayLike | None) -> Int64s:
    """Whole numbers as they were given, or the default."""
    if values is None:
        return np.full(length, default, np.int64)
    given = np.ravel(values)
    whole = given.astype(np.int64) if given.dtype.kind in "iu" or not given.size else None
    if whole is None or not np.array_equal(whole, given):
        raise InvalidProblem("number_not_whole", where=where)
    return whole


def _index(where: str, default: int, length: int, values: ArrayLike | None) -> Int32s:
    """Positions in another table."""
    wide = _column(where, default, length, values)
    narrow = wide.astype(np.int32)
    wrong = np.flatnonzero(narrow != wide)
    if wrong.size:
        raise InvalidProblem(
            "number_out_of_range",
            where=f"{where}/{wrong[0]}",
            value=int(wide[wrong[0]]),
            least=-1,
            most=2**31 - 1,
        )
    return narrow


def _check_lengths(problem: Problem) -> None:
    n, m = len(problem.participant_ids), len(problem.opening_ids)
    k = problem.pair_participant.size
    lengths = {
        "participants.weight": (problem.weight, n),
        "participants.previous": (problem.previous, n),
        "openings.capacity": (problem.capacity, m),
        "openings.host": (problem.opening_host, m),
        "pairs.opening": (problem.pair_opening, k),
        "pairs.score": (problem.pair_score, k),
        "pairs.seats": (problem.pair_seats, k),
        "pairs.slot": (problem.pair_slot, k),
    }
    for where, (values, wanted) in lengths.items():
        if len(values) != wanted:
            raise InvalidProblem("wrong_length", where=where, found=len(values), wanted=wanted)


def _writable(text: str) -> bool:
    """Whether a text can be written in UTF-8; half a surrogate pair cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _check_range(where: str, values: Int32s | Int64s, least: int, most: int) -> None:
    wrong = np.flatnonzero((values < least) | (values > most))
    if wrong.size:
        first = int(wrong[0])
        _check_number(where.format(first), int(values[first]), least, most)


def _check_number(where: str, value: float, least: int, most: int) -> None:
    far = most in (MAX_SEATS, MAX_SEATS + 1, MAX_WHOLE)  # nobody writes so many that the end counts
    if far and value < least:
        raise InvalidProblem("number_too_small", where=where, value=value, least=least)
    if far and value > most:
        raise InvalidProblem("number_too_large", where=where, value=value)
    if not least <= value <= most:
        raise InvalidProblem(
            "number_out_of_range", where=where, value=value, least=least, most=most
        )


def _check_pairs_once(problem: Problem) -> None:
    keys = _pair_keys(problem, problem.pair_participant, problem.pair_opening)
    _, first = np.unique(keys, return_index=True)
    if first.size == keys.size:
        return
    repeated = np.ones(keys.size, np.bool_)
    repeated[first] = False
    second = int(np.flatnonzero(repeated)[0])
    raise InvalidProblem(
        "pair_twice",
        where=f"pairs/{second}",
        participant=problem.participant_ids[problem.pair_participant[second]],
        opening=problem.opening_ids[problem.pair_opening[second]],
    )


def _check_sums(problem: Problem) -> None:
    """No sum over placed people may leave 64 bits, whoever is placed where."""
    most = np.zeros(len(problem.participant_ids), np.int64)
    np.maximum.at(most, problem.pair_participant, np.abs(problem.pair_score))
    for where, values in (("participants/weight", problem.weight), ("pairs/score", most)):
        if sum(values.tolist()) > MAX_WHOLE:
            raise InvalidProblem("sum_too_large", where=where)


def _check_objectives(objectives: tuple[str, ...]) -> None:
    if not objectives:
        raise InvalidProblem("objectives_empty", where="objectives")
    for position, name in enumerate(objectives):
        where = f"objectives/{position}"
        if name not in OBJECTIVES:
            near = nearest(name, OBJECTIVES)
            raise InvalidProblem("objective_unknown", where=where, name=name, near=near)
        if name in objectives[:position]:
            raise InvalidProblem("objective_twice", where=where, name=name)


@dataclass(frozen=True, slots=True)
class _Known:
    """The names that rules may use."""

    participants: Mapping[str, int]
    openings: Mapping[str, int]
    hosts: frozenset[str]
    groups: frozenset[str]


def _check_rules(problem: Problem) -> None:
    if not problem.rules:
        return
    known = _Known(
        {name: position for position, name in enumerate(problem.participant_ids)},
        {name: position for position, name in enumerate(problem.opening_ids)},
        frozenset(problem.host_names),
        frozenset(problem.group_names),
    )
    for position, rule in enumerate(problem.rules):
        _check_rule(f"rules/{position}", rule, known)
    fixed = {at: rule for at, rule in enumerate(problem.rules) if isinstance(rule, Fixed)}
    pairs = find_pairs(
        problem,
        [known.participants[rule.participant] for rule in fixed.values()],
        [known.openings[rule.opening] for rule in fixed.values()],
    )
    for (position, rule), pair in zip(fixed.items(), pairs.tolist(), strict=True):
        if pair < 0:
            raise InvalidProblem(
                "fixed_not_a_pair",
                where=f"rules/{position}",
                participant=rule.participant,
                opening=rule.opening,
            )


def _check_rule(where: str, rule: Rule, known: _Known) -> None:
    match rule:
        case SameOpening() | AllOrNone() | SameSlot() | Apart():
            _check_people(where, rule.participants, known)
        case HostLimit():
            _check_known(where, "host", rule.host, known.hosts)
            _check_number(f"{where}/places", rule.places, 0, MAX_SEATS)
        case GroupFloor():
            _check_known(where, "group", rule.group, known.groups)
            _check_number(f"{where}/share", rule.share, 0, 1)
        case Fixed() | Forbidden():
            _check_known(where, "participant", rule.participant, known.participants)
            _check_known(where, "opening", rule.opening, known.openings)


def _check_people(where: str, people: tuple[str, ...], known: _Known) -> None:
    for position, one in enumerate(people):
        _check_known(where, "participant", one, known.participants)
        if one in people[:position]:
            raise InvalidProblem("rule_repeats", where=where, id=one)
    if len(people) < 2:
        raise InvalidProblem("rule_needs_two", where=where)


def _check_known(
    where: str, what: str, name: str, known: Mapping[str, int] | frozenset[str]
) -> None:
    if name not in known:
        near = nearest(name, known)
        raise InvalidProblem(f"{what}_unknown", where=where, name=name, near=near)
