"""JSON read strictly and written exactly: unknown or repeated keys, NaN and Infinity are refused.

Errors name the entry as a path, such as `pairs/3/score`; positions count from 0.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from exchange.errors import ExchangeError

_Value = TypeVar("_Value")
MAX_WHOLE = 2**63 - 1


def parse(data: bytes, *, exact: bool = False) -> dict[str, Any]:
    """Read one JSON object.

    Parameters
    ----------
    data
        UTF-8, with or without a byte order mark.
    exact
        Read numbers with a fraction as `Decimal` instead of `float`.

    Raises
    ------
    ExchangeError
        When it is not such an object.
    """
    try:
        document = json.loads(
            data.decode("utf-8-sig"),
            parse_float=Decimal if exact else float,
            parse_constant=_refuse_constant,
            object_pairs_hook=_object,
        )
    except UnicodeDecodeError as error:
        raise ExchangeError("json_not_utf8", position=error.start) from error
    except json.JSONDecodeError as error:
        raise ExchangeError("json_broken", line=error.lineno, column=error.colno) from error
    except (RecursionError, ValueError) as error:  # far too deep, or a number of 5,000 digits
        raise ExchangeError("json_broken", line=1, column=1) from error
    return mapping("", document)


def _refuse_constant(name: str) -> float:
    raise ExchangeError("json_not_finite", name=name)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ExchangeError("json_key_twice", key=next(k for k in keys if keys.count(k) > 1))
    return found


def check_format(document: Mapping[str, Any], wanted: str) -> None:
    """Refuse a document of another format, or of another version."""
    found = document.get("format", "")
    if found != wanted:
        raise ExchangeError("format_unknown", found=found, wanted=wanted)


def check_keys(
    where: str, entry: Mapping[str, Any], required: Sequence[str], optional: Sequence[str] = ()
) -> None:
    """Refuse a key that is missing or unknown, the latter with the nearest known name.

    Where none is near, all of them are named.
    """
    for key in entry:
        if key not in required and key not in optional:
            known = [*required, *optional]
            near = difflib.get_close_matches(key, known, n=1)
            hint = (
                f"「{near[0]}」のことですか。"
                if near
                else f"ここに書けるのは {'、'.join(known)} です。"
            )
            raise ExchangeError("json_unknown_key", where=_lead(where), key=key, hint=hint)
    for key in required:
        if key not in entry:
            raise ExchangeError("json_key_missing", where=_lead(where), key=key)


def _lead(where: str) -> str:
    return f"{where}: " if where else ""


def text(where: str, value: object) -> str:
    """Return a text."""
    if isinstance(value, str):
        return value
    raise _wrong_type(where, "text")


def filled(where: str, value: object) -> str:
    """Return a text that is not empty."""
    if value == "":
        raise ExchangeError("json_text_empty", where=where)
    return text(where, value)


def text_or_none(where: str, value: object) -> str:
    """Return a text that is not empty, or "" for null."""
    return "" if value is None else filled(where, value)


def whole(where: str, value: object) -> int:
    """Return a whole number of 64 bits; 3.0 is one."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise _wrong_type(where, "whole")
    if not -MAX_WHOLE <= value <= MAX_WHOLE:
        raise ExchangeError("json_number_too_large", where=where)
    if value != int(value):
        raise _wrong_type(where, "whole")
    return int(value)


def whole_of_any_size(where: str, value: object) -> int:
    """Return a whole number, also one of more than 64 bits."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise _wrong_type(where, "whole")


def flag(where: str, value: object) -> bool:
    """Return true or false."""
    if isinstance(value, bool):
        return value
    raise _wrong_type(where, "flag")


def number(where: str, value: object) -> float:
    """Return a number; one that is too large for a float is infinity."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise _wrong_type(where, "number")
    try:
        return float(value)
    except OverflowError:
        return float("inf")


def items(where: str, value: object) -> list[Any]:
    """Return a list."""
    if isinstance(value, list):
        return value
    raise _wrong_type(where, "list")


def mapping(where: str, value: object) -> dict[str, Any]:
    """Return an object."""
    if isinstance(value, dict):
        return value
    raise _wrong_type(where, "object")


def choice(where: str, value: object, allowed: Sequence[str]) -> str:
    """Return one of some texts."""
    found = text(where, value)
    if found in allowed:
        return found
    raise ExchangeError("json_not_a_choice", where=where, value=found, allowed=", ".join(allowed))


def _wrong_type(where: str, wanted: str) -> ExchangeError:
    return ExchangeError(f"json_not_{wanted}", where=where or "全体")


@dataclass(frozen=True, slots=True)
class Rows:
    """A list of objects with the same keys, read column by column."""

    where: str
    entries: list[dict[str, Any]]

    @classmethod
    def of(
        cls, where: str, value: object, required: Sequence[str], optional: Sequence[str] = ()
    ) -> Rows:
        """Check the keys of every object."""
        entries = items(where, value)
        needed, allowed = set(required), {*required, *optional}
        for at, entry in enumerate(entries):
            if not isinstance(entry, dict) or not needed <= entry.keys() <= allowed:
                check_keys(f"{where}/{at}", mapping(f"{where}/{at}", entry), required, optional)
        return cls(where, entries)

    def column(
        self, key: str, read: Callable[[str, object], _Value], default: object = None
    ) -> list[_Value]:
        """Values of one key; a missing one takes the default."""
        return [
            read(f"{self.where}/{at}/{key}", entry.get(key, default))
            for at, entry in enumerate(self.entries)
        ]


def write(document: Mapping[str, object]) -> bytes:
    """Write one object, each entry of a list of objects on a line of its own.

    A `Decimal` is written with all its digits.
    """
    parts = (f"{_text(key)}: {_lines(value)}" for key, value in document.items())
    return ("{" + ",\n ".join(parts) + "}\n").encode()


def _lines(value: object) -> str:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "[\n  " + ",\n  ".join(_text(entry) for entry in value) + "]"
    return _text(value)


def _text(value: object) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    except TypeError:  # some Decimal is inside
        if isinstance(value, dict):
            return (
                "{" + ", ".join(f"{_text(key)}: {_text(one)}" for key, one in value.items()) + "}"
            )
        assert isinstance(value, list)
        return "[" + ", ".join(map(_text, value)) + "]"
