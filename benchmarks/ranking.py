"""The best 20 openings: for one person, against plain ways, and for everybody.

Every way asks all hard rules and weighs all parts of the fit. Ours begins with openings that were
prepared once; "everything considered" also tells for each opening every reason against it.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks import instances_ranking as instances
from matcher.consideration import Consideration, consider
from matcher.policy import Policy, own_policy
from matcher.profiles import Offers, Pairs, Profiles
from matcher.ranking import rank_one
from matcher.shortlist import Shortlist
from tests.matcher import scoring_reference as reference

OPENINGS = 10_000
PEOPLE = 80
SAMPLE_OPENINGS = 150
TOP = 20
TARGET_MS = 0.2
MANY = 500
"""People who are ranked one after the other where all pairs are counted."""
TARGET_PAIRS = 25e6
SEED = 20260401


def run(openings: int = OPENINGS, repeats: int = 15) -> dict[str, Any]:
    """Measure the ways side by side; milliseconds are medians, the loop runs once.

    Returns
    -------
    dict
        Sizes, milliseconds of each way, ratios to ours, pairs a second with everybody, and
        whether all agree on the best.
    """
    policy = own_policy()
    person, places = instances.people(1, SEED), instances.openings(openings, SEED)
    pairs = instances.pairs_between(1, openings, SEED)
    ready = Shortlist(places, policy)
    ready.best(person, pairs, TOP)
    ours_ms, (ours,) = _median_ms(lambda: ready.best(person, pairs, TOP), 10 * repeats)
    considered_ms, _ = _median_ms(lambda: rank_one(person, places, pairs, policy, TOP), repeats)
    full_ms, full = _median_ms(lambda: _full_sort(person, places, pairs, policy), repeats)
    loop_ms, loop = _median_ms(lambda: _plain_loop(person, places, pairs, policy), 1)
    best = [places.ids[place] for place in ours.places]
    others = {
        "matcher, everything considered": considered_ms,
        "numpy, full sort": full_ms,
        "plain Python loop": loop_ms,
    }
    return {
        "name": "ranking",
        "question": f"best {TOP} of {openings} openings for one person",
        "openings": openings,
        "candidates": full[1],
        "target_ms": TARGET_MS,
        "ms": {"matcher": ours_ms} | others,
        "ratio": {way: took / ours_ms for way, took in others.items()},
        "same_best": best == full[0] == loop,
        "pairs_a_second": _pairs_a_second(policy, openings),
        "target_pairs_a_second": TARGET_PAIRS,
        "everyone": _everyone(policy, repeats),
    }


def _pairs_a_second(policy: Policy, openings: int) -> float:
    """Rank for many people, the best of three times; nothing is kept from the time before."""
    people, places = instances.people(MANY, SEED), instances.openings(openings, SEED)
    pairs = instances.pairs_between(MANY, openings, SEED)
    took = []
    for _ in range(3):
        ready = Shortlist(places, policy)
        start = time.perf_counter()
        ready.best(people, pairs, TOP)
        took.append(time.perf_counter() - start)
    return MANY * openings / min(took)


def _everyone(policy: Policy, repeats: int) -> dict[str, Any]:
    """Measure all pairs of a city of the size of the sample."""
    people = instances.people(PEOPLE, SEED)
    places = instances.openings(SAMPLE_OPENINGS, SEED)
    pairs = instances.pairs_between(PEOPLE, SAMPLE_OPENINGS, SEED)
    took_ms, _ = _median_ms(lambda: consider(people, places, pairs, policy), repeats)
    return {"people": PEOPLE, "openings": SAMPLE_OPENINGS, "ms": took_ms}


def _full_sort(
    person: Profiles, places: Offers, pairs: Pairs, policy: Policy
) -> tuple[list[str], int]:
    """Take the same scores, but sort all openings by score and id with numpy."""
    found: Consideration = consider(person, places, pairs, policy)
    possible = np.flatnonzero(found.eligibility.candidates()[0])
    ids = np.array(places.ids)[possible]
    order = np.lexsort((ids, -found.scores.total[0, possible]))
    return ids[order][:TOP].tolist(), len(possible)


def _plain_loop(person: Profiles, places: Offers, pairs: Pairs, policy: Policy) -> list[str]:
    """Ask and weigh opening by opening, as one writes it first."""
    found = []
    for j in range(len(places)):
        if not reference.reasons(person, places, pairs, 0, j, policy):
            fit = reference.total(reference.parts(person, places, pairs, 0, j, policy), policy)
            found.append((-round(fit, 6), places.ids[j]))
    return [name for _, name in sorted(found)[:TOP]]


def _median_ms(work: Callable[[], Any], repeats: int) -> tuple[float, Any]:
    took, answer = [], None
    for _ in range(repeats):
        start = time.perf_counter()
        answer = work()
        took.append((time.perf_counter() - start) * 1000)
    return statistics.median(took), answer
