"""What a statement of consent can be about: who may know, and which kinds of data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from cases.consent import HOSTS
from cases.own_data import own_data
from catalog.municipality import Municipality


@dataclass(frozen=True, slots=True)
class Category:
    """One kind of data; `name` is what statements keep, `note` says it in daily words."""

    name: str
    note: str


@dataclass(frozen=True, slots=True)
class ConsentScope:
    """A dated list of kinds of data, and what hosts are called."""

    version: str
    source: str
    hosts: str
    categories: tuple[Category, ...]


@cache
def own_consent_scope() -> ConsentScope:
    """Return the list that comes with the product (`cases/data/consent_scope.toml`)."""
    data = own_data("consent_scope")
    categories = tuple(Category(**each) for each in data.pop("categories"))
    return ConsentScope(**data, categories=categories)


def in_order(categories: Iterable[str]) -> list[str]:
    """Return kinds of data in the order of the list, those that it no longer has at the end."""
    order = {each.name: at for at, each in enumerate(own_consent_scope().categories)}
    return sorted(categories, key=lambda name: (order.get(name, len(order)), name))


def agency_words(agency: str) -> str:
    """Return what people read for an entry of `Consent.agencies`."""
    return own_consent_scope().hosts if agency == HOSTS else agency


def agencies_to_ask(settings: Municipality, others: Iterable[str] = ()) -> tuple[str, ...]:
    """Return whom a consent can allow to know: hosts, the agencies of the city, and others.

    Parameters
    ----------
    others
        Offices of the staff, and names that earlier statements hold.
    """
    named = (agency.name for agency in settings.agencies)
    return tuple(dict.fromkeys(filter(None, (HOSTS, *others, *named))))
