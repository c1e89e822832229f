"""What all values of the matcher have in common."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
from functools import cached_property

import pytest

import matcher

MODULES = [f"matcher.{found.name}" for found in pkgutil.iter_modules(matcher.__path__)]
VALUES = [
    value
    for module in MODULES
    for _, value in inspect.getmembers(importlib.import_module(module), inspect.isclass)
    if dataclasses.is_dataclass(value) and value.__module__ == module
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: value.__qualname__)
def test_a_value_cannot_be_changed(value: type) -> None:
    """A proof stays the proof of what was solved; a field that is misspelt is no field."""
    instance: object = object.__new__(value)
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(instance, dataclasses.fields(value)[0].name, None)
    keeps = any(isinstance(part, cached_property) for part in vars(value).values())
    assert keeps or not hasattr(instance, "__dict__")
