"""Passwords: kept as argon2id hashes only."""

from __future__ import annotations

from functools import cache
from typing import Final

from pwdlib import PasswordHash

from cases.accounts import account_rules
from cases.passwords import password_text

_PREFIX: Final = "$argon2id$"


@cache
def _hasher() -> PasswordHash:
    return PasswordHash.recommended()


@cache
def _nobodys_hash() -> str:
    return _hasher().hash("the password of nobody")


def hash_password(password: str) -> str:
    """Return what is kept of a password: argon2id, 64 MiB, 3 passes."""
    return _hasher().hash(password_text(password))


def password_fits(password: str, kept: str | None) -> bool:
    """Tell whether a password belongs to a hash.

    For an unknown user (`kept` None), one whose password was never set and one too long to be
    anybody's it takes as long, so that time does not tell who exists.
    """
    most = account_rules().password.most_characters
    text = password_text(password[: most + 1])
    known = kept if kept and kept.startswith(_PREFIX) and len(text) <= most else None
    fits = _hasher().verify(text, known or _nobodys_hash())
    return fits and known is not None
