"""Random small problems for the assignment, small enough to try every assignment."""

from __future__ import annotations

from itertools import combinations, permutations
from typing import Literal

from hypothesis import strategies as st

from matcher.problem import OBJECTIVES, Problem
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

ORDERS = [
    order for length in (1, 2, 3) for order in permutations(("placed", "floors", "score"), length)
]
ALL_ORDERS = [order for length in (1, 2, 3, 4) for order in permutations(OBJECTIVES, length)]
HUGE = 2**60
HOSTS = ("h0", "h1")
GROUPS = ("g0", "g1")
SLOTS = ("s0", "s1")

tenths = st.integers(-3, 6).map(lambda number: number * 100_000)
scores = st.one_of(tenths, st.integers(-(10**12), 10**12))
weights = st.one_of(st.integers(1, 4), st.sampled_from([10**9, HUGE - 1, HUGE]))
shares = st.sampled_from([0.0, 0.3, 0.5, 0.9, 1.0])
_of: st.SearchStrategy[Literal["all", "newcomers"]] = st.sampled_from(["all", "newcomers"])
_at: st.SearchStrategy[Literal["opening", "host"]] = st.sampled_from(["opening", "host"])


@st.composite
def problems(draw: st.DrawFn, *, rules: bool = True) -> Problem:
    """At most five participants and four openings, with `fixed` and `forbidden` only."""
    n, m = draw(st.integers(0, 5)), draw(st.integers(0, 4))
    cells = [(participant, opening) for participant in range(n) for opening in range(m)]
    pairs = draw(st.permutations(cells))[: draw(st.integers(0, len(cells)))]
    names = draw(st.permutations([f"p{at}" for at in range(n)]))
    places = draw(st.permutations([f"o{at}" for at in range(m)]))
    chosen: list[Rule] = []
    if rules and pairs:
        some = st.lists(st.sampled_from(pairs), max_size=2)
        chosen += [Fixed(names[p], places[o]) for p, o in draw(some)]
        chosen += [Forbidden(names[p], places[o]) for p, o in draw(some)]
    return Problem.from_arrays(
        participant_ids=names,
        weight=draw(st.lists(weights, min_size=n, max_size=n)),
        opening_ids=places,
        capacity=draw(st.lists(st.integers(0, 3), min_size=m, max_size=m)),
        pair_participant=[participant for participant, _ in pairs],
        pair_opening=[opening for _, opening in pairs],
        pair_score=draw(st.lists(scores, min_size=len(pairs), max_size=len(pairs))),
        rules=chosen,
        objectives=draw(st.sampled_from(ORDERS)),
    )


@st.composite
def any_problems(draw: st.DrawFn, *, extreme: bool = False) -> Problem:
    """At most five participants and three openings, with everything a problem may hold.

    Parameters
    ----------
    extreme
        Weights and scores of all sizes, instead of small ones.
    """
    n, m = draw(st.integers(0, 5)), draw(st.integers(1, 3))
    cells = [(participant, opening) for participant in range(n) for opening in range(m)]
    pairs = draw(_listed(cells))
    k = len(pairs)
    names = draw(st.permutations([f"p{at}" for at in range(n)]))
    places = draw(st.permutations([f"o{at}" for at in range(m)]))
    kinds: list[st.SearchStrategy[Rule]] = [
        st.builds(HostLimit, st.sampled_from(HOSTS), st.integers(0, 4), _of),
        st.builds(GroupFloor, st.sampled_from(GROUPS), shares),
    ]
    if n > 1:
        some = st.lists(st.sampled_from(names), min_size=2, max_size=3, unique=True)
        people: st.SearchStrategy[tuple[str, ...]] = some.map(tuple)
        kinds += [st.builds(SameOpening, people), st.builds(AllOrNone, people)]
        kinds += [st.builds(SameSlot, people), st.builds(Apart, people, _at)]
    if pairs:
        ends = st.sampled_from(pairs).map(lambda pair: (names[pair[0]], places[pair[1]]))
        kinds += [ends.map(lambda one: Fixed(*one)), ends.map(lambda one: Forbidden(*one))]
    return Problem.from_arrays(
        participant_ids=names,
        weight=draw(st.lists(weights if extreme else st.integers(1, 4), min_size=n, max_size=n)),
        previous=draw(st.lists(_previous(places), min_size=n, max_size=n)),
        group_names=GROUPS,
        membership=draw(_membership(n, overlap=True)),
        opening_ids=places,
        capacity=draw(st.lists(st.integers(0, 4), min_size=m, max_size=m)),
        host_names=HOSTS,
        opening_host=draw(st.lists(st.integers(-1, 1), min_size=m, max_size=m)),
        pair_participant=[participant for participant, _ in pairs],
        pair_opening=[opening for _, opening in pairs],
        pair_score=draw(st.lists(scores if extreme else tenths, min_size=k, max_size=k)),
        pair_seats=draw(st.lists(st.sampled_from([1, 1, 1, 2, 3]), min_size=k, max_size=k)),
        slot_names=SLOTS,
        pair_slot=draw(st.lists(st.sampled_from([-1, 0, 0, 1]), min_size=k, max_size=k)),
        rules=draw(st.lists(st.one_of(kinds), max_size=5)),
        objectives=draw(st.sampled_from(ALL_ORDERS)),
        moves_limit=draw(st.none() | st.integers(0, 3)),
    )


