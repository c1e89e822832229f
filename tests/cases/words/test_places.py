"""The words about places: whole, kind, and true to the day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from cases.words.places import (
    OLD_DAYS,
    area_words,
    atmosphere_words,
    cost_words,
    free_words,
    freshness_of,
    labels_of,
    length_words,
    preference_words,
    stages_words,
    status_words,
    welcome_words,
)
from cases.words.wording import own_wording
from catalog.opening import Opening, OpeningStatus, Preference, Stage, Welcome
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
from catalog.vocabulary import load_vocabulary
from tests.catalog.examples import an_opening

VOCABULARY = load_vocabulary()
TODAY = date(2026, 11, 12)
TOWNS = {"t1": "つばめ町", "t2": "みどり町", "t3": "若葉", "t4": "花園"}
SQUARE = bytes.fromhex(
    "01030000000100000004000000"
    "0000000000000000000000000000000000000000000000000000f03f"
    "000000000000f03f000000000000f03f00000000000000000000000000000000"
)


def test_every_status_has_a_word() -> None:
    assert set(own_wording().tables["opening_status"]) == set(OpeningStatus)
    assert status_words(OpeningStatus.OPEN) == "受付中"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"taken": 1}, "空き 2／3人"),
        ({"taken": 3}, "満員（定員3人）"),
        ({"status": OpeningStatus.FULL}, "満員（定員3人）"),
    ],
)
def test_free_places(changes: dict[str, object], words: str) -> None:
    opening: Opening = an_opening(**changes)
    assert free_words(opening) == words


@pytest.mark.parametrize(
    ("welcome", "words"),
    [
        (Welcome(), "どなたでも"),
        (Welcome(min_age=65), "65歳以上の方"),
        (Welcome(min_age=18, max_age=39, sex="female", sex_reason="ア"),
         "18歳から39歳までの方・女性の方"),
        (Welcome(with_child=True), "親子で来る方"),
        (Welcome(with_child=False, residents_only=False), "おとなだけ・市外の方も"),
        (Welcome(fields=frozenset({"disability", "elderly", "???"})), "「高齢・障がい」の方"),
    ],
)  # fmt: skip
def test_whom_it_is_for(welcome: Welcome, words: str) -> None:
    assert welcome_words(welcome, VOCABULARY) == words


@pytest.mark.parametrize(
    ("preference", "words"),
    [
        (None, ""),
        (Preference(), ""),
        (Preference(words="土にさわるのが好きな方"), "「土にさわるのが好きな方」"),
        (Preference(min_age=60), "60歳以上の方"),
        (Preference(max_age=39, weekdays=frozenset({2, 0})),
         "39歳までの方、月・水曜に来られる方"),
        (Preference(stages=frozenset({Stage.TRIAL, Stage.VISIT}), menu=frozenset({"gardening"})),
         "今「見学・体験」の方、「畑・庭の手入れ」の好きな方"),
        (Preference(menu=frozenset({"no longer in the list"})), ""),
    ],
)  # fmt: skip
def test_of_whom_a_host_would_be_glad(preference: Preference | None, words: str) -> None:
    assert preference_words(preference, VOCABULARY) == words


def test_what_it_is_like_costs_and_takes() -> None:
    opening = an_opening(
        noise=1, crowd=2, typical_people=4, cost_yen=200, stipend_yen=500, max_minutes=90
    )
    assert atmosphere_words(opening) == "静か・人の数はふつう・いつも4人ほど"
    assert atmosphere_words(an_opening()) == "静か・人は少なめ"
    assert cost_words(opening) == "1回200円・応援金 1回500円"
    assert cost_words(an_opening()) == "無料"
    assert length_words(opening) == "1回30分から1時間30分まで・途中で帰れる"
    assert length_words(an_opening(leave_early_ok=False)) == "1回30分から"
    assert stages_words(opening) == "「見学」から「参加」まで"
    assert stages_words(replace(opening, first_stage=Stage.ROLE, last_stage=Stage.ROLE)) == (
        "「役割」だけ"
    )


def test_labels_stand_in_the_order_of_their_list() -> None:
    assert labels_of("transport", ("car_park", "pickup_by_host", "!"), VOCABULARY) == [
        "受け入れ先の送迎",
        "駐車場あり",
    ]


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "11月12日に確認"),
        (15, "10月28日に確認"),
        (OLD_DAYS - 1, "5月14日に確認"),
        (OLD_DAYS, "半年 確かめていません"),
        (250, "8か月 確かめていません"),
        (365, "1年 確かめていません"),
        (900, "2年 確かめていません"),
    ],
)
def test_freshness_asks_for_a_call_after_half_a_year(days: int, words: str) -> None:
    fresh = freshness_of(TODAY - timedelta(days), TODAY)
    assert fresh.words == words
    assert fresh.is_old is (days >= OLD_DAYS)


def test_what_nobody_ever_confirmed_and_what_was_last_year() -> None:
    assert freshness_of(None, TODAY).is_old
    assert freshness_of(None, TODAY).words == "まだ 一度も確かめていません"
    assert freshness_of(date(2026, 12, 20), date(2027, 1, 5)).words == "令和8年12月20日に確認"


@pytest.mark.parametrize(
    ("area", "words"),
    [
        (WholeCity(), "市内全域"),
        (InDistrict("welfare", "北部"), "北部圏域"),
        (InDistrict("welfare", "西圏域"), "西圏域"),
        (Towns(frozenset({"t1", "t2"})), "つばめ町・みどり町"),
        (Towns(frozenset(TOWNS)), "つばめ町・みどり町・若葉など 4町"),
        (Radius(35.8, 139.5, 800), "ここから 800mまで"),
        (Radius(35.8, 139.5, 1500), "ここから 1.5kmまで"),
        (TravelTime(35.8, 139.5, "walk", 15), "ここから 歩いて15分まで"),
        (Polygon(SQUARE), "地図で決めた範囲"),
        (AnyOf((Online(), Outreach())), "家から（オンライン）、家へ行く"),
        (Except(WholeCity(), InDistrict("welfare", "南部")), "市内全域（南部圏域をのぞく）"),
    ],
)
def test_every_kind_of_area_has_words(area: ServiceArea, words: str) -> None:
    assert area_words(area, TOWNS) == words
