"""Why an opening is not possible for a person: the first rule that refuses, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from cases.need import Need
from cases.words.dates import day_words, minutes_words, schedule_words, yen_words
from cases.words.facts import PairFacts, menu_words, way_words
from cases.words.wording import own_wording
from catalog.opening import OpeningStatus, Welcome, free_places
from catalog.vocabulary import Vocabulary


def ages_words(welcome: Welcome) -> str:
    """Return the ages that an opening is for: 65歳以上, 39歳まで, 18歳から39歳まで."""
    low, high = welcome.min_age, welcome.max_age
    if low is not None and high is not None:
        return f"{low}歳から{high}歳まで"
    return f"{low}歳以上" if low is not None else f"{high}歳まで"


def _labels(list_name: str, codes: Iterable[str], vocabulary: Vocabulary) -> str:
    """Return labels in the order of the list."""
    chosen = set(codes)
    return "・".join(c.label for code, c in vocabulary.codes(list_name).items() if code in chosen)


def _not_open(facts: PairFacts, _: Vocabulary) -> tuple[str, dict[str, object]]:
    receiving = facts.receiving
    if facts.opening.status in (OpeningStatus.OPEN, OpeningStatus.FULL):
        if receiving.begins_on is not None and facts.on < receiving.begins_on:
            return "not_open_yet", {"day": day_words(receiving.begins_on)}
        if receiving.ends_on is not None and facts.on > receiving.ends_on:
            return "not_open_any_more", {"day": day_words(receiving.ends_on)}
    return "not_open", {}


def _full(facts: PairFacts, _: Vocabulary) -> tuple[str, dict[str, object]]:
    code = "full_held" if free_places(facts.opening) else "full"
    return code, {"capacity": facts.opening.capacity}


def _avoided(facts: PairFacts, vocabulary: Vocabulary) -> tuple[str, dict[str, object]]:
    if not facts.set_aside:
        return "avoided", {}
    return "set_aside", {"reason": _labels("set_aside_reason", [facts.set_aside], vocabulary)}


def _avoided_activity(facts: PairFacts, vocabulary: Vocabulary) -> tuple[str, dict[str, object]]:
    both = [code for code in facts.opening.menu if code in facts.need.avoid_menu]
    return "avoided_activity", {"menus": menu_words(both, vocabulary)}


def _age(facts: PairFacts, _: Vocabulary) -> tuple[str, dict[str, object]]:
    code = "age" if facts.participant.birth_on else "age_unknown"
    return code, {"ages": ages_words(facts.opening.welcome)}


def _sex(facts: PairFacts, _: Vocabulary) -> tuple[str, dict[str, object]]:
    code = "sex" if facts.participant.sex else "sex_unknown"
    return code, {"sex": own_wording().say("sex", facts.opening.welcome.sex)}


def _child(facts: PairFacts, _: Vocabulary) -> tuple[str, dict[str, object]]:
    return ("child_only" if facts.opening.welcome.with_child else "no_children"), {}


def _field(facts: PairFacts, vocabulary: Vocabulary) -> tuple[str, dict[str, object]]:
    return "field", {"fields": _labels("field", facts.opening.welcome.fields, vocabulary)}


def _time(facts: PairFacts, _: Vocabulary) -> tuple[str, dict[str, object]]:
    code = "time" if facts.need.available else "time_unknown"
    return code, {"schedule": schedule_words(facts.opening.schedule)}


def _duration(facts: PairFacts, _: Vocabulary) -> tuple[str, dict[str, object]]:
    limit = facts.need.max_minutes or 0
    least = facts.opening.min_minutes
    return "duration", {"minutes": minutes_words(least), "limit": minutes_words(limit)}


def _travel(facts: PairFacts, _: Vocabulary) -> tuple[str, dict[str, object]]:
    limit = minutes_words(facts.need.travel_limit_minutes)
    return "travel", {"way": way_words(facts.way) if facts.way else "", "limit": limit}


def _unreachable(facts: PairFacts, _: Vocabulary) -> tuple[str, dict[str, object]]:
    if not facts.way_known:
        return "way_unknown", {}
    return "unreachable", {"modes": modes_words(facts.need)}


def modes_words(need: Need) -> str:
    """Return how a person can travel: 歩き・バス."""
    return "・".join(own_wording().say("way_limit", mode) for mode in need.modes)


def _accommodation(facts: PairFacts, vocabulary: Vocabulary) -> tuple[str, dict[str, object]]:
    missing = facts.need.accommodations - facts.receiving.provides
    return "accommodation", {"accommodations": _labels("accommodation", missing, vocabulary)}


def _crowd(facts: PairFacts, _: Vocabulary) -> tuple[str, dict[str, object]]:
    people = facts.opening.typical_people
    return ("crowd_people", {"people": people}) if people else ("crowd", {})


def _cost(facts: PairFacts, _: Vocabulary) -> tuple[str, dict[str, object]]:
    limit = facts.need.cost_limit_yen or 0
    return "cost", {"cost": yen_words(facts.opening.cost_yen), "limit": f"{limit:,}円"}


UNRESOLVED: Final = "unresolved"
"""Told instead of "not_open" where the place is not known well enough to take part."""
REFUSALS: Final[Mapping[str, Callable[[PairFacts, Vocabulary], tuple[str, dict[str, object]]]]] = {
    UNRESOLVED: lambda *_: ("place_unresolved", {}),
    "not_open": _not_open,
    "full": _full,
    "outside_area": lambda *_: ("outside_area", {}),
    "avoided": _avoided,
    "avoided_activity": _avoided_activity,
    "age": _age,
    "sex": _sex,
    "child": _child,
    "field": _field,
    "stage": lambda facts, _: (
        "stage",
        {"first_stage": own_wording().say("stage", int(facts.opening.first_stage))},
    ),
    "lower_stage": lambda facts, _: (
        "lower_stage",
        {"last_stage": own_wording().say("stage", int(facts.opening.last_stage))},
    ),
    "time": _time,
    "duration": _duration,
    "travel": _travel,
    "unreachable": _unreachable,
    "accommodation": _accommodation,
    "noise": lambda *_: ("noise", {}),
    "crowd": _crowd,
    "companion": lambda *_: ("companion", {}),
    "cost": _cost,
}
"""For each rule (`UNRESOLVED`, or the name of a `matcher.eligibility.Reason` in small letters) its
template and the values of it."""


def refused_words(rule: str, facts: PairFacts, vocabulary: Vocabulary) -> str:
    """Return the sentence of a rule that refuses: 「この場所は65歳以上の方の集まりです。」."""
    code, values = REFUSALS[rule](facts, vocabulary)
    return own_wording().say("refused", code, **values)
