"""What a host may read of who waits for an opening: what could be done, never on whose account.

Nothing is said on behalf of one or two people: who knows the town might guess them. No number, no
age, no day of anybody is in it, and an edit is answered once, after the next run (`LATER`).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

import numpy as np

from cases.matching.weighing import Weighed
from cases.words.changes import Audience, change_words
from cases.words.wording import own_wording
from matcher.change import Kind, Side, side_of
from matcher.relaxation import changes_of, relax_pairs

FEWEST_PEOPLE: Final = 3
"""A sentence stands for at least so many people."""


@dataclass(frozen=True, slots=True)
class HostsPart:
    """Whether people who wait can come as things are, and what the host could do for others.

    `is_later`: that is told after the next run.
    """

    fits: bool = False
    asks: tuple[str, ...] = ()
    is_later: bool = False

    @property
    def sentence(self) -> str:
        """Both in one line; it names nobody and no number."""
        if self.is_later:
            return own_wording().say("host_view", "later")
        code = ("fits" if self.fits else "") + ("asks" if self.asks else "")
        return own_wording().say("host_view", code or "nothing")


LATER: Final = HostsPart(is_later=True)


def hosts_part(weighed: Weighed, opening_id: str) -> HostsPart:
    """Return what the host alone could do so that people who wait can come.

    Parameters
    ----------
    weighed
        Everyone who waits and may be matched.
    """
    j = weighed.column(opening_id)
    considered, inputs = weighed.considered, weighed.inputs
    failed = considered.eligibility.failed[:, j]
    refused = np.flatnonzero(failed)
    kinds = relax_pairs(considered, refused, np.full(refused.size, j), inputs.latitude).kinds
    told: Counter[str] = Counter()
    for i, mask in zip(refused.tolist(), kinds.tolist(), strict=True):
        if not mask or not _is_hosts_alone(mask):
            continue
        changes = changes_of(considered, i, j, mask, inputs.latitude)
        told[change_words(changes, inputs.facts(i, j), inputs.city.vocabulary, Audience.HOST)] += 1
    say = own_wording().say
    sentences = [
        say("then", "host", condition=words)
        for words, people in told.items()
        if words and people >= FEWEST_PEOPLE
    ]
    return HostsPart(int((failed == 0).sum()) >= FEWEST_PEOPLE, tuple(sorted(sentences)))


def _is_hosts_alone(kinds: int) -> bool:
    return all(side_of(kind) is Side.HOST for kind in Kind if kinds >> kind & 1)
