"""Assignment instances, written down: the same numbers on every machine and at every run.

People live in clustered towns and may go to their nearest openings, of which 15 % fall away by
hard rules. The score falls with the distance and has a part by chance. One opening for four
people, 2 to 10 places each, scaled so that all places together are `load` times the people.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

SEED = 20260401
TOWN_PEOPLE = 100
REGION_KM = 30.0
SPREAD_KM = 1.5


@dataclass(frozen=True, slots=True, eq=False)
class Instance:
    """Arrays of one instance.

    Attributes
    ----------
    capacity
        Places of each opening, [m].
    participant, opening, score
        Of each pair, [k]; scores in whole units of 1e-6, from 0 to 1,000,000.
    """

    people: int
    capacity: NDArray[np.int64]
    participant: NDArray[np.int64]
    opening: NDArray[np.int64]
    score: NDArray[np.int64]


def city(people: int, nearest: int, load: float = 1.05, seed: int = SEED) -> Instance:
    """Draw an instance.

    Parameters
    ----------
    people
        How many wait; at least 4.
    nearest
        How many openings each of them may go to, before some fall away.
    load
        All places divided by all people.
    """
    random = np.random.default_rng(seed)
    towns = random.uniform(0, REGION_KM, (max(people // TOWN_PEOPLE, 4), 2))
    homes = towns[random.integers(len(towns), size=people)]
    homes = homes + random.normal(0, SPREAD_KM, homes.shape)
    places = towns[random.integers(len(towns), size=people // 4)]
    places = places + random.normal(0, SPREAD_KM, places.shape)
    found = cKDTree(places).query(homes, k=nearest)
    away_km, nearby = np.asarray(found[0]), np.asarray(found[1])
    drawn = random.integers(2, 11, len(places))
    capacity = np.maximum(1, np.rint(drawn * load * people / drawn.sum())).astype(np.int64)
    left = random.random(nearby.shape) > 0.15
    score = np.rint(1e6 * (0.6 * np.exp(-away_km / 6) + 0.4 * random.random(nearby.shape)))
    participant = np.broadcast_to(np.arange(people)[:, np.newaxis], nearby.shape)
    return Instance(
        people=people,
        capacity=capacity,
        participant=participant[left].astype(np.int64),
        opening=nearby[left].astype(np.int64),
        score=score[left].astype(np.int64),
    )
