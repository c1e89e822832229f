"""Where a place that does not exist yet would let one more person take part.

For every 圏域 and kind of need together: one place, for whoever lives there and has that need,
that fits them as well as what they could have now does in the middle. What that would bring is
computed for everyone who took part in the run, so only who may open them all may be told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from cases.words.wording import own_wording
from matcher.imagined import at_median_scores, gains_of
from matcher.problem import Problem
from matcher.result import Assignment


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """A 圏域 and a kind of need; `need_kind` is a code."""

    district: str
    need_kind: str


@dataclass(frozen=True, slots=True)
class ImaginedPlace:
    """One place for the people of a cell.

    Attributes
    ----------
    people
        How many more would have a place.
    score_units
        How much all fits together would gain, in units of 1e-6; below 0 where they would lose.
    """

    cell: Cell
    people: int
    score_units: int


@dataclass(frozen=True, slots=True)
class Imagined:
    """Places that would help, the most helpful first.

    `is_complete` is False where rules between people make some of them too much to compute.
    """

    places: tuple[ImaginedPlace, ...]
    is_complete: bool


def imagined_places(
    problem: Problem, assignment: Assignment, cells: Mapping[str, Cell]
) -> Imagined:
    """Find the cells for which one more place would let more people take part.

    Parameters
    ----------
    cells
        By participant id; whoever has none is in no cell (unknown 圏域, or a protected address).

    Raises
    ------
    MatcherError
        Where the run is not proven optimal.
    """
    return _imagined(problem, assignment, tuple(sorted(cells.items())))


@lru_cache(maxsize=4)
def _imagined(
    problem: Problem, assignment: Assignment, cells: tuple[tuple[str, Cell], ...]
) -> Imagined:
    at = {id_: position for position, id_ in enumerate(problem.participant_ids)}
    known = [(at[id_], cell) for id_, cell in cells if id_ in at]
    names = sorted({cell for _, cell in known})
    place_of = {cell: place for place, cell in enumerate(names)}
    rows = [(person, place_of[cell]) for person, cell in known]
    members = np.array(rows, np.int32).reshape(-1, 2)
    places = at_median_scores(problem, members, len(names))
    found = gains_of(problem, assignment, places)
    gain = dict(zip(problem.objectives, found.gains.tolist(), strict=True))
    none = [0] * len(names)
    people = _people(problem, gain.get("placed", none))
    helpful = [
        ImaginedPlace(cell, more, score)
        for cell, more, score in zip(names, people, gain.get("score", none), strict=True)
        if more > 0
    ]
    helpful.sort(key=lambda each: (-each.people, -each.score_units, each.cell))
    return Imagined(tuple(helpful), bool(found.known.all()))


def _people(problem: Problem, gained: list[int]) -> list[int]:
    """Turn gained weight into people; with unlike weights one place is told to bring one."""
    weights = np.unique(problem.weight).tolist()
    if len(weights) == 1:
        return [weight // weights[0] for weight in gained]
    return [int(weight > 0) for weight in gained]


def imagined_words(place: ImaginedPlace) -> str:
    """Return what one place for a cell would bring."""
    say = own_wording().say
    words = say("imagined", "place", people=place.people)
    return words + (say("imagined", "loses") if place.score_units < 0 else "")
