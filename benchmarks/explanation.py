"""One explanation in a large city: why not, the lightest change, and who would have to move.

Prepared once for a run: the best assignment and the potentials that prove it. Asked for each
person: every rule against every opening, the lightest change that would make one possible, the
three nearest openings, and for an opening that is possible but went to others the chain of moves.
Against it stands what one would do without potentials: fix the pair and solve again.
"""

from __future__ import annotations

import statistics
import time
from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks import instances_ranking
from benchmarks.assignment import problem_of
from benchmarks.instances import SEED, city
from matcher.again import best_again
from matcher.assignment import assign
from matcher.consideration import consider
from matcher.explanation import explain_pair
from matcher.policy import own_policy
from matcher.prices import Prices, prices_of
from matcher.problem import Problem
from matcher.relaxation import near_misses, relax
from matcher.rules import Fixed

PEOPLE = 10_000
NEAREST = 50
LOAD = 0.9
ASKED = 40
SOLVED_AGAIN = 3
TARGET_MS = 50.0


def run(people: int = PEOPLE, nearest: int = NEAREST, asked: int = ASKED) -> dict[str, Any]:
    """Explain for some people, drawn by chance.

    Returns
    -------
    dict
        Median milliseconds of one explanation and of solving again, the slowest one, the time
        of what is prepared once, and whether both tell the same cost.
    """
    problem = problem_of(city(people, nearest, LOAD))
    assignment = assign(problem)
    began = time.perf_counter()
    prices = prices_of(problem, assignment)
    prepared_ms = _ms_since(began)
    random = np.random.default_rng(SEED)
    persons = random.choice(people, min(asked, people), replace=False).tolist()
    offers = instances_ranking.openings(len(problem.opening_ids), SEED)
    profiles = instances_ranking.people(len(persons), SEED)
    pairs = instances_ranking.pairs_between(len(persons), len(offers), SEED)
    policy, why_ms, chain_ms, again_ms, same = own_policy(), [], [], [], True
    for at, person in enumerate(persons):
        row = slice(at, at + 1)
        began = time.perf_counter()
        considered = consider(profiles.take(row), offers, pairs.take(row), policy)
        refused = int(np.flatnonzero(considered.eligibility.failed[0])[0])
        explain_pair(considered, 0, refused)
        relax(considered, 0, refused)
        near_misses(considered, 0, 3)
        why_ms.append(_ms_since(began))
        opening = _taken_by_others(prices, person)
        began = time.perf_counter()
        told = prices.displacement(person, opening)
        chain_ms.append(_ms_since(began))
        if at < SOLVED_AGAIN:
            began = time.perf_counter()
            change = _solve_again(problem, person, opening)
            again_ms.append(_ms_since(began))
            values = [one.value or 0 for one in assignment.objectives]
            same &= (
                change is None
                or told is None
                or told.change == tuple(new - old for new, old in zip(change, values, strict=True))
            )
    both = [why + chain for why, chain in zip(why_ms, chain_ms, strict=True)]
    ours = statistics.median(both)
    others = {"fix the pair and solve again": statistics.median(again_ms)}
    return {
        "name": "explanation",
        "question": f"one explanation among {people:,} people × {nearest} openings",
        "ms": {"matcher: why not, lightest change, chain of moves": ours} | others,
        "ratio": {way: took / ours for way, took in others.items()},
        "why_not_median": statistics.median(why_ms),
        "chain_median": statistics.median(chain_ms),
        "slowest": max(both),
        "prepared_once": prepared_ms,
        "target": TARGET_MS,
        "asked": len(persons),
        "same_cost": same,
    }


def _taken_by_others(prices: Prices, person: int) -> int:
    """Position of an opening that is possible for a person but not theirs."""
    problem = prices.network.problem
    own = problem.pair_opening[problem.pair_participant == person]
    mine = int(prices.network.to[prices.chosen[prices.network.participants == person]][0])
    node = {int(opening): at for at, opening in enumerate(prices.network.openings.tolist())}
    return next(int(one) for one in own.tolist() if node[one] != mine)


def _solve_again(problem: Problem, person: int, opening: int) -> tuple[int, ...] | None:
    fixed = Fixed(problem.participant_ids[person], problem.opening_ids[opening])
    again = best_again(replace(problem, rules=(*problem.rules, fixed)), 60.0)
    return None if again is None else again.values


def _ms_since(began: float) -> float:
    return (time.perf_counter() - began) * 1000
