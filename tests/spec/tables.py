"""Reads the table in a docstring, so that what the manual shows is what the test asks."""

from __future__ import annotations

from collections.abc import Callable


def rows(test: Callable[[], None]) -> list[dict[str, str]]:
    """Return the rows of the table in the docstring, each by the words of its head."""
    lines = [line.strip() for line in (test.__doc__ or "").splitlines()]
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in lines
        if line.startswith("|") and not line.startswith("|-")
    ]
    head, *body = cells
    assert body, "the table has no rows"
    return [dict(zip(head, row, strict=True)) for row in body]
