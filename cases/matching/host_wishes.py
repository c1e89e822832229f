"""Whom hosts would be glad of, as numbers for the matcher: nothing of the hosts' own words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cases.receiving import Receiving
from catalog.opening import Preference
from catalog.schedule import Band
from catalog.vocabulary import Vocabulary
from matcher.host_wishes import HostWishes
from matcher.profiles import Bools

_NOTHING = Preference()


def encode_wishes(
    receiving: Sequence[Receiving], takes_part: Bools, vocabulary: Vocabulary
) -> HostWishes:
    """Return what the hosts of openings named.

    Parameters
    ----------
    takes_part
        Openings whose place and codes are known, [m]; of others nothing is read. An activity
        that is in no list any more is left out, for nobody can wish for it.
    """
    wishes = [
        each.opening.preference or _NOTHING if known else _NOTHING
        for each, known in zip(receiving, takes_part.tolist(), strict=True)
    ]
    codes = vocabulary.codes("menu")
    return HostWishes(
        min_age=np.array([-1 if w.min_age is None else w.min_age for w in wishes], np.int16),
        max_age=np.array([-1 if w.max_age is None else w.max_age for w in wishes], np.int16),
        stages=np.array([sum(1 << int(stage) for stage in w.stages) for w in wishes], np.int64),
        menu=np.array([[code in w.menu for code in codes] for w in wishes], np.bool_).reshape(
            len(wishes), len(codes)
        ),
        week=np.array([_week(w.weekdays) for w in wishes], np.int64),
    )


def _week(weekdays: frozenset[int]) -> int:
    return sum(1 << (weekday * len(Band) + band) for weekday in weekdays for band in Band)
