"""Whether a problem is a flow: nobody's place depends on where certain others go.

Capacities, limits of hosts, floors of groups that share no member and every objective are arcs
of one network (`matcher.network`). Rules between people are not, unless they are idle.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from matcher.possible import host_of, newcomers, possible_pairs
from matcher.problem import Problem
from matcher.rules import (
    AllOrNone,
    Apart,
    Fixed,
    Forbidden,
    GroupFloor,
    HostLimit,
    SameOpening,
    SameSlot,
)

Bools = NDArray[np.bool_]


def is_flow(problem: Problem) -> bool:
    """Whether everything that can bind is an arc of a network."""
    if not (_may_all_move(problem) and _floors_are_disjoint(problem)):
        return False
    telling = [
        rule
        for rule in problem.rules
        if not isinstance(rule, Fixed | Forbidden | GroupFloor)
        and not (isinstance(rule, HostLimit) and rule.of == "all")
    ]
    if not telling and (problem.pair_seats == 1).all():
        return True
    possible = possible_pairs(problem)
    if (problem.pair_seats[possible] > 1).any():
        return False
    at = {name: position for position, name in enumerate(problem.participant_ids)}
    of_all = set(limits_of_all(problem, possible))
    for rule in telling:
        match rule:
            case HostLimit():
                idle = rule in of_all or not _can_fill(problem, rule)
            case Apart(people):
                idle = not _can_meet(problem, rule, [at[one] for one in people], possible)
            case SameOpening(people) | AllOrNone(people) | SameSlot(people):
                theirs = np.isin(problem.pair_participant, [at[one] for one in people])
                idle = not possible[theirs].any()
        if not idle:
            return False
    return True


def floors_of(problem: Problem) -> Iterator[tuple[int, int, int]]:
    """Rule, group and how many of it should be placed, of each floor above 0; by position.

    What the share asks for is rounded to 9 places before it is rounded up.
    """
    if "floors" not in problem.objectives:
        return
    groups = {name: at for at, name in enumerate(problem.group_names)}
    for at, rule in enumerate(problem.rules):
        if isinstance(rule, GroupFloor):
            group = groups[rule.group]
            floor = math.ceil(round(rule.share * members_of(problem, group).size, 9))
            if floor > 0:
                yield at, group, floor


def members_of(problem: Problem, group: int) -> NDArray[np.int32]:
    """Positions of a group's members, each once."""
    return np.unique(problem.membership[problem.membership[:, 1] == group, 0])


def limits_of_all(problem: Problem, possible: Bools) -> list[HostLimit]:
    """Limits of hosts that count everyone, also those of newcomers where only such could be.

    Parameters
    ----------
    possible
        Which pairs are, [k].
    """
    limits = [rule for rule in problem.rules if isinstance(rule, HostLimit)]
    if all(rule.of == "all" for rule in limits):
        return limits
    known = problem.opening_host[problem.pair_opening[possible & ~newcomers(problem)]]
    there = {problem.host_names[host] for host in np.unique(known).tolist() if host >= 0}
    return [rule for rule in limits if rule.of == "all" or rule.host not in there]


def _may_all_move(problem: Problem) -> bool:
    limit = problem.moves_limit
    return limit is None or limit >= sum(map(bool, problem.previous))


def _floors_are_disjoint(problem: Problem) -> bool:
    members = [members_of(problem, group) for _, group, _ in floors_of(problem)]
    together = np.concatenate([*members, np.empty(0, np.int32)])
    return np.unique(together).size == together.size


def _can_fill(problem: Problem, rule: HostLimit) -> bool:
    """Whether the openings of the host have more places than its limit."""
    own = problem.capacity[problem.opening_host == problem.host_names.index(rule.host)]
    return bool(sum(own.tolist()) > rule.places)


def _can_meet(problem: Problem, rule: Apart, people: list[int], possible: Bools) -> bool:
    """Whether some spot is possible for two of them."""
    spot = host_of(problem) if rule.at == "host" else np.arange(len(problem.opening_ids))
    theirs = possible & np.isin(problem.pair_participant, people)
    ends = np.column_stack([problem.pair_participant[theirs], spot[problem.pair_opening[theirs]]])
    spots = np.unique(ends, axis=0)[:, 1]
    return np.unique(spots).size < spots.size
