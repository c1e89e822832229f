"""The form of a policy: from a policy to fields, and from fields to the text of a draft."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from api.answers import TEXT, Answers, Typed
from cases.messages import in_japanese
from cases.words.policy import section_name, value_name, value_words
from matcher.errors import MatcherError
from matcher.policy import SECTIONS, Policy, policy_from
from matcher.policy_text import Value, values_of, write_policy

LABELS: Final = {"from": "始まる日", "source": "だれが 何をもとに決めたか", "note": "メモ"}
UNREADABLE: Final = "{name}「{sent}」は、数として読めません。数に直してください。{help}"
Listed: TypeAlias = float | list["Listed"]
OPEN_SECTIONS: Final = frozenset({"weights"})
"""Tables whose fields are seen at once; the others are folded."""


@dataclass(frozen=True, slots=True)
class Number:
    """A field for one number, or several: 6・15・40, rows parted by a slash."""

    key: str
    label: str
    help: str


@dataclass(frozen=True, slots=True)
class NumberGroup:
    """A table of the policy."""

    section: str
    name: str
    numbers: tuple[Number, ...]
    is_open: bool


@dataclass(frozen=True, slots=True)
class DraftRead:
    """What the form says: the text of the policy file, or what is wrong at which field."""

    text: str
    errors: Mapping[str, str]


def groups_of(policy: Policy) -> tuple[NumberGroup, ...]:
    """Return the fields, table by table."""
    numbers: dict[str, list[Number]] = {name: [] for name in SECTIONS}
    for key, value in values_of(policy):
        numbers[key.partition(".")[0]].append(Number(key, value_name(key), _help(value)))
    return tuple(
        NumberGroup(name, section_name(name), tuple(each), name in OPEN_SECTIONS)
        for name, each in numbers.items()
    )


def _help(value: Value) -> str:
    if not isinstance(value, tuple):
        return ""
    return "数を「・」で区切ります" + ("。行は「／」で" if isinstance(value[0], tuple) else "")


def typed_of(policy: Policy, day: str) -> Typed:
    """Return the fields of a policy, for one that begins on a day."""
    numbers = {key: (_written(value),) for key, value in values_of(policy)}
    return Typed({"from": (day,), "source": ("",), "note": (policy.note,), **numbers})


def read_draft(typed: Typed, present: Policy) -> DraftRead:
    """Read the fields; a number that is left empty stays as in the present policy."""
    form = Answers(typed, LABELS)
    from_on = form.day("from")
    if from_on is None:
        form.wrong("from", "始まる日がありません。いつから この決まりにするかを書いてください。")
    source = form.required(
        "source", "だれが 何をもとに決めたかがありません。例：令和8年度 第3回 支援会議"
    )
    numbers: dict[str, dict[str, Listed]] = {name: {} for name in SECTIONS}
    present_values = dict(values_of(present))
    for key, value in present_values.items():
        section, _, name = key.partition(".")
        sent = form.text(key) or _written(value)
        try:
            numbers[section][name] = _number(sent, value)
        except ValueError:
            form.wrong(key, UNREADABLE.format(name=value_name(key), sent=sent, help=_help(value)))
    head = {"from": from_on, "source": source, "note": form.text("note", TEXT)}
    if form.errors:
        return DraftRead("", form.errors)
    try:
        return DraftRead(write_policy(policy_from(head | numbers)), {})
    except MatcherError as error:
        key = str(error.params["key"])
        at = (
            key
            if key in present_values
            else next((name for name in present_values if name.startswith(f"{key}.")), "source")
        )
        return DraftRead("", {at: in_japanese(error)})


def _written(value: Value) -> str:
    if isinstance(value, tuple) and isinstance(value[0], tuple):
        return "／".join(map(value_words, value))
    return value_words(value)


def _number(written: str, like: Value) -> Listed:
    """Read a number, or several of the shape of the present value."""
    plain = unicodedata.normalize("NFKC", written[:TEXT])
    if not isinstance(like, tuple):
        return float(plain)
    if isinstance(like[0], tuple):
        return [_number(row, like[0]) for row in plain.split("/")]
    return [float(each) for each in plain.replace(",", "・").replace("、", "・").split("・")]
