"""What can be asked of an opening: not what law fixes, nor of a place that is not known yet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from cases.own_data import own_data
from cases.receiving import Receiving
from catalog.vocabulary import Vocabulary
from matcher.change import Latitude
from matcher.eligibility import Reason
from matcher.profiles import Bools


@dataclass(frozen=True, slots=True)
class LegalLimit:
    """Rules that law fixes for a kind of place or a form of taking part."""

    rules: frozenset[Reason]
    law: str
    resource_kind: str = ""
    form: str = ""

    def holds_for(self, receiving: Receiving) -> bool:
        """Tell whether an opening is of that kind or form."""
        kind = receiving.resource.kind if receiving.resource else ""
        return (self.resource_kind or None) == kind or (self.form or None) == receiving.opening.form


@dataclass(frozen=True, slots=True)
class LegalLimits:
    """One dated set of limits."""

    version: str
    source: str
    limits: tuple[LegalLimit, ...]


@cache
def legal_limits() -> LegalLimits:
    """Return the limits that come with the product (`cases/data/legal_limits.toml`)."""
    data = own_data("legal_limits")
    limits = tuple(
        LegalLimit(frozenset(Reason[name.upper()] for name in entry.pop("rules")), **entry)
        for entry in data["limits"]
    )
    return LegalLimits(data["version"], data["source"], limits)


def laws_of(receiving: Receiving) -> dict[Reason, str]:
    """Return which rules of an opening law fixes, each with its law."""
    found = (each for each in legal_limits().limits if each.holds_for(receiving))
    return {rule: limit.law for limit in found for rule in sorted(limit.rules)}


def latitude_of(
    receiving: Sequence[Receiving], takes_part: Bools, vocabulary: Vocabulary
) -> Latitude:
    """Return what can be asked of each opening.

    Parameters
    ----------
    takes_part
        Openings whose place and codes are known, [m]; of others nobody can say what would help.
    """
    fixed = [_bits(laws_of(each)) for each in receiving]
    unknown = np.where(takes_part, 0, _bits([Reason.NOT_OPEN]))
    return Latitude(
        np.array(fixed, np.uint32) | unknown.astype(np.uint32),
        companion_brings=vocabulary.mask("accommodation", ["companion"]),
        leave_early_brings=vocabulary.mask("accommodation", ["leave_early"]),
    )


def _bits(rules: Iterable[Reason]) -> int:
    return sum(1 << rule for rule in rules)
