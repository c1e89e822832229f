"""Rules that the office sets aside for one person and one opening: which may be, and their effect.

Consent and protection are no rules of a pair, so nothing here can touch them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from cases.matching.arrangements import Arrangements
from cases.matching.latitude import laws_of
from cases.own_data import own_data
from cases.placing_rule import PlacingKind
from cases.receiving import Receiving
from matcher.consideration import Consideration
from matcher.eligibility import Eligibility, Reason


@dataclass(frozen=True, slots=True)
class Overriding:
    """One dated list of the rules that may be set aside, and of those that never are."""

    version: str
    source: str
    may: frozenset[Reason]
    never: frozenset[Reason]


@cache
def own_overriding() -> Overriding:
    """Return the list that comes with the product (`cases/data/overriding.toml`)."""
    data = own_data("overriding")
    may, never = (frozenset(Reason[name.upper()] for name in data[key]) for key in ("may", "never"))
    return Overriding(data["version"], data["source"], may, never)


def may_override(reasons: Iterable[Reason], receiving: Receiving) -> bool:
    """Tell whether all of the rules that refuse an opening may be set aside for a person."""
    allowed = own_overriding().may - laws_of(receiving).keys()
    asked = frozenset(reasons)
    return bool(asked) and asked <= allowed


def with_overrides(
    considered: Consideration, arranged: Arrangements, receiving: tuple[Receiving, ...]
) -> Consideration:
    """Return the pairs as the office sees them: what it set aside refuses no more.

    Parameters
    ----------
    receiving
        Of each column.
    """
    overrides = arranged.of_kind(PlacingKind.OVERRIDE)
    if not overrides:
        return considered
    rows = {id_: at for at, id_ in enumerate(considered.profiles.ids)}
    columns = {id_: at for at, id_ in enumerate(considered.offers.ids)}
    failed = considered.eligibility.failed.copy()
    for rule in overrides:
        i, j = rows.get(rule.participant_id), columns.get(rule.opening_id or "")
        if i is not None and j is not None:
            failed[i, j] &= ~np.uint32(_bits(rule.overrides, receiving[j]))
    return replace(considered, eligibility=Eligibility(failed))


def _bits(names: Iterable[str], receiving: Receiving) -> int:
    rules = (Reason[name.upper()] for name in names)
    return sum(1 << rule for rule in rules if may_override([rule], receiving))
