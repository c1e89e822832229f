"""The slow and obvious meaning of rules and parts: one person, one opening, plain Python.

Written from the description, with plain numbers and early returns; shares nothing with the
product but the inputs, the policy and the names of the reasons.
"""

from __future__ import annotations

import math

from matcher.eligibility import Reason
from matcher.policy import Policy
from matcher.profiles import Offers, Pairs, Profiles


def bands(mask: int) -> list[int]:
    """List the bits of the week that a mask holds, first to last."""
    return [bit for bit in range(21) if mask >> bit & 1]


def reasons(
    profiles: Profiles, offers: Offers, pairs: Pairs, i: int, j: int, policy: Policy
) -> set[Reason]:
    """Say everything that stands between person `i` and opening `j`."""
    found = set()
    if not offers.open[j]:
        found.add(Reason.NOT_OPEN)
    if offers.free[j] < 1:
        found.add(Reason.FULL)
    if not pairs.in_area[i, j]:
        found.add(Reason.OUTSIDE_AREA)
    if pairs.avoided[i, j]:
        found.add(Reason.AVOIDED)
    for activity in range(offers.menu.shape[1]):
        if offers.menu[j, activity] and profiles.avoids[i, activity]:
            found.add(Reason.AVOIDED_ACTIVITY)
    if not age_is_welcome(int(profiles.age[i]), int(offers.min_age[j]), int(offers.max_age[j])):
        found.add(Reason.AGE)
    if offers.sex[j] != 0 and offers.sex[j] != profiles.sex[i]:
        found.add(Reason.SEX)
    if offers.child[j] == 1 and not profiles.with_child[i]:
        found.add(Reason.CHILD)
    if offers.child[j] == 2 and profiles.with_child[i]:
        found.add(Reason.CHILD)
    if offers.fields[j] != 0 and int(offers.fields[j]) & int(profiles.fields[i]) == 0:
        found.add(Reason.FIELD)
    if int(offers.first_stage[j]) > int(profiles.stage[i]) + policy.stage.most_steps:
        found.add(Reason.STAGE)
    if not offers.by_arrangement[j] and not any(
        slot_fits(int(slot), int(profiles.available[i]), bool(offers.leave_early[j]))
        for slot in offers.slots[j]
    ):
        found.add(Reason.TIME)
    if profiles.max_minutes[i] != 0 and offers.min_minutes[j] > profiles.max_minutes[i]:
        found.add(Reason.DURATION)
    if not offers.pickup[j]:
        if math.isinf(pairs.travel_minutes[i, j]):
            found.add(Reason.UNREACHABLE)
        elif pairs.travel_minutes[i, j] > profiles.travel_limit_minutes[i]:
            found.add(Reason.TRAVEL)
    for bit in range(62):
        if int(profiles.needs[i]) >> bit & 1 and not int(offers.provides[j]) >> bit & 1:
            found.add(Reason.ACCOMMODATION)
    if offers.noise[j] > profiles.noise_limit[i]:
        found.add(Reason.NOISE)
    if offers.crowd[j] > profiles.crowd_limit[i]:
        found.add(Reason.CROWD)
    if profiles.companion[i] == 2 and not offers.companion_welcome[j]:
        found.add(Reason.COMPANION)
    if profiles.cost_limit_yen[i] >= 0 and offers.cost_yen[j] > profiles.cost_limit_yen[i]:
        found.add(Reason.COST)
    return found


def age_is_welcome(age: int, youngest: int, oldest: int) -> bool:
    """Say whether an age is inside the limits; an unknown age is inside no limit."""
    if youngest < 0 and oldest < 0:
        return True
    if age < 0:
        return False
    return (youngest < 0 or age >= youngest) and (oldest < 0 or age <= oldest)


def slot_fits(slot: int, available: int, leave_early: bool) -> bool:
    """Say whether the person is free from the start of a slot for as long as one must stay."""
    needed = bands(slot)
    if not needed:
        return False
    if leave_early:
        needed = needed[:1]
    return all(band in bands(available) for band in needed)
