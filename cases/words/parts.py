"""The fit of a pair part by part: what the person wants, what the place has, how well it goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from cases.need import NextStep
from cases.words.dates import (
    available_words,
    day_words,
    minutes_words,
    schedule_words,
)
from cases.words.facts import PairFacts, menu_words, way_words
from cases.words.places import freshness_of
from cases.words.refusals import modes_words
from cases.words.wording import own_wording, part_fit_word, part_name
from catalog.vocabulary import Vocabulary
from matcher.explanation import PartExplanation

_GREAT_SHARE: Final = 0.25
_SOME_SHARE: Final = 0.15


@dataclass(frozen=True, slots=True)
class PartRow:
    """One part of the fit, in words.

    Attributes
    ----------
    cells
        How many of four cells of the bar are filled.
    """

    name: str
    person: str
    place: str
    word: str
    weight: str
    cells: int


Side: TypeAlias = Callable[[PairFacts, Vocabulary], str]


def part_row(part: PartExplanation, facts: PairFacts, vocabulary: Vocabulary) -> PartRow:
    """Return a part of the fit with both sides of it."""
    person, place = _SIDES[part.name]
    order = ("hard", "effort", "easy", "exact")
    return PartRow(
        name=part_name(part.name),
        person=person(facts, vocabulary),
        place=place(facts, vocabulary),
        word=_word(part, facts),
        weight=weight_word(part.weight_share),
        cells=order.index(part.word) + 1,
    )


def _word(part: PartExplanation, facts: PairFacts) -> str:
    """Return how well a part goes; what is called old elsewhere on a page is not called new."""
    if part.name != "fresh":
        return part_fit_word(part.word)
    is_old = freshness_of(facts.opening.last_confirmed_on, facts.on).is_old
    word = "easy" if is_old and part.word == "exact" else part.word
    return own_wording().say("fresh_fit", word)


def weight_word(share: float) -> str:
    """Return how much a part counts: とても大切, 大切, ふつう."""
    weight = "great" if share >= _GREAT_SHARE else "some" if share >= _SOME_SHARE else "little"
    return own_wording().say("weight", weight)


def _say(code: str, **values: object) -> str:
    return own_wording().say("part_row", code, **values)


def _wished(facts: PairFacts, vocabulary: Vocabulary) -> str:
    strongest = sorted(facts.need.wishes, key=lambda wish: -wish.strength)
    return menu_words((wish.menu for wish in strongest), vocabulary, "、") or _say("unsaid")


def _done_there(facts: PairFacts, vocabulary: Vocabulary) -> str:
    return menu_words(facts.opening.menu, vocabulary, "、") or _say("none")


def _free(facts: PairFacts, _: Vocabulary) -> str:
    slots = available_words(facts.need.available)
    if not slots:
        return _say("unsaid")
    if facts.need.max_minutes is None:
        return _say("available_unlimited", slots=slots)
    return _say("available", slots=slots, minutes=minutes_words(facts.need.max_minutes))


def _held(facts: PairFacts, _: Vocabulary) -> str:
    early = facts.opening.leave_early_ok and facts.opening.schedule is not None
    words = schedule_words(facts.opening.schedule)
    return _say("schedule_leave_early" if early else "schedule", schedule=words)


def _can_travel(facts: PairFacts, _: Vocabulary) -> str:
    limit = minutes_words(facts.need.travel_limit_minutes)
    return _say("travel_limit", modes=modes_words(facts.need), minutes=limit)


def _way(facts: PairFacts, _: Vocabulary) -> str:
    if facts.comes_to:
        return own_wording().say("fact_short", facts.comes_to)
    if facts.way is not None:
        return way_words(facts.way)
    if facts.receiving.fetches:
        return own_wording().say("fact_short", "pickup")
    return _say("unreachable" if facts.way_known else "way_unknown")


def _bears(facts: PairFacts, _: Vocabulary) -> str:
    wording, need = own_wording(), facts.need
    return _say(
        "bears",
        noise=wording.say("noise_limit", need.noise_limit),
        crowd=wording.say("crowd_limit", need.crowd_limit),
    )


def _there(facts: PairFacts, _: Vocabulary) -> str:
    wording, opening = own_wording(), facts.opening
    noise = wording.say("noise", opening.noise)
    if opening.typical_people:
        return _say("there_people", noise=noise, people=opening.typical_people)
    return _say("there", noise=noise, crowd=wording.say("crowd", opening.crowd))


def _company(facts: PairFacts, _: Vocabulary) -> str:
    company = own_wording().say("companion", facts.need.companion)
    if facts.need.next_step is NextStep.UP:
        return company
    return f"{company}・{own_wording().say('next_step_wish', facts.need.next_step)}"


def _beginning(facts: PairFacts, _: Vocabulary) -> str:
    opening = facts.opening
    return _say(
        "begins_companion" if opening.companion_welcome else "begins",
        stage=own_wording().say("stage", int(opening.first_stage)),
        minutes=minutes_words(opening.min_minutes),
    )


def _nothing(_: PairFacts, __: Vocabulary) -> str:
    return _say("none")


def _confirmed(facts: PairFacts, _: Vocabulary) -> str:
    confirmed = facts.opening.last_confirmed_on
    return _say("confirmed", day=day_words(confirmed)) if confirmed else _say("never_confirmed")


def _hoped_for(facts: PairFacts, _: Vocabulary) -> str:
    preference = facts.opening.preference
    named = preference is not None and preference.is_weighed
    return _say("preference" if named else "unsaid_by_host")


_SIDES: Final[Mapping[str, tuple[Side, Side]]] = {
    "wish": (_wished, _done_there),
    "time": (_free, _held),
    "travel": (_can_travel, _way),
    "calm": (_bears, _there),
    "ease": (_company, _beginning),
    "fresh": (_nothing, _confirmed),
    "host": (_nothing, _hoped_for),
}
