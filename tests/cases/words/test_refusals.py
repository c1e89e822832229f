"""Why not: the first rule that refuses, said of the place and never as a verdict on the person."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest

from cases.need import Need, Wish
from cases.participant import Participant
from cases.receiving import Receiving
from cases.words.facts import PairFacts, Way
from cases.words.refusals import refused_words
from catalog.opening import Opening, OpeningStatus, Stage, Welcome
from catalog.schedule import Band, Schedule, parse_recurrence
from catalog.vocabulary import load_vocabulary

TUESDAY = Schedule(parse_recurrence("0Tu"), time(10), time(12))
PAIR = PairFacts(
    participant=Participant(
        id="p1",
        case_no="K-1",
        name="青葉 実",
        birth_on=date(1976, 5, 1),
        since_on=date(2026, 6, 1),
    ),
    need=Need(
        participant_id="p1",
        kind="going_out",
        wishes=(Wish("gardening", 5),),
        avoid_menu=frozenset({"customer_service"}),
        available=frozenset({(2, Band.MORNING)}),
        max_minutes=60,
        modes=("walk", "bus"),
        travel_limit_minutes=25,
        accommodations=frozenset({"chairs", "accessible_toilet"}),
        cost_limit_yen=0,
    ),
    receiving=Receiving(
        Opening(
            id="o1",
            resource_id="r1",
            host_id="h1",
            name="つばめの会",
            menu=("gardening", "customer_service"),
            form="ibasho",
            role="participant",
            capacity=3,
            min_minutes=90,
            cost_yen=200,
            first_stage=Stage.PARTICIPATION,
            accommodations=frozenset({"chairs"}),
            schedule=TUESDAY,
        ),
        None,
    ),
    on=date(2026, 11, 12),
    way=Way("walk", 41),
)


def opening(**changes: Any) -> PairFacts:
    """Return the pair with another opening."""
    return replace(PAIR, receiving=Receiving(replace(PAIR.opening, **changes), None))


def welcome(**changes: Any) -> PairFacts:
    """Return the pair with an opening that is for others."""
    return opening(welcome=Welcome(**changes))


def need(**changes: Any) -> PairFacts:
    """Return the pair with another need."""
    return replace(PAIR, need=replace(PAIR.need, **changes))


def unknown(pair: PairFacts) -> PairFacts:
    """Return the pair with a person whose date of birth nobody has asked."""
    return replace(pair, participant=replace(pair.participant, birth_on=None))


@pytest.mark.parametrize(
    ("rule", "pair", "words"),
    [
        ("not_open", opening(status=OpeningStatus.PAUSED), "この枠は、今は受け付けていません。"),
        ("not_open", opening(starts_on=date(2026, 12, 1)),
         "この枠は、12月1日（火）から始まります。"),
        ("not_open", opening(ends_on=date(2026, 11, 11)),
         "この枠は、11月11日（水）で終わりました。"),
        ("unresolved", replace(PAIR, place_known=False),
         "この場所の町や種類がまだ確かめられていないため、案に入れていません。"
         "場所の情報を直すと、入ります。"),
        ("not_open", opening(schedule=replace(TUESDAY, ends_on=date(2026, 10, 31))),
         "この枠は、10月31日（土）で終わりました。"),
        ("full", opening(taken=3), "この枠は、今は満員です（定員3人）。"),
        ("full", PAIR, "この枠は、ほかの方の案を進めているため、今は空きがありません（定員3人）。"),
        ("outside_area", PAIR, "お住まいの町は、この場所の範囲の外です。"),
        ("avoided", PAIR, "本人が避けたい場所や地区です。"),
        ("avoided", replace(PAIR, set_aside="too_far"), "前に見送った場所です（遠すぎる）。"),
        ("avoided_activity", PAIR, "本人が避けたい「接客」があります。"),
        ("age", welcome(min_age=65), "この場所は65歳以上の方の集まりです。"),
        ("age", welcome(max_age=39), "この場所は39歳までの方の集まりです。"),
        ("age", welcome(min_age=18, max_age=39), "この場所は18歳から39歳までの方の集まりです。"),
        ("age", unknown(welcome(min_age=65)),
         "この場所は65歳以上の方の集まりです。本人の生年月日を確かめると、合うかどうか分かります。"),
        ("sex", welcome(sex="female"),
         "この場所は女性の方の集まりです。本人に確かめると、合うかどうか分かります。"),
        ("child", welcome(with_child=True), "この場所は、親子で来る方の集まりです。"),
        ("child", welcome(with_child=False), "この場所は、お子さんと一緒の参加は受けていません。"),
        ("field", welcome(fields=frozenset({"disability", "elderly"})),
         "この場所は「高齢・障がい」の方の集まりです。"),
        ("stage", PAIR,
         "この枠は「参加」から始まります。見学や体験から始められる枠を、先に探せます。"),
        ("time", PAIR, "希望の曜日・時間と重なりません（この場所は毎週火曜 10時〜12時）。"),
        ("time", need(available=frozenset()),
         "行ける曜日・時間を、まだ聞いていません（この場所は毎週火曜 10時〜12時）。"),
        ("duration", PAIR, "1回1時間30分からで、希望の1時間までより長くなります。"),
        ("travel", PAIR, "歩いて41分ほどで、希望の25分までより遠い場所です。"),
        ("unreachable", PAIR, "今の行き方（歩き・バス）では通えない場所です。"),
        ("unreachable", replace(PAIR, way_known=False),
         "住まいか場所の位置が分からないため、道のりを測れません。"
         "町を登録すると、合うかどうか分かります。"),
        ("accommodation", PAIR, "必要な「バリアフリートイレ」が、この場所にはまだありません。"),
        ("noise", PAIR, "この場所は、希望より音が多めです。"),
        ("crowd", PAIR, "この場所は、希望より人が多めです。"),
        ("crowd", opening(typical_people=30),
         "この場所は、希望より人が多めです（いつも30人ほど）。"),
        ("companion", PAIR, "この場所は、付きそいの人と一緒の参加は受けていません。"),
        ("cost", PAIR, "1回200円かかり、希望の0円までを超えます。"),
    ],
)  # fmt: skip
def test_refusals(rule: str, pair: PairFacts, words: str) -> None:
    assert refused_words(rule, pair, load_vocabulary()) == words
