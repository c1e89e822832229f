"""Why somebody has no place: nothing listed, nothing possible, not worth a loss, or all taken."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from matcher.possible import Bools
from matcher.problem import Int32s, Problem
from matcher.result import Unplaced


def reasons_of(
    problem: Problem, opening_of: Int32s, possible: Bools, worth: Callable[[int], bool]
) -> tuple[Unplaced | None, ...]:
    """Return the reason of every participant, None for whoever is placed.

    Parameters
    ----------
    possible
        Who has a pair that is possible by itself, [n].
    worth
        Whether a participant could be placed without loss to an objective before `placed`, or
        not at all; asked only where nothing else tells.
    """
    listed = np.zeros(opening_of.size, np.bool_)
    listed[problem.pair_participant] = True
    reasons: list[Unplaced | None] = [None] * opening_of.size
    for at in np.flatnonzero(opening_of < 0).tolist():
        if not listed[at]:
            reasons[at] = Unplaced.NO_PAIR
        elif not possible[at]:
            reasons[at] = Unplaced.RULE
        else:
            reasons[at] = Unplaced.CROWDED_OUT if worth(at) else Unplaced.NOT_WORTH
    return tuple(reasons)
