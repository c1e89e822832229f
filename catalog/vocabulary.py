"""Code lists: dated data with a source, which a city may extend; never enums."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from functools import cache, lru_cache
from importlib.resources import files

from catalog.checks import check_filled, check_unique
from catalog.errors import CatalogError
from catalog.text_key import search_key

MOST_BITS = 60
"""Lists that become bits of one signed 64-bit number hold at most this many codes."""
BIT_LISTS = frozenset({"accommodation", "field"})


@dataclass(frozen=True, slots=True)
class Code:
    """One entry of a list: an English name for the code, a plain Japanese one for people."""

    code: str
    label: str
    group: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        check_filled("code", code=self.code, label=self.label)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a list comes from and since when it holds."""

    source: str
    from_on: date


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All code lists together, in the order in which people see them."""

    lists: Mapping[str, Mapping[str, Code]]
    version: str
    source: str
    origins: Mapping[str, Origin] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in BIT_LISTS & self.lists.keys():
            if len(self.lists[name]) > MOST_BITS:
                raise CatalogError(
                    "too_many_codes", list=name, count=len(self.lists[name]), most=MOST_BITS
                )

    def codes(self, list_name: str) -> Mapping[str, Code]:
        """Return one list; raises `CatalogError` ("unknown_list")."""
        try:
            return self.lists[list_name]
        except KeyError:
            near = get_close_matches(list_name, self.lists, n=3)
            raise CatalogError("unknown_list", list=list_name, near=", ".join(near)) from None

    def check(self, list_name: str, code: str) -> Code:
        """Return the entry of a code; raises `CatalogError` ("unknown_code") with near ones."""
        codes = self.codes(list_name)
        if code not in codes:
            raise CatalogError(
                "unknown_code", list=list_name, value=code, near=", ".join(_near(code, codes))
            )
        return codes[code]

    def label(self, list_name: str, code: str) -> str:
        """Return what people read for a code."""
        return self.check(list_name, code).label

    def find(self, list_name: str, text: str) -> Code | None:
        """Return the entry whose code or label is `text`, written in any width or kana."""
        return _by_key(tuple(self.codes(list_name).values())).get(search_key(text))

    def mask(self, list_name: str, codes: Iterable[str]) -> int:
        """Return codes as bits, the first of the list being bit 0."""
        position = {code: index for index, code in enumerate(self.codes(list_name))}
        return sum({1 << position[self.check(list_name, code).code] for code in codes})

    def extended_by(self, own: Mapping[str, Iterable[Code]]) -> Vocabulary:
        """Return the lists with a city's own codes added at the end, or relabelled in place."""
        lists = dict(self.lists)
        for name, entries in own.items():
            lists[name] = {**self.codes(name), **{entry.code: entry for entry in entries}}
        return Vocabulary(lists, self.version, self.source, self.origins)


@lru_cache(maxsize=64)
def _by_key(entries: tuple[Code, ...]) -> Mapping[str, Code]:
    """Return entries by folded label and by folded code; the code wins where both are alike."""
    by_label = {search_key(entry.label): entry for entry in entries}
    return by_label | {search_key(entry.code): entry for entry in entries}


def _near(text: str, codes: Mapping[str, Code]) -> list[str]:
    """Return up to three codes that look like `text`, by code or by label."""
    names = {entry.label: code for code, entry in codes.items()} | {code: code for code in codes}
    return list(
        dict.fromkeys(names[hit] for hit in get_close_matches(text, names, n=3, cutoff=0.5))
    )


@cache
def load_vocabulary() -> Vocabulary:
    """Return the product's own code lists (`catalog/data/vocabulary.toml`)."""
    return read_vocabulary(files("catalog").joinpath("data", "vocabulary.toml").read_text("utf-8"))


def read_vocabulary(text: str) -> Vocabulary:
    """Read code lists from TOML; raises `CatalogError` ("duplicate") for a code listed twice."""
    data = tomllib.loads(text)
    lists: dict[str, dict[str, Code]] = {}
    origins: dict[str, Origin] = {}
    for name, each in data["lists"].items():
        check_unique("vocabulary", name, (entry["code"] for entry in each["codes"]))
        lists[name] = {entry["code"]: Code(**entry) for entry in each["codes"]}
        origins[name] = Origin(each["source"], each["from"])
    return Vocabulary(lists, data["version"], data["source"], origins)
