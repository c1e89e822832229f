"""Passwords: kept as argon2id hashes only."""

from __future__ import annotations

from functools import cache
from typing import Final

from pwdlib import PasswordHash

MOST_CHARACTERS: Final = 1000
_PREFIX: Final = "$argon2id$"


@cache
def _hasher() -> PasswordHash:
    return PasswordHash.recommended()


@cache
def _nobodys_hash() -> str:
    return _hasher().hash("the password of nobody")


def hash_password(password: str) -> str:
    """Return what is kept of a password: argon2id, 64 MiB, 3 passes."""
    return _hasher().hash(password)


def password_fits(password: str, kept: str | None) -> bool:
    """Tell whether a password belongs to a hash.

    For an unknown user (`kept` None) and one whose password was never set it takes as long, so
    that time does not tell who exists.
    """
    known = kept if kept and kept.startswith(_PREFIX) else None
    fits = _hasher().verify(password[:MOST_CHARACTERS], known or _nobodys_hash())
    return fits and known is not None
