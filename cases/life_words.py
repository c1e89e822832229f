"""What states and steps of casework are called (`cases/data/life.toml`)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from cases.own_data import own_data


@cache
def _words() -> Mapping[str, Mapping[str, Any]]:
    return own_data("life")


def noun_word(noun: str) -> str:
    """Return what a noun is called: 打診."""
    return str(_words()[noun]["noun"])


def state_word(noun: str, state: str) -> str:
    """Return what a state is called: 返事を待っている."""
    return str(_words()[noun]["states"][state])


def step_word(noun: str, step: str) -> str:
    """Return what a step is called: 取り下げる."""
    return str(_words()[noun]["steps"][step])


def required_word(required: str) -> str:
    """Return what a requirement is called: 文書の同意."""
    return str(_words()["required"][required])


def way_on_words(noun: str, possible: tuple[str, ...]) -> str:
    """Return what can be done instead: 今できるのは「送る」です。."""
    can = "・".join(step_word(noun, each) for each in possible)
    return f"今できるのは「{can}」です。" if can else "これで終わりです。"
