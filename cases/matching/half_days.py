"""On which half day of the week each person could come to each opening, for 同じ曜日・時間.

The matcher knows one slot of a pair. Where several half days would do, the one is taken that most
of the people who are bound to the same time could use somewhere; of equals the one that suits
more pairs, then the earliest of the week. So a pair can lose a second half day on which the
others could have come as well: told nowhere, for the half day that all share is always kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cases.bond import Bond, BondKind
from matcher.profiles import WEEK_BITS, Bools, Offers, Profiles

SLOT_NAMES: Final = tuple(
    f"{day}-{band}"
    for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    for band in ("am", "pm", "eve")
)


def half_days_of(profiles: Profiles, offers: Offers, i: int) -> Bools:
    """Return on which half days a person could come to each opening, [m, 21].

    By arrangement it is any half day on which the person is free.
    """
    free = int(profiles.available[i])
    asked = np.where(offers.leave_early[:, None], offers.slots & -offers.slots, offers.slots)
    fits = (offers.slots > 0) & (asked & ~free == 0)
    mask = np.bitwise_or.reduce(np.where(fits, offers.slots & free, 0), axis=1)
    mask |= np.where(offers.by_arrangement, free, 0)
    week = np.arange(WEEK_BITS)
    found: Bools = mask[:, None] >> week & 1 == 1
    return found


def choose_half_days(
    profiles: Profiles, offers: Offers, candidates: Bools, bonds: Iterable[Bond]
) -> NDArray[np.int32]:
    """Return the half day of each pair of people who are bound to one time, [n, m]; -1 for none.

    Parameters
    ----------
    candidates
        Which pairs no rule refuses, [n, m].
    """
    row = {id_: at for at, id_ in enumerate(profiles.ids)}
    chosen = np.full(candidates.shape, -1, np.int32)
    for people in _bound(bonds):
        rows = [row[id_] for id_ in people if id_ in row]
        if not rows:
            continue
        can = (
            np.array([half_days_of(profiles, offers, i) for i in rows])
            & candidates[rows][:, :, None]
        )
        order = _best_first(can)
        liked = can[:, :, order]
        first = order[liked.argmax(axis=2)]
        chosen[rows] = np.where(liked.any(axis=2), first, -1)
    return chosen


def _best_first(can: Bools) -> NDArray[np.intp]:
    """Return the half days by people, then pairs, then the week; `can` is [k, m, 21]."""
    people = can.any(axis=1).sum(axis=0)
    pairs = can.sum(axis=(0, 1))
    order: NDArray[np.intp] = np.lexsort((np.arange(WEEK_BITS), -pairs, -people))
    return order


def _bound(bonds: Iterable[Bond]) -> Sequence[tuple[str, ...]]:
    """Return who is bound to one time with whom, also by way of others."""
    groups: list[set[str]] = []
    for bond in bonds:
        if bond.kind is BondKind.SAME_SLOT:
            group = set(bond.participant_ids)
            apart = [each for each in groups if not each & group]
            groups = [*apart, group.union(*(each for each in groups if each & group))]
    return [tuple(sorted(group)) for group in groups]
