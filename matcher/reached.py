"""How far a program was solved, and what shows it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from matcher.branching import Bounded
from matcher.problem import Int64s
from matcher.result import Cut


@dataclass(frozen=True, slots=True, eq=False)
class Reached:
    """A solution with a value and a bound of each objective.

    Attributes
    ----------
    solution
        All columns, [c + s].
    values, bounds
        Of each objective, in the program's sense: more is better.
    bounded
        What was shown of each objective.
    cuts
        Rows that this may name beside those of the program.
    cut_off
        Whether the clock decided what was done. Another clock may have found another solution.
    """

    solution: Int64s
    values: tuple[int, ...]
    bounds: tuple[int, ...]
    bounded: tuple[Bounded, ...]
    cuts: tuple[Cut, ...] = ()
    cut_off: bool = False

    @property
    def optimal(self) -> bool:
        """Whether every value equals its bound, on every machine."""
        return self.values == self.bounds and not self.cut_off

    def as_far_as_shown(self, *, cut_off: bool) -> Reached:
        """Bound each objective by what its tree shows: a solver's word for it is told nowhere."""
        bounds = tuple(shown.bound for shown in self.bounded)
        return replace(self, bounds=bounds, cut_off=cut_off)
