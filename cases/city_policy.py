"""The policy that a city's matchings go by: the product's, or the city's own, from a day on.

A policy is adopted with a date and a reason and never changed afterwards, so that every run can
be computed again with the policy that it names.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from catalog.municipality import Municipality
from matcher.policy import Policy, own_policy, policy_from
from matcher.policy_text import read_policy


@dataclass(frozen=True, slots=True)
class AdoptedPolicy:
    """A policy that a city has adopted, as it was written.

    `number` counts them. `version` names the content as it was understood at the adoption.
    """

    number: int
    from_on: date
    version: str
    text: str
    reason: str
    adopted_by: str
    adopted_at: datetime


def policy_of(settings: Municipality) -> Policy:
    """Return the policy of a city's settings: the product's own, or the city's laid over it."""
    return policy_from(settings.policy) if settings.policy else own_policy()


def in_force(policies: Iterable[AdoptedPolicy], on: date) -> AdoptedPolicy | None:
    """Return the adopted policy that holds on a day: the last that began; of one day the newest."""
    begun = [each for each in policies if each.from_on <= on]
    return max(begun, key=lambda each: (each.from_on, each.number), default=None)


def policy_on(policies: Iterable[AdoptedPolicy], settings: Municipality, on: date) -> Policy:
    """Return the policy by which people are matched as of a day."""
    adopted = in_force(policies, on)
    return read_policy(adopted.text) if adopted else policy_of(settings)


def policy_named(
    policies: Iterable[AdoptedPolicy], settings: Municipality, version: str
) -> Policy | None:
    """Return the policy that a run names, or None where only an older product knew it."""
    adopted = (read_policy(each.text) for each in policies if each.version == version)
    known = (*adopted, policy_of(settings), own_policy())
    return next((each for each in known if each.version == version), None)
