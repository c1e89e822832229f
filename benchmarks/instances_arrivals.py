"""A city where people ask week by week: the law of who comes, and streams drawn from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from matcher.arrivals import Candidates

WEEKS = 25
NEEDS = 6
SERVED_WELL = 2
"""How many needs an opening serves well; the others barely."""
REGION_KM = 30.0
SPREAD_KM = 1.5


@dataclass(frozen=True, slots=True, eq=False)
class City:
    """Towns and openings; everyone who comes is drawn from it.

    Attributes
    ----------
    capacity
        Places of each opening at the beginning, [m].
    fit
        How well an opening serves each need, from 0 to 1, [m, needs].
    """

    people: int
    nearest: int
    towns: NDArray[np.float64]
    places: NDArray[np.float64]
    capacity: NDArray[np.int64]
    fit: NDArray[np.float64]

    def draw(self, count: int, random: np.random.Generator) -> Candidates:
        """Draw some people with their nearest openings."""
        homes = self.towns[random.integers(len(self.towns), size=count)]
        homes = homes + random.normal(0, SPREAD_KM, homes.shape)
        need = random.integers(NEEDS, size=count)
        found = cKDTree(self.places).query(homes, k=self.nearest)
        away_km = np.asarray(found[0]).reshape(count, self.nearest)
        nearby = np.asarray(found[1]).reshape(count, self.nearest)
        chance = random.random(nearby.shape)
        score = 0.5 * np.exp(-away_km / 6) + 0.35 * self.fit[nearby, need[:, None]] + 0.15 * chance
        return Candidates(
            people=count,
            person=np.repeat(np.arange(count), self.nearest),
            opening=nearby.ravel().astype(np.int64),
            score=np.rint(1e6 * score).ravel().astype(np.int64),
        )

    def weeks(self, random: np.random.Generator) -> list[Candidates]:
        """Draw who comes in each week: a Poisson number with the same mean."""
        return [self.draw(random.poisson(self.people / WEEKS), random) for _ in range(WEEKS)]


def city(
    people: int, places_each: int, nearest: int, load: float, random: np.random.Generator
) -> City:
    """Draw a city.

    Parameters
    ----------
    people
        How many come in all weeks together, as expected.
    places_each
        Places of an opening, in the mean.
    load
        Expected people divided by places.
    """
    towns = random.uniform(0, REGION_KM, (max(people // 100, 4), 2))
    m = max(round(people / load / places_each), nearest)
    places = towns[random.integers(len(towns), size=m)]
    places = places + random.normal(0, SPREAD_KM, places.shape)
    capacity = random.integers(1, 2 * places_each, m)
    capacity = np.maximum(1, np.rint(capacity * people / load / capacity.sum())).astype(np.int64)
    serves_well = np.argsort(random.random((m, NEEDS)), axis=1) < SERVED_WELL
    fit = np.where(serves_well, 1.0, 0.2)
    return City(people, nearest, towns, places, capacity, fit)
