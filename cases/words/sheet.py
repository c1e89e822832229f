"""What a person reads of a place: easy Japanese, of nobody else, without any figure of fit.

Sentences hold one thought each. What a place says of other people, of who waits and of how well
it fits is left out; what the person could do to reach one more place is said as they may read it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from cases.words.dates import minutes_words, schedule_words, yen_words
from cases.words.facts import FACTS, PairFacts, way_words
from cases.words.wording import own_wording
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
    """Return what one does there, when, where and how, and what else is good to know."""
    opening, resource, say = facts.opening, facts.receiving.resource, own_wording().say
    length = say("sheet", "length", minutes=minutes_words(opening.min_minutes))
    if facts.comes_to:
        way = say("sheet_fact", facts.comes_to)
    else:
        way = say("sheet", "way", way=way_words(facts.way)) if facts.way else ""
    rows = (
        ("すること", opening.description),
        ("いつ", _joined(schedule_words(opening.schedule), length)),
        ("どこ", _joined(resource.address if resource else "", way)),
        ("ほかに", _joined(*_good_to_know(facts))),
    )
    return tuple((label, words) for label, words in rows if words)


def _good_to_know(facts: PairFacts) -> Iterator[str]:
    opening, say = facts.opening, own_wording().say
    yield say("sheet", "begins", stage=say("stage", int(opening.first_stage)))
    if opening.typical_people:
        yield say("sheet", "people", people=opening.typical_people)
    if opening.cost_yen:
        yield say("sheet", "cost", cost=yen_words(opening.cost_yen))
    else:
        yield say("sheet", "free_of_charge")
    if opening.leave_early_ok:
        yield say("sheet", "leave_early")
    if opening.companion_welcome:
        yield say("sheet", "companion")


def _joined(*words: str) -> str:
    return "　".join(filter(None, words))
