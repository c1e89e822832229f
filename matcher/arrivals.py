"""Week by week: what a place is worth to who comes next, and deciding with that in view.

Nobody knows who will ask next week, but samples of it can be drawn from who asked before. On each
sample the places that are left are assigned to those who would come, and what losing one place
would cost them is its price; the mean over the samples is taken (Ahani, Gölz, Procaccia,
Teytelboym and Trapp, "Dynamic Placement in Refugee Resettlement", Operations Research 72(3), 2024,
doi:10.1287/opre.2021.0534). Those who wait now are then assigned by score minus price, the
clearest quarter first, and the others at prices found anew with the places that are left.

Prices only advise. A coordinator sees what is best for this person beside what is best when those
who will come are counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from matcher.chains import Chains
from matcher.network import Network, network_of
from matcher.optimum import best_choices
from matcher.problem import Int64s, Problem
from matcher.residual import FAR

CLEAREST = 0.25
"""Share of a batch that is decided before prices are found anew."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Where each of some people could go.

    Attributes
    ----------
    people
        How many they are; n.
    person, opening
        Of each pair, [k].
    score
        Of each pair, in whole units of 1e-6, [k].
    """

    people: int
    person: Int64s
    opening: Int64s
    score: Int64s

    def of(self, people: ArrayLike) -> Candidates:
        """Return the candidates of some people, who may come more than once, in their order."""
        chosen = np.asarray(people, np.int64)
        order = np.argsort(self.person, kind="stable")
        first = np.searchsorted(self.person[order], np.arange(self.people + 1))
        size = first[chosen + 1] - first[chosen]
        person = np.repeat(np.arange(chosen.size), size)
        inside = np.arange(person.size) - np.repeat(np.cumsum(size) - size, size)
        pairs = order[first[chosen][person] + inside]
        return Candidates(chosen.size, person, self.opening[pairs], self.score[pairs])


Futures = Callable[[], Iterable[Candidates]]
"""Draws samples of those who may come until the end, each time anew."""


def like_before(
    history: Candidates, expected: float, samples: int, random: np.random.Generator
) -> Iterable[Candidates]:
    """Draw futures from who asked before: a Poisson number of them, each as likely as another.

    Parameters
    ----------
    expected
        How many will come until the end.
    """
    for _ in range(samples):
        yield history.of(random.integers(history.people, size=random.poisson(expected)))


def place_prices(free: Int64s, futures: Iterable[Candidates]) -> Int64s:
    """Price of a place at each opening, in units of 1e-6, [m]; 0 where no place is left.

    A place is worth giving to somebody whose score exceeds its price.

    Parameters
    ----------
    free
        Places left at each opening, [m].
    futures
        At least one; 16 are enough (`benchmarks/arrivals.py`).

    Raises
    ------
    MatcherError
        When the solver fails.
    """
    losses = [_losses(free, future) for future in futures]
    prices: Int64s = np.rint(np.mean(losses, axis=0)).astype(np.int64)
    return prices


def decide(free: Int64s, batch: Candidates, futures: Futures) -> Int64s:
    """Choose the opening of each of a batch, [n], with a view to who comes next; -1 none.

    Parameters
    ----------
    free
        Places left at each opening, [m].
    batch
        Those who wait now.
    futures
        Those who will come after them.

    Raises
    ------
    MatcherError
        When the solver fails.
    """
    decided = np.full(batch.people, -1, np.int64)
    open_people, left = np.arange(batch.people), free.copy()
    quarter = max(1, round(CLEAREST * batch.people))
    while open_people.size:
        prices = place_prices(left, futures())
        places, clear = _clearest(left, _worth(left, batch.of(open_people), prices))
        first = np.argsort(-clear, kind="stable")[:quarter]
        decided[open_people[first]] = places[first]
        np.subtract.at(left, places[first[places[first] >= 0]], 1)
        open_people = np.delete(open_people, first)
    return decided


def problem_of(free: Int64s, candidates: Candidates) -> Problem:
    """Ask for the highest sum of scores with the places left; nobody is placed at a loss."""
    gains = candidates.score > 0
    return Problem.from_arrays(
        participant_ids=[f"{at:07}" for at in range(candidates.people)],
        opening_ids=[f"{at:07}" for at in range(free.size)],
        capacity=free,
        pair_participant=candidates.person[gains],
        pair_opening=candidates.opening[gains],
        pair_score=candidates.score[gains],
        objectives=("score",),
    )


def _worth(free: Int64s, candidates: Candidates, prices: Int64s) -> Candidates:
    """Take the prices off the scores where places are left."""
    kept = np.flatnonzero(free[candidates.opening])
    person, opening = candidates.person[kept], candidates.opening[kept]
    return Candidates(candidates.people, person, opening, candidates.score[kept] - prices[opening])


def _best(free: Int64s, candidates: Candidates) -> tuple[Network, Int64s, Int64s]:
    """Best choices for all together, [n], with the potentials that prove them."""
    network = network_of(problem_of(free, candidates))
    return network, *best_choices(network)


def _losses(free: Int64s, candidates: Candidates) -> Int64s:
    """Find what is lost with one place fewer, [m]; 0 where places are left over."""
    network, chosen, distance = _best(free, candidates)
    lost = Chains(network, chosen, distance).lost_to(network.outside)[0][0, : free.size]
    used = np.bincount(network.to[chosen], minlength=free.size)[: free.size]
    return np.where((used < free) | (lost == FAR), 0, lost)


def _clearest(free: Int64s, candidates: Candidates) -> tuple[Int64s, Int64s]:
    """Best opening of each person, -1 for none, [n], and how clear that is, [n].

    Clear is by how much it exceeds the person's next best, staying without a place included.
    """
    network, chosen, _ = _best(free, candidates)
    value, other = network.gain("score"), np.ones(network.who.size, np.bool_)
    other[chosen] = False
    next_best = np.zeros(chosen.size, np.int64)
    np.maximum.at(next_best, network.who[other], value[other])
    places = np.where(network.pair[chosen] >= 0, network.to[chosen], -1)
    return places.astype(np.int64), value[chosen] - next_best
