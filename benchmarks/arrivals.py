"""Weekly arrivals against hindsight: deciding with prices of places, without, and one by one."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.instances_arrivals import WEEKS, City, city
from matcher.arrivals import Candidates, Futures, decide
from matcher.assignment import assign
from matcher.problem import Int64s, Problem

SAMPLES = 16
SEEDS = 20
CASES = ((300, 10, 30, 1.0), (300, 4, 10, 1.0))
"""People, places of an opening, openings near each, load."""

Policy = Callable[[Int64s, Candidates, Futures], Int64s]


def run(seeds: int = SEEDS) -> dict[str, Any]:
    """Measure every way on every world.

    Returns
    -------
    dict
        For each world: percent of the hindsight optimum of each way, and seconds a week of ours.
    """
    return {
        "name": "arrivals",
        "question": f"{WEEKS} weekly batches; what is reached of the best with hindsight",
        "cases": [_case(*case, seeds=seeds) for case in CASES],
    }


def _case(people: int, places: int, nearest: int, load: float, seeds: int) -> dict[str, Any]:
    shares = np.array([_shares(people, places, nearest, load, seed) for seed in range(seeds)])
    one_by_one, batch, priced, took_s = shares.mean(axis=0)
    return {
        "question": (
            f"{people:,} people, {places} places an opening, {nearest} openings near, load {load}"
        ),
        "one_by_one_percent": 100 * one_by_one,
        "batch_without_prices_percent": 100 * batch,
        "batch_with_prices_percent": 100 * priced,
        "worst_seed_percent": 100 * shares[:, 2].min(),
        "standard_error_percent": 100 * shares[:, 2].std(ddof=1) / np.sqrt(len(shares)),
        "share_of_the_gap_closed_percent": 100 * (priced - batch) / (1 - batch),
        "ms_a_week": 1e3 * took_s / WEEKS,
        "seeds": seeds,
    }


def _shares(
    people: int, places: int, nearest: int, load: float, seed: int
) -> tuple[float, float, float, float]:
    random = np.random.default_rng((seed, people, places))
    world = city(people, places, nearest, load, random)
    weeks = world.weeks(random)
    hindsight = _best(world.capacity, _joined(weeks))
    one_by_one = _reached(world, weeks, _greedy, random)
    batch = _reached(world, weeks, _without_prices, random)
    began = time.perf_counter()
    priced = _reached(world, weeks, decide, random)
    took_s = time.perf_counter() - began
    return one_by_one / hindsight, batch / hindsight, priced / hindsight, took_s


def _reached(
    world: City, weeks: list[Candidates], policy: Policy, random: np.random.Generator
) -> int:
    """Sum of scores when each week is decided in its turn."""
    free, total = world.capacity.copy(), 0
    for week, batch in enumerate(weeks):
        expected = world.people * (WEEKS - 1 - week) / WEEKS

        def futures(expected: float = expected) -> list[Candidates]:
            return [world.draw(random.poisson(expected), random) for _ in range(SAMPLES)]

        decided = policy(free, batch, futures)
        used = decided[batch.person] == batch.opening
        np.subtract.at(free, batch.opening[used], 1)
        assert (free >= 0).all()
        total += int(batch.score[used].sum())
    return total


def _greedy(free: Int64s, batch: Candidates, _: Futures) -> Int64s:
    """Give each in turn the best that is left."""
    left, decided = free.copy(), np.full(batch.people, -1, np.int64)
    for person in range(batch.people):
        own = np.flatnonzero((batch.person == person) & (left[batch.opening] > 0))
        if own.size:
            best = batch.opening[own[np.argmax(batch.score[own])]]
            decided[person] = best
            left[best] -= 1
    return decided


def _without_prices(free: Int64s, batch: Candidates, _: Futures) -> Int64s:
    """Give each week's people their best together, as if nobody came after them."""
    return assign(_problem(free, batch)).opening_of.astype(np.int64)


def _best(free: Int64s, everyone: Candidates) -> int:
    value = assign(_problem(free, everyone)).objectives[0].value
    assert value is not None
    return value


def _problem(free: Int64s, candidates: Candidates) -> Problem:
    return Problem.from_arrays(
        participant_ids=[f"{at:07}" for at in range(candidates.people)],
        opening_ids=[f"{at:07}" for at in range(free.size)],
        capacity=free,
        pair_participant=candidates.person,
        pair_opening=candidates.opening,
        pair_score=candidates.score,
        objectives=("score",),
    )


def _joined(weeks: list[Candidates]) -> Candidates:
    before = np.cumsum([0, *(week.people for week in weeks)])
    return Candidates(
        people=int(before[-1]),
        person=np.concatenate(
            [week.person + at for week, at in zip(weeks, before[:-1], strict=True)]
        ),
        opening=np.concatenate([week.opening for week in weeks]),
        score=np.concatenate([week.score for week in weeks]),
    )
