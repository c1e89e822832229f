"""The scales that come with the product, and what changed on one (`cases/data/scales.toml`).

A change is that between the first and the last answer of one version. The five axes of つながり指標
are never added up: they say something different each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from cases.errors import CaseError
from cases.following.follow_up import FollowUp, FollowUpState
from cases.following.scales import Axis, Scale
from cases.own_data import own_data


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody said on a scale on a day: a value for each axis."""

    on: date
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """The answers on one version of a scale, the first first; there is at least one."""

    scale: Scale
    answers: tuple[Answer, ...]

    @property
    def changes(self) -> tuple[int, ...]:
        """Return how much each axis has changed since the first answer."""
        first, last = self.answers[0].values, self.answers[-1].values
        return tuple(now - then for then, now in zip(first, last, strict=True))

    @property
    def sum_change(self) -> int | None:
        """Return the change of the sum, None where the scale is not made to be summed."""
        return sum(self.changes) if self.scale.sums else None


@cache
def own_scales() -> Mapping[str, Scale]:
    """Return the scales by their id, the default one first."""
    data = own_data("scales")
    found = {told["id"]: _scale(told) for told in data["scales"]}
    return {data["default"]: found[data["default"]], **found}


def default_scale() -> Scale:
    """Return つながり指標."""
    return next(iter(own_scales().values()))


def scale_of(id_: str) -> Scale:
    """Return a scale.

    Raises
    ------
    CaseError
        ``scale_unknown``.
    """
    found = own_scales().get(id_)
    if found is None:
        raise CaseError("scale_unknown", value=id_)
    return found


def course_of(scale: Scale, talks: Iterable[FollowUp]) -> Course | None:
    """Return what was answered on this version of a scale in talks, None where nothing was."""
    answers = sorted(
        (
            Answer(talk.done_on, tuple(values))
            for talk in talks
            if talk.state is FollowUpState.DONE and talk.done_on
            for id_, version, values in talk.scales
            if (id_, version) == (scale.id, scale.version)
        ),
        key=lambda each: each.on,
    )
    return Course(scale, tuple(answers)) if answers else None


def change_words(course: Course) -> str:
    """Say in a sentence what changed: 8月から、意欲・相談が 上がりました。 …."""
    if len(course.answers) == 1:
        return "まだ 1回目です。次に聞くと、移り変わりが見えます。"
    names = [axis.name for axis in course.scale.axes]
    told = list(zip(names, course.changes, strict=True))
    up = "・".join(name for name, change in told if change > 0)
    down = "・".join(name for name, change in told if change < 0)
    same = "・".join(name for name, change in told if change == 0)
    parts = [
        words
        for axes, words in (
            (up, f"{up}が 上がりました。"),
            (down, f"{down}が 下がりました。"),
            (same, f"{same}は 同じです。"),
        )
        if axes
    ]
    since = course.answers[0].on
    return f"{since.month}月{since.day}日から、{''.join(parts)}"


def _scale(told: Mapping[str, Any]) -> Scale:
    axes = tuple(
        Axis(each["code"], each["name"], tuple(each.get("levels", ()))) for each in told["axes"]
    )
    return Scale(**{**told, "axes": axes})
