"""What is supposed of a person, and what would then be, in words."""

from __future__ import annotations

from collections.abc import Mapping

from cases.matching.what_if import ForEveryone, WhatIf
from cases.need import Need
from cases.words.changes import joined
from cases.words.dates import available_words, minutes_words
from cases.words.wording import own_wording


def condition_words(what_if: WhatIf, need: Need, names: Mapping[str, str]) -> str:
    """Return what is supposed as one condition: 木曜の午後も 出かけられて、送り迎えがあれば.

    Parameters
    ----------
    need
        As it is.
    names
        Name of each opening by id.
    """
    say = own_wording().say
    clauses = []
    if what_if.slots:
        code = "slot" if need.available else "slot_first"
        clauses.append(say("if", code, slots=available_words(what_if.slots)))
    if what_if.is_fetched:
        clauses.append(say("if", "pickup"))
    clauses += [say("what_if", "mode", mode=say("way_limit", mode)) for mode in what_if.modes]
    if what_if.longer_minutes:
        clauses.append(say("if", "longer_way", minutes=minutes_words(what_if.longer_minutes)))
    if what_if.one_more_at:
        clauses.append(say("what_if", "place_at", opening=names[what_if.one_more_at]))
    return joined(clauses)


def fitting_words(condition: str, before: int, after: int) -> str:
    """Return how many openings would fit: 「…なら、合う枠が 3枠から 5枠に ふえます。」."""
    code = "more" if after > before else "same"
    return own_wording().say("what_if", code, condition=condition, before=before, after=after)


def everyone_words(found: ForEveryone, participant_id: str) -> str:
    """Return what matching everyone again would do, for those whom the reader may know."""

    def say(code: str, people: int = 0) -> str:
        whose = own_wording().say("for_everyone", "of_all" if found.is_all else "of_known")
        return own_wording().say("for_everyone", code, whose=whose, people=people)

    if not found.moved and not found.fit:
        return say("nobody")
    if found.more_placed:
        return say("gains" if found.more_placed > 0 else "loses", abs(found.more_placed))
    if [each.participant_id for each in found.moved] == [participant_id]:
        return say("own")
    fit = ("fit_worse", "fit_alike", "fit_better")[found.fit + 1]
    return (say("moves", len(found.moved)) if found.moved else "") + say(fit)
