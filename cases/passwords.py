"""Which passwords are good enough: long, and not made of what everybody tries first.

There are no rules about kinds of characters; Japanese and spaces are welcome. Of a password,
known words, names of the place, runs (1234, qwer) and repetitions count as one character each,
and what then remains must still be long enough. A password that stands in a list of the most used
passwords and words, also with figures behind it, is refused in any case.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import Final

from cases.accounts import AccountError, PasswordRule

PRODUCT: Final = ("つなぎ手", "つなぎて", "つなぎ", "tsunagite", "tunagite", "tsunagi", "tunagi")
_ROWS: Final = ("1234567890-^", "qwertyuiop@[", "asdfghjkl;:]", "zxcvbnm,./")
_LEET: Final = str.maketrans("013457@$!", "oleastasi")
_REPEATED: Final = re.compile(r"(.{2,12}?)\1+|(.)\2{2,}")
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_FIGURES: Final = "0123456789"
_PIECE: Final = "\0"
_LEAST_RUN: Final = 3


def password_text(password: str) -> str:
    """Return the one spelling of a password: full-width letters are the plain ones (NFKC).

    Nothing is cut off, and capital letters stay capital. Marks in a wrong order take a time that
    grows with the square of their number: what may be of any length is cut before.
    """
    return unicodedata.normalize("NFKC", password)


def check_password(password: str, names: Iterable[str], rule: PasswordRule) -> None:
    """Refuse a password that is easily guessed.

    Parameters
    ----------
    names
        What the person, the city and the office are called, and the login.

    Raises
    ------
    AccountError
        ``password_length``, ``password_known``, ``password_of_names`` or ``password_easy``.
    """
    text = password_text(password[: rule.most_characters + 1])
    is_long = max(len(password), len(text)) > rule.most_characters
    if is_long or len(text) < rule.least_characters:
        raise AccountError(
            "password_length", least=rule.least_characters, most=rule.most_characters
        )
    called = {_plain(each) for each in (*names, *PRODUCT)}
    own_names = {each for each in called if len(each) >= 2}
    if of_its_own(text, own_names | set(rule.words)) >= rule.least_of_its_own:
        if is_known(text):
            raise AccountError("password_known")
        return
    without_names = of_its_own(text, rule.words) >= rule.least_of_its_own
    if without_names:
        raise AccountError("password_of_names")
    raise AccountError("password_easy")


def is_known(password: str) -> bool:
    """Tell whether a password is one that many have, or such a one with figures behind it."""
    plain = _plain(password)
    beginnings = (plain[:end] for end in range(len(plain.rstrip(_FIGURES)), len(plain) + 1))
    return any(each in _most_used() or each.translate(_LEET) in _most_used() for each in beginnings)


@cache
def _most_used() -> frozenset[str]:
    """Return the most used passwords, words and names, in small letters.

    The passwords come from published leaks (zxcvbn, Wheeler 2016, USENIX Security).
    """
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(each for kind in FREQUENCY_LISTS.values() for each in kind)


def of_its_own(password: str, words: Iterable[str]) -> int:
    """Return how many characters of a password are its own."""
    plain = _plain(password)
    by_length = sorted(words, key=len, reverse=True)
    return min(len(_reduced(each, by_length)) for each in (plain, plain.translate(_LEET)))


def _reduced(text: str, words: Iterable[str]) -> str:
    for word in words:
        text = text.replace(word, _PIECE)
    text = _without_runs(_YEAR.sub(_PIECE, text))
    return _REPEATED.sub(lambda found: (found[1] or found[2])[:1], text)


def _without_runs(text: str) -> str:
    """Let each run along the alphabet or a keyboard's row become one character."""
    kept, start = [], 0
    for at in range(1, len(text) + 1):
        if at < len(text) and _is_next(text[at - 1], text[at]):
            continue
        kept.append(_PIECE if at - start >= _LEAST_RUN else text[start:at])
        start = at
    return "".join(kept)


def _is_next(one: str, other: str) -> bool:
    if abs(ord(one) - ord(other)) == 1:
        return True
    return any(one + other in row or other + one in row for row in _ROWS)


def _plain(text: str) -> str:
    return password_text(text).casefold().strip()
