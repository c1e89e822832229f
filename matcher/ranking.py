"""The best openings for one person, and the best people for one opening, in a stable order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.consideration import Consideration, consider
from matcher.eligibility import Eligibility
from matcher.errors import MatcherError
from matcher.policy import Policy
from matcher.profiles import Bools, Int64s, Offers, Pairs, Profiles
from matcher.scoring import Scores


@dataclass(frozen=True, slots=True, eq=False)
class Ranked:
    """Candidates, best first.

    Attributes
    ----------
    places
        Their rows (people) or columns (openings), [k].
    scores
        Their fit, [k].
    """

    places: NDArray[np.intp]
    scores: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.places)


def rank_offers(scores: Scores, eligibility: Eligibility, i: int, top: int) -> Ranked:
    """Return the `top` best openings for person `i`; equal fits in the order of their ids."""
    return _best(scores.total[i], eligibility.failed[i] == 0, (scores.offer_rank,), top)


def rank_profiles(
    scores: Scores,
    eligibility: Eligibility,
    j: int,
    top: int,
    waiting_days: NDArray[np.integer] | None = None,
) -> Ranked:
    """Return the `top` best people for opening `j`.

    Of equal fits who has waited longest comes first (`waiting_days`, [n], if given), then the
    order of the ids decides.
    """
    ties: tuple[Int64s, ...] = (scores.profile_rank,)
    if waiting_days is not None:
        ties = (-waiting_days.astype(np.int64), *ties)
    return _best(scores.total[:, j], eligibility.failed[:, j] == 0, ties, top)


def rank_one(
    profile: Profiles, offers: Offers, pairs: Pairs, policy: Policy, top: int
) -> tuple[Ranked, Consideration]:
    """Rank the openings for a single person: the same computation on one row.

    Raises
    ------
    MatcherError
        `sizes_differ` if there is not exactly one person, with as many pairs as openings.
    """
    if len(profile) != 1:
        raise MatcherError("sizes_differ", what="profiles", expected=1, given=len(profile))
    considered = consider(profile, offers, pairs, policy)
    return rank_offers(considered.scores, considered.eligibility, 0, top), considered


def _best(
    total: NDArray[np.float64], possible: Bools, ties: tuple[Int64s, ...], top: int
) -> Ranked:
    places = np.flatnonzero(possible)
    places = places[best_of(total[places], tuple(key[places] for key in ties), top)]
    return Ranked(places, total[places])


def best_of(total: NDArray[np.float64], ties: tuple[Int64s, ...], top: int) -> NDArray[np.intp]:
    """Return the positions of the `top` greatest totals, of equal ones those with lesser keys.

    Raises
    ------
    MatcherError
        `top_too_small` if `top` is below 1.
    """
    if top < 1:
        raise MatcherError("top_too_small", top=top)
    places = np.arange(len(total))
    if len(places) > top:
        # Everyone as good as the last of the best stays, so that ties are not cut by chance.
        worst = np.partition(total, len(total) - top)[len(total) - top]
        places = np.flatnonzero(total >= worst)
    keys = [key[places] for key in reversed(ties)]
    return places[np.lexsort((*keys, -total[places]))][:top]
