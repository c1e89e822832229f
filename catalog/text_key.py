"""One spelling for texts that people write in many ways, for searching only."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

import jaconv

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))


def search_key(text: str) -> str:
    """Return the text folded: NFKC, lower case, hiragana for katakana, no spaces.

    Names are kept as written; this is only what they are found by.
    """
    folded = unicodedata.normalize("NFKC", text).translate(_DASHES).casefold()
    hiragana: str = jaconv.kata2hira("".join(folded.split()))
    return hiragana


def number_key(text: str) -> str:
    """Return a number with letters and dashes folded: an input method turns a dash into ー.

    >>> number_key("Ｔー０３４０") == number_key("t-0340")
    True
    """
    return search_key(text.replace("ー", "-"))


def find_number(typed: str, numbers: Iterable[str]) -> str | None:
    """Return which number somebody means, in any spelling; digits alone must mean one only.

    >>> find_number("ｔ－０３４０", ["T-0034", "T-0340"]), find_number("340", ["T-0034", "T-0340"])
    ('T-0340', 'T-0340')
    """
    key, known = number_key(typed), list(numbers)
    exact = next((each for each in known if number_key(each) == key), None)
    if exact is not None or not key.isdecimal():
        return exact
    alike = [each for each in known if _digits(each) == int(key)]
    return alike[0] if len(alike) == 1 else None


def _digits(number: str) -> int | None:
    found = re.search(r"[0-9]+$", number_key(number))
    return int(found[0]) if found else None


def bigrams(key: str) -> frozenset[str]:
    """Return the pairs of neighbouring characters; a single character stands for itself."""
    if len(key) < 2:
        return frozenset({key} - {""})
    return frozenset(key[at : at + 2] for at in range(len(key) - 1))
