"""Weekly arrivals against hindsight: one by one, week by week, and with prices of places."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.instances_arrivals import WEEKS, City, city
from matcher.arrivals import Candidates, Futures, decide, like_before, problem_of
from matcher.assignment import assign
from matcher.problem import Int64s

SAMPLES = 16
SEEDS = 20
CASES = ((300, 10, 30, 1.0), (300, 4, 30, 1.0), (300, 4, 10, 1.0))
"""People, places of an opening, openings near each, load."""


@dataclass(frozen=True, slots=True)
class Way:
    """How weeks are decided.

    Attributes
    ----------
    samples
        Futures that are drawn each time.
    history
        How many who came before they are drawn from; 0 if the law itself is known.
    """

    decide: Callable[[Int64s, Candidates, Futures], Int64s]
    samples: int = 0
    history: int = 0


def run(seeds: int = SEEDS) -> dict[str, Any]:
    """Measure every way on every world; about twelve minutes.

    Returns
    -------
    dict
        For each world and way: percent of the hindsight optimum, in the mean over the seeds, with
        its standard error and the worst seed; what part of the gap that weekly batches without
        prices leave is closed; and the time of a week.
    """
    return {
        "name": "arrivals",
        "question": f"{WEEKS} weekly batches; what is reached of the best with hindsight",
        "cases": [_case(*case, seeds=seeds) for case in CASES],
    }


def _case(people: int, places: int, nearest: int, load: float, seeds: int) -> dict[str, Any]:
    measured = np.array([_measured(people, places, nearest, load, seed) for seed in range(seeds)])
    percent, took_s = 100 * measured[:, 0], measured[:, 1].mean(axis=0)
    mean, batch, ours = percent.mean(axis=0), percent[:, 1], percent[:, -1]
    case: dict[str, Any] = {
        "question": (
            f"{people:,} people, {places} places an opening, {nearest} openings near, load {load}"
        )
    }
    for at, way in enumerate(WAYS):
        case[f"{way}_percent"] = mean[at]
        case[f"{way}_standard_error"] = _standard_error(percent[:, at])
        case[f"{way}_worst_seed"] = percent[:, at].min()
    closed = (mean[-1] - mean[1]) / (100 - mean[1])
    return {
        **case,
        "gap_closed_percent": 100 * closed,
        # Of a ratio of two means: what it leaves of each seed.
        "gap_closed_standard_error": 100
        * _standard_error(ours - batch - closed * (100 - batch))
        / (100 - mean[1]),
        "week_ms": dict(zip(WAYS, (1e3 * took_s / WEEKS).tolist(), strict=True)),
        "seeds": seeds,
    }


def _standard_error(values: NDArray[np.float64]) -> float:
    return float(values.std(ddof=1) / np.sqrt(values.size))


def _measured(
    people: int, places: int, nearest: int, load: float, seed: int
) -> tuple[list[float], list[float]]:
    """Share of the hindsight optimum, and seconds, of each way."""
    random = np.random.default_rng((seed, people, places))
    world = city(people, places, nearest, load, random)
    weeks = world.weeks(random)
    hindsight = _best(world.capacity, _joined(weeks))
    shares, took_s = [], []
    for way in WAYS.values():
        began = time.process_time()
        reached = _reached(world, weeks, way, np.random.default_rng((seed, way.samples)))
        took_s.append(time.process_time() - began)
        shares.append(reached / hindsight)
    return shares, took_s


def _reached(world: City, weeks: list[Candidates], way: Way, random: np.random.Generator) -> int:
    """Sum of scores when each week is decided in its turn."""
    free, total = world.capacity.copy(), 0
    history = world.draw(way.history, random)
    for week, batch in enumerate(weeks):
        expected = world.people * (WEEKS - 1 - week) / WEEKS

        def futures(expected: float = expected) -> Iterable[Candidates]:
            if way.history:
                return like_before(history, expected, way.samples, random)
            return (world.draw(random.poisson(expected), random) for _ in range(way.samples))

        decided = way.decide(free, batch, futures)
        used = decided[batch.person] == batch.opening
        np.subtract.at(free, batch.opening[used], 1)
        assert (free >= 0).all()
        total += int(batch.score[used].sum())
    return total


def _one_by_one(free: Int64s, batch: Candidates, _: Futures) -> Int64s:
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
    return assign(problem_of(free, batch)).opening_of.astype(np.int64)


WAYS = {
    "one_by_one": Way(_one_by_one),
    "batch_without_prices": Way(_without_prices),
    "one_sampled_future": Way(decide, 1),
    "ours_from_300_before": Way(decide, SAMPLES, 300),
    "ours": Way(decide, SAMPLES),
}


def _best(free: Int64s, everyone: Candidates) -> int:
    value = assign(problem_of(free, everyone)).objectives[0].value
    assert value is not None
    return value


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
