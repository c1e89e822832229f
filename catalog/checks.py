"""Invariants that several values share; each raises `CatalogError` naming the field."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import TypeVar

from catalog.errors import CatalogError

_Ordered = TypeVar("_Ordered", float, date)

VISIBILITIES = ("public", "agencies", "office")
"""Who may see a record, from everyone to the city's own staff."""


def check_filled(kind: str, /, **fields: str) -> None:
    """Refuse empty or blank texts."""
    for field, value in fields.items():
        if not value.strip():
            raise CatalogError("empty", kind=kind, field=field)


def check_at_least(kind: str, least: int, /, **fields: float | None) -> None:
    """Refuse numbers below `least`; None is unknown and passes."""
    for field, value in fields.items():
        if value is not None and value < least:
            raise CatalogError("too_small", kind=kind, field=field, value=value, least=least)


def check_range(kind: str, least: float, most: float, /, **fields: float | None) -> None:
    """Refuse numbers outside [least, most] and NaN; None is unknown and passes."""
    for field, value in fields.items():
        if value is not None and not least <= value <= most:
            raise CatalogError(
                "out_of_range", kind=kind, field=field, value=value, least=least, most=most
            )


def check_one_of(kind: str, allowed: Collection[str], /, **fields: str) -> None:
    """Refuse texts that are not among the few that the code itself depends on."""
    for field, value in fields.items():
        if value not in allowed:
            raise CatalogError(
                "not_one_of", kind=kind, field=field, value=value, allowed=", ".join(allowed)
            )


def check_unique(kind: str, field: str, values: Iterable[str]) -> None:
    """Refuse a value that is listed twice."""
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise CatalogError("duplicate", kind=kind, field=field, value=value)
        seen.add(value)


def check_point(kind: str, lat: float | None, lon: float | None) -> None:
    """Refuse half a point and one outside the globe; whether it fits the city, geo says."""
    if (lat is None) != (lon is None):
        raise CatalogError("half_point", kind=kind, lat=lat, lon=lon)
    check_range(kind, -90, 90, lat=lat)
    check_range(kind, -180, 180, lon=lon)


def check_order(
    kind: str, first_field: str, first: _Ordered | None, last_field: str, last: _Ordered | None
) -> None:
    """Refuse a first value after its last; an open end passes."""
    if first is not None and last is not None and first > last:
        raise CatalogError(
            "order",
            kind=kind,
            first_field=first_field,
            first=first,
            last_field=last_field,
            last=last,
        )
