"""How well each pair fits: a weighted mean of six parts, every part kept.

Where a city weighs whom hosts would be glad of, that is a seventh.

It is always the fit of a person and a place, never a mark for a person: wishes are measured
against the person's own strongest wish, ways and visits against what the person bears, so nobody
falls behind for asking little or bearing little. The same pair gets the same bits whether it is
scored alone or among thousands: no step depends on the order in which sums are taken.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matcher.policy import (
    HOST_PART,
    PART_NAMES,
    CalmRules,
    EaseRules,
    FreshRules,
    HostRules,
    Policy,
    StageRules,
    TimeRules,
    TravelRules,
    WishRules,
)
from matcher.profiles import (
    Float32s,
    Int8s,
    Int64s,
    Offers,
    Pairs,
    Profiles,
    check_sizes,
    people_blocks,
)

SCORE_UNITS = 1_000_000
_WISH_UNITS = np.float32(1000)
_NO_WAY_MINUTES = np.float32(1e-3)


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """The fit of every pair.

    Attributes
    ----------
    total
        0 to 1, whole units of 1e-6, [n, m].
    parts
        0 to 1, [n, m, k].
    part_names
        Names of the k parts.
    profile_rank, offer_rank
        Order of the ids, [n] and [m]: what decides between equal fits.
    """

    total: NDArray[np.float64]
    parts: Float32s
    part_names: tuple[str, ...]
    profile_rank: Int64s
    offer_rank: Int64s


def score(profiles: Profiles, offers: Offers, pairs: Pairs, policy: Policy) -> Scores:
    """Score every pair, candidates and refused alike.

    Returns
    -------
    Scores
        The parts take 4 bytes x 6 a pair, the total 8.

    Raises
    ------
    MatcherError
        `sizes_differ` if the three inputs do not belong together.
    """
    check_sizes(profiles, offers, pairs)
    n, m = len(profiles), len(offers)
    names = policy.weights.names
    parts = np.empty((len(names), n, m), np.float32)
    total = np.empty((n, m))
    for rows in people_blocks(n, m):
        each = parts_of(profiles.take(rows), offers, pairs.take(rows), policy)
        for part, values in zip(parts, each, strict=True):
            part[rows] = values
        total[rows] = weighted(each, policy)
    return Scores(total, np.moveaxis(parts, 0, -1), names, profiles.id_rank, offers.id_rank)


def parts_of(
    people: Profiles, offers: Offers, pairs: Pairs, policy: Policy
) -> tuple[Float32s, ...]:
    """Return the parts in the order of their names, each [n, m] or broadcast to that."""
    parts = (
        wish_part(people, offers, pairs, policy.wish),
        time_part(people, offers, policy.time),
        travel_part(people, offers, pairs, policy.travel),
        calm_part(people, offers, policy.calm),
        ease_part(people, offers, pairs, policy.ease, policy.stage),
        fresh_part(offers, policy.fresh),
    )
    return (*parts, host_part(pairs, policy.host)) if policy.weights.host else parts


def wish_part(people: Profiles, offers: Offers, pairs: Pairs, rules: WishRules) -> Float32s:
    """Return how far what one does there is what the person wishes, [n, m].

    The wishes that the opening meets are added up, the strongest counting 1, at most 1 in all.
    Who has named no activity gets `unsaid`. Likeness to the person's own words fills a share of
    what is missing; an activity the person would rather not do takes a share of all away.
    """
    strongest = people.wants.max(axis=1, initial=0)[:, None]
    named = strongest > 0
    # Whole thousandths: their sums are exact in any order, so BLAS cannot change a bit.
    wants = np.rint(people.wants / np.where(named, strongest, 1) * _WISH_UNITS)
    menu = offers.menu.T.astype(np.float32)
    met = np.where(named, np.minimum(wants @ menu / _WISH_UNITS, 1), np.float32(rules.unsaid))
    words = np.minimum(pairs.similarity / np.float32(rules.text_full), 1) * rules.text_share
    wish: Float32s = met + (1 - met) * words
    disliked = people.dislikes.astype(np.float32) @ menu > 0
    return np.where(disliked, wish * rules.dislike_keeps, wish)


def time_part(people: Profiles, offers: Offers, rules: TimeRules) -> Float32s:
    """Return how well the weekly slots lie in the person's free bands, [n, m].

    A slot is covered by the share of its bands in which the person is free; the part is the mean
    of the best covered slot and of all of them. Times by arrangement are worth a fixed value.
    """
    free = people.available[:, None]
    best = np.zeros((len(people), len(offers)), np.float32)
    summed = np.zeros_like(best)
    for slot in offers.slots.T:
        bands = np.maximum(np.bitwise_count(slot), 1).astype(np.float32)
        covered = np.bitwise_count(slot & free) / bands
        np.maximum(best, covered, out=best)
        summed += covered
    slots = np.maximum(np.count_nonzero(offers.slots, axis=1), 1).astype(np.float32)
    time: Float32s = (best + summed / slots) / 2
    return np.where(offers.by_arrangement, np.maximum(time, rules.by_arrangement), time)


def travel_part(people: Profiles, offers: Offers, pairs: Pairs, rules: TravelRules) -> Float32s:
    """Return how easy the way is, by its share of the longest one the person bears, [n, m].

    1 next door, `at_limit` at the limit, 0 beyond; at least `pickup` where the place fetches.
    """
    limit = people.travel_limit_minutes
    limit = np.where(np.isfinite(limit), limit, np.float32(rules.far_minutes))[:, None]
    share = pairs.travel_minutes / np.maximum(limit, _NO_WAY_MINUTES)
    way = np.where(share <= 1, 1 - share * (1 - rules.at_limit), np.float32(0))
    return np.where(offers.pickup, np.maximum(way, rules.pickup), way)


def calm_part(people: Profiles, offers: Offers, rules: CalmRules) -> Float32s:
    """Return how well the person bears noise, closeness and number of people there, [n, m].

    The mean of the three; without a known number of people, of the first two.
    """
    bears = np.array(rules.bears, np.float32)
    noise = bears[people.noise_limit - 1][:, offers.noise - 1]
    crowd = bears[people.crowd_limit - 1][:, offers.crowd - 1]
    easy = np.array(rules.people, np.float32)[people.crowd_limit - 1][:, None]
    number = np.clip(2 - offers.people / easy, 0, 1)
    return np.where(offers.people < 0, (noise + crowd) / 2, (noise + crowd + number) / 3)


def ease_part(
    people: Profiles, offers: Offers, pairs: Pairs, rules: EaseRules, stage: StageRules
) -> Float32s:
    """Return how easy the beginning is, [n, m].

    The mean of four: company where it is wished, leaving early, a visit of at most half of what
    the person bears, stages that include the one the person goes for. Knowing the place, or
    someone there, fills a share of what is missing.
    """
    alone = (people.companion[:, None] > 0) & ~offers.companion_welcome
    company = np.where(alone, np.float32(rules.alone), np.float32(1))
    leaving = np.where(offers.leave_early, np.float32(1), np.float32(rules.no_early_leave))
    longest = np.where(people.max_minutes > 0, people.max_minutes, rules.long_minutes)
    visit = offers.min_minutes / longest.astype(np.float32)[:, None]
    short = np.clip(2 - 2 * visit, 0, 1)
    goal = (people.stage + people.next_step)[:, None]
    missed: Int8s = np.maximum(np.maximum(offers.first_stage - goal, goal - offers.last_stage), 0)
    step = np.maximum(1 - missed.astype(np.float32) * stage.step_loss, 0)
    ease: Float32s = (company + leaving + short + step) / 4
    knows = pairs.familiar | pairs.acquainted
    return np.where(knows, ease + (1 - ease) * rules.familiar_share, ease)


def fresh_part(offers: Offers, rules: FreshRules) -> Float32s:
    """Return how recently someone asked the host, [m]: 1, falling to `stale`, also for never."""
    days = np.where(offers.confirmed_days < 0, rules.stale_days, offers.confirmed_days)
    faded = (days - rules.full_days) / (rules.stale_days - rules.full_days)
    fresh: Float32s = (1 - np.clip(faded, 0, 1) * (1 - rules.stale)).astype(np.float32)
    return fresh


def host_part(pairs: Pairs, rules: HostRules) -> Float32s:
    """Return how glad of the person the host would be, [n, m]; `unsaid` where nothing was named."""
    glad = pairs.glad.astype(np.float32) / np.float32(100)
    return np.where(pairs.glad < 0, np.float32(rules.unsaid), glad)


def own_fit(scores: Scores, policy: Policy) -> NDArray[np.int64]:
    """Return the fit of every pair for the person alone, in whole units of 1e-6, [n, m]."""
    own = replace(policy, weights=replace(policy.weights, host=0.0))
    parts = np.moveaxis(scores.parts, -1, 0)[: len(PART_NAMES)]
    total = weighted(tuple(parts), own) if HOST_PART in scores.part_names else scores.total
    return np.rint(total * SCORE_UNITS).astype(np.int64)


def weighted(parts: tuple[Float32s, ...], policy: Policy) -> NDArray[np.float64]:
    """Return the fit that parts make up, in whole units of 1e-6, [n, m]."""
    total: NDArray[np.float64] = np.zeros(parts[0].shape)
    for share, part in zip(policy.weights.shares, parts, strict=True):
        total += np.float64(share) * part
    return np.rint(total * SCORE_UNITS) / SCORE_UNITS
