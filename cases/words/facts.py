"""What is true of a person and an opening together, and the words for what speaks for a match."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, TypeAlias

from cases.need import Need
from cases.participant import Participant
from cases.receiving import Receiving
from cases.words.dates import available_words, day_words, minutes_words
from cases.words.wording import own_wording
from catalog.opening import Opening
from catalog.schedule import Band
from catalog.text_key import bigrams, search_key
from catalog.vocabulary import Vocabulary
from matcher.explanation import Fact, FactCode

_MOST_MENUS: Final = 2
_LONGEST_QUOTE: Final = 20
_Said: TypeAlias = tuple[str, Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Way:
    """How one gets there: a value of `geo.travel.TravelMode` and the minutes one way."""

    mode: str
    minutes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PairFacts:
    """A person and an opening with what the computation knew of the two together.

    `way` is None where no mode of the person leads there; `comes_to` is `online` or `outreach`
    where nobody needs to travel. `place_known` is False where the place or its codes are not yet
    known, `way_known` where a point is missing to measure from. `set_aside` is the code of the
    reason for which this place was set aside for the person before.
    """

    participant: Participant
    need: Need
    receiving: Receiving
    on: date
    way: Way | None
    comes_to: str = ""
    place_known: bool = True
    way_known: bool = True
    set_aside: str = ""

    @property
    def opening(self) -> Opening:
        """The opening itself."""
        return self.receiving.opening


Say: TypeAlias = Callable[[tuple[int, ...], PairFacts, Vocabulary], _Said]


def menu_words(codes: Iterable[str], vocabulary: Vocabulary, joint: str = "」「") -> str:
    """Return the labels of menu codes, to be set in 「」; unknown codes are left out."""
    known = vocabulary.codes("menu")
    return joint.join(known[code].label for code in codes if code in known)


def way_words(way: Way, table: str = "way") -> str:
    """Return a way: 歩いて18分; with the table `way_short`: 歩き18分."""
    return own_wording().say(table, way.mode, minutes=minutes_words(way.minutes))


def _menu(columns: tuple[int, ...], _: PairFacts, vocabulary: Vocabulary) -> _Said:
    codes = list(vocabulary.codes("menu"))
    return "menu", {"menus": menu_words((codes[at] for at in columns[:_MOST_MENUS]), vocabulary)}


def _own_words(_: tuple[int, ...], facts: PairFacts, __: Vocabulary) -> _Said:
    quote = quoted_wish(facts)
    return ("own_words_quoted", {"words": quote}) if quote else ("own_words", {})


def quoted_wish(facts: PairFacts) -> str:
    """Return the phrase of the person's own words that shares most with the place, or nothing."""
    place = bigrams(search_key(facts.receiving.description))
    phrases = [p.strip() for p in re.split(r"[。、，,\n]", facts.need.wishes_text) if p.strip()]
    shared = {phrase: len(bigrams(search_key(phrase)) & place) for phrase in phrases}
    best = max(phrases, key=lambda phrase: shared[phrase], default="")
    if not best or not shared[best]:
        return ""
    return best if len(best) <= _LONGEST_QUOTE else best[:_LONGEST_QUOTE] + "…"


def _slots(masks: tuple[int, ...], _: PairFacts, __: Vocabulary) -> _Said:
    bits = (bit for bit in range(7 * len(Band)) if any(mask >> bit & 1 for mask in masks))
    return "slots", {"slots": available_words(frozenset((b // 3, Band(b % 3)) for b in bits))}


def _travel(_: tuple[int, ...], facts: PairFacts, __: Vocabulary) -> _Said:
    if facts.comes_to or facts.way is None:
        return facts.comes_to or "near", {}
    if facts.way.mode == "pickup":
        return "pickup", {}
    return "way", {"way": way_words(facts.way), "way_short": way_words(facts.way, "way_short")}


def _just(code: str) -> Say:
    return lambda *_: (code, {})


FACTS: Final[Mapping[FactCode, Say]] = {
    FactCode.MENU: _menu,
    FactCode.OWN_WORDS: _own_words,
    FactCode.SLOTS: _slots,
    FactCode.BY_ARRANGEMENT: _just("by_arrangement"),
    FactCode.TRAVEL_MINUTES: _travel,
    FactCode.PICKUP: _just("pickup"),
    FactCode.PEOPLE: lambda values, *_: ("people", {"people": values[0]}),
    FactCode.QUIET: _just("quiet"),
    FactCode.UNCROWDED: _just("uncrowded"),
    FactCode.FAMILIAR: _just("familiar"),
    FactCode.ACQUAINTED: _just("acquainted"),
    FactCode.COMPANION: _just("companion"),
    FactCode.NEXT_STAGE: lambda values, *_: (
        "next_stage",
        {"stage": own_wording().say("stage", values[0])},
    ),
    FactCode.LEAVE_EARLY: _just("leave_early"),
    FactCode.SHORT_VISIT: lambda values, *_: (
        "short_visit",
        {"minutes": minutes_words(values[0])},
    ),
    FactCode.CONFIRMED: lambda values, facts, _: (
        "confirmed",
        {"day": day_words(facts.on - timedelta(values[0]))},
    ),
}
"""For each fact that the matcher tells its template and the values of it."""


def fact_short_words(fact: Fact, facts: PairFacts, vocabulary: Vocabulary) -> str:
    """Return a fact for a cell of a list: 歩き18分, 水曜の午前."""
    code, values = FACTS[fact.code](fact.values, facts, vocabulary)
    return own_wording().say("fact_short", code, **values)


def reason_words(told: Sequence[Fact], facts: PairFacts, vocabulary: Vocabulary) -> str:
    """Return the sentence of a match: 「…で、…。…です。」.

    Parameters
    ----------
    told
        At most three facts, the strongest first (`matcher.explanation.PairExplanation.strongest`).
    """
    wording = own_wording()
    said = [FACTS[fact.code](fact.values, facts, vocabulary) for fact in told]
    words = [wording.say("fact", code, **values) for code, values in said]
    codes = {code for code, _ in said[:1]} & wording.tables["joint"].keys()
    joint = wording.say("joint", *(codes or {"otherwise"}))
    return wording.say("reason", len(words), joint=joint, **dict(zip("abc", words, strict=False)))


def reason_short_words(told: Sequence[Fact], facts: PairFacts, vocabulary: Vocabulary) -> str:
    """Return the facts of a match for a cell: 畑・庭の手入れ／水曜の午前／歩き18分."""
    return "／".join(fact_short_words(fact, facts, vocabulary) for fact in told)
