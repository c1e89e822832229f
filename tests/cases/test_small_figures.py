"""Small figures are told to nobody who may not read them."""

from __future__ import annotations

from cases.small_figures import LEAST_TOLD, unless_small


def test_what_is_large_or_nobody_is_told_as_it_is() -> None:
    assert [unless_small(each) for each in (0, LEAST_TOLD, 25)] == [0, LEAST_TOLD, 25]


def test_of_few_people_no_figure_is_told() -> None:
    assert {unless_small(each) for each in range(1, LEAST_TOLD)} == {None}
    assert unless_small(None) is None
