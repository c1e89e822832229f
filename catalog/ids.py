"""Ids: random, unguessable, URL-safe; nothing can be read from them."""

from __future__ import annotations

import secrets
from collections.abc import Callable

IdSource = Callable[[], str]
"""Makes the next id; the sample city passes a seeded one, everyone else `new_id`."""


def new_id() -> str:
    """Return a fresh id of 22 characters that carry 128 random bits."""
    return secrets.token_urlsafe(16)
