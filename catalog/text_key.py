"""One spelling for texts that people write in many ways, for searching only."""

from __future__ import annotations

import unicodedata

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


def bigrams(key: str) -> frozenset[str]:
    """Return the pairs of neighbouring characters; a single character stands for itself."""
    if len(key) < 2:
        return frozenset({key} - {""})
    return frozenset(key[at : at + 2] for at in range(len(key) - 1))
