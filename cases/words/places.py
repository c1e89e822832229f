"""What is to be said of a place and its openings, whoever looks: for whom, how, how fresh."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from cases.words.dates import day_words, minutes_words, weekdays_words, year_words, yen_words
from cases.words.facts import Way, way_words
from cases.words.refusals import ages_words
from cases.words.wording import own_wording
from catalog.freshness import days_since_confirmed
from catalog.opening import Opening, OpeningStatus, Preference, Welcome, free_places
from catalog.service_area import (
    AnyOf,
    Except,
    InDistrict,
    Online,
    Outreach,
    Polygon,
    Radius,
    ServiceArea,
    Towns,
    TravelTime,
    WholeCity,
)
from catalog.vocabulary import Vocabulary
from geo.speeds import TravelMode

OLD_DAYS: Final = 183
"""From half a year on, what is known of an opening is called old."""
_YEAR_DAYS: Final = 365
_MONTH_DAYS: Final = 30.44
_MOST_TOWNS: Final = 3


def _say(code: str, **values: object) -> str:
    return own_wording().say("opening", code, **values)


def status_words(status: OpeningStatus) -> str:
    """Return where an opening stands: 受付中, 満員, 休み, …."""
    return own_wording().say("opening_status", status)


def free_words(opening: Opening) -> str:
    """Return how many more people can come: 空き 1／2人, 満員（定員2人）."""
    free = free_places(opening)
    return _say("free" if free else "none_free", free=free, capacity=opening.capacity)


def welcome_words(welcome: Welcome, vocabulary: Vocabulary) -> str:
    """Return whom an opening is for: 65歳以上の方・親子で来る方; without limits どなたでも."""
    words = []
    if welcome.min_age is not None or welcome.max_age is not None:
        words.append(_say("ages", ages=ages_words(welcome)))
    if welcome.sex is not None:
        words.append(_say("sex", sex=own_wording().say("sex", welcome.sex)))
    if welcome.with_child is not None:
        words.append(_say("child_only" if welcome.with_child else "no_children"))
    if fields := labels_of("field", welcome.fields, vocabulary):
        words.append(_say("fields", fields="・".join(fields)))
    if not welcome.residents_only:
        words.append(_say("outsiders"))
    return "・".join(words) or _say("everyone")


def preference_words(preference: Preference | None, vocabulary: Vocabulary) -> str:
    """Return whom a host would be glad of: 「土にさわるのが好きな方」・60歳以上の方; or nothing."""
    if preference is None:
        return ""
    words = [_say("own_words", words=preference.words)] if preference.words else []
    if preference.min_age is not None or preference.max_age is not None:
        ages = Welcome(min_age=preference.min_age, max_age=preference.max_age)
        words.append(_say("ages", ages=ages_words(ages)))
    if preference.weekdays:
        days = weekdays_words(tuple(sorted(preference.weekdays)))
        words.append(_say("comes_on", days=days))
    if preference.stages:
        stages = [own_wording().say("stage", int(each)) for each in sorted(preference.stages)]
        words.append(_say("at_stages", stages="・".join(stages)))
    if menu := labels_of("menu", preference.menu, vocabulary):
        words.append(_say("likes", menus="・".join(menu)))
    return "、".join(words)


def labels_of(
    list_name: str, codes: Sequence[str] | frozenset[str], vocabulary: Vocabulary
) -> list[str]:
    """Return the labels of codes in the order of their list; what no list knows is left out."""
    return [entry.label for code, entry in vocabulary.codes(list_name).items() if code in codes]


def atmosphere_words(opening: Opening) -> str:
    """Return what it is like there: 静か・人は少なめ・いつも4人ほど."""
    wording = own_wording()
    words = [wording.say("noise", opening.noise), wording.say("crowd", opening.crowd)]
    if opening.typical_people is not None:
        words.append(_say("people", people=opening.typical_people))
    return "・".join(words)


def length_words(opening: Opening) -> str:
    """Return how long one stays: 1回30分から・途中で帰れる."""
    least = minutes_words(opening.min_minutes)
    if opening.max_minutes is None:
        words = _say("length", least=least)
    else:
        words = _say("length_range", least=least, most=minutes_words(opening.max_minutes))
    return f"{words}・{_say('leave_early')}" if opening.leave_early_ok else words


def cost_words(opening: Opening) -> str:
    """Return what it costs and brings: 無料, 1回100円, 無料・応援金 1回500円."""
    cost = yen_words(opening.cost_yen)
    words = _say("cost", cost=cost) if opening.cost_yen else _say("free_of_charge")
    stipend = _say("stipend", stipend=yen_words(opening.stipend_yen))
    return f"{words}・{stipend}" if opening.stipend_yen else words


def stages_words(opening: Opening) -> str:
    """Return through which steps an opening leads: 「見学」から「参加」まで."""
    first, last = (
        own_wording().say("stage", int(stage))
        for stage in (opening.first_stage, opening.last_stage)
    )
    return _say("stage" if first == last else "stages", first=first, last=last)


@dataclass(frozen=True, slots=True)
class Freshness:
    """How fresh what we know is; `is_old` asks for a call."""

    words: str
    is_old: bool


def freshness_of(last_confirmed_on: date | None, today: date) -> Freshness:
    """Return when somebody last made sure: 10月28日に確認; long ago: 半年 確かめていません."""
    days = days_since_confirmed(last_confirmed_on, today)
    say = own_wording().say
    if days is None or last_confirmed_on is None:
        return Freshness(say("freshness", "never"), is_old=True)
    if days >= OLD_DAYS:
        return Freshness(say("freshness", "old", span=_span_words(days)), is_old=True)
    is_this_year = last_confirmed_on.year == today.year
    year = "" if is_this_year else year_words(last_confirmed_on)
    day = year + day_words(last_confirmed_on).partition("（")[0]
    return Freshness(say("freshness", "confirmed", day=day), is_old=False)


def _span_words(days: int) -> str:
    """Return a long time in words: 半年, 9か月, 2年."""
    if days >= _YEAR_DAYS:
        return f"{days // _YEAR_DAYS}年"
    months = int(days // _MONTH_DAYS)
    return "半年" if months <= 6 else f"{months}か月"


def area_words(area: ServiceArea, towns: Mapping[str, str]) -> str:
    """Return where a place serves: 市内全域, 北部圏域, 栄町・緑町など 5町.

    Parameters
    ----------
    towns
        Names of the towns by id.
    """
    say = own_wording().say
    match area:
        case WholeCity():
            return say("area", "whole_city")
        case InDistrict(_, name):
            return say("area", "in_district", name=name.removesuffix("圏域"))
        case Towns(town_ids):
            return _towns_words([towns.get(id_, id_) for id_ in sorted(town_ids)])
        case Radius(_, _, metres):
            return say("area", "radius", distance=_distance_words(metres))
        case TravelTime(_, _, mode, minutes):
            way = way_words(Way(TravelMode(mode).value, minutes))
            return say("area", "travel_time", way=way)
        case Polygon():
            return say("area", "polygon")
        case Online():
            return say("area", "online")
        case Outreach():
            return say("area", "outreach")
        case Except(base, minus):
            each = {"base": area_words(base, towns), "minus": area_words(minus, towns)}
            return say("area", "except", **each)
        case AnyOf(parts):
            return "、".join(area_words(part, towns) for part in parts)


def _towns_words(names: Sequence[str]) -> str:
    code = "towns" if len(names) <= _MOST_TOWNS else "towns_more"
    first = "・".join(names[:_MOST_TOWNS])
    return own_wording().say("area", code, towns=first, count=len(names))


def _distance_words(metres: float) -> str:
    """Return a distance: 800m, 1.5km."""
    return f"{metres:.0f}m" if metres < 1000 else f"{metres / 1000:g}km"
