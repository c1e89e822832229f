"""Which column of a municipal file is which field: maps that are data, found by name.

Never by position: the same data set comes with its columns in any order, with brackets of both
widths, with 標記 for 表記, with the data set's name before each header. One file
`exchange/data/columns/<kind>.toml` for each kind of import lists the accepted names of each
field, the best first.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

_ASIDE = re.compile(r"[(（](?:人|名|円|分|歳|才|必須|任意|西暦|和暦|半角|全角)[)）]\s*$")
"""What offices write behind a header name: the unit, or how to fill the column."""


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """The columns of one kind of import.

    Parameters
    ----------
    names
        Accepted header names of each field; the first is our own, of the template.
    required
        Groups of fields; a header row has at least one field of each group.
    families
        Patterns of header names that come in numbers (age bands, weekday × time of day).
    """

    kind: str
    names: Mapping[str, tuple[str, ...]]
    required: tuple[tuple[str, ...], ...]
    families: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    known: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)

    def label(self, of: str) -> str:
        """Return our own header name of a field."""
        return self.names[of][0]

    def fields_of(self, header: str) -> tuple[tuple[str, int], ...]:
        """Return the fields that a header name may mean, each with its priority (0 first)."""
        return self.known.get(fold(header)) or self.known.get(fold(_ASIDE.sub("", header)), ())


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the fields stand in one header row.

    Parameters
    ----------
    at
        Position of each field that is there.
    families
        Position of each header of a family, by the groups of its pattern.
    headers
        All names as written.
    unknown
        Names that mean nothing here or came second for a field that is already taken.
    """

    at: Mapping[str, int]
    families: Mapping[str, Mapping[tuple[str, ...], int]]
    headers: tuple[str, ...]
    unknown: tuple[str, ...]

    def fits(self, columns: ColumnMap) -> bool:
        """Say whether every required field is there."""
        return all(any(each in self.at for each in group) for group in columns.required)

    @property
    def present_families(self) -> frozenset[str]:
        """Families of which at least one column is there."""
        return frozenset(name for name, found in self.families.items() if found)

    @property
    def used(self) -> frozenset[int]:
        """Positions of all columns that mean something here."""
        families = (family.values() for family in self.families.values())
        return frozenset(self.at.values()).union(*families)

    def __len__(self) -> int:
        return len(self.at) + sum(len(family) for family in self.families.values())


def fold(header: str) -> str:
    """Return a header name without what its spellings differ in.

    Width, case, spaces, `_`, brackets and other marks go; 標記 is a common slip for 表記.

    >>> fold("所在地_連結標記") == fold("所在地 連結表記"), fold("料金（基本）")
    (True, '料金基本')
    """
    plain = unicodedata.normalize("NFKC", header).casefold().replace("標記", "表記")
    return "".join(letter for letter in plain if letter.isalnum())


@cache
def load_columns(kind: str) -> ColumnMap:
    """Return the column map of a kind of import."""
    place = files("exchange").joinpath("data", "columns", f"{kind}.toml")
    data = tomllib.loads(place.read_text("utf-8"))
    names = {each: tuple(written) for each, written in data["fields"].items()}
    known: dict[str, list[tuple[str, int]]] = {}
    for each, written in names.items():
        for priority, name in enumerate(written):
            known.setdefault(fold(name), []).append((each, priority))
    return ColumnMap(
        kind=kind,
        names=names,
        required=tuple(tuple(group) for group in data["required"]),
        families={name: re.compile(text) for name, text in data.get("families", {}).items()},
        known={name: tuple(meant) for name, meant in known.items()},
    )


def assign(headers: Sequence[str], columns: ColumnMap) -> Columns:
    """Find the fields in a header row.

    Of several columns for one field the best name wins, of equal names the first column.
    """
    written = _without_prefix(headers, columns)
    wishes = sorted(
        (priority, at, each)
        for at, header in enumerate(written)
        for each, priority in columns.fields_of(header)
    )
    taken: dict[str, int] = {}
    used: set[int] = set()
    for _, at, each in wishes:
        if each not in taken and at not in used:
            taken[each] = at
            used.add(at)
    families: dict[str, dict[tuple[str, ...], int]] = {name: {} for name in columns.families}
    for at, header in enumerate(written):
        plain = "".join(unicodedata.normalize("NFKC", header).split())
        for name, pattern in columns.families.items():
            if at not in used and (match := pattern.fullmatch(plain)):
                families[name].setdefault(tuple(part or "" for part in match.groups()), at)
                used.add(at)
    unknown = tuple(h for at, h in enumerate(headers) if h and at not in used)
    return Columns(taken, families, tuple(headers), unknown)


def _without_prefix(headers: Sequence[str], columns: ColumnMap) -> list[str]:
    """Take off a data set's name that stands before most headers (公共施設一覧_名称)."""
    before = [re.match(r"(.+?)[_＿](.+)", header) for header in headers]
    counts: dict[str, int] = {}
    for match in before:
        if match and not columns.fields_of(match[0]):
            counts[match[1]] = counts.get(match[1], 0) + 1
    filled = sum(bool(header) for header in headers)
    common = {prefix for prefix, count in counts.items() if count >= 3 and count * 2 >= filled}
    return [
        match[2] if match and match[1] in common else header
        for header, match in zip(headers, before, strict=True)
    ]
