"""Small figures are told to nobody who may not read them, not even by way of a sum."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import product

import pytest

from cases import small_figures
from cases.small_figures import LEAST_TOLD, without_small


def parted(total: int, groups: int) -> Iterator[tuple[int, ...]]:
    """Return every way to part a number of people into groups."""
    if groups == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in parted(total - first, groups - 1):
            yield first, *rest


def computable(groups: Sequence[int], most: int) -> list[tuple[tuple[int, ...], ...]]:
    """Return all tables, of as many groups each, of which a reader could compute a small figure.

    The reader knows the rule by heart, and tries out every table that would look the same.
    """
    alike: defaultdict[str, list[tuple[tuple[int, ...], ...]]] = defaultdict(list)
    for total in range(most + 1):
        for tables in product(*(list(parted(total, each)) for each in groups)):
            alike[str(without_small(total, tables))].append(tables)
    found = []
    for same in alike.values():
        flat = [[figure for table in tables for figure in table] for tables in same]
        for column in zip(*flat, strict=True):
            if len(set(column)) == 1 and 0 < column[0] < LEAST_TOLD:
                found.append(same[0])
    return found


@pytest.mark.parametrize(
    ("groups", "most"), [([1], 9), ([2], 20), ([3], 20), ([4], 18), ([2, 3], 13)]
)
def test_no_small_figure_can_be_computed(groups: list[int], most: int) -> None:
    assert computable(groups, most) == []


def test_leaving_out_the_small_ones_alone_would_tell_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the defence away, one small figure is the total less the others."""
    monkeypatch.setattr(
        small_figures,
        "_left_out",
        lambda table: {at for at, figure in enumerate(table) if 0 < figure < LEAST_TOLD},
    )
    assert ((2, 11),) in computable([2], 13)


def test_what_is_large_is_told_as_it_is() -> None:
    assert without_small(25, [[10, 15], [0, 25], [2, 3, 20]]) == (
        25,
        [[10, 15], [0, 25], [None, None, 20]],
    )


def test_a_single_small_figure_takes_the_first_large_one_with_it() -> None:
    assert without_small(25, [[3, 12, 10]]) == (25, [[None, None, 10]])


def test_where_nothing_else_could_be_left_out_no_figure_is_told() -> None:
    assert without_small(3, [[3, 0]]) == (None, [[None, None]])
    assert without_small(8, [[4, 4, 0], [8]]) == (None, [[None] * 3, [None]])
    assert without_small(0, [[0, 0]]) == (0, [[0, 0]])