@st.composite
def flow_problems(draw: st.DrawFn) -> Problem:
    """At most five participants and four openings, with all that the flow class holds.

    Limits of hosts, floors of groups without a common member, `stay`, a limit of moves that
    cannot bind, rules between people who never meet, and pairs of too many seats
    (also with one more place).
    """
    n, m = draw(st.integers(0, 5)), draw(st.integers(1, 4))
    cells = [(participant, opening) for participant in range(n) for opening in range(m)]
    pairs = draw(_listed(cells))
    k = len(pairs)
    names = draw(st.permutations([f"p{at}" for at in range(n)]))
    places = draw(st.permutations([f"o{at}" for at in range(m)]))
    capacity = draw(st.lists(st.integers(0, 3), min_size=m, max_size=m))
    hosts = draw(st.lists(st.integers(-1, 1), min_size=m, max_size=m))
    previous = draw(st.lists(_previous(places), min_size=n, max_size=n))
    objectives = draw(st.sampled_from(ALL_ORDERS))
    rules: list[Rule] = []
    for host in HOSTS:
        newcomers = _nobody_is_there(host, hosts, places, previous)
        for limit in draw(st.lists(st.integers(0, 4), max_size=2)):
            rules.append(HostLimit(host, limit, draw(_of) if newcomers else "all"))
    floored = st.lists(shares, max_size=1 if "floors" in objectives else 2)
    rules += [GroupFloor(group, share) for group in GROUPS for share in draw(floored)]
    if pairs:
        some = st.lists(st.sampled_from(pairs), max_size=draw(st.sampled_from([0, 0, 1, 2])))
        rules += [Fixed(names[p], places[o]) for p, o in draw(some)]
        rules += [Forbidden(names[p], places[o]) for p, o in draw(some)]
    for one, other in combinations(range(n), 2):
        theirs = [{o for p, o in pairs if p == who} for who in (one, other)]
        if not theirs[0] & theirs[1] and draw(st.integers(0, 4)) == 0:
            rules.append(Apart((names[one], names[other])))
        if not theirs[0] and not theirs[1]:
            people = names[one], names[other]
            rules += [SameOpening(people), AllOrNone(people), SameSlot(people)]
    many = draw(st.integers(0, 7)) == 0
    return Problem.from_arrays(
        participant_ids=names,
        weight=draw(st.lists(weights, min_size=n, max_size=n)),
        previous=previous,
        group_names=GROUPS,
        membership=draw(_membership(n, overlap="floors" not in objectives)),
        opening_ids=places,
        capacity=capacity,
        host_names=HOSTS,
        opening_host=hosts,
        pair_participant=[participant for participant, _ in pairs],
        pair_opening=[opening for _, opening in pairs],
        pair_score=draw(st.lists(scores, min_size=k, max_size=k)),
        pair_seats=[capacity[o] + 2 if many and not p % 2 else 1 for p, o in pairs],
        rules=draw(st.permutations(rules)),
        objectives=objectives,
        moves_limit=draw(st.sampled_from([None, n])),
    )


def _previous(places: list[str]) -> st.SearchStrategy[str]:
    return st.sampled_from(["", "", "gone", *places])


def _nobody_is_there(host: str, hosts: list[int], places: list[str], previous: list[str]) -> bool:
    """Whether everyone would be a newcomer at a host."""
    there = {one for one, at in zip(places, hosts, strict=True) if at == HOSTS.index(host)}
    return not there & set(previous)


@st.composite
def _listed(draw: st.DrawFn, cells: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Pairs in any order, all of them as often as few."""
    least = draw(st.sampled_from([0, len(cells) // 2, len(cells)]))
    return draw(st.permutations(cells))[: draw(st.integers(least, len(cells)))]


@st.composite
def _membership(draw: st.DrawFn, n: int, *, overlap: bool) -> list[tuple[int, int]]:
    """Who is in which group; without overlap nobody is in two."""
    rows = []
    for who in range(n):
        groups = draw(st.sampled_from([(), (0,), (1,), (0, 1)] if overlap else [(), (0,), (1,)]))
        rows += [(who, group) for group in groups]
    return rows
