"""Whom hosts would be glad of: for every pair, how much of what a host named the person meets.

It keeps nobody out; limits are rules (`matcher.eligibility`). How much it counts in the fit, if at
all, is policy (`weights.host`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.errors import MatcherError
from matcher.profiles import Bools, Int8s, Int16s, Int64s, Profiles, people_blocks

UNSAID = -1
MET = 100
NOT_KNOWN = 50
"""A person whose age is not known meets half of a wish for an age."""


@dataclass(frozen=True, slots=True, eq=False)
class HostWishes:
    """What the hosts of m openings named.

    Attributes
    ----------
    min_age, max_age
        Whole years, [m]; -1 none.
    stages
        Bits of the stages at which a person may stand, [m]; 0 none named.
    menu
        Activities that a person would like, [m, A]; all False: none named.
    week
        Bits of the week in which a person could come, [m]; 0 none named.
    """

    min_age: Int16s
    max_age: Int16s
    stages: Int64s
    menu: Bools
    week: Int64s

    def __post_init__(self) -> None:
        sizes = {len(each) for each in (self.min_age, self.max_age, self.stages, self.menu)}
        if sizes != {len(self.week)}:
            raise MatcherError(
                "sizes_differ", what="host_wishes", expected=len(self.week), given=sorted(sizes)
            )


def gladness(profiles: Profiles, wishes: HostWishes) -> Int8s:
    """Return how much of what the host named each person meets, in whole percent, int8[n, m].

    The mean over what was named: an age within the limits, a stage, the strongest wish of the
    person (against their own strongest) among the activities, a free half day; `UNSAID` where
    nothing was named.
    """
    ages = (wishes.min_age >= 0) | (wishes.max_age >= 0)
    stages, week = wishes.stages > 0, wishes.week > 0
    menu: Bools = np.any(wishes.menu, axis=1)
    named = ages.astype(np.int64) + stages + week + menu
    found = np.full((len(profiles), len(named)), UNSAID, np.int8)
    asked = np.flatnonzero(named)
    for rows in people_blocks(len(profiles), max(1, len(asked))):
        people = profiles.take(rows)
        met = np.zeros((len(people), len(asked)), np.int64)
        for is_named, percent in (
            (ages, _age(people, wishes, asked)),
            (
                stages,
                MET * (1 << people.stage[:, None].astype(np.int64) & wishes.stages[asked] > 0),
            ),
            (week, MET * (people.available[:, None] & wishes.week[asked] > 0)),
            (menu, _liking(people, wishes.menu[asked])),
        ):
            met += np.where(is_named[asked], percent, 0)
        found[rows, asked] = np.rint(met / named[asked])
    return found


def _age(people: Profiles, wishes: HostWishes, asked: NDArray[np.intp]) -> Int64s:
    age = people.age[:, None]
    low, high = wishes.min_age[asked], wishes.max_age[asked]
    within = (age >= low) & ((high < 0) | (age <= high))
    return np.where(age < 0, NOT_KNOWN, MET * within).astype(np.int64)


def _liking(people: Profiles, menu: Bools) -> Int64s:
    """Return the strongest wish among the activities, against the person's own strongest."""
    strongest = people.wants.max(axis=1, initial=0)[:, None]
    relative = people.wants / np.where(strongest > 0, strongest, 1)
    best = np.zeros((len(people), len(menu)), np.float32)
    for code in np.flatnonzero(menu.any(axis=0)):
        np.maximum(best, relative[:, [code]] * menu[:, code], out=best)
    return np.rint(MET * best).astype(np.int64)
