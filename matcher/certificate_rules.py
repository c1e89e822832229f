"""What the rules of a problem leave possible, and whether an assignment keeps them.

Written for `matcher.certificate` alone, so that it shares nothing with the solver.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from matcher.errors import ResultRefused
from matcher.problem import MAX_WHOLE, Int32s, Int64s, Problem, find_pairs
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

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """A problem under all of its rules, or under some, and what these leave possible by itself.

    Attributes
    ----------
    rules
        By their position in the problem.
    moves_limit
        None where it is not among the rules looked at.
    participants, openings
        Positions of the ids.
    previous
        Opening where each participant is now, [n]; -1 for none, or one that is gone.
    has_previous
        Who is somewhere now, even at an opening that is gone, [n].
    fixed_to
        Opening that each participant must take, [n]; -1 for none, -2 for more than one.
    units
        Participants bound by `same_opening`, more than one each.
    pairs
        Which are possible, [k].
    """

    problem: Problem
    rules: Mapping[int, Rule]
    moves_limit: int | None
    participants: Mapping[str, int]
    openings: Mapping[str, int]
    previous: Int64s
    has_previous: Bools
    fixed_to: Int64s
    units: tuple[tuple[int, ...], ...]
    pairs: Bools

    def people(self, ids: Iterable[str]) -> list[int]:
        """Return the positions of participants."""
        return [self.participants[one] for one in ids]

    def previous_host(self) -> Int64s:
        """Return the host of the opening where each participant is now, [n]; -1 for none."""
        host = np.append(self.problem.opening_host, -1).astype(np.int64)
        return host[self.previous]

    def floors(self) -> dict[int, tuple[int, int]]:
        """Return group and floor of each `group_floor` that asks for anyone, by its position."""
        members = dict.fromkeys(range(len(self.problem.group_names)), 0)
        for _, group in set(map(tuple, self.problem.membership.tolist())):
            members[group] += 1
        found = {}
        for at, rule in self.rules.items():
            if isinstance(rule, GroupFloor):
                group = self.problem.group_names.index(rule.group)
                floor = math.ceil(round(rule.share * members[group], 9))
                if floor > 0:
                    found[at] = group, floor
        return found


def ground_of(
    problem: Problem, names: Collection[str] | None = None, *, extra_places: int = 0
) -> Ground:
    """Work out what is possible by itself.

    Parameters
    ----------
    names
        Rules to look at, such as `rules/3` and `moves_limit`; None for all.
    extra_places
        Places that every opening has on top.
    """
    rules = {
        at: rule for at, rule in enumerate(problem.rules) if names is None or f"rules/{at}" in names
    }
    participants = {name: at for at, name in enumerate(problem.participant_ids)}
    openings = {name: at for at, name in enumerate(problem.opening_ids)}
    previous = np.full(len(participants), -1, np.int64)
    has_previous = np.zeros(len(participants), np.bool_)
    for at, name in enumerate(problem.previous):
        if name:
            previous[at], has_previous[at] = openings.get(name, -1), True
    ground = Ground(
        problem=problem,
        rules=rules,
        moves_limit=problem.moves_limit if names is None or "moves_limit" in names else None,
        participants=participants,
        openings=openings,
        previous=previous,
        has_previous=has_previous,
        fixed_to=_fixed_to(rules, participants, openings),
        units=_units(rules, participants),
        pairs=np.ones(problem.pair_participant.size, np.bool_),
    )
    capacity = np.minimum(problem.capacity, MAX_WHOLE - extra_places) + extra_places
    _rule_out_alone(ground, capacity)
    _rule_out_with_partners(ground, capacity)
    return ground


def _fixed_to(
    rules: Mapping[int, Rule], participants: Mapping[str, int], openings: Mapping[str, int]
) -> Int64s:
    fixed_to = np.full(len(participants), -1, np.int64)
    for rule in rules.values():
        if isinstance(rule, Fixed):
            who, opening = participants[rule.participant], openings[rule.opening]
            fixed_to[who] = opening if fixed_to[who] in (-1, opening) else -2
    return fixed_to


def _units(
    rules: Mapping[int, Rule], participants: Mapping[str, int]
) -> tuple[tuple[int, ...], ...]:
    unit_of: dict[int, set[int]] = {}
    for rule in rules.values():
        if isinstance(rule, SameOpening):
            unit = set[int]()
            for name in rule.participants:
                one = participants[name]
                unit |= unit_of.get(one, {one})
            unit_of |= dict.fromkeys(unit, unit)
    distinct = {id(unit): tuple(sorted(unit)) for unit in unit_of.values()}
    return tuple(sorted(distinct.values()))


def _rule_out_alone(ground: Ground, capacity: Int64s) -> None:
    """Take away what is forbidden, fixed elsewhere, or too large for the opening or its host."""
    problem, pairs = ground.problem, ground.pairs
    participant, opening = problem.pair_participant, problem.pair_opening
    pairs &= problem.pair_seats <= capacity[opening]
    if (ground.fixed_to != -1).any():
        home = ground.fixed_to[participant]
        pairs &= (home == -1) | (home == opening)
    forbidden = [rule for rule in ground.rules.values() if isinstance(rule, Forbidden)]
    if forbidden:
        barred = find_pairs(
            problem,
            ground.people(rule.participant for rule in forbidden),
            [ground.openings[rule.opening] for rule in forbidden],
        )
        pairs[barred[barred >= 0]] = False
    for of in ("all", "newcomers"):
        limits = host_limits(ground, of)
        if (limits < MAX_WHOLE).any():
            host = problem.opening_host[opening]
            too_many = problem.pair_seats > np.append(limits, MAX_WHOLE)[host]
            if of == "newcomers":
                too_many &= ground.previous_host()[participant] != host
            pairs &= ~too_many


def host_limits(ground: Ground, of: str) -> Int64s:
    """Return the least `places` of each host under limits of one sort, [hosts]."""
    limits = np.full(len(ground.problem.host_names), MAX_WHOLE)
    at = {name: position for position, name in enumerate(ground.problem.host_names)}
    for rule in ground.rules.values():
        if isinstance(rule, HostLimit) and rule.of == of:
            limits[at[rule.host]] = min(limits[at[rule.host]], rule.places)
    return limits


def _rule_out_with_partners(ground: Ground, capacity: Int64s) -> None:
    """Take away pairs for which a partner lacks what it needs, until nothing more falls away."""
    problem = ground.problem
    together = [
        (ground.people(rule.participants), isinstance(rule, SameSlot))
        for rule in ground.rules.values()
        if isinstance(rule, AllOrNone | SameSlot)
    ]
    coupled = {one for unit in ground.units for one in unit}
    coupled |= {one for people, _ in together for one in people}
    if not coupled:
        return
    theirs = np.flatnonzero(np.isin(problem.pair_participant, list(coupled)))
    left: dict[int, dict[int, int]] = {one: {} for one in coupled}
    for pair in theirs[ground.pairs[theirs]].tolist():
        left[int(problem.pair_participant[pair])][int(problem.pair_opening[pair])] = pair
    for one in _never_together(ground):
        left[one].clear()
    slots, seats = problem.pair_slot, problem.pair_seats
    changed = True
    while changed:
        changed = False
        for unit in ground.units:
            common = set.intersection(*(set(left[one]) for one in unit))
            room = {
                opening
                for opening in common
                if sum(int(seats[left[one][opening]]) for one in unit) <= capacity[opening]
            }
            for one in unit:
                changed |= _keep(left[one], room)
        for people, in_one_slot in together:
            common = set.intersection(
                *({int(slots[at]) for at in left[one].values()} for one in people)
            ) - {-1}
            placeable = all(left[one] for one in people)
            for one in people:
                keep = {
                    opening
                    for opening, pair in left[one].items()
                    if placeable and (not in_one_slot or int(slots[pair]) in common)
                }
                changed |= _keep(left[one], keep)
    ground.pairs[theirs] = False
    ground.pairs[[pair for some in left.values() for pair in some.values()]] = True


def _keep(left: dict[int, int], openings: set[int]) -> bool:
    """Drop all other openings, and tell whether there were any."""
    gone = left.keys() - openings
    for opening in gone:
        del left[opening]
    return bool(gone)


def _never_together(ground: Ground) -> set[int]:
    """Everyone in a unit of which two members must be apart."""
    unit_of = {one: unit for unit in ground.units for one in unit}
    return {
        member
        for rule in ground.rules.values()
        if isinstance(rule, Apart)
        for one, other in combinations(ground.people(rule.participants), 2)
        if one in unit_of and unit_of[one] == unit_of.get(other)
        for member in unit_of[one]
    }


def pairs_taken(ground: Ground, opening_of: Int32s) -> Int64s:
    """Return the pair of each participant in an assignment, [n]; -1 unplaced.

    Raises
    ------
    ResultRefused
        When somebody takes what is not listed.
    """
    problem = ground.problem
    taken = np.flatnonzero(opening_of[problem.pair_participant] == problem.pair_opening)
    pair_of = np.full(opening_of.size, -1, np.int64)
    pair_of[problem.pair_participant[taken]] = taken
    refuse("pair_not_listed", problem.participant_ids, (opening_of >= 0) & (pair_of < 0))
    return pair_of


def check_kept(ground: Ground, opening_of: Int32s) -> None:
    """Check that an assignment keeps capacities, pairs, every hard rule and the limit of moves.

    Raises
    ------
    ResultRefused
        With the first thing that is broken.
    """
    problem = ground.problem
    pair_of = pairs_taken(ground, opening_of)
    refuse(
        "too_many_at_opening", problem.opening_ids, seats_used(problem, pair_of) > problem.capacity
    )
    if ground.rules:
        seen = _Seen.of(ground, opening_of, pair_of)
        for at, rule in ground.rules.items():
            if not seen.keeps(rule):
                raise ResultRefused("rule_broken", name=f"rules/{at}")
    stays = (ground.previous >= 0) & (opening_of == ground.previous)
    moves = int(ground.has_previous.sum() - stays.sum())
    if ground.moves_limit is not None and moves > ground.moves_limit:
        raise ResultRefused("too_many_moves", moves=moves, limit=ground.moves_limit)


def seats_used(problem: Problem, pair_of: Int64s) -> Int64s:
    """Return the seats used at each opening, [m]."""
    used = np.zeros(len(problem.opening_ids), np.int64)
    taken = pair_of[pair_of >= 0]
    np.add.at(used, problem.pair_opening[taken], problem.pair_seats[taken])
    return used


def refuse(code: str, ids: tuple[str, ...], wrong: Bools) -> None:
    """Refuse with the id of the first wrong entry, if there is one."""
    if wrong.any():
        raise ResultRefused(code, id=ids[int(np.flatnonzero(wrong)[0])])


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """An assignment as the rules look at it; positions of each participant, -1 unplaced."""

    ground: Ground
    opening: list[int]
    slot: list[int]
    at_host: Mapping[str, tuple[int, int]]

    @classmethod
    def of(cls, ground: Ground, opening_of: Int32s, pair_of: Int64s) -> _Seen:
        """Work out slots, and the seats used at each host by all and by newcomers."""
        problem = ground.problem
        slot = np.where(pair_of >= 0, np.append(problem.pair_slot, -1)[pair_of], -1)
        taken = pair_of[pair_of >= 0]
        host = problem.opening_host[problem.pair_opening[taken]]
        seats = np.zeros((2, len(problem.host_names) + 1), np.int64)
        new = ground.previous_host()[problem.pair_participant[taken]] != host
        np.add.at(seats[0], host, problem.pair_seats[taken])
        np.add.at(seats[1], host[new], problem.pair_seats[taken][new])
        at_host = dict(
            zip(problem.host_names, zip(*seats[:, :-1].tolist(), strict=True), strict=True)
        )
        return cls(ground, opening_of.tolist(), slot.tolist(), at_host)

    def keeps(self, rule: Rule) -> bool:
        """Whether the assignment keeps a rule."""
        ground = self.ground
        match rule:
            case Fixed():
                place = self.opening[ground.participants[rule.participant]]
                return place == ground.openings[rule.opening]
            case Forbidden():
                place = self.opening[ground.participants[rule.participant]]
                return place != ground.openings[rule.opening]
            case HostLimit():
                return self.at_host[rule.host][rule.of == "newcomers"] <= rule.places
            case GroupFloor():
                return True
            case _:
                people = ground.people(rule.participants)
        places = [self.opening[one] for one in people]
        match rule:
            case Apart():
                spots = [self._spot(rule, place) for place in places if place >= 0]
                return len(set(spots)) == len(spots)
            case SameOpening():
                return len(set(places)) == 1
            case AllOrNone():
                return min(places) >= 0 or max(places) < 0
            case SameSlot():
                slots = {self.slot[one] for one in people}
                return max(places) < 0 or (min(places) >= 0 and len(slots) == 1 and -1 not in slots)

    def _spot(self, rule: Apart, opening: int) -> tuple[bool, int]:
        host = int(self.ground.problem.opening_host[opening])
        shared = rule.at == "host" and host >= 0
        return shared, host if shared else opening
