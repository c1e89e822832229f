"""Everything that was asked and weighed about every pair, in one value."""

from __future__ import annotations

from dataclasses import dataclass

from matcher.eligibility import Eligibility, check_eligibility
from matcher.policy import Policy
from matcher.profiles import Offers, Pairs, Profiles
from matcher.scoring import Scores, score


@dataclass(frozen=True, slots=True, eq=False)
class Consideration:
    """The inputs, the policy, and what followed from them; rankings and reasons start here."""

    profiles: Profiles
    offers: Offers
    pairs: Pairs
    policy: Policy
    eligibility: Eligibility
    scores: Scores


def consider(profiles: Profiles, offers: Offers, pairs: Pairs, policy: Policy) -> Consideration:
    """Ask all hard rules and weigh all parts for every pair.

    Raises
    ------
    MatcherError
        `sizes_differ` if the three inputs do not belong together.
    """
    return Consideration(
        profiles,
        offers,
        pairs,
        policy,
        check_eligibility(profiles, offers, pairs, policy),
        score(profiles, offers, pairs, policy),
    )
