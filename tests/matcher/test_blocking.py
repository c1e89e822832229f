"""Blocking pairs are exactly those of the plain definition."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.blocking import Sides, blocking_pairs
from matcher.errors import MatcherError


@st.composite
def cases(draw: st.DrawFn) -> tuple[Sides, list[int], list[int], list[bool]]:
    """Draw pairs with many ties, and any assignment along them that keeps the capacities."""
    n, m = draw(st.integers(1, 6)), draw(st.integers(1, 4))
    everything = [(i, o) for i in range(n) for o in range(m)]
    pairs = draw(st.lists(st.sampled_from(everything), unique=True))
    own = [draw(st.integers(-2, 2)) for _ in pairs]
    glad = [draw(st.integers(-1, 2)) for _ in pairs]
    capacity = [draw(st.integers(0, 2)) for _ in range(m)]
    opening_of = [-1] * n
    for i, o in draw(st.permutations(pairs)):
        if opening_of[i] < 0 and opening_of.count(o) < capacity[o] and draw(st.booleans()):
            opening_of[i] = o
    free = [draw(st.booleans()) or draw(st.booleans()) for _ in range(n)]
    table = np.array(pairs, np.int64).reshape(-1, 2)
    sides = Sides(table[:, 0], table[:, 1], np.array(own, np.int64), np.array(glad, np.int8))
    return sides, opening_of, capacity, free


def plain(
    sides: Sides, opening_of: list[int], capacity: list[int], free: list[bool]
) -> Iterator[int]:
    """Go through the definition pair by pair."""
    pairs = list(zip(sides.participant.tolist(), sides.opening.tolist(), strict=True))
    own = dict(zip(pairs, sides.own.tolist(), strict=True))
    glad = dict(zip(pairs, sides.glad.tolist(), strict=True))
    for at, (i, o) in enumerate(pairs):
        now = opening_of[i]
        if not free[i] or now == o:
            continue
        prefers = now < 0 or own[i, o] > own[i, now]
        there = [other for other, place in enumerate(opening_of) if place == o]
        gives_up = [each for each in there if free[each] and glad[i, o] > glad[each, o]]
        if prefers and (len(there) < capacity[o] or gives_up):
            yield at


@given(cases())
def test_they_are_those_of_the_definition(
    case: tuple[Sides, list[int], list[int], list[bool]],
) -> None:
    sides, opening_of, capacity, free = case
    found = blocking_pairs(sides, np.array(opening_of), np.array(capacity), np.array(free))
    assert found.tolist() == list(plain(sides, opening_of, capacity, free))


@given(cases())
def test_deferred_acceptance_leaves_none(
    case: tuple[Sides, list[int], list[int], list[bool]],
) -> None:
    """What people propose and hosts hold on to is stable, as Gale and Shapley proved."""
    sides, _, capacity, _ = case
    opening_of = deferred_acceptance(
        sides, max(sides.participant.tolist(), default=0) + 1, capacity
    )
    everyone = np.ones(len(opening_of), bool)
    found = blocking_pairs(sides, np.array(opening_of), np.array(capacity), everyone)
    assert found.size == 0


def deferred_acceptance(sides: Sides, n: int, capacity: list[int]) -> list[int]:
    """Return the assignment in which everyone asks their best opening that has not refused."""
    order = np.lexsort((sides.opening, -sides.own))
    asks = {i: [at for at in order.tolist() if sides.participant[at] == i] for i in range(n)}
    held: dict[int, list[int]] = {o: [] for o in range(len(capacity))}
    waiting = list(range(n))
    while waiting:
        i = waiting.pop()
        if not asks[i]:
            continue
        at = asks[i].pop(0)
        opening = int(sides.opening[at])
        kept = sorted([*held[opening], at], key=lambda each: -int(sides.glad[each]))
        held[opening] = kept[: capacity[opening]]
        waiting += [int(sides.participant[each]) for each in kept[capacity[opening] :]]
    opening_of = [-1] * n
    for opening, pairs in held.items():
        for at in pairs:
            opening_of[int(sides.participant[at])] = opening
    return opening_of


def test_arrays_of_other_lengths_are_refused() -> None:
    one = np.zeros(1, np.int64)
    with pytest.raises(MatcherError, match="sizes_differ"):
        Sides(one, one, one, np.zeros(2, np.int8))
