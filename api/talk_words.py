"""Talks about placements in words, and scales over time: for calls, the record, the export."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from api.course_drawing import Radar, Slope, radar_of, slope_of
from cases.errors import CaseError
from cases.following.follow_up import FollowUp, FollowUpState, Side
from cases.following.rhythm import own_rhythm
from cases.following.scale_packs import Course, change_words, course_of, scale_of
from cases.following.scales import Scale
from cases.words.dates import day_words
from catalog.vocabulary import Vocabulary

SIDES: Final = {Side.PERSON: "本人", Side.HOST: "受け入れ先"}
FITS: Final = (
    ("4", "よく合っている"),
    ("3", "だいたい合っている"),
    ("2", "あまり合っていない"),
    ("1", "合っていない"),
)
LEAST_SPOKES: Final = 3
WEIGHTS: Final = (("1", "軽い"), ("2", "気になる"), ("3", "重い"))


@dataclass(frozen=True, slots=True)
class Said:
    """What was said in one talk.

    Attributes
    ----------
    answers
        How it fits, and the scales.
    more
        Attendance, why somebody stayed away, worries with the support given, signs of danger.
    """

    id: str
    when: str
    side: str
    occasion: str
    words: str
    answers: tuple[str, ...]
    more: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CourseView:
    """A scale over time: drawn, in a sentence, in a table."""

    id: str
    name: str
    axes: tuple[str, ...]
    sentence: str = ""
    since: str = ""
    latest: str = ""
    rows: tuple[tuple[str, tuple[int, ...]], ...] = ()
    radar: Radar | None = None
    slope: Slope | None = None
    to_check: bool = False
    sum_words: str = ""


def _sum_words(course: Course) -> str:
    """Say how the sum went where the scale is made to be summed."""
    if course.sum_change is None:
        return ""
    sums = [sum(each.values) for each in course.answers]
    ends = f"{sums[0]}点 → {sums[-1]}点" if len(sums) > 1 else f"{sums[0]}点"
    return f"合計 {ends}（高いほど、{course.scale.higher_is}）"


def done_talks(talks: Iterable[FollowUp]) -> list[FollowUp]:
    """Return the talks that took place, the first first."""
    done = (each for each in talks if each.state is FollowUpState.DONE)
    return sorted(done, key=lambda each: (each.done_on, each.recorded_at))


def talk_words(talk: FollowUp, vocabulary: Vocabulary) -> Said:
    """Say what was said in one talk."""
    return Said(
        id=talk.id,
        when=day_words(talk.done_on) if talk.done_on else "",
        side=SIDES[talk.side],
        occasion=own_rhythm().name(talk.occasion),
        words=talk.voice,
        answers=tuple(_answers(talk)),
        more=tuple(_more(talk, vocabulary)),
    )


def _answers(talk: FollowUp) -> Iterable[str]:
    for name, fit in (("今の状態に", talk.fits_state), ("希望に", talk.fits_wishes)):
        if fit is not None:
            yield f"{name} {dict(FITS)[str(fit)]}"
    for id_, _, values in talk.scales:
        try:
            scale = scale_of(id_)
        except CaseError:  # a scale that is no longer used keeps its figures
            yield f"{id_}：{'・'.join(map(str, values))}"
            continue
        told = zip((axis.name for axis in scale.axes), values, strict=False)
        yield f"{scale.name}：" + "、".join(f"{name} {value}" for name, value in told)


def _more(talk: FollowUp, vocabulary: Vocabulary) -> Iterable[str]:
    if talk.came is not None:
        planned = "" if talk.planned is None else f"{talk.planned}回のうち "
        yield f"{planned}{talk.came}回 参加"
    if talk.absence_reason:
        yield f"休んだわけ：{vocabulary.label('absence_reason', talk.absence_reason)}"
    for worry in talk.worries:
        weight = dict(WEIGHTS)[str(worry.weight)]
        yield f"心配ごと：{vocabulary.label('host_worry', worry.kind)}（{weight}）"
        if worry.support:
            yield f"した支援：{worry.support}"
    for sign in talk.dangers:
        yield f"急いで：{vocabulary.label('danger_sign', sign)}"


def course_view(scale: Scale, talks: Iterable[FollowUp]) -> CourseView:
    """Return a scale over time, drawn, in a sentence and as a table."""
    axes = tuple(axis.name for axis in scale.axes)
    course = course_of(scale, talks)
    if course is None:
        return CourseView(scale.id, scale.name, axes, to_check=scale.to_check)
    first, last = course.answers[0].on, course.answers[-1].on
    return CourseView(
        id=scale.id,
        name=scale.name,
        axes=axes,
        sentence=change_words(course),
        since=f"{first.month}月{first.day}日" if len(course.answers) > 1 else "",
        latest=f"{last.month}月{last.day}日",
        rows=tuple((day_words(each.on), each.values) for each in course.answers),
        radar=radar_of(course) if len(axes) >= LEAST_SPOKES else None,
        sum_words=_sum_words(course),
        slope=slope_of(course),
        to_check=scale.to_check,
    )
