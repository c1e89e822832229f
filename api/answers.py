"""Forms as people fill them in: text in fields, read into values, each mistake at its field.

Reading goes on after a mistake, so that a person sees all of them at once, and what was typed is
shown again as it was.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, Final, TypeAlias

from fastapi import Depends, Request

from db.documents import to_document
from exchange import cells
from exchange.errors import ExchangeError
from exchange.messages import in_japanese

LINE: Final = 200
TEXT: Final = 4000
"""Longest texts that are kept, in characters: of one line, of several."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the fields of a form: what somebody typed, or what is kept."""

    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def one(self, name: str) -> str:
        """Return the text of a field, nothing where the form has no such field."""
        return next(iter(self.fields.get(name, ())), "")

    def all(self, name: str) -> tuple[str, ...]:
        """Return what is ticked, or the texts of fields of one name, in order."""
        return self.fields.get(name, ())

    def __add__(self, more: Mapping[str, Iterable[str]]) -> Typed:
        return Typed({**self.fields, **{name: tuple(texts) for name, texts in more.items()}})


async def sent_fields(request: Request) -> Typed:
    """Return the fields of the form that was sent; files are no fields."""
    form = await request.form()
    fields: dict[str, tuple[str, ...]] = {}
    for name, value in form.multi_items():
        if isinstance(value, str):
            fields[name] = (*fields.get(name, ()), value)
    return Typed(fields)


Sent: TypeAlias = Annotated[Typed, Depends(sent_fields)]


class Answers:
    """Reads typed fields and notes what is wrong.

    Parameters
    ----------
    typed
        The fields.
    labels
        What people call each field; it begins the sentence about a mistake.

    Attributes
    ----------
    errors
        The sentence for each field that cannot be read; the first one found stays.
    """

    def __init__(self, typed: Typed, labels: Mapping[str, str]) -> None:
        self.typed = typed
        self.labels = labels
        self.errors: dict[str, str] = {}

    def wrong(self, name: str, sentence: str) -> None:
        """Note what is wrong with a field."""
        self.errors.setdefault(name, sentence)

    def text(self, name: str, most: int = LINE) -> str:
        """Return the trimmed text."""
        written = cells.text(self.typed.one(name))
        if len(written) > most:
            self.wrong(
                name,
                f"{self.labels[name]}は {most}文字までです（今は {len(written)}文字）。"
                "短くしてください。",
            )
        return written

    def required(self, name: str, sentence: str) -> str:
        """Return the text of a field that must not stay empty."""
        written = self.text(name)
        if not written:
            self.wrong(name, sentence)
        return written

    def day(self, name: str) -> date | None:
        """Return a date, typed in any usual way: 昭和51年5月1日, S51.5.1, 1976/5/1."""
        try:
            return cells.day(self.typed.one(name))
        except ExchangeError:
            self.wrong(
                name,
                f"{self.labels[name]}「{self.text(name)}」は、日付として読めません。"
                "令和8年11月12日 や 2026/11/12 のように書いてください。",
            )
            return None

    def integer(self, name: str, least: int, most: int) -> int | None:
        """Return a whole number within bounds, None where nothing was typed."""
        try:
            value = cells.integer(self.typed.one(name))
        except ExchangeError as error:
            self.wrong(name, f"{self.labels[name]}：{in_japanese(error)}")
            return None
        if value is not None and not least <= value <= most:
            self.wrong(name, f"{self.labels[name]}は、{least}から {most:,}までの数にしてください。")
            return None
        return value

    def choice(self, name: str, allowed: Collection[str], default: str = "") -> str:
        """Return what was chosen, `default` where nothing was."""
        chosen = self.typed.one(name)
        if chosen and chosen not in allowed:
            self.wrong(name, f"{self.labels[name]}を、もう一度 選んでください。")
            return default
        return chosen or default

    def choices(self, name: str, allowed: Collection[str]) -> tuple[str, ...]:
        """Return what was ticked, each once."""
        chosen = tuple(dict.fromkeys(self.typed.all(name)))
        if any(each not in allowed for each in chosen):
            self.wrong(name, f"{self.labels[name]}を、もう一度 選んでください。")
        return tuple(each for each in chosen if each in allowed)

    def ticked(self, name: str) -> bool:
        """Tell whether a box is ticked."""
        return bool(self.typed.one(name))


def version_of(value: Any) -> str:
    """Return a mark that changes with the content: two windows on one record show different ones.

    Parameters
    ----------
    value
        A record of the domain, or None where there is none yet.
    """
    document = json.dumps(to_document(value), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(document.encode()).hexdigest()[:16]
