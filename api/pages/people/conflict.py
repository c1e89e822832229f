"""Two windows on one record: the second to save sees both texts, and nothing is lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from api.answers import Typed

NOTHING: Final = "（空）"


@dataclass(frozen=True, slots=True)
class Difference:
    """A field in which the record and the form differ, both in words."""

    label: str
    kept: str
    typed: str


def differences(kept: Mapping[str, str], typed: Mapping[str, str]) -> tuple[Difference, ...]:
    """Return where two versions of a record differ; both are words by label."""
    return tuple(
        Difference(label, kept[label] or NOTHING, typed[label] or NOTHING)
        for label in kept
        if kept[label] != typed[label]
    )


def in_words(
    fields: Typed, labels: Mapping[str, str], choices: Mapping[str, Mapping[str, str]]
) -> dict[str, str]:
    """Return what stands in fields, in words by label.

    Parameters
    ----------
    choices
        Words of the values of each field that offers a choice, in their order.
    """
    return {label: _words(fields.all(name), choices.get(name)) for name, label in labels.items()}


def _words(values: tuple[str, ...], choices: Mapping[str, str] | None) -> str:
    if choices is None:
        return "、".join(filter(None, values))
    order = list(choices)
    known = sorted((value for value in values if value in choices), key=order.index)
    return "、".join(choices[value] for value in known if value)
