"""What is true of a person and an opening together, and the facts that speak for a match."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias

from cases.need import Need
from cases.participant import Participant
from cases.receiving import Receiving
from cases.wording import own_wording
from cases.wording_dates import available_words, day_words, minutes_words
from catalog.opening import Opening
from catalog.schedule import Band, slot_masks
from catalog.text_key import bigrams, search_key
from catalog.vocabulary import Vocabulary

MOST_FACTS: Final = 3
_LONGEST_QUOTE: Final = 20


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
    similarity: float = 0.0
    familiar: bool = False
    place_known: bool = True
    way_known: bool = True
    set_aside: str = ""

    @property
    def opening(self) -> Opening:
        """The opening itself."""
        return self.receiving.opening


@dataclass(frozen=True, slots=True)
class Fact:
    """Something true of a pair that a part of its score looked at."""

    code: str
    values: Mapping[str, object]

    def long(self) -> str:
        """Return the fact as a noun phrase of a sentence."""
        return own_wording().say("fact", self.code, **self.values)

    def short(self) -> str:
        """Return the fact for a cell of a list."""
        values = {**self.values, "way": self.values.get("way_short", "")}
        return own_wording().say("fact_short", self.code, **values)


Say: TypeAlias = Callable[[PairFacts, Vocabulary], Fact | None]


def menu_words(codes: Iterable[str], vocabulary: Vocabulary, joint: str = "」「") -> str:
    """Return the labels of menu codes; a code that the city no longer has is left out."""
    known = vocabulary.codes("menu")
    return joint.join(known[code].label for code in codes if code in known)


def _wish_fact(facts: PairFacts, vocabulary: Vocabulary) -> Fact | None:
    strongest = sorted(facts.need.wishes, key=lambda wish: -wish.strength)
    shared = [wish.menu for wish in strongest if wish.menu in facts.opening.menu][:2]
    if shared:
        return Fact("wish", {"menus": menu_words(shared, vocabulary)})
    quote = _own_words(facts) if facts.similarity > 0 else ""
    return Fact("own_words", {"words": quote}) if quote else None


def _own_words(facts: PairFacts) -> str:
    """Return the phrase of the person's own words that shares most with the description."""
    place = bigrams(search_key(facts.receiving.description))
    phrases = [p.strip() for p in re.split(r"[。、，,\n]", facts.need.wishes_text) if p.strip()]
    shared = {phrase: len(bigrams(search_key(phrase)) & place) for phrase in phrases}
    best = max(phrases, key=lambda phrase: shared[phrase], default="")
    if not best or not shared[best]:
        return ""
    return best if len(best) <= _LONGEST_QUOTE else best[:_LONGEST_QUOTE] + "…"


def common_slots(need: Need, opening: Opening) -> frozenset[tuple[int, Band]]:
    """Return the bands asked for by the slots of an opening in which the person is free.

    Where one may leave early, the first band of a slot is enough, as in the hard rule.
    """
    if opening.schedule is None:
        return frozenset()
    common: set[tuple[int, Band]] = set()
    for mask in slot_masks(opening.schedule):
        bands = [(bit // 3, Band(bit % 3)) for bit in range(21) if mask >> bit & 1]
        asked = bands[:1] if opening.leave_early_ok else bands
        if need.available.issuperset(asked):
            common.update(asked)
    return frozenset(common)


def _time_fact(facts: PairFacts, _: Vocabulary) -> Fact | None:
    if facts.opening.schedule is None:
        return Fact("by_arrangement", {})
    common = common_slots(facts.need, facts.opening)
    return Fact("slot", {"slots": available_words(common)}) if common else None


def _travel_fact(facts: PairFacts, _: Vocabulary) -> Fact | None:
    if facts.comes_to:
        return Fact(facts.comes_to, {})
    way = facts.way
    if facts.receiving.fetches and (way is None or way.minutes > facts.need.travel_limit_minutes):
        return Fact("pickup", {})
    if way is None:
        return None
    return Fact("way", {"way": way_words(way), "way_short": way_words(way, "way_short")})


def way_words(way: Way, table: str = "way") -> str:
    """Return a way: 歩いて18分; with the table `way_short`: 歩き18分."""
    return own_wording().say(table, way.mode, minutes=minutes_words(way.minutes))


def _calm_fact(facts: PairFacts, _: Vocabulary) -> Fact | None:
    opening = facts.opening
    if opening.typical_people:
        return Fact("people", {"people": opening.typical_people})
    if opening.noise == 1:
        return Fact("quiet_and_small" if opening.crowd == 1 else "quiet", {})
    return None


def _ease_fact(facts: PairFacts, _: Vocabulary) -> Fact | None:
    opening, need = facts.opening, facts.need
    if facts.familiar:
        return Fact("familiar", {})
    if need.companion != "none" and opening.companion_welcome:
        return Fact("companion", {})
    if opening.leave_early_ok:
        return Fact("leave_early", {})
    return Fact("short_visit", {"minutes": minutes_words(opening.min_minutes)})


def _fresh_fact(facts: PairFacts, _: Vocabulary) -> Fact | None:
    confirmed = facts.opening.last_confirmed_on
    return Fact("confirmed", {"day": day_words(confirmed)}) if confirmed else None


FACTS: Final[Mapping[str, Say]] = {
    "wish": _wish_fact,
    "time": _time_fact,
    "travel": _travel_fact,
    "calm": _calm_fact,
    "ease": _ease_fact,
    "fresh": _fresh_fact,
}


def strongest_facts(
    facts: PairFacts,
    parts: Sequence[tuple[str, float]],
    shares: Sequence[float],
    least: float,
    vocabulary: Vocabulary,
) -> tuple[Fact, ...]:
    """Return at most three facts of a match, what added most to the score first.

    Parameters
    ----------
    parts
        Name and value of each part of the score.
    shares
        Weight of each part, in the same order.
    least
        Parts below this value say nothing in favour of the match and are left out.
    """
    by_gain = sorted(
        ((name, value * share) for (name, value), share in zip(parts, shares, strict=True)
         if value >= least),
        key=lambda part: -part[1],
    )  # fmt: skip
    found = (FACTS[name](facts, vocabulary) for name, gain in by_gain if gain > 0)
    return tuple(fact for fact in found if fact is not None)[:MOST_FACTS]


def reason_words(facts: Sequence[Fact]) -> str:
    """Return the sentence of a match: 「…で、…。…です。」."""
    values = dict(zip("abc", (fact.long() for fact in facts), strict=False))
    return own_wording().say("reason", len(facts), **values)


def short_words(facts: Sequence[Fact]) -> str:
    """Return the facts of a match for a cell: 水曜の午前・畑・歩き18分."""
    return "・".join(fact.short() for fact in facts)
