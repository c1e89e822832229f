"""What a person reads of a place: easy Japanese, of nobody else, without any figure of fit.

Sentences hold one thought each. What a place says of other people, of who waits and of how well
it fits is left out; what the person could do to reach one more place is said as they may read it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cases.wording import own_wording
from cases.wording_dates import minutes_words, schedule_words, yen_words
from cases.wording_facts import FACTS, PairFacts, way_words
from catalog.vocabulary import Vocabulary
from matcher.explanation import Fact

MOST_REASONS: Final = 3


def reasons_for_person(
    told: Sequence[Fact], facts: PairFacts, vocabulary: Vocabulary
) -> tuple[str, ...]:
    """Return why a place may suit, as the person reads it; facts that are not theirs are left out.

    Parameters
    ----------
    told
        Facts of the match, the strongest first.
    """
    sentences = own_wording().tables["sheet_fact"]
    said = (FACTS[fact.code](fact.values, facts, vocabulary) for fact in told)
    return tuple(sentences[code].format(**values) for code, values in said if code in sentences)[
        :MOST_REASONS
    ]


def rows_for_person(facts: PairFacts) -> tuple[tuple[str, str], ...]:
    """Return when, where, how, with whom and for how much, each as a short line."""
    opening, resource, say = facts.opening, facts.receiving.resource, own_wording().say
    if facts.comes_to:
        way = say("sheet_fact", facts.comes_to)
    else:
        way = say("sheet", "way", way=way_words(facts.way)) if facts.way else ""
    length = say("sheet", "length", minutes=minutes_words(opening.min_minutes))
    cost = say("sheet", "cost", cost=yen_words(opening.cost_yen)) if opening.cost_yen else ""
    rows = (
        ("すること", opening.description),
        ("いつ", schedule_words(opening.schedule)),
        ("長さ", length + (say("sheet", "leave_early") if opening.leave_early_ok else "")),
        ("どこ", resource.address if resource else ""),
        ("行き方", way),
        ("人の数", _people(facts)),
        ("お金", cost or say("sheet", "free_of_charge")),
        ("いっしょに", say("sheet", "companion") if opening.companion_welcome else ""),
        ("はじめ", say("sheet", "begins", stage=say("stage", int(opening.first_stage)))),
    )
    return tuple((label, words) for label, words in rows if words)


def _people(facts: PairFacts) -> str:
    people = facts.opening.typical_people
    return own_wording().say("sheet", "people", people=people) if people else ""
