"""Who may go where: the hard rules, as tables that are asked row by row.

どの方がどのつなぎ先に行けるかの決まりです。表の一行ずつを、実際の計算に確かめています。
○ は行けます。× は、今は合わないので出しません（理由は残ります）。
"""

from __future__ import annotations

import math
from typing import Any

from matcher.eligibility import Reason, check_eligibility
from tests.matcher.tables import offers, pairs, profiles, usual_pairs
from tests.spec.tables import rows

Changes = dict[str, Any]

WEEKDAYS = "月火水木金土日"
BANDS = {"午前": 0, "午後": 1, "夜": 2}
STAGES = ["相談", "見学", "体験", "参加", "役割", "就労"]
LEVELS = {"少し": 1, "ふつう": 2, "多い": 3}


def answer(
    reason: Reason,
    person: Changes | None = None,
    place: Changes | None = None,
    pair: Changes | None = None,
) -> str:
    """Ask the rules; only the reason the table is about may stand in the way."""
    found = check_eligibility(profiles(person or {}), offers(place or {}), pairs([pair or {}]))
    told = found.reasons(0, 0)
    assert told in ((), (reason,))
    return "×" if told else "○"


def week(words: str) -> int:
    """Read 水曜の午前・午後 as bits of the week; 来られない is none."""
    if words == "なし":
        return 0
    day, bands = words.split("曜の")
    return sum(1 << (WEEKDAYS.index(day) * 3 + BANDS[band]) for band in bands.split("・"))


def number(words: str, unknown: float = -1) -> float:
    """Read 65歳, 30分 or 500円; 不明 and なし are unknown."""
    digits = "".join(each for each in words if each.isdigit())
    return float(digits) if digits else unknown


def test_age() -> None:
    """A limit of age includes both ends, and an unknown age has to be asked first.

    年齢の決まりがある場所には、その年齢の方が行けます。はしの年齢も含みます。
    年齢がわからない方は、先に年齢をうかがいます。

    | 場所は何歳から | 場所は何歳まで | 本人 | 答え |
    |---|---|---|---|
    | 65歳 | なし | 65歳 | ○ |
    | 65歳 | なし | 64歳 | × |
    | なし | 39歳 | 39歳 | ○ |
    | なし | 39歳 | 40歳 | × |
    | 18歳 | 39歳 | 25歳 | ○ |
    | 65歳 | なし | 不明 | × |
    | なし | 39歳 | 不明 | × |
    | なし | なし | 不明 | ○ |
    """
    for row in rows(test_age):
        place = {"min_age": number(row["場所は何歳から"]), "max_age": number(row["場所は何歳まで"])}
        assert answer(Reason.AGE, {"age": number(row["本人"])}, place) == row["答え"], row


def test_children() -> None:
    """Some places are for parent and child, some are for adults by themselves.

    | 場所 | 本人 | 答え |
    |---|---|---|
    | どちらでも | ひとりで | ○ |
    | どちらでも | 子どもと | ○ |
    | 親子で | 子どもと | ○ |
    | 親子で | ひとりで | × |
    | 大人だけ | ひとりで | ○ |
    | 大人だけ | 子どもと | × |
    """
    for row in rows(test_children):
        place = {"child": ["どちらでも", "親子で", "大人だけ"].index(row["場所"])}
        person = {"with_child": row["本人"] == "子どもと"}
        assert answer(Reason.CHILD, person, place) == row["答え"], row


def test_steps() -> None:
    """A first visit may lie two stages above the present one, not three.

    はじめの一歩は、今の段階より二つ先までです。もう経験のある段階からも始められます。

    | 今の段階 | 場所のはじめの段階 | 答え |
    |---|---|---|
    | 相談 | 見学 | ○ |
    | 相談 | 体験 | ○ |
    | 相談 | 参加 | × |
    | 見学 | 参加 | ○ |
    | 見学 | 役割 | × |
    | 体験 | 役割 | ○ |
    | 参加 | 就労 | ○ |
    | 参加 | 見学 | ○ |
    """
    for row in rows(test_steps):
        person = {"stage": STAGES.index(row["今の段階"])}
        place = {"first_stage": STAGES.index(row["場所のはじめの段階"])}
        assert answer(Reason.STAGE, person, place) == row["答え"], row


