"""Figures for a reader who may read no small ones: totals alone, and none of few people.

No figure of a group is among them, not even with the small ones left out: two drafts that differ
in a single person, one after the other, would tell that person's group.
"""

from __future__ import annotations

from typing import Final

LEAST_TOLD: Final = 5
"""Fewer people than this could be recognised; 0 tells of nobody."""


def unless_small(total: int | None) -> int | None:
    """Return how many there are, None for what is not told."""
    return None if total is None or 0 < total < LEAST_TOLD else total
