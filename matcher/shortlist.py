"""The best openings for one person after another, from openings that were prepared once.

What most rules say of an opening hangs on one value of the person alone: the age, the noise that
is borne, the accommodations that are needed. Each such answer is asked once for all openings and
kept. For a person the kept answers are joined, the other rules are asked about what is left, and
only that is weighed. Rules and parts are those of `eligibility` and `scoring`, so the order and
the bits are those of ranking everything.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from types import MappingProxyType
from typing import Any, Final, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from matcher.eligibility import RULES, Reason
from matcher.policy import Policy
from matcher.profiles import Bools, Offers, Pairs, Profiles, check_sizes
from matcher.ranking import Ranked, best_of
from matcher.scoring import parts_of, weighted

Places: TypeAlias = NDArray[np.intp]

READS: Final[Mapping[tuple[str, ...], tuple[Reason, ...]]] = MappingProxyType(
    {
        ("sex", "with_child", "companion", "noise_limit", "crowd_limit", "stage", "next_step"): (
            Reason.NOT_OPEN,
            Reason.FULL,
            Reason.SEX,
            Reason.CHILD,
            Reason.STAGE,
            Reason.LOWER_STAGE,
            Reason.NOISE,
            Reason.CROWD,
            Reason.COMPANION,
        ),
        ("age",): (Reason.AGE,),
        ("avoids",): (Reason.AVOIDED_ACTIVITY,),
        ("cost_limit_yen",): (Reason.COST,),
        ("fields",): (Reason.FIELD,),
        ("max_minutes",): (Reason.DURATION,),
        ("needs",): (Reason.ACCOMMODATION,),
    }
)
"""What rules know of a person. Rules that are not here are asked anew for every person."""
OF_PAIRS: Final = (Reason.OUTSIDE_AREA, Reason.AVOIDED, Reason.TRAVEL, Reason.UNREACHABLE)
"""Of those, the ones that are quick to ask about all openings, and refuse most."""
OTHERS: Final = tuple(
    reason for reason in RULES if reason not in (*chain(*READS.values()), *OF_PAIRS)
)
MOST_KEPT: Final = 5000
"""Answers kept; each takes one byte for an opening."""
AT_ONCE: Final = 8
"""People who are weighed together: more share fewer openings, fewer spread the work less."""


class Shortlist:
    """Openings, ready to be ranked for one person after another."""

    def __init__(self, offers: Offers, policy: Policy) -> None:
        self._offers, self._policy = offers, policy
        self._kept: dict[tuple[tuple[str, ...], bytes], Bools] = {}

    def best(self, profiles: Profiles, pairs: Pairs, top: int) -> list[Ranked]:
        """Return the `top` best openings for each person; equal fits in the order of their ids.

        Raises
        ------
        MatcherError
            `sizes_differ` if the inputs do not belong together, `top_too_small` if `top` is
            below 1.
        """
        check_sizes(profiles, self._offers, pairs)
        if len(profiles) <= AT_ONCE:
            return self._best(profiles, pairs, top)
        found = []
        for first in range(0, len(profiles), AT_ONCE):
            rows = slice(first, first + AT_ONCE)
            people, theirs = _Rows(profiles, rows), _Rows(pairs, rows)
            found += self._best(cast("Profiles", people), cast("Pairs", theirs), top)
        return found

    def _best(self, people: Profiles, pairs: Pairs, top: int) -> list[Ranked]:
        refused = self._refused(people)
        for reason in OF_PAIRS:
            refused |= RULES[reason](people, self._offers, pairs, self._policy)
        left = np.flatnonzero(~refused.all(axis=0))
        refused = refused[:, left]
        offers = cast("Offers", _Rows(self._offers, left))
        pairs = cast("Pairs", _Rows(pairs, slice(None), left))
        for reason in OTHERS:
            refused |= RULES[reason](people, offers, pairs, self._policy)
        total = weighted(parts_of(people, offers, pairs, self._policy), self._policy)
        found = []
        for own, no in zip(total, refused, strict=True):
            some = np.flatnonzero(~no)
            some = some[best_of(own[some], (offers.id_rank[some],), top)]
            found.append(Ranked(left[some], own[some]))
        return found

    def _refused(self, people: Profiles) -> Bools:
        """Join the kept answers, [n, m]."""
        refused = np.zeros((people.age.size, len(self._offers)), np.bool_)
        for names in READS:
            values = [getattr(people, name) for name in names]
            for i, own in enumerate(refused):
                key = names, b"".join([column[i].tobytes() for column in values])
                if key not in self._kept:
                    self._keep(key, people, i)
                own |= self._kept[key]
        return refused

    def _keep(self, key: tuple[tuple[str, ...], bytes], people: Profiles, i: int) -> None:
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        person = cast("Profiles", _Rows(people, slice(i, i + 1)))
        nothing = cast("Pairs", None)  # these rules read no pair
        refused = np.zeros(len(self._offers), np.bool_)
        for reason in READS[key[0]]:
            refused |= np.ravel(RULES[reason](person, self._offers, nothing, self._policy))
        self._kept[key] = refused


class _Rows:
    """Some rows of a table, or some columns of those; each taken when it is first asked for."""

    def __init__(self, table: object, at: slice | Places, columns: Places | None = None) -> None:
        self._table, self._at, self._columns = table, at, columns

    def __getattr__(self, name: str) -> NDArray[Any]:
        whole, at = getattr(self._table, name), self._at
        some: NDArray[Any] = whole[at] if isinstance(at, slice) else whole.take(at, axis=0)
        if self._columns is not None:
            some = some.take(self._columns, axis=1)
        self.__dict__[name] = some
        return some

    def __len__(self) -> int:
        return len(self.id_rank)
