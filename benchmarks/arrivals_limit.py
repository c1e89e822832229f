"""How far any policy can come: cities so small that the best one can be worked out.

Nobody knows who comes next, so hindsight is out of reach. With a few openings the best policy is
found by dynamic programming over the places left (Bellman 1957); ours decides the same streams.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.instances_arrivals import city
from matcher.arrivals import Candidates, place_prices, problem_of
from matcher.assignment import assign
from matcher.problem import Int64s

LAW = 400
"""People of whom each who comes is one, as likely as another."""
SAMPLES = 16
SEEDS = 20
STREAMS = 8
"""Of each city."""
CASES = ((20, 4, 5), (40, 10, 4))
"""People who come, places of an opening, openings."""

Pricing = Callable[[Int64s, int], NDArray[np.float64]]
"""Prices of places, from those left and how many people will come."""


def run(seeds: int = SEEDS) -> dict[str, Any]:
    """Measure the best policy and ours; about four minutes.

    Returns
    -------
    dict
        For each kind of city: percent of the hindsight optimum in the mean over all streams, and
        what part of the gap that one by one leaves is closed.
    """
    return {
        "name": "arrivals_limit",
        "question": "people come one by one; what the best of all policies reaches of hindsight",
        "cases": [_case(*case, seeds=seeds) for case in CASES],
    }


def _case(people: int, places: int, openings: int, seeds: int) -> dict[str, Any]:
    shares = np.concatenate([_shares(people, places, openings, seed) for seed in range(seeds)])
    one_by_one, best, ours = 100 * shares.mean(axis=0)
    behind = 100 * (shares[:, 1] - shares[:, 2])
    return {
        "question": f"{people} people, {openings} openings of {places} places, load 1.0",
        "one_by_one_percent": one_by_one,
        "best_policy_percent": best,
        "ours_percent": ours,
        "ours_behind_best_policy_percent": best - ours,
        "ours_behind_standard_error": behind.std(ddof=1) / np.sqrt(behind.size),
        "gap_closed_by_best_policy_percent": 100 * (best - one_by_one) / (100 - one_by_one),
        "gap_closed_by_ours_percent": 100 * (ours - one_by_one) / (100 - one_by_one),
        "streams": len(shares),
    }


def _shares(people: int, places: int, openings: int, seed: int) -> NDArray[np.float64]:
    """Share of the hindsight optimum of each way, for each stream, [STREAMS, 3]."""
    random = np.random.default_rng((seed, people, places))
    world = city(people, places, openings, 1.0, random)
    law = world.draw(LAW, random)
    best = _prices(_values(world.capacity, law, people))

    def nothing(free: Int64s, _: int) -> NDArray[np.float64]:
        return np.zeros(free.size)

    def ours(free: Int64s, to_come: int) -> NDArray[np.float64]:
        futures = (law.of(random.integers(LAW, size=to_come)) for _ in range(SAMPLES))
        return place_prices(free, futures).astype(np.float64)

    shares = []
    for _ in range(STREAMS):
        stream = law.of(random.integers(LAW, size=people))
        hindsight = assign(problem_of(world.capacity, stream)).objectives[0].value
        assert hindsight is not None
        reached = [_reached(world.capacity, stream, prices) for prices in (nothing, best, ours)]
        shares.append(np.array(reached) / hindsight)
    return np.array(shares)


def _reached(capacity: Int64s, stream: Candidates, prices: Pricing) -> int:
    """Sum of scores when each in turn gets what exceeds its price most."""
    free, total = capacity.copy(), 0
    for person in range(stream.people):
        own = np.flatnonzero((stream.person == person) & (free[stream.opening] > 0))
        opening, score = stream.opening[own], stream.score[own]
        gain = score - prices(free, stream.people - 1 - person)[opening]
        if gain.max(initial=0) > 0:
            total += int(score[gain.argmax()])
            free[opening[gain.argmax()]] -= 1
    return total


def _prices(values: list[NDArray[np.float64]]) -> Pricing:
    """Prices of the best policy: what is lost with one place fewer."""

    def prices(free: Int64s, to_come: int) -> NDArray[np.float64]:
        fewer = free - np.minimum(np.eye(free.size, dtype=np.int64), free)
        value = values[to_come]
        lost: NDArray[np.float64] = value[tuple(free)] - value[tuple(fewer.T)]
        return lost

    return prices


def _values(capacity: Int64s, law: Candidates, people: int) -> list[NDArray[np.float64]]:
    """Most that can be expected of the places left, [places at each opening], by people to come."""
    score = np.zeros((law.people, capacity.size))
    score[law.person, law.opening] = law.score
    values = [np.zeros(capacity + 1)]
    for _ in range(people):
        gain = np.zeros((law.people, *values[-1].shape))
        for opening in range(capacity.size):
            own = score[:, opening].reshape(-1, *[1] * capacity.size)
            left = gain[(slice(None),) * (opening + 1) + (slice(1, None),)]
            np.maximum(left, own - np.diff(values[-1], axis=opening), out=left)
        values.append(values[-1] + gain.mean(axis=0))
    return values
