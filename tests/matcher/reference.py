"""Slow and obvious: every assignment there is, tried one after the other."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from itertools import combinations, product

from matcher.problem import Problem
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

Places = tuple[int, ...]
"""Opening of each participant, -1 for none."""
Pair = tuple[int, int]


@lru_cache(maxsize=32)
def every_assignment(problem: Problem) -> tuple[Places, ...]:
    """All assignments that keep capacities, pairs, every hard rule and the limit of moves."""
    openings: list[list[int]] = [[-1] for _ in problem.participant_ids]
    for participant, opening in listed(problem):
        openings[participant].append(opening)
    return tuple(places for places in product(*openings) if is_feasible(problem, places))


def is_feasible(problem: Problem, places: Places) -> bool:
    """Whether an assignment to listed pairs keeps everything that is hard."""
    return (
        _within_capacity(problem, places)
        and all(_is_kept(problem, rule, places) for rule in problem.rules)
        and (problem.moves_limit is None or moves(problem, places) <= problem.moves_limit)
    )


def moves(problem: Problem, places: Places) -> int:
    """How many who have a `previous` end anywhere else."""
    return sum(previous != "" for previous in problem.previous) - _staying(problem, places)


def listed(problem: Problem) -> dict[Pair, int]:
    """Position of each listed pair."""
    ends = zip(problem.pair_participant.tolist(), problem.pair_opening.tolist(), strict=True)
    return {pair: at for at, pair in enumerate(ends)}


def _taken(problem: Problem, places: Places) -> list[tuple[int, int, int]]:
    """Participant, opening and position of each pair that is used."""
    pairs = listed(problem)
    return [(who, place, pairs[who, place]) for who, place in enumerate(places) if place >= 0]


def _within_capacity(problem: Problem, places: Places) -> bool:
    left = problem.capacity.tolist()
    for _, opening, pair in _taken(problem, places):
        left[opening] -= int(problem.pair_seats[pair])
    return min(left, default=0) >= 0


def _is_kept(problem: Problem, rule: Rule, places: Places) -> bool:
    match rule:
        case Fixed(participant, opening):
            return _place(problem, participant, places) == problem.opening_ids.index(opening)
        case Forbidden(participant, opening):
            return _place(problem, participant, places) != problem.opening_ids.index(opening)
        case SameOpening(people):
            return len({_place(problem, one, places) for one in people}) == 1
        case AllOrNone(people):
            return len({_place(problem, one, places) >= 0 for one in people}) == 1
        case SameSlot(people):
            slots = {_slot(problem, one, places) for one in people}
            return len(slots) == 1 and "" not in slots
        case Apart(people, at):
            spots = [
                _spot(problem, place, at)
                for one in people
                if (place := _place(problem, one, places)) >= 0
            ]
            return len(set(spots)) == len(spots)
        case HostLimit():
            return _seats(problem, rule, places) <= rule.places
        case GroupFloor():
            return True


def _place(problem: Problem, participant: str, places: Places) -> int:
    return places[problem.participant_ids.index(participant)]


def _slot(problem: Problem, participant: str, places: Places) -> str | None:
    """Slot of a participant's pair, "" where it has none; None for who is unplaced."""
    who = problem.participant_ids.index(participant)
    if places[who] < 0:
        return None
    slot = int(problem.pair_slot[listed(problem)[who, places[who]]])
    return problem.slot_names[slot] if slot >= 0 else ""


def _spot(problem: Problem, opening: int, at: str) -> str:
    """Host of an opening, or the opening itself."""
    host = int(problem.opening_host[opening])
    own = at == "opening" or host < 0
    return f"opening {opening}" if own else f"host {problem.host_names[host]}"


def _is_at_host(problem: Problem, opening: int, host: str) -> bool:
    at = int(problem.opening_host[opening])
    return at >= 0 and problem.host_names[at] == host


def _counts(problem: Problem, rule: HostLimit, participant: int) -> bool:
    """Whether the limit counts a participant who takes a place there."""
    previous = problem.previous[participant]
    stays = previous in problem.opening_ids and _is_at_host(
        problem, problem.opening_ids.index(previous), rule.host
    )
    return rule.of == "all" or not stays


def _seats(problem: Problem, rule: HostLimit, places: Places) -> int:
    return sum(
        int(problem.pair_seats[pair])
        for who, opening, pair in _taken(problem, places)
        if _is_at_host(problem, opening, rule.host) and _counts(problem, rule, who)
    )


def _staying(problem: Problem, places: Places) -> int:
    return sum(
        place >= 0 and problem.opening_ids[place] == problem.previous[who]
        for who, place in enumerate(places)
    )


def floor_of(problem: Problem, rule: GroupFloor) -> int:
    """How many members must be placed."""
    return math.ceil(round(rule.share * len(_members(problem, rule.group)), 9))


def _members(problem: Problem, group: str) -> set[int]:
    return {who for who, at in problem.membership.tolist() if problem.group_names[at] == group}


def _shortfall(problem: Problem, places: Places) -> int:
    missing = 0
    for rule in problem.rules:
        if isinstance(rule, GroupFloor):
            placed = sum(places[who] >= 0 for who in _members(problem, rule.group))
            missing += max(0, floor_of(problem, rule) - placed)
    return missing


def values(problem: Problem, places: Places) -> tuple[int, ...]:
    """Worth of an assignment to each objective asked, in its whole units; less shortfall first.

    The shortfall is given as it is told, so compare with `worth`.
    """
    taken = _taken(problem, places)
    told = {
        "placed": sum(int(problem.weight[who]) for who, _, _ in taken),
        "floors": _shortfall(problem, places),
        "score": sum(int(problem.pair_score[pair]) for _, _, pair in taken),
        "stay": _staying(problem, places),
    }
    return tuple(told[name] for name in problem.objectives)


