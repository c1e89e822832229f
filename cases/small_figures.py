"""Figures for a reader who may read no small ones: none of few people, none that tells it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

LEAST_TOLD: Final = 5
"""Fewer people than this could be recognised; 0 tells of nobody."""

Told: TypeAlias = tuple[int | None, list[list[int | None]]]


def without_small(total: int, tables: Sequence[Sequence[int]]) -> Told:
    """Return a total and the tables that each add up to it, with None for what is not told.

    Small figures are left out, and with them as many others as it takes that none can be computed
    from the total. Which other one is left out depends on its place alone, so that the choice says
    nothing. Where nothing else could be left out, no figure is told, in any of the tables.

    Parameters
    ----------
    total
        How many there are.
    tables
        The same people parted in different ways.
    """
    left_out = [_left_out(table) for table in tables]
    if _is_small(total) or any(each is None for each in left_out):
        return None, [[None] * len(table) for table in tables]
    return total, [
        [None if at in (hidden or ()) else figure for at, figure in enumerate(table)]
        for table, hidden in zip(tables, left_out, strict=True)
    ]


def _left_out(table: Sequence[int]) -> set[int] | None:
    """Return the positions that are not told; None where nothing would be safe."""
    small = {at for at, figure in enumerate(table) if _is_small(figure)}
    if not small:
        return small
    if len(small) == 1:  # it is the total less all others: the first large one goes with it
        large = next((at for at, figure in enumerate(table) if figure >= LEAST_TOLD), None)
        return None if large is None else small | {large}
    # Where all are 1, or all are 4, their sum tells each.
    together = sum(table[at] for at in small)
    return small if len(small) < together < len(small) * (LEAST_TOLD - 1) else None


def _is_small(figure: int) -> bool:
    return 0 < figure < LEAST_TOLD
