"""The sentence of a match is made of what the matcher tells."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest

from cases.need import Need, Wish
from cases.participant import Participant
from cases.receiving import Receiving
from cases.words.facts import (
    FACTS,
    PairFacts,
    Way,
    quoted_wish,
    reason_short_words,
    reason_words,
)
from cases.words.wording import own_wording
from catalog.opening import Opening
from catalog.schedule import Band, Schedule, parse_recurrence, slot_bit
from catalog.vocabulary import load_vocabulary
from matcher.explanation import Fact, FactCode

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


def column(code: str) -> int:
    """Return the column of a menu code, as the matcher names it."""
    return list(VOCABULARY.codes("menu")).index(code)


def opening(**changes: Any) -> PairFacts:
    """Return the pair with another opening."""
    return replace(PAIR, receiving=Receiving(replace(PAIR.opening, **changes), None))


MENU = Fact(FactCode.MENU, (column("gardening"),))
WEDNESDAY_MORNING = Fact(FactCode.SLOTS, (slot_bit(2, Band.MORNING),))
WALK = Fact(FactCode.TRAVEL_MINUTES, (17,))


def test_the_sentence_of_a_good_match() -> None:
    told = (MENU, WEDNESDAY_MORNING, WALK)
    assert reason_words(told, PAIR, VOCABULARY) == (
        "やりたい「畑・庭の手入れ」で、希望の水曜の午前。歩いて18分です。"
    )
    assert reason_short_words(told, PAIR, VOCABULARY) == (
        "「畑・庭の手入れ」／水曜の午前／歩き18分"
    )


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ((), "必ず守る条件は、すべて満たしています。"),
        ((WALK,), "歩いて18分です。"),
        ((WALK, MENU), "歩いて18分、やりたい「畑・庭の手入れ」です。"),
    ],
)
def test_fewer_facts_make_a_shorter_sentence(told: tuple[Fact, ...], words: str) -> None:
    assert reason_words(told, PAIR, VOCABULARY) == words


def test_every_fact_of_the_matcher_has_its_words() -> None:
    assert set(FACTS) == set(FactCode)
    tables = own_wording().tables
    assert set(tables["fact"]) == set(tables["fact_short"])


@pytest.mark.parametrize(
    ("code", "values", "pair", "words"),
    [
        (FactCode.MENU, tuple(map(column, ("gardening", "repairing", "books"))), PAIR,
         "やりたい「畑・庭の手入れ」「物をなおす」"),
        (FactCode.OWN_WORDS, (40,), PAIR, "本人の言葉「土をさわる作業は」に近い内容"),
        (FactCode.OWN_WORDS, (40,), opening(description="", name="本"), "本人の言葉に近い内容"),
        (FactCode.SLOTS, (slot_bit(1, Band.MORNING), slot_bit(2, Band.MORNING)), PAIR,
         "希望の火・水曜の午前"),
        (FactCode.SLOTS, (slot_bit(2, Band.MORNING) | slot_bit(2, Band.AFTERNOON),), PAIR,
         "希望の水曜の午前・午後"),
        (FactCode.BY_ARRANGEMENT, (), PAIR, "曜日と時間を相談できる場所"),
        (FactCode.TRAVEL_MINUTES, (12,), replace(PAIR, way=Way("bus", 12)), "バスで12分"),
        (FactCode.TRAVEL_MINUTES, (12,), replace(PAIR, way=Way("pickup", 12)),
         "送り迎えのある場所"),
        (FactCode.TRAVEL_MINUTES, (0,), replace(PAIR, way=None, comes_to="online"),
         "家から参加できる場所"),
        (FactCode.TRAVEL_MINUTES, (0,), replace(PAIR, comes_to="outreach"), "家に来てもらえる形"),
        (FactCode.PICKUP, (), PAIR, "送り迎えのある場所"),
        (FactCode.PEOPLE, (4,), PAIR, "いつも4人ほどの場所"),
        (FactCode.QUIET, (), PAIR, "静かな場所"),
        (FactCode.UNCROWDED, (), PAIR, "人の少ない場所"),
        (FactCode.ACQUAINTED, (), PAIR, "知っている方がいる場所"),
        (FactCode.FAMILIAR, (), PAIR, "前に行ったことがある場所"),
        (FactCode.COMPANION, (), PAIR, "付きそいの人と行ける場所"),
        (FactCode.NEXT_STAGE, (1,), PAIR, "「見学」から始められる場所"),
        (FactCode.LEAVE_EARLY, (), PAIR, "途中で帰れる場所"),
        (FactCode.SHORT_VISIT, (45,), PAIR, "1回45分からの場所"),
        (FactCode.CONFIRMED, (15,), PAIR, "10月28日（水）に確かめた場所"),
    ],
)  # fmt: skip
def test_facts(code: FactCode, values: tuple[int, ...], pair: PairFacts, words: str) -> None:
    sentence = reason_words((Fact(code, values),), pair, VOCABULARY)
    assert sentence == f"{words}です。"


def test_long_own_words_are_cut() -> None:
    need = replace(PAIR.need, wishes_text="土をさわる作業なら毎日でも長くできると思う")
    assert quoted_wish(replace(PAIR, need=need)) == "土をさわる作業なら毎日でも長くできると思…"