def worth(problem: Problem, told: tuple[int, ...]) -> tuple[int, ...]:
    """Values such that more is better: the shortfall counts against."""
    return tuple(
        -value if name == "floors" else value
        for name, value in zip(problem.objectives, told, strict=True)
    )


@lru_cache(maxsize=256)
def best(problem: Problem) -> tuple[int, ...] | None:
    """Best values, first things first; None where no assignment is possible."""
    every = (values(problem, places) for places in every_assignment(problem))
    return max(every, key=lambda told: worth(problem, told), default=None)


def with_one_more_place(problem: Problem, opening: int) -> Problem:
    """Add one place at one opening."""
    capacity = problem.capacity.copy()
    capacity[opening] += 1
    return replace(problem, capacity=capacity)


def one_more_place(problem: Problem, opening: int) -> tuple[int, ...]:
    """Compare solving again: new value minus old if an opening had one more place."""
    before, after = best(problem), best(with_one_more_place(problem, opening))
    assert before is not None
    assert after is not None
    return tuple(new - old for new, old in zip(after, before, strict=True))


def best_with(problem: Problem, participant: int, opening: int) -> tuple[int, ...] | None:
    """Best values when one participant takes one opening."""
    fixed = Fixed(problem.participant_ids[participant], problem.opening_ids[opening])
    return best(replace(problem, rules=(*problem.rules, fixed)))


def with_only(problem: Problem, names: Iterable[str]) -> Problem:
    """Keep only the named rules, and the limit of moves if it is named."""
    named = set(names)
    return replace(
        problem,
        rules=tuple(rule for at, rule in enumerate(problem.rules) if f"rules/{at}" in named),
        moves_limit=problem.moves_limit if "moves_limit" in named else None,
    )


def is_irreducible(problem: Problem, conflict: tuple[str, ...]) -> bool:
    """Whether the named rules cannot hold together, and can without any one of them."""
    less = (
        with_only(problem, (*conflict[:at], *conflict[at + 1 :])) for at in range(len(conflict))
    )
    return best(with_only(problem, conflict)) is None and all(best(one) for one in less)


@lru_cache(maxsize=32)
def possible_pairs(problem: Problem) -> frozenset[Pair]:
    """Drop pairs that are impossible by themselves until nothing more falls away."""
    left = frozenset(listed(problem))
    while True:
        kept = frozenset(pair for pair in left if _is_possible(problem, pair, left))
        if kept == left:
            return left
        left = kept


def units(problem: Problem) -> list[set[int]]:
    """Participants bound by `same_opening`, directly or through others; each of the rest alone."""
    found = [{who} for who in range(len(problem.participant_ids))]
    for rule in problem.rules:
        if isinstance(rule, SameOpening):
            people = {problem.participant_ids.index(one) for one in rule.participants}
            bound = [unit for unit in found if unit & people]
            found = [unit for unit in found if not unit & people] + [set().union(*bound)]
    return found


def _is_possible(problem: Problem, pair: Pair, left: frozenset[Pair]) -> bool:
    """Whether nothing by itself speaks against a pair while these are left."""
    who, opening = pair
    pairs = listed(problem)
    unit = next(one for one in units(problem) if who in one)
    if any((other, opening) not in left for other in unit):
        return False
    seats = sum(int(problem.pair_seats[pairs[other, opening]]) for other in unit)
    if seats > problem.capacity[opening]:
        return False
    return all(_leaves(problem, rule, pair, unit, left) for rule in problem.rules)


def _leaves(
    problem: Problem, rule: Rule, pair: Pair, unit: set[int], left: frozenset[Pair]
) -> bool:
    """Whether a rule leaves a pair possible."""
    who, opening = pair
    at = problem.participant_ids.index
    match rule:
        case Fixed():
            return at(rule.participant) != who or problem.opening_ids[opening] == rule.opening
        case Forbidden():
            return at(rule.participant) != who or problem.opening_ids[opening] != rule.opening
        case AllOrNone(people) | SameOpening(people):
            return who not in map(at, people) or {at(one) for one in people} <= {p for p, _ in left}
        case SameSlot(people):
            if who not in map(at, people):
                return True
            pairs = listed(problem)
            slot = int(problem.pair_slot[pairs[pair]])
            free = {other[0] for other in left if problem.pair_slot[pairs[other]] == slot}
            return slot >= 0 and {at(one) for one in people} <= free
        case Apart(people):
            return not any({at(a), at(b)} <= unit for a, b in combinations(people, 2))
        case HostLimit():
            seats = int(problem.pair_seats[listed(problem)[pair]])
            counted = _is_at_host(problem, opening, rule.host) and _counts(problem, rule, who)
            return not counted or seats <= rule.places
        case GroupFloor():
            return True


def unplaced_reason(problem: Problem, participant: int) -> str:
    """Why a participant has no place, from the definition of the format."""
    if all(who != participant for who, _ in listed(problem)):
        return "no_pair"
    if all(who != participant for who, _ in possible_pairs(problem)):
        return "rule"
    before = (*problem.objectives, "placed").index("placed")
    placing = [
        worth(problem, values(problem, places))[:before]
        for places in every_assignment(problem)
        if places[participant] >= 0
    ]
    top = best(problem)
    assert top is not None
    return "not_worth" if placing and max(placing) < worth(problem, top)[:before] else "crowded_out"
