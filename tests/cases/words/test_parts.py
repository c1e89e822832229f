"""Both sides of each part of the fit, side by side."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from cases.matching.stories import tell_pair, tell_parts
from cases.matching.weighing import weigh
from cases.need import NextStep, Wish
from cases.words.parts import PartRow, weight_word
from cases.words.places import freshness_of
from cases.words.wording import own_wording
from catalog.opening import Opening, Preference
from catalog.schedule import Band
from matcher.policy import PART_NAMES, own_policy
from tests.cases.small_city import FIELD, TALK, city, inputs, need, person


def rows(opening: Opening = FIELD, **of_need: Any) -> dict[str, PartRow]:
    """Return the parts of p1 at an opening by their Japanese name."""
    weighed = weigh(inputs([person("p1")], [need("p1", **of_need)], city([opening])), own_policy())
    story = tell_pair(weighed, "p1", opening.id)
    return {row.name: row for row in tell_parts(weighed, story)}


def test_all_parts_of_a_good_match() -> None:
    wishes = (Wish("repairing", 3), Wish("gardening", 5))
    parts = rows(wishes=wishes, max_minutes=60, companion="wish", modes=("walk", "bus"))
    assert {row.name: (row.person, row.place) for row in parts.values()} == {
        "やりたいこと": ("畑・庭の手入れ、物をなおす", "畑・庭の手入れ"),
        "曜日と時間": ("水曜の午前、1回1時間まで", "毎週水曜 10時〜11時・途中で帰れる"),
        "通いやすさ": ("歩き・バスで30分まで", "歩いて18分"),
        "静かさと人数": (
            "音は気にならない・人数は気にならない",
            "静か・いつも4人ほど",
        ),
        "はじめやすさ": (
            "はじめは付きそいを希望",
            "「見学」から・1回30分から・付きそい可",
        ),
        "確認の新しさ": ("—", "10月28日（水）に確認"),
    }
    assert (parts["やりたいこと"].word, parts["やりたいこと"].cells) == ("ぴったり", 4)
    assert (parts["通いやすさ"].word, parts["通いやすさ"].cells) == ("無理なく", 3)


@pytest.mark.parametrize(
    ("name", "opening", "of_need", "person_side", "place_side"),
    [
        ("やりたいこと", replace(FIELD, menu=()), {"wishes": ()}, "まだ聞いていません", "—"),
        ("曜日と時間", replace(FIELD, schedule=None), {"available": frozenset()},
         "まだ聞いていません", "曜日と時間は相談して決めます"),
        ("曜日と時間", FIELD, {"available": frozenset({(2, Band.MORNING)})}, "水曜の午前",
         "毎週水曜 10時〜11時・途中で帰れる"),
        ("通いやすさ", TALK, {}, "歩きで30分まで", "家から"),
        ("通いやすさ", FIELD, {"modes": ("pickup",)}, "送り迎えで30分まで",
         "今の行き方では通えない"),
        ("静かさと人数", replace(FIELD, typical_people=None, noise=3, crowd=2),
         {"noise_limit": 1, "crowd_limit": 2}, "静かなところがよい・ふつうの人数まで",
         "にぎやか・人の数はふつう"),
        ("はじめやすさ", replace(FIELD, companion_welcome=False, min_minutes=90), {},
         "ひとりで行ける", "「見学」から・1回1時間30分から"),
        ("確認の新しさ", replace(FIELD, last_confirmed_on=None), {}, "—", "まだ確認していません"),
        ("確認の新しさ", replace(FIELD, last_confirmed_on=date(2026, 11, 4)), {}, "—",
         "11月4日（水）に確認"),
        ("はじめやすさ", FIELD, {"next_step": NextStep.STAY}, "ひとりで行ける・いまの段で 続けたい",
         "「見学」から・1回30分から・付きそい可"),
        ("通いやすさ", replace(FIELD, transport=("pickup_by_host",)), {"modes": ("pickup",)},
         "送り迎えで30分まで", "送り迎えで13分"),
    ],
)  # fmt: skip
def test_sides(
    name: str, opening: Opening, of_need: dict[str, Any], person_side: str, place_side: str
) -> None:
    row = rows(opening, **of_need)[name]
    assert (row.person, row.place) == (person_side, place_side)


@pytest.mark.parametrize(
    ("confirmed_on", "word"),
    [
        (date(2026, 11, 4), "新しい"),
        (date(2026, 4, 16), "少し前"),
        (date(2024, 4, 16), "とても古い"),
    ],
)
def test_what_asks_for_a_call_is_not_called_new(confirmed_on: date, word: str) -> None:
    """Elsewhere on the page stands 半年 確かめていません."""
    row = rows(replace(FIELD, last_confirmed_on=confirmed_on))["確認の新しさ"]
    is_old = freshness_of(confirmed_on, date(2026, 11, 12)).is_old
    assert row.word == word
    assert not (is_old and row.word == "新しい")


def test_weights_have_three_words() -> None:
    words = [weight_word(share) for share in own_policy().weights.shares]
    assert words == ["とても大切", "大切", "大切", "ふつう", "ふつう", "ふつう"]


def test_every_part_has_its_row() -> None:
    assert len(rows()) == len(PART_NAMES)
    assert "part_row" in own_wording().tables


@pytest.mark.parametrize(
    ("preference", "place_side"),
    [
        (None, "どなたでも"),
        (Preference(words="土にさわるのが好きな方"), "どなたでも"),
        (Preference(min_age=40), "「こういう方だと うれしい」があります"),
    ],
)
def test_what_a_host_hopes_for_has_a_row_where_it_counts(
    preference: Preference | None, place_side: str
) -> None:
    """Words of the host alone are not computed with, so they stand for no wish here."""
    weights = replace(own_policy().weights, host=10.0)
    policy = replace(own_policy(), weights=weights)
    hoping = replace(FIELD, preference=preference)
    weighed = weigh(inputs([person("p1")], [need("p1")], city([hoping])), policy)
    told = tell_parts(weighed, tell_pair(weighed, "p1", FIELD.id))
    (row,) = [each for each in told if each.name == "受け入れ先の希望"]
    assert (row.person, row.place) == ("—", place_side)
