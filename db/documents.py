"""Domain values as JSON documents and back, guided by the annotations of their dataclasses.

A document names the class of each value under ``is``, which tells apart the members of a union.
Fields that a document lacks take their defaults, so that a class may grow.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

_CLASS = "is"
_DATE, _TIME = "date", "time"


def to_document(value: Any) -> Any:
    """Return plain JSON values; sets are sorted, so that equal values give equal documents."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        content = {f.name: to_document(getattr(value, f.name)) for f in dataclasses.fields(value)}
        return {_CLASS: type(value).__name__} | content
    match value:
        case None | str() | bool() | int() | float() if not isinstance(value, Enum):
            return value
        case Enum():
            return value.value
        case datetime() | date():
            return {_DATE: value.isoformat()}
        case time():
            return {_TIME: value.isoformat()}
        case frozenset() | set():
            return sorted(to_document(each) for each in value)
        case tuple() | list():
            return [to_document(each) for each in value]
        case Mapping():
            return {str(key): to_document(each) for key, each in value.items()}
    raise TypeError(f"no document for {type(value).__name__}")


def from_document(kind: Any, document: Any) -> Any:
    """Build a value of a type from what `to_document` made.

    Parameters
    ----------
    kind
        A class or any annotation of a field: ``Municipality``, ``tuple[str, ...]``.
    """
    return None if document is None else _reader(kind)(document)


@cache  # what an annotation means is found out once, not for each of a thousand rows
def _reader(kind: Any) -> Callable[[Any], Any]:
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _reader_of_union(inner)
    if origin is tuple and inner[-1] is ...:
        return lambda document: tuple(from_document(inner[0], each) for each in document)
    if origin is tuple:
        return lambda document: tuple(
            from_document(*pair) for pair in zip(inner, document, strict=True)
        )
    if origin is frozenset:
        return lambda document: frozenset(from_document(inner[0], each) for each in document)
    if origin is not None and issubclass(origin, Mapping):
        return lambda document: {
            inner[0](key): from_document(inner[1], each) for key, each in document.items()
        }
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        types = field_types(kind)
        return lambda document: kind(
            **{
                name: from_document(types[name], each)
                for name, each in document.items()
                if name != _CLASS
            }
        )
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    return _from_plain


def _reader_of_union(kinds: tuple[Any, ...]) -> Callable[[Any], Any]:
    """Take the class that the document names; other members of unions are plain values."""
    containers = [kind for kind in kinds if kind is not NoneType and not _is_plain(kind)]

    def read(document: Any) -> Any:
        if isinstance(document, Mapping) and _CLASS in document:
            named = next(k for k in kinds if getattr(k, "__name__", "") == document[_CLASS])
            return from_document(named, document)
        return (
            from_document(containers[0], document)
            if len(containers) == 1
            else _from_plain(document)
        )

    return read


def _is_plain(kind: Any) -> bool:
    return kind in (str, int, float, bool, date, datetime, time) or get_origin(kind) is Literal


def _from_plain(document: Any) -> Any:
    if isinstance(document, str):  # most of them
        return document
    match document:
        case {"date": text} if len(document) == 1:
            return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
        case {"time": text} if len(document) == 1:
            return time.fromisoformat(text)
        case dict():
            return {key: _from_plain(each) for key, each in document.items()}
        case list():
            return [_from_plain(each) for each in document]
    return document


@cache
def field_types(kind: type) -> dict[str, Any]:
    """Return the annotations of a dataclass, resolved."""
    return get_type_hints(kind)
