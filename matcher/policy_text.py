"""A policy as a city writes it: read with the line of each mistake, compared, written again."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Final, TypeAlias

from matcher.errors import InvalidPolicy, MatcherError
from matcher.policy import SECTIONS, Policy, own_policy, policy_from

Value: TypeAlias = float | tuple["Value", ...]
_PLACE: Final = re.compile(r"\(at line (\d+), column (\d+)\)")
_TABLE: Final = re.compile(r"\s*\[\s*([\w.-]+)\s*\]")
_ENTRY: Final = re.compile(r"\s*([\w.-]+)\s*=")


@dataclass(frozen=True, slots=True)
class Changed:
    """A value that differs between two policies; `key` is as in the file: `weights.wish`."""

    key: str
    before: Value
    after: Value


def read_policy(text: str) -> Policy:
    """Lay the text of a city's policy over the product's own.

    Raises
    ------
    InvalidPolicy
        `policy_syntax` with line and column; else what `policy_from` raises, as the `reason` of a
        `policy_line` where the key that it names stands in the text.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _PLACE.search(str(error))
        end = (text.count("\n") + 1, 1)
        line, column = (int(found[1]), int(found[2])) if found else end
        raise InvalidPolicy("policy_syntax", line=line, column=column) from error
    try:
        return policy_from(document)
    except MatcherError as error:
        line = line_of(text, str(error.params["key"]))
        if not line:
            raise InvalidPolicy(error.code, **error.params) from error
        raise InvalidPolicy("policy_line", line=line, reason=error) from error


def line_of(text: str, key: str) -> int:
    """Return the line on which a key of a TOML file is set, 0 for none; the first is 1."""
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        if opened := _TABLE.match(line):
            table = opened[1]
            name = table
        elif entry := _ENTRY.match(line):
            name = f"{table}.{entry[1]}" if table else entry[1]
        else:
            continue
        if name == key:
            return number
    return 0


def changed_values(before: Policy, after: Policy) -> tuple[Changed, ...]:
    """Return every value that differs, in the order of the file."""
    values = dict(values_of(after))
    return tuple(
        Changed(key, value, values[key]) for key, value in values_of(before) if value != values[key]
    )


def values_of(policy: Policy) -> Iterator[tuple[str, Value]]:
    """Return every weight, cut point and limit under its key, in the order of the file."""
    for name in SECTIONS:
        section = getattr(policy, name)
        for each in fields(section):
            yield f"{name}.{each.name}", getattr(section, each.name)


def write_policy(policy: Policy) -> str:
    """Return the file that makes a policy of the product's own: what differs, under its head."""
    lines = [f"from = {policy.from_on.isoformat()}", f"source = {_quoted(policy.source)}"]
    if policy.note:
        lines.append(f"note = {_quoted(policy.note)}")
    table = ""
    for each in changed_values(own_policy(), policy):
        name, _, key = each.key.partition(".")
        if name != table:
            lines += ["", f"[{name}]"]
            table = name
        lines.append(f"{key} = {written_value(each.after)}")
    return "\n".join(lines) + "\n"


def written_value(value: Value) -> str:
    """Return a value as a file has it: 30, 0.5, [1, 2]."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(written_value, value))}]"
    return str(int(value)) if value == int(value) else repr(value)


def _quoted(text: str) -> str:
    """Return a text as a basic string of TOML."""
    escaped = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    kept = (escaped.get(each, each) for each in text if each >= " " or each in escaped)
    return f'"{"".join(kept)}"'