def test_next_steps() -> None:
    """Who stays or goes back is not sent ahead; only who chooses it is offered lower stages.

    次の段へすすみたい方、いまの段で続けたい方、前の段にもどりたい方で、合う枠が変わります。
    もどるのは、本人が選んだときだけです。

    | 今の段階 | 次の一歩 | 枠の段階 | 答え |
    |---|---|---|---|
    | 参加 | すすむ | 見学から体験 | × |
    | 参加 | 続ける | 見学から体験 | × |
    | 参加 | もどる | 見学から体験 | ○ |
    | 参加 | 続ける | 見学から参加 | ○ |
    | 参加 | すすむ | 就労から就労 | ○ |
    | 参加 | 続ける | 就労から就労 | × |
    | 参加 | 続ける | 役割から就労 | ○ |
    | 参加 | もどる | 役割から就労 | × |
    | 参加 | もどる | 参加から役割 | ○ |
    """
    steps = {"すすむ": 1, "続ける": 0, "もどる": -1}
    for row in rows(test_next_steps):
        first, last = (STAGES.index(name) for name in row["枠の段階"].split("から"))
        person = {"stage": STAGES.index(row["今の段階"]), "next_step": steps[row["次の一歩"]]}
        place = {"first_stage": first, "last_stage": last}
        failed = check_eligibility(profiles(person), offers(place), usual_pairs(1, 1))
        stage_rules = {Reason.STAGE, Reason.LOWER_STAGE} & {*failed.reasons(0, 0)}
        assert ("×" if stage_rules else "○") == row["答え"], row


def test_times() -> None:
    """One slot in which the person is free throughout is enough.

    枠の時間帯のすべてに来られる曜日が、一つあれば行けます。途中で帰ってよい場所は、
    はじめの時間帯に来られれば行けます。

    | 場所の時間 | 途中で帰る | 本人が来られる時間 | 答え |
    |---|---|---|---|
    | 水曜の午前 | できない | 水曜の午前 | ○ |
    | 水曜の午前 | できない | 水曜の午後 | × |
    | 水曜の午前 | できない | 木曜の午前 | × |
    | 水曜の午前・午後 | できない | 水曜の午前・午後 | ○ |
    | 水曜の午前・午後 | できない | 水曜の午前 | × |
    | 水曜の午前・午後 | できる | 水曜の午前 | ○ |
    | 水曜の午前・午後 | できる | 水曜の午後 | × |
    | 相談して決める | できない | 木曜の夜 | ○ |
    """
    for row in rows(test_times):
        agreed = row["場所の時間"] == "相談して決める"
        place = {
            "slots": [0 if agreed else week(row["場所の時間"]), 0],
            "by_arrangement": agreed,
            "leave_early": row["途中で帰る"] == "できる",
        }
        person = {"available": week(row["本人が来られる時間"])}
        assert answer(Reason.TIME, person, place) == row["答え"], row


def test_ways() -> None:
    """The way may take as long as the person bears, and is no matter where the place fetches.

    | 片道 | 本人の上限 | 送迎 | 答え |
    |---|---|---|---|
    | 30分 | 30分 | なし | ○ |
    | 31分 | 30分 | なし | × |
    | 31分 | なし | なし | ○ |
    | 31分 | 30分 | あり | ○ |
    """
    for row in rows(test_ways):
        person = {"travel_limit_minutes": number(row["本人の上限"], unknown=math.inf)}
        place = {"pickup": row["送迎"] == "あり"}
        pair = {"travel_minutes": number(row["片道"])}
        assert answer(Reason.TRAVEL, person, place, pair) == row["答え"], row


def test_visits() -> None:
    """The shortest visit of the place may be as long as the person bears.

    | 場所のいちばん短い時間 | 本人が続けられる時間 | 答え |
    |---|---|---|
    | 60分 | 60分 | ○ |
    | 60分 | 30分 | × |
    | 180分 | なし | ○ |
    """
    for row in rows(test_visits):
        person = {"max_minutes": number(row["本人が続けられる時間"], unknown=0)}
        place = {"min_minutes": number(row["場所のいちばん短い時間"])}
        assert answer(Reason.DURATION, person, place) == row["答え"], row


