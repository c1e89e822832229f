"""The sentence of a match says at most three true things, the strongest first."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest

from cases.need import Need, Wish
from cases.participant import Participant
from cases.receiving import Receiving
from cases.wording_facts import (
    FACTS,
    PairFacts,
    Way,
    reason_words,
    short_words,
    strongest_facts,
)
from catalog.opening import Opening
from catalog.schedule import Band, Schedule, parse_recurrence
from catalog.vocabulary import load_vocabulary

VOCABULARY = load_vocabulary()
WEDNESDAY = Schedule(parse_recurrence("0We"), time(10), time(11))
PAIR = PairFacts(
    participant=Participant(id="p1", case_no="K-1", name="青葉 実", since_on=date(2026, 6, 1)),
    need=Need(
        participant_id="p1",
        kind="going_out",
        wishes=(Wish("repairing", 3), Wish("gardening", 5)),
        wishes_text="外の空気は吸いたい。土をさわる作業は、きらいじゃない",
        available=frozenset({(1, Band.MORNING), (2, Band.MORNING)}),
        travel_limit_minutes=25,
    ),
    receiving=Receiving(
        Opening(
            id="o1",
            resource_id="r1",
            host_id="h1",
            name="畑の手伝い",
            menu=("gardening",),
            form="volunteering",
            role="helper",
            capacity=2,
            description="野菜の植え付けと草取り。土をさわる作業です。",
            schedule=WEDNESDAY,
            last_confirmed_on=date(2026, 10, 28),
        ),
        None,
    ),
    on=date(2026, 11, 12),
    way=Way("walk", 17.4),
)
ALL_FULL = tuple((part, 1.0) for part in FACTS)
SHARES = (0.30, 0.20, 0.20, 0.12, 0.12, 0.06)


def say(pair: PairFacts, part: str) -> str:
    """Return what one part says of a pair, nothing if it has nothing to say."""
    fact = FACTS[part](pair, VOCABULARY)
    return fact.long() if fact else ""


def opening(**changes: Any) -> PairFacts:
    """Return the pair with another opening."""
    return replace(PAIR, receiving=Receiving(replace(PAIR.opening, **changes), None))


def need(**changes: Any) -> PairFacts:
    """Return the pair with another need."""
    return replace(PAIR, need=replace(PAIR.need, **changes))


def test_the_sentence_of_a_good_match() -> None:
    facts = strongest_facts(PAIR, ALL_FULL, SHARES, 0.3, VOCABULARY)
    assert reason_words(facts) == (
        "やりたい「畑・庭の手入れ」で、希望の水曜の午前。歩いて18分です。"
    )
    assert short_words(facts) == "畑・庭の手入れ・水曜の午前・歩き18分"


def test_what_added_most_comes_first_and_weak_parts_are_silent() -> None:
    parts = (("wish", 0.2), ("time", 0.5), ("travel", 1.0), *ALL_FULL[3:])
    facts = strongest_facts(PAIR, parts, SHARES, 0.3, VOCABULARY)
    assert [fact.code for fact in facts] == ["way", "quiet_and_small", "leave_early"]


def test_a_part_without_weight_is_never_spoken_of() -> None:
    facts = strongest_facts(PAIR, ALL_FULL, (0, 0, 1, 0, 0, 0), 0.3, VOCABULARY)
    assert reason_words(facts) == "歩いて18分です。"


def test_a_match_without_strong_part_says_only_what_holds() -> None:
    facts = strongest_facts(PAIR, [(p, 0.1) for p in FACTS], SHARES, 0.3, VOCABULARY)
    assert facts == ()
    assert reason_words(facts) == "必ず守る条件は、すべて満たしています。"


FETCHED = opening(transport=("fare_support", "pickup_by_council"))


@pytest.mark.parametrize(
    ("pair", "part", "words"),
    [
        (opening(menu=("repairing", "gardening")), "wish",
         "やりたい「畑・庭の手入れ」「物をなおす」"),
        (replace(opening(menu=("books",)), similarity=0.4), "wish",
         "本人の言葉「土をさわる作業は」に近い内容"),
        (opening(menu=("books",)), "wish", ""),
        (replace(opening(menu=("books",), description="", name="本"), similarity=0.4), "wish", ""),
        (opening(schedule=None), "time", "曜日と時間を相談できる場所"),
        (opening(schedule=Schedule(parse_recurrence("0TuWe"), time(10), time(11))), "time",
         "希望の火・水曜の午前"),
        (opening(schedule=Schedule(parse_recurrence("0We"), time(10), time(15))), "time",
         "希望の水曜の午前"),
        (opening(schedule=Schedule(parse_recurrence("0We"), time(10), time(15)),
                 leave_early_ok=False), "time", ""),
        (replace(PAIR, way=Way("bus", 12)), "travel", "バスで12分"),
        (replace(PAIR, way=None), "travel", ""),
        (replace(FETCHED, way=None), "travel", "送り迎えのある場所"),
        (replace(FETCHED, way=Way("walk", 41)), "travel", "送り迎えのある場所"),
        (FETCHED, "travel", "歩いて18分"),
        (replace(PAIR, way=None, comes_to="online"), "travel", "家から参加できる場所"),
        (replace(PAIR, way=None, comes_to="outreach"), "travel", "家に来てもらえる形"),
        (opening(typical_people=4), "calm", "いつも4人ほどの場所"),
        (opening(crowd=2), "calm", "静かな場所"),
        (opening(noise=2), "calm", ""),
        (replace(PAIR, familiar=True), "ease", "行ったことのある場所"),
        (need(companion="wish"), "ease", "付きそいの人と行ける場所"),
        (opening(leave_early_ok=False, min_minutes=45), "ease", "1回45分からの場所"),
        (PAIR, "fresh", "10月28日（水）に確かめた場所"),
        (opening(last_confirmed_on=None), "fresh", ""),
    ],
)  # fmt: skip
def test_facts(pair: PairFacts, part: str, words: str) -> None:
    assert say(pair, part) == words


def test_long_own_words_are_cut() -> None:
    pair = need(wishes_text="土をさわる作業なら毎日でも長くできると思う")
    pair = replace(pair, receiving=opening(menu=("books",)).receiving, similarity=0.4)
    assert say(pair, "wish") == "本人の言葉「土をさわる作業なら毎日でも長くできると思…」に近い内容"
