"""The index by which words find what the catalogue holds, on both databases alike.

A thing stands in it under every pair of neighbouring characters of its texts, and under the codes
of its lists. A word is looked for by its pairs, and by the codes whose labels contain it, so that
a city may reword its labels at any time. The index may find too much (the pairs of a word need
not stand together) but misses nothing; who asks looks again with `catalog.search.matches`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    union,
)

from catalog.opening import Opening
from catalog.organisation import Organisation
from catalog.resource import Resource
from catalog.search import opening_keys, organisation_keys, resource_keys
from catalog.text_key import bigrams, search_key
from catalog.vocabulary import Vocabulary, load_vocabulary
from db.tables import openings, resources, text_index

_END = "\n"
"""Follows the last character of a text, so that every character begins a pair."""

Indexed = Resource | Opening | Organisation


def write(connection: Connection, municipality_code: str, items: Iterable[Indexed]) -> None:
    """Put things into the index under what they say now."""
    items = list(items)
    if not items:
        return
    forget = delete(text_index).where(
        text_index.c.municipality_code == municipality_code,
        text_index.c.kind == bindparam("of_kind"),
        text_index.c.item_id == bindparam("id"),
    )
    connection.execute(forget, [{"of_kind": _kind(item), "id": item.id} for item in items])
    rows = [
        {
            "municipality_code": municipality_code,
            "kind": _kind(item),
            "token": token,
            "item_id": item.id,
        }
        for item in items
        for token in sorted(_tokens(item))
    ]
    connection.execute(insert(text_index), rows)


def resource_ids(municipality_code: str, word: str, vocabulary: Vocabulary) -> Select[Any]:
    """Ask for the resources that a folded word may mean: themselves, by host, by opening."""
    found = _found(municipality_code, word, vocabulary).subquery()

    def of_kind(kind: str) -> Select[Any]:
        return select(found.c.item_id).where(found.c.kind == kind)

    by_opening = select(openings.c.resource_id).where(
        openings.c.municipality_code == municipality_code,
        openings.c.id.in_(of_kind("opening")),
    )
    return select(resources.c.id).where(
        resources.c.municipality_code == municipality_code,
        or_(
            resources.c.id.in_(of_kind("resource")),
            resources.c.organisation_id.in_(of_kind("organisation")),
            resources.c.id.in_(by_opening),
        ),
    )


def _found(municipality_code: str, word: str, vocabulary: Vocabulary) -> Any:
    of_city = text_index.c.municipality_code == municipality_code
    things = select(text_index.c.kind, text_index.c.item_id)
    by_code = things.where(of_city, text_index.c.token.in_(_codes_called(word, vocabulary)))
    if len(word) == 1:
        return union(by_code, things.where(of_city, _begins(word)))
    pairs = bigrams(word)
    by_text = (
        things.where(of_city, text_index.c.token.in_(sorted(pairs)))
        .group_by(text_index.c.kind, text_index.c.item_id)
        .having(func.count() == len(pairs))
    )
    return union(by_code, by_text)


def _begins(character: str) -> ColumnElement[bool]:
    return func.substr(text_index.c.token, 1, 1) == character


def _tokens(item: Indexed) -> frozenset[str]:
    match item:
        case Resource():
            keys = resource_keys(item, _without_labels())
            codes = {"resource_kind": [item.kind], "accommodation": item.accessibility}
        case Opening():
            keys = opening_keys(item, _without_labels())
            codes = {
                "menu": item.menu,
                "form": [item.form],
                "role": [item.role],
                "accommodation": item.accommodations,
            }
        case Organisation():
            keys = organisation_keys(item)
            codes = {}
    pairs = (bigrams(key + _END) for key in keys)
    return frozenset[str]().union(*pairs, _code_tokens(codes))


def _code_tokens(codes: Mapping[str, Iterable[str]]) -> frozenset[str]:
    """Spell codes so that no pair of characters is spelled alike."""
    return frozenset(f"{name}={code}" for name, some in codes.items() for code in some)


def _codes_called(word: str, vocabulary: Vocabulary) -> list[str]:
    return sorted(
        f"{name}={entry.code}"
        for name in ("resource_kind", "menu", "form", "role", "accommodation")
        for entry in vocabulary.codes(name).values()
        if word in search_key(entry.label)
    )


def _kind(item: Indexed) -> str:
    return type(item).__name__.lower()


@cache
def _without_labels() -> Vocabulary:
    """Make a vocabulary that knows no word for any code: only the texts are left."""
    full = load_vocabulary()
    return replace(full, lists={name: {} for name in full.lists})
