"""Blocking pairs: a person and a host who both prefer each other to what an assignment gives them.

Gale and Shapley 1962, doi:10.2307/2312726; with several places and preferences place by place
(responsive), Roth and Sotomayor 1990, doi:10.1017/CCOL052139015X. An assignment for the most
people and the best total fit need not be stable: this counts what it leaves, and changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.errors import MatcherError
from matcher.profiles import Bools, Int8s, Int64s

_NOBODY = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True, eq=False)
class Sides:
    """How both sides look at the pairs that both accept.

    Attributes
    ----------
    participant, opening
        Positions of the k pairs, each pair once.
    own
        How well the pair fits the person, [k]; more is better, equal is no preference.
    glad
        How glad of the person the host would be, [k]; likewise.
    """

    participant: Int64s
    opening: Int64s
    own: Int64s
    glad: Int8s

    def __post_init__(self) -> None:
        sizes = {len(self.participant), len(self.opening), len(self.own), len(self.glad)}
        if len(sizes) > 1:
            raise MatcherError("sizes_differ", what="sides", expected=len(self.glad),
                               given=sorted(sizes))  # fmt: skip


def blocking_pairs(
    sides: Sides,
    opening_of: NDArray[np.integer],
    capacity: NDArray[np.integer],
    free: Bools,
) -> NDArray[np.intp]:
    """Return which pairs block an assignment, as positions in `sides`, rising.

    A pair blocks where the person prefers the opening to what they have (anything accepted is
    preferred to nothing), and the host has a place left or would be gladder of this person than
    of one who has a place there.

    Parameters
    ----------
    opening_of
        Opening of each person, -1 for none, [n]; a place that is no listed pair counts as one
        that the host would give up for nobody, and the person for nothing.
    capacity
        Places of each opening, [m].
    free
        Who could come or go alone, [n]: not who is locked to an opening or bound to others.
    """
    there = opening_of[sides.participant]
    is_held = there == sides.opening
    own_now = np.where(opening_of >= 0, _NOBODY, np.iinfo(np.int64).min)
    own_now[sides.participant[is_held]] = sides.own[is_held]
    least = np.full(len(capacity), _NOBODY)
    leaves = is_held & free[sides.participant]
    np.minimum.at(least, sides.opening[leaves], sides.glad[leaves])
    taken = np.bincount(opening_of[opening_of >= 0], minlength=len(capacity))
    least[taken < capacity] = np.iinfo(np.int64).min
    wants = free[sides.participant] & ~is_held & (sides.own > own_now[sides.participant])
    return np.flatnonzero(wants & (sides.glad > least[sides.opening]))
