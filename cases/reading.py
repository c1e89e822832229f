"""Whose records are handed to whom: noted where they leave a store, told to the audit record.

A store whose class is marked with `notes_readers` notes everybody whom one of its reads returns,
so that no page, answer or command can forget it. Whatever shows something opens a `reading`
around its work and asks it afterwards who was shown.
"""

from __future__ import annotations

import functools
import html
import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from cases.helper import Helper
from cases.participant import Participant

_Store = TypeVar("_Store", bound=type)
_NAMES_ONE: Final = frozenset({"participant_id", "household_id", "case_no", "helper_id"})
"""Parameters of reads that are about one person or one home: what they return counts as shown."""
_ASCII: Final = re.compile(r"[\x00-\x7f]+")
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]+")

_current: ContextVar[Reading | None] = ContextVar("reading", default=None)


@dataclass(slots=True)
class Reading:
    """Who was handed out while something was answered.

    Attributes
    ----------
    opened
        Ids of those about whom one asked.
    listed
        Ids of those who came among others, each with the texts that give them away.
    """

    opened: set[str] = field(default_factory=set)
    listed: dict[str, frozenset[str]] = field(default_factory=dict)

    def shown_in(self, text: str) -> frozenset[str]:
        """Return who was shown: those opened, and those listed whom the text tells of.

        A list computes with everybody and shows a page of them; whoever is not in the answer was
        not shown.
        """
        if not self.listed:
            return frozenset(self.opened)
        plain = html.unescape(text)
        tokens = frozenset(_TOKEN.findall(plain))
        wide = _ASCII.sub("", plain)
        found = (
            id_
            for id_, marks in self.listed.items()
            if not marks.isdisjoint(tokens) or any(_stands_in(mark, wide, plain) for mark in marks)
        )
        return frozenset(self.opened).union(found)

    def everybody(self) -> frozenset[str]:
        """Return everyone who was handed out, for an answer that cannot be read as a text."""
        return frozenset(self.opened | self.listed.keys())


def _stands_in(mark: str, wide: str, plain: str) -> bool:
    """Look first among the Japanese characters alone, of which a page has few: ten times faster."""
    if _TOKEN.fullmatch(mark):
        return False  # has been looked for among the tokens
    narrowed = _ASCII.sub("", mark)
    return (not narrowed or narrowed in wide) and mark in plain


@contextmanager
def reading() -> Iterator[Reading]:
    """Note who is handed out in this block, and in the threads that work for it."""
    noted, token = begin_reading()
    try:
        yield noted
    finally:
        end_reading(token)


def begin_reading() -> tuple[Reading, Token[Reading | None]]:
    """Note who is handed out until `end_reading` is called with the token."""
    noted = Reading()
    return noted, _current.set(noted)


def end_reading(token: Token[Reading | None]) -> None:
    """Note nobody any more, or for the block around."""
    _current.reset(token)


def notes_readers(store: _Store) -> _Store:
    """Mark a class of stores: each of its methods with a `scope` notes whom it returns."""
    for name, method in list(vars(store).items()):
        if inspect.isfunction(method) and not name.startswith("_"):
            parameters = inspect.signature(method).parameters
            if "scope" in parameters:
                is_about_one = not _NAMES_ONE.isdisjoint(parameters)
                setattr(store, name, _noting(method, is_about_one))
    return store


def _noting(method: Callable[..., Any], is_about_one: bool) -> Callable[..., Any]:
    @functools.wraps(method)
    def read(*given: Any, **named: Any) -> Any:
        found = method(*given, **named)
        noted = _current.get()
        if noted is not None:
            is_one = is_about_one or _is_record(found)
            for id_, marks in people_in(found):
                if is_one:
                    noted.opened.add(id_)
                else:
                    noted.listed[id_] = marks | noted.listed.get(id_, frozenset())
        return found

    return read


def _is_record(found: object) -> bool:
    """Tell whether a read returned one thing about somebody, asked for by its own id."""
    return hasattr(found, "participant_id") or hasattr(found, "participant_ids")


def people_in(value: Any) -> Iterator[tuple[str, frozenset[str]]]:
    """Return whom a value of the domain is about, each with what gives them away in a text."""
    if isinstance(value, Participant):
        yield value.id, frozenset({value.id, value.case_no, value.name})
    elif isinstance(value, Helper):
        yield value.participant_id or value.id, frozenset({value.id, value.name})
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from people_in(each)
    elif isinstance(value, list | tuple | set | frozenset):
        for each in value:
            yield from people_in(each)
    else:
        for id_ in _ids_of(value):
            yield id_, frozenset({id_})


def _ids_of(value: Any) -> Iterable[str]:
    """Return the ids of people that a value carries: one, several, or those in a run's lists."""
    if hasattr(value, "participant_id"):
        # What is about nobody shows nobody; a 支援会議 is told by its room, not with the person.
        is_of_nobody = not value.participant_id or getattr(value, "confidential", False)
        return () if is_of_nobody else (value.participant_id,)
    if hasattr(value, "participant_ids"):
        return tuple(value.participant_ids)
    lists = (getattr(value, name, ()) for name in ("unplaced", "not_considered"))
    return tuple(each.participant_id for rows in lists for each in rows)
