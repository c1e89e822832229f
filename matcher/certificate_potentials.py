"""Do potentials prove that an assignment is best? In whole numbers, by linear duality.

Take any potentials that satisfy `matcher.result.Stage`. Then each pair of any assignment is
worth at most u + y + z − w, so no assignment is worth more than all of u, y over the places and
z over the limits, less w over the floors; the one at hand attains that. For a later objective the
arcs that an earlier stage leaves at a reduced cost other than 0 are exempt, because every
assignment that is best so far holds them at the same flow.

Rules between people do not weaken this: they only take assignments away, and whether the one at
hand keeps them is checked elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from matcher.certificate_rules import Bools, Ground, host_limits
from matcher.errors import ResultRefused
from matcher.problem import Int64s, Problem
from matcher.result import Held, Stage

Numbers: TypeAlias = NDArray[Any]
"""64-bit integers, or Python integers where sums might be larger."""


@dataclass(frozen=True, slots=True, eq=False)
class Placement:
    """A feasible assignment, and what is left beside it.

    Attributes
    ----------
    pair_of
        Pair of each participant, [n]; -1 unplaced.
    used
        Seats used at each opening, [m].
    host_places, host_used
        Least limit of all at each host, `MAX_WHOLE` for none, and seats used, [hosts].
    floors
        Floor of each group, 0 for none, [groups].
    group_placed
        Members placed, [groups].
    member, member_group
        Rows of membership in groups with a floor, each once.
    """

    ground: Ground
    pair_of: Int64s
    used: Int64s
    host_places: Int64s
    host_used: Int64s
    floors: Int64s
    group_placed: Int64s
    member: Int64s
    member_group: Int64s

    @property
    def problem(self) -> Problem:
        """The problem."""
        return self.ground.problem

    @property
    def placed(self) -> Bools:
        """Who has a place, [n]."""
        return self.pair_of >= 0

    @property
    def missing(self) -> Int64s:
        """How many each group lacks, [groups]; below 0 for a surplus."""
        return self.floors - self.group_placed

    def worth(self, objective: str, pairs: Int64s | slice = slice(None)) -> Int64s:
        """Return what pairs add to an objective; floors are worth nothing by themselves."""
        problem = self.problem
        who = problem.pair_participant[pairs]
        match objective:
            case "placed":
                return problem.weight[who]
            case "score":
                return problem.pair_score[pairs]
            case "stay":
                stays: Bools = self.ground.previous[who] == problem.pair_opening[pairs]
                return stays.astype(np.int64)
            case _:
                return np.zeros(who.size, np.int64)


def placement_of(ground: Ground, pair_of: Int64s, used: Int64s) -> Placement:
    """Work out hosts and groups.

    A group may have several floors; the largest stands here, and `disjoint_floors` says whether
    that is all.
    """
    problem = ground.problem
    hosts, groups = len(problem.host_names), len(problem.group_names)
    host_used = np.zeros(hosts + 1, np.int64)
    np.add.at(host_used, problem.opening_host, used)
    floors = np.zeros(groups, np.int64)
    if "floors" in problem.objectives:
        for group, floor in ground.floors().values():
            floors[group] = max(floors[group], floor)
    rows = np.unique(problem.membership[floors[problem.membership[:, 1]] > 0], axis=0)
    member, group_of = rows.astype(np.int64).T
    return Placement(
        ground=ground,
        pair_of=pair_of,
        used=used,
        host_places=_host_places(ground),
        host_used=host_used[:-1],
        floors=floors,
        group_placed=np.bincount(group_of[pair_of[member] >= 0], minlength=groups),
        member=member,
        member_group=group_of,
    )


def _host_places(ground: Ground) -> Int64s:
    """Least limit of each host; one of newcomers where nobody else could be there."""
    places = host_limits(ground, "all")
    for host, limit in enumerate(host_limits(ground, "newcomers").tolist()):
        if limit < places[host] and not has_stayers(ground, host, ground.pairs):
            places[host] = limit
    return places


def has_stayers(ground: Ground, host: int, pairs: Bools) -> bool:
    """Whether somebody who is at a host now could take a place there."""
    problem = ground.problem
    here = pairs & (problem.opening_host == host)[problem.pair_opening]
    return bool((ground.previous_host()[problem.pair_participant[here]] == host).any())


@dataclass(frozen=True, slots=True, eq=False)
class _Open:
    """Arcs that earlier objectives leave open; the others keep their flow.

    Pairs [k], staying unplaced [n], places left at openings [m] and at hosts, and of groups
    those missing and those above the floor.
    """

    pairs: Bools
    optional: Bools
    openings: Bools
    hosts: Bools
    missing: Bools
    surplus: Bools


def check_potentials(placement: Placement, stages: tuple[Stage, ...]) -> None:
    """Check that potentials prove every objective, one after the other.

    Raises
    ------
    ResultRefused
        When they do not.
    """
    problem = placement.problem
    if tuple(stage.objective for stage in stages) != problem.objectives:
        raise ResultRefused("stages_differ", right=", ".join(problem.objectives))
    if not has_single_floors(placement):
        raise ResultRefused("not_proven", objective="floors")
    m = placement.used.size
    hosts, groups = placement.host_used.size, placement.floors.size
    left = _Open(
        placement.ground.pairs,
        placement.ground.fixed_to == -1,
        *(np.ones(size, np.bool_) for size in (m, hosts, groups, groups)),
    )
    for stage in stages:
        held = _held(placement, stage.held)
        for name in ("pairs", "optional", "openings", "hosts", "missing", "surplus"):
            if (getattr(left, name) & getattr(held, name)).any():
                raise ResultRefused("held_without_reason", objective=stage.objective)
        left = _settle(placement, stage, left, held)


def has_single_floors(placement: Placement) -> bool:
    """Whether no group has two floors."""
    groups = [group for group, _ in placement.ground.floors().values()]
    return "floors" not in placement.problem.objectives or len(set(groups)) == len(groups)


def _held(placement: Placement, held: Held) -> _Open:
    """Masks of the arcs that a stage lists as held."""
    problem = placement.problem
    m = placement.used.size
    pairs = np.zeros(problem.pair_participant.size, np.bool_)
    if held.pairs.size:
        keys = problem.pair_participant.astype(np.int64) * m + problem.pair_opening
        named = held.pairs[:, 0].astype(np.int64) * m + held.pairs[:, 1]
        pairs = np.isin(keys, named)
    return _Open(
        pairs,
        _mask(held.placed, placement.pair_of.size),
        _mask(held.full_openings, m),
        _mask(held.full_hosts, placement.host_used.size),
        _mask(held.none_missing, placement.floors.size),
        _mask(held.no_surplus, placement.floors.size),
    )


def _mask(positions: NDArray[np.int32], size: int) -> Bools:
    mask = np.zeros(size, np.bool_)
    mask[positions] = True
    return mask


def _settle(placement: Placement, stage: Stage, left: _Open, held: _Open) -> _Open:
    """Arcs still open when an objective is best; refuse when it is not shown to be."""
    problem, placed = placement.problem, placement.placed
    cost = int(stage.objective == "floors")
    seats, opening = problem.pair_seats, problem.pair_opening
    values, u, own, z, groups = _exact(
        int(seats.max(initial=1)),
        *(placement.worth(stage.objective), stage.participants),
        *(stage.openings, stage.hosts, stage.groups),
    )
    w = np.zeros_like(u)
    np.add.at(w, placement.member, groups[placement.member_group])
    price = (own + np.append(z, 0)[problem.opening_host])[opening]
    slack = values + (w - u)[problem.pair_participant] - price * seats
    ungrouped = placement.floors == 0
    missing, surplus = placement.missing > 0, placement.missing < 0
    room = placement.used < problem.capacity
    host_room = placement.host_used < placement.host_places
    tested = {
        name: getattr(left, name) & ~getattr(held, name)
        for name in ("pairs", "optional", "openings", "hosts", "missing", "surplus")
    }
    proven = (
        (slack[tested["pairs"]] <= 0).all()
        and (slack[placement.pair_of[placed]] == 0).all()
        and (u[tested["optional"]] >= 0).all()
        and (u[~placed] == 0).all()
        and (own[tested["openings"]] >= 0).all()
        and (own[room] == 0).all()
        and (z[tested["hosts"]] >= 0).all()
        and (z[host_room] == 0).all()
        and (groups[tested["missing"]] <= cost).all()
        and (groups[missing] == cost).all()
        and (groups[tested["surplus"]] >= 0).all()
        and (groups[surplus] == 0).all()
        and (groups[ungrouped] == 0).all()
    )
    if not proven:
        raise ResultRefused("not_proven", objective=stage.objective)
    return _Open(
        left.pairs & _is_zero(slack),
        left.optional & _is_zero(u),
        left.openings & _is_zero(own),
        left.hosts & _is_zero(z),
        left.missing & _is_zero(groups - cost),
        left.surplus & _is_zero(groups),
    )


def _is_zero(numbers: Numbers) -> Bools:
    found: Bools = (numbers == 0).astype(np.bool_)
    return found


def _exact(times: int, *arrays: Int64s) -> tuple[Numbers, ...]:
    """Turn numbers into Python integers where sums of them, so many times, might leave 64 bits."""
    largest = sum(max(abs(int(one.min())), abs(int(one.max()))) for one in arrays if one.size)
    fits = 4 * times * largest < 2**63
    return arrays if fits else tuple(one.astype(object) for one in arrays)
