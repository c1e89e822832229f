"""No store hands out what is personal without asking for whom: a scope, or the reason why not."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import typing
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any, Final

import pytest

import db
from cases.participant import Household
from cases.permissions import PeopleScope

WITHOUT_SCOPE: Final = {
    "SqlCaseStore.case_numbers": "numbers alone, so that none is given twice",
    "SqlEmergencyStore.seek": "whether a number opens, and nothing else of the person",
    "SqlEmergencyStore.own": "one's own accesses, by the actor",
    "SqlEmergencyStore.every": "for who reads all of them: the action asks for the right to",
    "SqlRecordStore.deletions": "the log of deletions: nothing personal is left of them",
}
"""Reads about people that take no scope, and why that is right."""
ABOUT_PEOPLE: Final = frozenset({"participant_id", "participant_ids", "household_id", "case_no"})
"""A value with such a field is about somebody."""


def stores() -> Iterator[type]:
    """List every class of `db` that is bound to a database."""
    for module in pkgutil.iter_modules(db.__path__):
        if module.name == "migrations":
            continue
        found = importlib.import_module(f"db.{module.name}")
        for _, kind in inspect.getmembers(found, inspect.isclass):
            if (
                kind.__module__ == found.__name__
                and "database" in inspect.signature(kind).parameters
            ):
                yield kind


def reads() -> Iterator[tuple[str, Any]]:
    """List the public methods of all stores that return something."""
    for store in stores():
        for name, method in inspect.getmembers(store, inspect.isfunction):
            if not name.startswith("_"):
                yield f"{store.__name__}.{name}", method


def types_in(annotation: Any) -> Iterator[type]:
    """List the classes that stand in an annotation."""
    if inspect.isclass(annotation) and not typing.get_args(annotation):
        yield annotation
    for inner in typing.get_args(annotation):
        yield from types_in(inner)


def is_about_people(kind: type, seen: frozenset[type] = frozenset()) -> bool:
    """Tell whether a value of a class is about somebody: itself, or in one of its fields."""
    if not is_dataclass(kind) or kind in seen:
        return False
    names = {field.name for field in fields(kind)}
    if names & ABOUT_PEOPLE or kind is Household:
        return True
    hints = typing.get_type_hints(kind)
    return any(
        is_about_people(inner, seen | {kind}) for name in names for inner in types_in(hints[name])
    )


def personal_reads() -> dict[str, Any]:
    """Return the reads that hand out values about people."""
    return {
        name: method
        for name, method in reads()
        if any(
            is_about_people(kind) for kind in types_in(typing.get_type_hints(method).get("return"))
        )
        or name in WITHOUT_SCOPE
    }


def test_every_read_about_people_asks_for_whom() -> None:
    """A new method that returns people takes the reader's scope, or stands in the list."""
    found = personal_reads()
    assert len(found) > 25
    open_to_all = {
        name
        for name, method in found.items()
        if PeopleScope not in typing.get_type_hints(method).values()
    }
    writes = {name for name in open_to_all if takes_an_event(found[name])}
    assert open_to_all - writes == WITHOUT_SCOPE.keys() & found.keys() == WITHOUT_SCOPE.keys()


def takes_an_event(method: Any) -> bool:
    """Tell whether a method writes: what it returns is what it was given."""
    return "event" in inspect.signature(method).parameters


@pytest.mark.parametrize("name", ["participants", "needs", "consents", "households"])
def test_the_check_notices_a_read_without_scope(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the scope taken out of a method's signature the test above is red."""
    from db.cases import SqlCaseStore

    bare = vars(SqlCaseStore)[name]
    hints = {k: v for k, v in typing.get_type_hints(bare).items() if k != "scope"}

    def unscoped(*_given: Any) -> None:
        """Return people to whoever asks."""

    unscoped.__annotations__ = hints
    monkeypatch.setattr(SqlCaseStore, name, unscoped)
    with pytest.raises(AssertionError):
        test_every_read_about_people_asks_for_whom()


def test_whoever_opens_what_is_sealed_knows_the_condition() -> None:
    """A module that opens personal columns imports the scope, or stands here with its reason."""
    anyhow = {
        "sealing": "the means itself",
        "versions": "a version before a change, for a store that writes",
        "second_factors": "secrets of accounts, nobody's of those accompanied",
    }
    texts = {
        module.name: inspect.getsource(importlib.import_module(f"db.{module.name}"))
        for module in pkgutil.iter_modules(db.__path__)
        if module.name != "migrations"
    }
    opening = {name for name, text in texts.items() if "with_key(" in text}
    assert {name for name in opening if "admitted" not in texts[name]} == anyhow.keys()
