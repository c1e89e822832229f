"""Addresses as others send them: in headers, in links, in the fields of forms."""

from __future__ import annotations

from typing import Final
from urllib.parse import SplitResult, urlsplit

MOST_CHARACTERS: Final = 2_000
NOWHERE: Final = urlsplit("")


def parts_of(address: str) -> SplitResult:
    """Return the parts of an address; of one that is none, nothing."""
    try:
        return urlsplit(address)
    except ValueError:
        return NOWHERE


def own_path(address: str) -> str:
    """Return a path of this site; anything else, and what is too long, becomes the first page."""
    is_own = address.startswith("/") and not address.startswith(("//", "/\\"))
    is_short = len(address) <= MOST_CHARACTERS
    return address if is_own and is_short and address.isprintable() else "/"
