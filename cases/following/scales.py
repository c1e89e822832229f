"""Scales as data packs: つながり指標 first; texts of levels only where they are free to print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cases.errors import CaseError


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis or item, with the words of its levels where they are free to print."""

    code: str
    name: str
    levels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """One version of a scale; only answers of the same version are compared.

    `higher_is` says in words what a higher number means. No sum over axes is ever shown unless
    `sums` says that the scale is made to be summed.
    """

    id: str
    version: str
    name: str
    axes: tuple[Axis, ...]
    lowest: int
    highest: int
    higher_is: str
    source: str
    licence: str
    sums: bool = False
    to_check: bool = False

    def check(self, values: Sequence[int]) -> None:
        """Raise `CaseError` (``scale_answer``) unless there is one value in range for each axis."""
        fits = len(values) == len(self.axes)
        if not fits or not all(self.lowest <= each <= self.highest for each in values):
            raise CaseError("scale_answer", scale=self.name)
