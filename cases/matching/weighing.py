"""Every rule asked and every part weighed, of all people and openings at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cases.errors import NotFound
from cases.matching.inputs import MatchInputs
from cases.matching.overriding import with_overrides
from matcher.consideration import Consideration, consider
from matcher.policy import Policy


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """Inputs with all that the matcher asked and weighed about every pair.

    Attributes
    ----------
    set_aside
        Bits of the rules that refuse a pair and that the office set aside, uint32[n, m]; empty
        where there are none.
    """

    inputs: MatchInputs
    considered: Consideration
    set_aside: NDArray[np.uint32] = field(default_factory=lambda: np.zeros((0, 0), np.uint32))

    def row(self, participant_id: str) -> int:
        """Return the row of a person; raises `NotFound`."""
        return _position(self.considered.profiles.ids, participant_id, "participant_not_weighed")

    def column(self, opening_id: str) -> int:
        """Return the column of an opening; raises `NotFound`."""
        return _position(self.considered.offers.ids, opening_id, "opening_not_weighed")


def _position(ids: Sequence[str], wanted: str, code: str) -> int:
    try:
        return ids.index(wanted)
    except ValueError:
        raise NotFound(code, id=wanted) from None


def weigh(inputs: MatchInputs, policy: Policy) -> Weighed:
    """Ask every rule and weigh every part for every pair; what the office set aside gives way."""
    asked = consider(inputs.profiles, inputs.offers, inputs.pairs, policy)
    considered = with_overrides(asked, inputs.arranged, inputs.receiving)
    if considered is asked:
        return Weighed(inputs, asked)
    set_aside = asked.eligibility.failed & ~considered.eligibility.failed
    return Weighed(inputs, considered, set_aside)