def test_noise() -> None:
    """Nobody is sent where it is louder than they bear.

    人の多さも、同じ決まりです。

    | 場所の音 | 本人が平気な音 | 答え |
    |---|---|---|
    | 少し | 少し | ○ |
    | ふつう | 少し | × |
    | ふつう | ふつう | ○ |
    | 多い | ふつう | × |
    | 多い | 多い | ○ |
    """
    for row in rows(test_noise):
        there, borne = LEVELS[row["場所の音"]], LEVELS[row["本人が平気な音"]]
        assert answer(Reason.NOISE, {"noise_limit": borne}, {"noise": there}) == row["答え"], row
        assert answer(Reason.CROWD, {"crowd_limit": borne}, {"crowd": there}) == row["答え"], row


def test_company() -> None:
    """A wish for company weighs in the order only, a need for it decides.

    | 付きそい | 場所は付きそいを | 答え |
    |---|---|---|
    | なくてよい | 受けない | ○ |
    | できれば | 受けない | ○ |
    | 必ず | 受けない | × |
    | 必ず | 受ける | ○ |
    """
    for row in rows(test_company):
        person = {"companion": ["なくてよい", "できれば", "必ず"].index(row["付きそい"])}
        place = {"companion_welcome": row["場所は付きそいを"] == "受ける"}
        assert answer(Reason.COMPANION, person, place) == row["答え"], row


def test_what_is_disliked_and_what_is_ruled_out() -> None:
    """What must be avoided is never proposed, what is only disliked comes later in the order.

    | 本人の気持ち | 答え |
    |---|---|
    | やってみたい | ○ |
    | 何も言っていない | ○ |
    | できれば避けたい | ○ |
    | 必ず避けたい | × |
    """
    for row in rows(test_what_is_disliked_and_what_is_ruled_out):
        feeling = row["本人の気持ち"]
        person = {
            "wants": [float(feeling == "やってみたい"), 0, 0],
            "dislikes": [feeling == "できれば避けたい", False, False],
            "avoids": [feeling == "必ず避けたい", False, False],
        }
        assert answer(Reason.AVOIDED_ACTIVITY, person) == row["答え"], row


def test_cost() -> None:
    """A visit may cost as much as the person can spend.

    | 場所の料金 | 本人が出せる額 | 答え |
    |---|---|---|
    | 0円 | 0円 | ○ |
    | 300円 | 300円 | ○ |
    | 500円 | 300円 | × |
    | 500円 | なし | ○ |
    """
    for row in rows(test_cost):
        person = {"cost_limit_yen": number(row["本人が出せる額"])}
        place = {"cost_yen": number(row["場所の料金"])}
        assert answer(Reason.COST, person, place) == row["答え"], row


def test_which_reason_is_told_first() -> None:
    """Of several reasons one is told first, and the counts by first reason make the whole.

    理由がいくつもある場所は、上の行の理由で数えます。合計はいつも合います。

    | 場所 | はじめに伝える理由 |
    |---|---|
    | 満員で、65歳からで、500円より高い | FULL |
    | 65歳からで、500円より高い | AGE |
    | 500円より高い | COST |
    | どれでもない | |
    """
    changes = {"満員": {"free": 0}, "65歳から": {"min_age": 65}, "高い": {"cost_yen": 900}}
    table = rows(test_which_reason_is_told_first)
    places: list[Changes] = []
    for row in table:
        place: Changes = {}
        for words, change in changes.items():
            place |= change if words in row["場所"] else {}
        places.append(place)
    same: list[Changes] = [{}] * len(places)
    found = check_eligibility(profiles({}), offers(*places), pairs(same))
    for j, row in enumerate(table):
        told = next(iter(found.reasons(0, j)), None)
        assert (told.name if told is not None else "") == row["はじめに伝える理由"], row
    assert sum(found.counts(0).values()) + found.candidates().sum() == len(places)
