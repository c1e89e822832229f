"""Assignment instances, written down: the same numbers on every machine and at every run.

People live in clustered towns and may go to their nearest openings, of which 15 % fall away by
hard rules. The score falls with the distance and has a part by chance. One opening for four
people, 2 to 10 places each, scaled so that all places together are `load` times the people.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from matcher.problem import Problem, whole_units
from matcher.rules import AllOrNone, Apart, GroupFloor, HostLimit, Rule, SameOpening

Wholes: TypeAlias = NDArray[np.int64]

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


def couplings(people: int, nearest: int = 10, seed: int = SEED) -> Problem:
    """Draw a problem in which people depend on one another, hard on purpose.

    Places as in `city` for 1.05 times the people, about 2.5 openings a host. 12 % of the people
    wait in pairs and 3 % in threes, half of which share one opening while the others only want
    all or none; one in ten must not meet another, half of these at the whole host. Hosts take 90 %
    of their places, newcomers 60 %; three in five people were at one of their three nearest
    openings before. Floors of 90 % for each town and of 92 % for five kinds of need overlap and
    cannot all be met.

    Parameters
    ----------
    people
        How many wait; at least 40.
    nearest
        How many openings each may go to, before some fall away.
    """
    random = np.random.default_rng(seed)
    towns = random.uniform(0, REGION_KM, (max(people // TOWN_PEOPLE, 3), 2))
    town = random.integers(len(towns), size=people)
    household, sizes = _households(people, random)
    first = np.cumsum(sizes) - sizes
    town = town[first][household]
    homes = (towns[town[first]] + random.normal(0, SPREAD_KM, (sizes.size, 2)))[household]
    m = people // 4
    places = towns[random.integers(len(towns), size=m)] + random.normal(0, SPREAD_KM, (m, 2))
    found = cKDTree(places).query(homes, k=nearest)
    away_km, nearby = np.asarray(found[0]), np.asarray(found[1])
    drawn = random.integers(2, 11, m)
    capacity = np.maximum(1, np.rint(drawn * 1.05 * people / drawn.sum())).astype(np.int64)
    host = random.integers(max(int(m / 2.5), 1), size=m)
    left = random.random(nearby.shape) > 0.15
    left = left[first][household] | (random.random(nearby.shape) > 0.95)
    score = 0.6 * np.exp(-away_km / 6) + 0.4 * random.random(nearby.shape)
    participant = np.broadcast_to(np.arange(people)[:, np.newaxis], nearby.shape)
    before = random.integers(3, size=people)
    previous = np.where(
        random.random(people) < 0.6,
        [f"o{at}" for at in nearby[np.arange(people), before]],
        "",
    )
    need = random.integers(5, size=people)
    host_places = np.bincount(host, weights=capacity)
    return Problem.from_arrays(
        participant_ids=[f"p{at}" for at in range(people)],
        previous=previous.tolist(),
        group_names=[f"town:{at}" for at in range(len(towns))] + [f"need:{at}" for at in range(5)],
        membership=np.column_stack(
            [np.tile(np.arange(people), 2), np.concatenate([town, len(towns) + need])]
        ),
        opening_ids=[f"o{at}" for at in range(m)],
        capacity=capacity,
        host_names=[f"h{at}" for at in range(host_places.size)],
        opening_host=host,
        pair_participant=participant[left],
        pair_opening=nearby[left],
        pair_score=whole_units(score[left]),
        rules=[
            *_together(sizes, first, random),
            *_apart(people, nearby, random),
            *(HostLimit(f"h{at}", int(0.9 * places)) for at, places in enumerate(host_places)),
            *(
                HostLimit(f"h{at}", int(0.6 * places), "newcomers")
                for at, places in enumerate(host_places)
            ),
            *(GroupFloor(f"town:{at}", 0.9) for at in range(len(towns))),
            *(GroupFloor(f"need:{at}", 0.92) for at in range(5)),
        ],
    )


def _households(people: int, random: np.random.Generator) -> tuple[Wholes, Wholes]:
    """Household of each person, [people], and the size of each household."""
    pairs, threes = round(0.06 * people), round(0.01 * people)
    alone = people - 2 * pairs - 3 * threes
    sizes = random.permutation(np.repeat([1, 2, 3], [alone, pairs, threes]))
    return np.repeat(np.arange(sizes.size), sizes), sizes


def _together(sizes: Wholes, first: Wholes, random: np.random.Generator) -> list[Rule]:
    """Half of the households share one opening, the others want all or none."""
    several = random.permutation(np.flatnonzero(sizes > 1))
    rules: list[Rule] = []
    for turn, at in enumerate(several.tolist()):
        members = tuple(f"p{first[at] + member}" for member in range(sizes[at]))
        rules.append(AllOrNone(members) if turn % 2 else SameOpening(members))
    return rules


def _apart(people: int, nearby: Wholes, random: np.random.Generator) -> list[Rule]:
    """Pairs of people who could meet, because one of their openings is the same."""
    rules: list[Rule] = []
    while len(rules) < people // 20:
        one, other = random.choice(people, 2, replace=False).tolist()
        if np.intersect1d(nearby[one], nearby[other]).size:
            at: Literal["opening", "host"] = "host" if len(rules) % 2 else "opening"
            rules.append(Apart((f"p{one}", f"p{other}"), at))
    return rules
