"""The blocks of a talk as fields: read, filled in again, and said in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from api.answers import TEXT, Answers, Typed
from api.pages.people.person_form import written_day
from api.talk_words import FITS, WEIGHTS
from cases.following.dangers import own_dangers
from cases.following.follow_up import FollowUp, Side, Worry
from cases.following.scale_packs import course_of, default_scale, own_scales
from cases.following.scales import Scale
from catalog.vocabulary import Vocabulary

OTHER_SCALES: Final = tuple(each for each in own_scales().values() if each != default_scale())
ONWARD: Final = (("go_on", "このまま続ける"), ("rematch", "ほかの場所も考える"))
HALF: Final = "{scale}は、すべて答えるか、すべて空けておいてください。"


def field_of(scale: Scale, axis: str) -> str:
    """Return the name of the field of an axis."""
    return f"{scale.id}_{axis}"


AXES: Final = {
    field_of(scale, axis.code): f"{scale.name} {axis.name}"
    for scale in own_scales().values()
    for axis in scale.axes
}
LABELS: Final = {
    "came": "来られた回数",
    "planned": "予定の回数",
    "absence_reason": "休んだわけ",
    "fits_state": "今の状態に合っているか",
    "fits_wishes": "希望に合っているか",
    **AXES,
    "worry": "心配ごと",
    "weight": "重さ",
    "support": "した支援",
    "voice": "声",
    "dangers": "急いで相談すること",
    "onward": "これから",
    "next_on": "次に聞く日",
    "done_on": "聞いた日",
}


@dataclass(frozen=True, slots=True)
class AxisView:
    """One axis in the form: its levels, and which was chosen the last time."""

    id: str
    name: str
    levels: tuple[tuple[str, str], ...]
    last: str = ""


@dataclass(frozen=True, slots=True)
class ScaleView:
    """A scale of which only the figures are written down."""

    name: str
    range_words: str
    axes: tuple[tuple[str, str], ...]
    licence: str


def read_talk(form: Answers, side: Side, vocabulary: Vocabulary) -> dict[str, Any]:
    """Read what was filled in, as fields of a talk; what was not asked stays open."""
    lists = vocabulary.lists
    scales = own_scales().values() if side is Side.PERSON else ()
    worry = form.choice("worry", lists["host_worry"])
    support, weight = form.text("support", TEXT), form.integer("weight", 1, 3) or 1
    return {
        "fits_state": form.integer("fits_state", 1, 4),
        "fits_wishes": form.integer("fits_wishes", 1, 4),
        "came": form.integer("came", 0, 99),
        "planned": form.integer("planned", 0, 99),
        "absence_reason": form.choice("absence_reason", lists["absence_reason"]),
        "voice": form.text("voice", TEXT),
        "worries": (Worry(worry, weight, support),) if worry else (),
        "dangers": tuple(each for each in form.choices("dangers", ("", *own_dangers())) if each),
        "scales": tuple(
            (scale.id, scale.version, told) for scale in scales if (told := _answers(form, scale))
        ),
        "next_on": form.day("next_on"),
        "done_on": form.day("done_on"),
        "rematch": form.choice("onward", dict(ONWARD)) == "rematch",
    }


def _answers(form: Answers, scale: Scale) -> tuple[int, ...]:
    """Return the answers on a scale, nothing where it was not asked."""
    names = [field_of(scale, axis.code) for axis in scale.axes]
    values = [form.integer(name, scale.lowest, scale.highest) for name in names]
    told = tuple(each for each in values if each is not None)
    if told and len(told) < len(values):
        form.wrong(names[values.index(None)], HALF.format(scale=scale.name))
        return ()
    return told


def typed_of(talk: FollowUp) -> Typed:
    """Return the fields of a talk as they are kept."""
    worry = talk.worries[0] if talk.worries else None
    fields = {
        name: "" if value is None else str(value)
        for name in ("came", "planned", "fits_state", "fits_wishes", "absence_reason", "voice")
        for value in (getattr(talk, name),)
    }
    fields |= {
        "worry": worry.kind if worry else "",
        "weight": str(worry.weight) if worry else "",
        "support": worry.support if worry else "",
        "onward": "rematch" if talk.rematch else "",
        "next_on": written_day(talk.next_on),
        "done_on": written_day(talk.done_on),
    }
    for id_, version, values in talk.scales:
        scale = own_scales().get(id_)
        if scale and scale.version == version:
            for axis, value in zip(scale.axes, values, strict=True):
                fields[field_of(scale, axis.code)] = str(value)
    return Typed({name: (value,) for name, value in fields.items()} | {"dangers": talk.dangers})


def choices_of(vocabulary: Vocabulary) -> dict[str, Mapping[str, str]]:
    """Return the words of what can be chosen, by field."""
    lists: dict[str, Mapping[str, str]] = {
        name: {each.code: each.label for each in vocabulary.lists[code].values()}
        for name, code in (
            ("absence_reason", "absence_reason"),
            ("worry", "host_worry"),
            ("dangers", "danger_sign"),
        )
    }
    fits = dict(FITS)
    return lists | {
        "fits_state": fits,
        "fits_wishes": fits,
        "weight": dict(WEIGHTS),
        "onward": dict(ONWARD),
    }


def axes_of(talks: tuple[FollowUp, ...]) -> tuple[AxisView, ...]:
    """Return the axes of つながり指標 with what was chosen the last time."""
    scale = default_scale()
    course = course_of(scale, talks)
    before = [str(value) for value in course.answers[-1].values] if course else []
    return tuple(
        AxisView(
            field_of(scale, axis.code),
            axis.name,
            tuple((str(number), words) for number, words in enumerate(axis.levels, scale.lowest)),
            before[i] if before else "",
        )
        for i, axis in enumerate(scale.axes)
    )


def other_scales() -> tuple[ScaleView, ...]:
    """Return the scales of which only figures are written down."""
    return tuple(
        ScaleView(
            scale.name,
            f"{scale.lowest}〜{scale.highest}点",
            tuple((field_of(scale, axis.code), axis.name) for axis in scale.axes),
            scale.licence,
        )
        for scale in OTHER_SCALES
    )
