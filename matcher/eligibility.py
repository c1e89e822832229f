"""Hard rules: for every person and opening, each reason why they cannot come together.

The rules are a table. Each says in one line when it refuses; all of them are asked for every
pair, so that a pair knows all that stands in its way, not only the first thing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from matcher.policy import Policy, own_policy
from matcher.profiles import Bools, Int8s, Offers, Pairs, Profiles, check_sizes, people_blocks

Test: TypeAlias = Callable[[Profiles, Offers, Pairs, Policy], Bools]

NEEDS_COMPANY = 2
ONLY_WITH_CHILD = 1
NO_CHILDREN = 2


class Reason(IntEnum):
    """Why a pair is refused: its bit, and its place in the order of telling."""

    NOT_OPEN = 0
    FULL = 1
    OUTSIDE_AREA = 2
    AVOIDED = 3
    AVOIDED_ACTIVITY = 4
    AGE = 5
    SEX = 6
    CHILD = 7
    FIELD = 8
    STAGE = 9
    TIME = 10
    DURATION = 11
    TRAVEL = 12
    UNREACHABLE = 13
    ACCOMMODATION = 14
    NOISE = 15
    CROWD = 16
    COMPANION = 17
    COST = 18
    LOWER_STAGE = 19


def _outside_age(profiles: Profiles, offers: Offers, _: Pairs, __: Policy) -> Bools:
    # Who has no known age is refused wherever there is a limit: it has to be asked first.
    age = profiles.age[:, None]
    too_young = (offers.min_age >= 0) & (age < offers.min_age)
    too_old = (offers.max_age >= 0) & ((age > offers.max_age) | (age < 0))
    outside: Bools = too_young | too_old
    return outside


def _other_sex(profiles: Profiles, offers: Offers, _: Pairs, __: Policy) -> Bools:
    other: Bools = (offers.sex > 0) & (profiles.sex[:, None] != offers.sex)
    return other


def _child_or_none(profiles: Profiles, offers: Offers, _: Pairs, __: Policy) -> Bools:
    unwelcome: Bools = np.where(
        profiles.with_child[:, None], offers.child == NO_CHILDREN, offers.child == ONLY_WITH_CHILD
    )
    return unwelcome


def _other_field(profiles: Profiles, offers: Offers, _: Pairs, __: Policy) -> Bools:
    other: Bools = (offers.fields > 0) & (profiles.fields[:, None] & offers.fields == 0)
    return other


def _step_too_far(profiles: Profiles, offers: Offers, _: Pairs, policy: Policy) -> Bools:
    # Counted from the stage that the person goes for; the limit holds for who goes on.
    above = offers.first_stage - (profiles.stage + profiles.next_step)[:, None]
    too_far: Bools = above > policy.stage.most_steps - 1
    return too_far


def _step_back(profiles: Profiles, offers: Offers, _: Pairs, __: Policy) -> Bools:
    # Nobody is led back who has not chosen it.
    goes_back = (profiles.next_step < 0)[:, None]
    lower: Bools = (offers.last_stage < profiles.stage[:, None]) & ~goes_back
    return lower


def _no_common_time(profiles: Profiles, offers: Offers, _: Pairs, __: Policy) -> Bools:
    # A slot fits when the person is free in all its bands; where one may leave early, in the first.
    first_band = offers.slots & -offers.slots
    asked = np.where(offers.leave_early[:, None], first_band, offers.slots)
    busy = ~profiles.available[:, None]
    fits = np.broadcast_to(offers.by_arrangement, (len(profiles), len(offers))).copy()
    for slot in asked.T:
        fits |= (slot > 0) & (slot & busy == 0)
    return ~fits


def _visit_too_long(profiles: Profiles, offers: Offers, _: Pairs, __: Policy) -> Bools:
    longest = profiles.max_minutes[:, None]
    return (longest > 0) & (offers.min_minutes > longest)


def _way_too_long(profiles: Profiles, offers: Offers, pairs: Pairs, _: Policy) -> Bools:
    # What cannot be reached at all has its own reason.
    longer = pairs.travel_minutes > profiles.travel_limit_minutes[:, None]
    return longer & np.isfinite(pairs.travel_minutes) & ~offers.pickup


def _lacks_accommodation(profiles: Profiles, offers: Offers, _: Pairs, __: Policy) -> Bools:
    lacking: Bools = profiles.needs[:, None] & ~offers.provides != 0
    return lacking


def _too_dear(profiles: Profiles, offers: Offers, _: Pairs, __: Policy) -> Bools:
    most = profiles.cost_limit_yen[:, None]
    too_dear: Bools = (most >= 0) & (offers.cost_yen > most)
    return too_dear


def _ruled_out_activity(profiles: Profiles, offers: Offers, _: Pairs, __: Policy) -> Bools:
    return shares_menu(profiles.avoids, offers.menu)


RULES: Mapping[Reason, Test] = MappingProxyType(
    {
        Reason.NOT_OPEN: lambda _, offers, __, ___: ~offers.open,
        Reason.FULL: lambda _, offers, __, ___: offers.free == 0,
        Reason.OUTSIDE_AREA: lambda _, __, pairs, ___: ~pairs.in_area,
        Reason.AVOIDED: lambda _, __, pairs, ___: pairs.avoided,
        Reason.AVOIDED_ACTIVITY: _ruled_out_activity,
        Reason.AGE: _outside_age,
        Reason.SEX: _other_sex,
        Reason.CHILD: _child_or_none,
        Reason.FIELD: _other_field,
        Reason.STAGE: _step_too_far,
        Reason.TIME: _no_common_time,
        Reason.DURATION: _visit_too_long,
        Reason.TRAVEL: _way_too_long,
        Reason.UNREACHABLE: lambda _, offers, pairs, __: (
            np.isinf(pairs.travel_minutes) & ~offers.pickup
        ),
        Reason.ACCOMMODATION: _lacks_accommodation,
        Reason.NOISE: lambda people, offers, _, __: offers.noise > people.noise_limit[:, None],
        Reason.CROWD: lambda people, offers, _, __: offers.crowd > people.crowd_limit[:, None],
        Reason.COMPANION: lambda people, offers, _, __: (
            (people.companion[:, None] == NEEDS_COMPANY) & ~offers.companion_welcome
        ),
        Reason.COST: _too_dear,
        Reason.LOWER_STAGE: _step_back,
    }
)


@dataclass(frozen=True, slots=True, eq=False)
class Eligibility:
    """Which pairs are possible, and for each other pair all that stands in its way.

    Attributes
    ----------
    failed
        One bit for each `Reason` that refuses the pair, uint32[n, m]; 0 is a candidate.
    """

    failed: NDArray[np.uint32]

    def candidates(self) -> Bools:
        """Return which pairs no rule refuses, bool[n, m]."""
        possible: Bools = self.failed == 0
        return possible

    def reasons(self, i: int, j: int) -> tuple[Reason, ...]:
        """Return every reason against person `i` at opening `j`, in the order of telling."""
        mask = int(self.failed[i, j])
        return tuple(reason for reason in Reason if mask >> reason & 1)

    def first_reasons(self) -> Int8s:
        """Return the first reason told for each pair, int8[n, m]; -1 for a candidate."""
        return _first_bits(self.failed)

    def counts(self, i: int) -> dict[Reason, int]:
        """Count the openings refused to person `i` by their first reason, in order of telling.

        The counts and the number of candidates together are the number of openings.
        """
        first = _first_bits(self.failed[i])
        found = np.bincount(first[first >= 0], minlength=len(Reason))
        return {reason: int(found[reason]) for reason in Reason if found[reason]}


def check_eligibility(
    profiles: Profiles, offers: Offers, pairs: Pairs, policy: Policy | None = None
) -> Eligibility:
    """Ask every rule about every pair.

    Parameters
    ----------
    policy
        Its `stage.most_steps` is the only number the rules need; the product's own if left out.

    Raises
    ------
    MatcherError
        `sizes_differ` if the three inputs do not belong together.
    """
    check_sizes(profiles, offers, pairs)
    policy = policy or own_policy()
    failed = np.zeros((len(profiles), len(offers)), np.uint32)
    for rows in people_blocks(len(profiles), len(offers)):
        people, their_pairs = profiles.take(rows), pairs.take(rows)
        for reason, refuses in RULES.items():
            refused = refuses(people, offers, their_pairs, policy)
            failed[rows] |= refused.astype(np.uint32) << np.uint32(reason)
    return Eligibility(failed)


def shares_menu(marked: Bools, menu: Bools) -> Bools:
    """Return whether any marked menu code [n, A] is done at the opening [m, A]: bool[n, m]."""
    shared: Bools = marked.astype(np.float32) @ menu.T.astype(np.float32) > 0
    return shared


def _first_bits(failed: NDArray[np.uint32]) -> Int8s:
    # The bits below the lowest set one are as many as its place; without any, -1 - 1 sets all 32.
    below = (failed & (~failed + np.uint32(1))) - np.uint32(1)
    return np.where(failed == 0, -1, np.bitwise_count(below)).astype(np.int8)
