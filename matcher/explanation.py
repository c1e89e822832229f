"""Why, and why not: codes with their values, taken from what was really computed.

No sentence is made here. A fact is told only where the part of the score it belongs to was
good, so words made from these codes cannot say what the decision did not use.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from matcher.consideration import Consideration
from matcher.eligibility import Reason
from matcher.policy import HOST_PART, Policy

MOST_FACTS = 3


class Word(StrEnum):
    """How well a pair fits, in four steps."""

    GOOD = "good"
    FAIR = "fair"
    NEAR = "near"
    POOR = "poor"


class PartWord(StrEnum):
    """How well one part fits, in four steps."""

    EXACT = "exact"
    EASY = "easy"
    EFFORT = "effort"
    HARD = "hard"


class FactCode(StrEnum):
    """What can be said for a pair; the comment names its values."""

    MENU = "menu"  # wished menu codes (columns) done there, the most wished first
    OWN_WORDS = "own_words"  # likeness to the person's own words, percent
    SLOTS = "slots"  # weekly slots (bits of the week) in which the person is free
    BY_ARRANGEMENT = "by_arrangement"
    TRAVEL_MINUTES = "travel_minutes"  # one way, whole minutes
    PICKUP = "pickup"
    PEOPLE = "people"  # how many usually come
    QUIET = "quiet"
    UNCROWDED = "uncrowded"
    FAMILIAR = "familiar"
    ACQUAINTED = "acquainted"  # someone whom the person knows is there
    COMPANION = "companion"  # the wished company is welcome
    NEXT_STAGE = "next_stage"  # the first stage there
    LEAVE_EARLY = "leave_early"
    SHORT_VISIT = "short_visit"  # shortest visit, minutes
    CONFIRMED = "confirmed"  # days since someone asked


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing to say for a pair, with whole numbers as its values."""

    code: FactCode
    values: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class PartExplanation:
    """One part of the fit: its value, its share of the total, its word, what to say of it."""

    name: str
    value: float
    weight_share: float
    word: PartWord
    fact: Fact | None

    @property
    def contribution(self) -> float:
        """What the part adds to the total."""
        return self.value * self.weight_share


@dataclass(frozen=True, slots=True)
class PairExplanation:
    """Why, or why not.

    Attributes
    ----------
    word
        Of the total; a refused pair is always `poor`.
    score
        The total.
    parts
        The greatest contribution first.
    strongest
        At most three facts of parts that fit well, in the order of the parts; empty if refused.
    reasons
        Every rule that refuses the pair, in the order of telling.
    """

    word: Word
    score: float
    parts: tuple[PartExplanation, ...]
    strongest: tuple[Fact, ...]
    reasons: tuple[Reason, ...]


def word_of(score: float, policy: Policy) -> Word:
    """Return the word for a fit; a cut point belongs to the better word."""
    words = policy.words
    if score >= words.good:
        return Word.GOOD
    if score >= words.fair:
        return Word.FAIR
    return Word.NEAR if score >= words.near else Word.POOR


def part_word_of(value: float, policy: Policy) -> PartWord:
    """Return the word for one part; a cut point belongs to the better word."""
    words = policy.part_words
    if value >= words.exact:
        return PartWord.EXACT
    if value >= words.easy:
        return PartWord.EASY
    return PartWord.EFFORT if value >= words.effort else PartWord.HARD


def explain_pair(considered: Consideration, i: int, j: int) -> PairExplanation:
    """Say why person `i` and opening `j` fit, or everything that stands between them."""
    scores, policy = considered.scores, considered.policy
    reasons = considered.eligibility.reasons(i, j)
    total = float(scores.total[i, j])
    parts = sorted(
        (
            # Six decimals, so that 0.6 kept in four bytes is still 0.6 at a cut point.
            _part(considered, name, round(float(value), 6), share, i, j)
            for name, value, share in zip(
                scores.part_names, scores.parts[i, j], policy.weights.shares, strict=True
            )
        ),
        key=lambda part: -part.contribution,
    )
    telling = (PartWord.EXACT, PartWord.EASY)
    facts = [part.fact for part in parts if part.fact and part.word in telling]
    return PairExplanation(
        word=Word.POOR if reasons else word_of(total, policy),
        score=total,
        parts=tuple(parts),
        strongest=() if reasons else tuple(facts[:MOST_FACTS]),
        reasons=reasons,
    )


