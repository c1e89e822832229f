"""Where the lines of radar and slope run; the drawing itself is in `pages/calls/_course.html`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, pi, sin
from typing import Final

from cases.following.scale_packs import Course

RADIUS: Final = 80.0
CENTRE: Final = (150.0, 115.0)
LEFT, RIGHT, TOP, BOTTOM = 40.0, 220.0, 20.0, 190.0
MOST_DAYS: Final = 5
MOST_LEVELS: Final = 6
APART: Final = 4.0
"""Between lines that run on top of one another."""
LINE: Final = 16.0
"""Height of a label."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something stands, and what is written there."""

    x: float
    y: float
    words: str = ""
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Radar:
    """The shape now against the beginning."""

    rings: tuple[str, ...]
    spokes: tuple[Spot, ...]
    labels: tuple[Spot, ...]
    first: str
    last: str
    dots: tuple[Spot, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One axis over time; `label` stands at its end."""

    points: str
    dots: tuple[Spot, ...]
    label: Spot


@dataclass(frozen=True, slots=True)
class Slope:
    """Each axis over time."""

    levels: tuple[Spot, ...]
    days: tuple[Spot, ...]
    lines: tuple[Line, ...]


def radar_of(course: Course) -> Radar:
    """Return the radar; the lowest level lies a step outside of the middle."""
    scale = course.scale
    count, steps = len(scale.axes), scale.highest - scale.lowest + 1
    rings = [_ring([RADIUS * step / steps] * count) for step in range(1, steps + 1)]
    first, last = (
        _ring([RADIUS * (value - scale.lowest + 1) / steps for value in answer.values])
        for answer in (course.answers[0], course.answers[-1])
    )
    labels = tuple(
        Spot(x, y + 5, axis.name, "middle" if abs(x - CENTRE[0]) < 5 else side)
        for (x, y), axis in zip(_ring([RADIUS + 12] * count), scale.axes, strict=True)
        for side in ("start" if x > CENTRE[0] else "end",)
    )
    return Radar(
        tuple(map(_points, rings)),
        tuple(Spot(x, y) for x, y in rings[-1]),
        labels,
        _points(first),
        _points(last),
        tuple(Spot(x, y) for x, y in last),
    )


def slope_of(course: Course) -> Slope:
    """Return the slope: the first answer and the last ones."""
    scale, answers = course.scale, course.answers
    if len(answers) > MOST_DAYS:
        answers = (answers[0], *answers[-MOST_DAYS + 1 :])
    span = RIGHT - LEFT
    at = [LEFT + span * i / max(1, len(answers) - 1) for i in range(len(answers))]
    per_level = (BOTTOM - TOP) / (scale.highest - scale.lowest)
    middle = (len(scale.axes) - 1) / 2
    heights = [
        [
            BOTTOM - per_level * (answer.values[axis] - scale.lowest) + APART * (axis - middle)
            for answer in answers
        ]
        for axis in range(len(scale.axes))
    ]
    written = _spread([each[-1] for each in heights])
    lines = tuple(
        Line(
            _points(list(zip(at, ys, strict=True))),
            tuple(Spot(x, y) for x, y in zip(at, ys, strict=True)),
            Spot(at[-1] + 10, y + 4, axis.name, "start"),
        )
        for ys, y, axis in zip(heights, written, scale.axes, strict=True)
    )
    apart = 1 + (scale.highest - scale.lowest) // MOST_LEVELS
    levels = range(scale.lowest, scale.highest + 1, apart)
    return Slope(
        tuple(Spot(18, BOTTOM - per_level * (n - scale.lowest) + 4, str(n)) for n in levels),
        tuple(
            Spot(x, BOTTOM + 32, f"{each.on.month}月{each.on.day}日")
            for x, each in zip(at, answers, strict=True)
        ),
        lines,
    )


def _spread(heights: Sequence[float]) -> list[float]:
    """Move labels down until none covers another."""
    order = sorted(range(len(heights)), key=lambda i: heights[i])
    placed = list(heights)
    for before, after in pairwise(order):
        placed[after] = max(placed[after], placed[before] + LINE)
    return placed


def _ring(radii: Sequence[float]) -> list[tuple[float, float]]:
    turns = [2 * pi * i / len(radii) - pi / 2 for i in range(len(radii))]
    return [
        (CENTRE[0] + r * cos(turn), CENTRE[1] + r * sin(turn))
        for r, turn in zip(radii, turns, strict=True)
    ]


def _points(spots: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
