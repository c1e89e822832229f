"""What would have to change, said to three readers; each hears only what they may."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, time
from typing import Any

import pytest

from cases.need import Need, Wish
from cases.participant import Participant
from cases.receiving import Receiving
from cases.words.changes import CHANGES, HOST_HEARS, Audience, change_words, then_words
from cases.words.facts import PairFacts, Way
from cases.words.wording import own_wording
from catalog.opening import Opening, OpeningStatus, Stage, Welcome
from catalog.schedule import Band, Schedule, parse_recurrence
from catalog.vocabulary import load_vocabulary
from matcher.change import Change, Kind, Side, side_of

VOCABULARY = load_vocabulary()
TUESDAY = Schedule(parse_recurrence("0Tu"), time(10), time(12))
PAIR = PairFacts(
    participant=Participant(
        id="p1", case_no="K-1", name="青葉 実", since_on=date(2026, 6, 1), stage=Stage.CONSULTATION
    ),
    need=Need(
        participant_id="p1",
        kind="going_out",
        wishes=(Wish("gardening", 5),),
        available=frozenset({(2, Band.MORNING)}),
        max_minutes=60,
        travel_limit_minutes=25,
        accommodations=frozenset({"chairs"}),
        cost_limit_yen=0,
    ),
    receiving=Receiving(
        Opening(
            id="o1",
            resource_id="r1",
            host_id="h1",
            name="つばめの会",
            menu=("gardening",),
            form="ibasho",
            role="participant",
            capacity=3,
            min_minutes=90,
            cost_yen=200,
            first_stage=Stage.PARTICIPATION,
            schedule=TUESDAY,
        ),
        None,
    ),
    on=date(2026, 11, 12),
    way=Way("walk", 41),
)
THURSDAY_AFTERNOON = 1 << (3 * 3 + 1)
TUESDAY_MORNING = 1 << (1 * 3)
CHAIRS = VOCABULARY.mask("accommodation", ["chairs"])
TOILET = VOCABULARY.mask("accommodation", ["accessible_toilet"])


def one(kind: Kind, size: int = 1, bits: int = 0) -> Change:
    return Change(kind, size, 1.0, bits)


def opening(**changes: Any) -> PairFacts:
    """Return the pair with another opening."""
    return replace(PAIR, receiving=Receiving(replace(PAIR.opening, **changes), None))


def welcome(**changes: Any) -> PairFacts:
    return opening(welcome=Welcome(**changes))


def need(**changes: Any) -> PairFacts:
    return replace(PAIR, need=replace(PAIR.need, **changes))


HELD = replace(PAIR, receiving=Receiving(PAIR.opening, None, held=3))
TAKEN_AND_HELD = replace(PAIR, receiving=Receiving(replace(PAIR.opening, taken=3), None, held=1))


@pytest.mark.parametrize(
    ("change", "pair", "words"),
    [
        (one(Kind.OPEN), opening(status=OpeningStatus.PAUSED), "受け付けが 再開されれば"),
        (one(Kind.OPEN), opening(starts_on=date(2026, 11, 13)), "11月13日（金）まで 待てるなら"),
        (one(Kind.OPEN), opening(ends_on=date(2026, 11, 11)), "終わりの日を のばしてもらえれば"),
        (one(Kind.OPEN), opening(starts_on=date(2026, 11, 12), ends_on=date(2026, 11, 12)),
         "受け付けが 再開されれば"),
        (one(Kind.PLACE), PAIR, "定員があと1人 ふえれば"),
        (one(Kind.PLACE), HELD, "進めている案とは別に、定員があと1人 ふえれば"),
        (one(Kind.PLACE), TAKEN_AND_HELD, "定員があと1人 ふえれば"),
        (one(Kind.AREA), PAIR, "お住まいの町まで 範囲を広げてもらえれば"),
        (one(Kind.AGE_LIMIT, 3), welcome(min_age=65), "対象の年齢を 3歳 広げてもらえれば"),
        (one(Kind.ASK_AGE), welcome(min_age=65), "生年月日を聞いて、65歳以上だと 確かめられれば"),
        (one(Kind.ASK_SEX), welcome(sex="female"),
         "本人に聞いて、女性の方の集まりでよいと 確かめられれば"),
        (one(Kind.CHILD), welcome(with_child=False), "お子さんと一緒の参加を 受けてもらえれば"),
        (one(Kind.CHILD), welcome(with_child=True), "おとなだけの参加も 受けてもらえれば"),
        (one(Kind.FIELD), PAIR, "対象の分野を 広げてもらえれば"),
        (one(Kind.LOWER_START, 2), PAIR, "「見学」から 始められれば"),
        (one(Kind.STEP_UP, 1), PAIR, "先に ほかの場所で「見学」まで 進めるなら"),
        (one(Kind.GO_ON, 1), PAIR, "「役割」まで 続けられれば"),
        (one(Kind.STEP_BACK), PAIR, "いったん 前の段に もどることを 本人が選ぶなら"),
        (one(Kind.SLOT, 1, THURSDAY_AFTERNOON), PAIR, "木曜の午後も 出かけられるなら"),
        (one(Kind.SLOT, 2, THURSDAY_AFTERNOON | TUESDAY_MORNING), PAIR,
         "火曜の午前、木曜の午後も 出かけられるなら"),
        (one(Kind.SLOT, 1, THURSDAY_AFTERNOON), need(available=frozenset()),
         "木曜の午後に 出かけられるなら"),
        (one(Kind.ARRANGED), PAIR, "曜日と時間を 相談できれば"),
        (one(Kind.LEAVE_EARLY), PAIR, "途中で 帰れれば"),
        (one(Kind.SHORTER_VISIT, 30), PAIR, "1回1時間だけの参加も 受けてもらえれば"),
        (one(Kind.LONGER_VISIT, 30), PAIR, "1回1時間30分まで 続けられるなら"),
        (one(Kind.LONGER_WAY, 16), PAIR, "歩いて41分の道のりも 通えるなら"),
        (one(Kind.LONGER_WAY, 16), replace(PAIR, way=None),
         "片道で あと16分 長く 出かけられるなら"),
        (one(Kind.PICKUP), PAIR, "送り迎えがあれば"),
        (one(Kind.PROVIDE, 2, CHAIRS | TOILET), PAIR,
         "「バリアフリートイレ・いすに座ってできる」の配慮を してもらえれば"),
        (one(Kind.QUIETER), PAIR, "静かな時間に 参加できれば"),
        (one(Kind.BEAR_NOISE), PAIR, "もう少し にぎやかな所でも 過ごせるなら"),
        (one(Kind.ROOMIER), PAIR, "人の少ない日に 参加できれば"),
        (one(Kind.BEAR_CROWD), PAIR, "もう少し 人の多い所でも 過ごせるなら"),
        (one(Kind.COMPANION), PAIR, "付きそいの人と 行ければ"),
        (one(Kind.CHEAPER, 200), PAIR, "費用を 1回無料に してもらえれば"),
        (one(Kind.CHEAPER, 150), PAIR, "費用を 1回50円に してもらえれば"),
        (one(Kind.PAY_MORE, 200), PAIR, "1回200円まで 出せるなら"),
    ],
)  # fmt: skip
def test_each_change_for_the_coordinator(change: Change, pair: PairFacts, words: str) -> None:
    assert change_words([change], pair, VOCABULARY) == words


@pytest.mark.parametrize(
    ("change", "pair", "words"),
    [
        (one(Kind.PLACE), HELD, "空きが あと1人分 できれば"),
        (one(Kind.PLACE), PAIR, "空きが あと1人分 できれば"),
        (one(Kind.OPEN), opening(status=OpeningStatus.PAUSED),
         "新しい方を 迎えられるようになれば"),
        (one(Kind.OPEN), opening(ends_on=date(2026, 11, 11)),
         "新しい方を 迎えられるようになれば"),
        (one(Kind.OPEN), opening(starts_on=date(2026, 12, 1)), "12月1日（火）まで 待てるなら"),
        (one(Kind.AREA), PAIR, "お住まいの町からの参加も 受けてもらえれば"),
        (one(Kind.SLOT, 1, THURSDAY_AFTERNOON), PAIR, "木曜の午後も 出かけられるなら"),
        (one(Kind.PICKUP), PAIR, "送り迎えがあれば"),
    ],
)  # fmt: skip
def test_the_person_reads_nothing_of_others_or_of_the_hosts_affairs(
    change: Change, pair: PairFacts, words: str
) -> None:
    assert change_words([change], pair, VOCABULARY, Audience.PERSON) == words


ANOTHER = replace(
    PAIR,
    participant=replace(PAIR.participant, name="月丘", sex="female", birth_on=date(2000, 1, 1)),
    need=replace(
        PAIR.need,
        available=frozenset(),
        max_minutes=None,
        accommodations=frozenset({"wheelchair_access"}),
        cost_limit_yen=3000,
        with_child=True,
    ),
    way=None,
)


@pytest.mark.parametrize("kind", Kind)
def test_the_host_reads_the_same_whoever_the_person_is(kind: Kind) -> None:
    said = {
        change_words([one(kind, size, bits)], pair, VOCABULARY, Audience.HOST)
        for pair in (PAIR, ANOTHER, HELD)
        for size in (1, 2)
        for bits in (CHAIRS, TOILET | THURSDAY_AFTERNOON)
    }
    assert len(said) == 1
    assert (said == {""}) == (side_of(kind) is not Side.HOST)


def test_the_host_hears_one_general_clause_for_all_that_tells_of_the_person() -> None:
    hosts = [kind for kind in Kind if side_of(kind) is Side.HOST]
    told = {change_words([one(kind)], PAIR, VOCABULARY, Audience.HOST) for kind in hosts}
    assert told == {
        "また 受け付けられれば",
        "定員をあと1人 ふやせれば",
        "受け入れられる条件を 広げられれば",
    }
    both = [one(Kind.FIELD), one(Kind.COMPANION), one(Kind.SLOT, 1, 1)]
    words = change_words(both, PAIR, VOCABULARY, Audience.HOST)
    assert words == "受け入れられる条件を 広げられれば"
    assert {Kind.OPEN, Kind.PLACE} == HOST_HEARS


def test_several_changes_make_one_condition() -> None:
    changes = [
        one(Kind.SLOT, 1, THURSDAY_AFTERNOON),
        one(Kind.PICKUP),
        one(Kind.COMPANION),
        one(Kind.PLACE),
    ]
    assert change_words(changes, PAIR, VOCABULARY) == (
        "木曜の午後も 出かけられて、送り迎えがあって、付きそいの人と 行けて、定員があと1人 ふえれば"
    )
    opened = [one(Kind.OPEN), one(Kind.ASK_AGE), one(Kind.PICKUP)]
    pair = welcome(min_age=65)
    assert change_words(opened, pair, VOCABULARY, Audience.PERSON) == (
        "新しい方を 迎えられるようになって、年齢が この集まりの範囲だと 分かって、送り迎えがあれば"
    )
    assert change_words([], PAIR, VOCABULARY) == ""


def test_every_kind_has_its_words_and_every_clause_can_go_on() -> None:
    assert CHANGES.keys() == set(Kind)
    tables = own_wording().tables
    for table in ("if", "if_person", "if_host"):
        for words in tables[table].values():
            assert words.endswith(tuple(tables["if_joint"]))
    assert tables["if_person"].keys() <= tables["if"].keys()
    assert [each.name for each in fields(Change)] == ["kind", "size", "weight", "bits"]


def test_the_whole_sentence_says_what_would_be() -> None:
    assert then_words("送り迎えがあれば", "good") == "送り迎えがあれば、よく合います。"
    assert then_words("送り迎えがあれば", "poor") == "送り迎えがあれば、参加できます。"
