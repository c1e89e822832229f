"""Japan's clock and calendar, as far as the catalogue needs them."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

from catalog.errors import CatalogError

# A fixed offset (Japan has had no summer time since 1951): office PCs may lack a zone database.
TOKYO = timezone(timedelta(hours=9), "JST")


def check_aware(at: datetime) -> None:
    """Raise `CatalogError` ("naive_instant") unless `at` carries a time zone."""
    if at.utcoffset() is None:
        raise CatalogError("naive_instant", value=at.isoformat())


def day_in_japan(at: datetime) -> date:
    """Return the calendar day in Japan at an aware instant."""
    check_aware(at)
    return at.astimezone(TOKYO).date()