def _part(
    considered: Consideration, name: str, value: float, weight_share: float, i: int, j: int
) -> PartExplanation:
    word = part_word_of(value, considered.policy)
    return PartExplanation(name, value, weight_share, word, _FACTS[name](considered, i, j))


def _wish_fact(considered: Consideration, i: int, j: int) -> Fact | None:
    wants = considered.profiles.wants[i]
    met = np.flatnonzero(considered.offers.menu[j] & (wants > 0))
    if met.size:
        most_wished_first = met[np.argsort(-wants[met], kind="stable")]
        return Fact(FactCode.MENU, tuple(most_wished_first.tolist()))
    likeness = round(100 * float(considered.pairs.similarity[i, j]))
    return Fact(FactCode.OWN_WORDS, (likeness,)) if likeness else None


def _time_fact(considered: Consideration, i: int, j: int) -> Fact | None:
    free = int(considered.profiles.available[i])
    fitting = sorted(int(slot) for slot in considered.offers.slots[j] if slot and not slot & ~free)
    if fitting:
        return Fact(FactCode.SLOTS, tuple(fitting))
    return Fact(FactCode.BY_ARRANGEMENT) if considered.offers.by_arrangement[j] else None


def _travel_fact(considered: Consideration, i: int, j: int) -> Fact | None:
    minutes = float(considered.pairs.travel_minutes[i, j])
    borne = minutes <= considered.profiles.travel_limit_minutes[i]
    if borne and np.isfinite(minutes):
        return Fact(FactCode.TRAVEL_MINUTES, (round(minutes),))
    return Fact(FactCode.PICKUP) if considered.offers.pickup[j] else None


def _calm_fact(considered: Consideration, i: int, j: int) -> Fact | None:
    offers = considered.offers
    easy = considered.policy.calm.people[considered.profiles.crowd_limit[i] - 1]
    if 0 <= offers.people[j] <= easy:
        return Fact(FactCode.PEOPLE, (int(offers.people[j]),))
    if offers.noise[j] == 1:
        return Fact(FactCode.QUIET)
    return Fact(FactCode.UNCROWDED) if offers.crowd[j] == 1 else None


def _ease_fact(considered: Consideration, i: int, j: int) -> Fact | None:
    profiles, offers = considered.profiles, considered.offers
    if considered.pairs.familiar[i, j]:
        return Fact(FactCode.FAMILIAR)
    if considered.pairs.acquainted[i, j]:
        return Fact(FactCode.ACQUAINTED)
    if profiles.companion[i] > 0 and offers.companion_welcome[j]:
        return Fact(FactCode.COMPANION)
    if offers.leave_early[j]:
        return Fact(FactCode.LEAVE_EARLY)
    if 0 < 2 * int(offers.min_minutes[j]) <= int(profiles.max_minutes[i]):
        return Fact(FactCode.SHORT_VISIT, (int(offers.min_minutes[j]),))
    near = (
        offers.first_stage[j] <= profiles.stage[i] + profiles.next_step[i] <= offers.last_stage[j]
    )
    return Fact(FactCode.NEXT_STAGE, (int(offers.first_stage[j]),)) if near else None


def _fresh_fact(considered: Consideration, _: int, j: int) -> Fact | None:
    days = int(considered.offers.confirmed_days[j])
    recent = 0 <= days <= considered.policy.fresh.full_days
    return Fact(FactCode.CONFIRMED, (days,)) if recent else None


_FACTS: Final[Mapping[str, Callable[[Consideration, int, int], Fact | None]]] = {
    "wish": _wish_fact,
    "time": _time_fact,
    "travel": _travel_fact,
    "calm": _calm_fact,
    "ease": _ease_fact,
    "fresh": _fresh_fact,
    HOST_PART: lambda _, __, ___: None,  # nothing to say to a person: it is the host's wish
}
