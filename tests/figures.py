"""What tests have counted and measured, told at the end of a run with several workers too."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import pytest

_KEY: Final = "figure"
_told: Final[list[str]] = []


def figure(text: str) -> None:
    """Have a line stand under the figures of the run."""
    _told.append(text)


def keep_figures(report: pytest.TestReport) -> None:
    """Send what was told since the last report along with this one."""
    report.user_properties += [(_KEY, text) for text in _told]
    _told.clear()


def figures_of(reports: Iterable[object]) -> list[str]:
    """Return all that was told, in a lasting order."""
    return sorted(
        str(value)
        for report in reports
        for key, value in getattr(report, "user_properties", ())
        if key == _KEY
    )
