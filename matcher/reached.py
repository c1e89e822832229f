"""How far a program was solved, and what shows it."""

from __future__ import annotations

from dataclasses import dataclass

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
    """

    solution: Int64s
    values: tuple[int, ...]
    bounds: tuple[int, ...]
    bounded: tuple[Bounded, ...]
    cuts: tuple[Cut, ...] = ()

    @property
    def optimal(self) -> bool:
        """Whether every value equals its bound."""
        return self.values == self.bounds
