"""What the office settled before the search, in words: of a pair, of a list, of a conflict."""

from __future__ import annotations

from collections.abc import Sequence

from cases.wording import own_wording


def settled_words(settled: str, overridden: Sequence[str]) -> str:
    """Return what comes before the reason of a match: 「決めておいた枠です。」, or nothing.

    Parameters
    ----------
    settled
        `lock`, `exclusion` or nothing.
    overridden
        Names of the rules that were set aside.
    """
    say = own_wording().say
    words = say("settled", "lock") if settled == "lock" else ""
    if overridden:
        words += say("settled", "override", conditions=conditions_words(overridden))
    return words


def conditions_words(rules: Sequence[str]) -> str:
    """Return the conditions behind some rules, each once: 「曜日・時間」「費用」."""
    names = dict.fromkeys(own_wording().say("condition", rule) for rule in rules)
    return "".join(f"「{name}」" for name in names)
