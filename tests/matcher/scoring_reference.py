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
    stage, step = int(profiles.stage[i]), int(profiles.next_step[i])
    # Who goes on may begin `most_steps` above, who stays one less, who goes back two less.
    reach = stage + policy.stage.most_steps - {1: 0, 0: 1, -1: 2}[step]
    if int(offers.first_stage[j]) > reach:
        found.add(Reason.STAGE)
    if step != -1 and int(offers.last_stage[j]) < stage:
        found.add(Reason.LOWER_STAGE)
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


def parts(
    profiles: Profiles, offers: Offers, pairs: Pairs, i: int, j: int, policy: Policy
) -> dict[str, float]:
    """Say how well person `i` and opening `j` fit, part by part."""
    return {
        "wish": wish(profiles, offers, pairs, i, j, policy),
        "time": time(profiles, offers, i, j, policy),
        "travel": travel(profiles, offers, pairs, i, j, policy),
        "calm": calm(profiles, offers, i, j, policy),
        "ease": ease(profiles, offers, pairs, i, j, policy),
        "fresh": fresh(int(offers.confirmed_days[j]), policy),
    }


def total(of_parts: dict[str, float], policy: Policy) -> float:
    """Weigh the parts."""
    weights = dict(zip(of_parts, policy.weights.each, strict=True))
    weighted = sum(weights[name] * value for name, value in of_parts.items())
    return weighted / sum(weights.values())


def wish(profiles: Profiles, offers: Offers, pairs: Pairs, i: int, j: int, policy: Policy) -> float:
    """Add up the wishes that are met, then the person's own words, then what is disliked."""
    activities = range(offers.menu.shape[1])
    there = [activity for activity in activities if offers.menu[j, activity]]
    strongest = max((float(profiles.wants[i, each]) for each in activities), default=0.0)
    if strongest == 0:
        value = policy.wish.unsaid
    else:
        value = min(1.0, sum(float(profiles.wants[i, each]) / strongest for each in there))
    likeness = min(1.0, float(pairs.similarity[i, j]) / policy.wish.text_full)
    value += (1 - value) * likeness * policy.wish.text_share
    if any(profiles.dislikes[i, each] for each in there):
        value *= policy.wish.dislike_keeps
    return value


def time(profiles: Profiles, offers: Offers, i: int, j: int, policy: Policy) -> float:
    """Take the best slot and the mean of all slots."""
    free = set(bands(int(profiles.available[i])))
    slots = [set(bands(int(slot))) for slot in offers.slots[j] if slot]
    covered = [len(slot & free) / len(slot) for slot in slots]
    value = (max(covered) + sum(covered) / len(covered)) / 2 if covered else 0.0
    return max(value, policy.time.by_arrangement) if offers.by_arrangement[j] else value


def travel(
    profiles: Profiles, offers: Offers, pairs: Pairs, i: int, j: int, policy: Policy
) -> float:
    """Fall from 1 next door to the value at the limit; 0 beyond."""
    minutes = float(pairs.travel_minutes[i, j])
    limit = float(profiles.travel_limit_minutes[i])
    if math.isinf(limit):
        limit = policy.travel.far_minutes
    if minutes > limit:
        value = 0.0
    elif limit == 0:
        value = 1.0
    else:
        value = 1 - (1 - policy.travel.at_limit) * minutes / limit
    return max(value, policy.travel.pickup) if offers.pickup[j] else value


def calm(profiles: Profiles, offers: Offers, i: int, j: int, policy: Policy) -> float:
    """Take the mean of noise, closeness and, where known, the number of people."""
    crowd_limit = int(profiles.crowd_limit[i])
    values = [
        policy.calm.bears[int(profiles.noise_limit[i]) - 1][int(offers.noise[j]) - 1],
        policy.calm.bears[crowd_limit - 1][int(offers.crowd[j]) - 1],
    ]
    if offers.people[j] >= 0:
        easy = policy.calm.people[crowd_limit - 1]
        values.append(min(1.0, max(0.0, 2 - int(offers.people[j]) / easy)))
    return sum(values) / len(values)


def ease(profiles: Profiles, offers: Offers, pairs: Pairs, i: int, j: int, policy: Policy) -> float:
    """Take the mean of company, leaving early, length and step; knowing the place helps."""
    alone = profiles.companion[i] > 0 and not offers.companion_welcome[j]
    longest = int(profiles.max_minutes[i]) or policy.ease.long_minutes
    goal = int(profiles.stage[i]) + int(profiles.next_step[i])
    first, last = int(offers.first_stage[j]), int(offers.last_stage[j])
    missed = 0 if first <= goal <= last else min(abs(goal - first), abs(goal - last))
    values = [
        policy.ease.alone if alone else 1.0,
        1.0 if offers.leave_early[j] else policy.ease.no_early_leave,
        min(1.0, max(0.0, 2 - 2 * int(offers.min_minutes[j]) / longest)),
        max(0.0, 1 - policy.stage.step_loss * missed),
    ]
    value = sum(values) / 4
    if pairs.familiar[i, j] or pairs.acquainted[i, j]:
        value += (1 - value) * policy.ease.familiar_share
    return value


def fresh(days: int, policy: Policy) -> float:
    """Stay at 1, then fall in a straight line, then stay low."""
    rules = policy.fresh
    if days < 0 or days >= rules.stale_days:
        return rules.stale
    if days <= rules.full_days:
        return 1.0
    faded = (days - rules.full_days) / (rules.stale_days - rules.full_days)
    return 1 - faded * (1 - rules.stale)
