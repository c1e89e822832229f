"""Sentences about matching: every code has its words, and the words stay kind."""

from __future__ import annotations

import re

import pytest

from cases.consent import ConsentState, WhyNot
from cases.participant import ParticipantStatus
from cases.run import Unplaced
from cases.words.refusals import REFUSALS, UNRESOLVED
from cases.words.wording import (
    fit_word,
    grouped_counts,
    not_considered_words,
    own_wording,
    part_fit_word,
    part_name,
    result_words,
    unplaced_words,
)
from catalog.opening import Stage
from matcher.eligibility import Reason
from matcher.explanation import PartWord, Word
from matcher.policy import PART_NAMES

RULES = [UNRESOLVED, *(reason.name.lower() for reason in Reason)]

# The right column of the writing guide: what is never said to or about a person.
NEVER = re.compile(
    "リソース|マッチング先|案件|対象者|ケース|要支援者|スコア|順位|判定|却下|不適合|不採用|選外|欠席"
    "|ドタキャン|後退|脱落|失敗|中断|問題|クレーム|トラブル|能力|意欲|秘匿|実行|優先度|不可|頑張|若すぎ"
    "|入力値|不正|該当なし|！|!"
)


def all_texts() -> list[str]:
    """Return every template of the product."""
    return [text for table in own_wording().tables.values() for text in table.values()]


def test_no_template_judges_or_scolds() -> None:
    texts = all_texts()
    assert len(texts) > 100
    assert not [text for text in texts if NEVER.search(text)]


def test_every_rule_has_its_sentence_and_its_group() -> None:
    assert set(REFUSALS) == set(RULES)
    for table in ("refused_group", "condition", "would_help"):
        assert set(own_wording().tables[table]) == set(RULES)
    others = {*own_wording().tables["unplaced"]} - {"no_pair"}
    assert set(own_wording().tables["missing"]) == {*RULES, *others}


def test_every_part_has_a_name() -> None:
    assert [part_name(part) for part in PART_NAMES] == [
        "やりたいこと",
        "曜日と時間",
        "通いやすさ",
        "静かさと人数",
        "はじめやすさ",
        "確認の新しさ",
    ]


def test_every_state_has_a_word() -> None:
    tables = own_wording().tables
    assert set(tables["stage"]) == {str(int(stage)) for stage in Stage}
    assert set(tables["status"]) == set(ParticipantStatus)
    assert set(tables["consent"]) == set(ConsentState)


def test_the_words_of_the_fit() -> None:
    assert [fit_word(word) for word in Word] == [
        "よく合う",
        "合う",
        "あと一つで合う",
        "今は合わない",
    ]
    assert [part_fit_word(word) for word in PartWord] == [
        "ぴったり",
        "無理なく",
        "少し工夫がいる",
        "今は難しい",
    ]


@pytest.mark.parametrize("why", [f"consent_{why}" for why in WhyNot] + ["paused", "no_need"])
def test_who_is_not_considered_is_told_what_can_be_done(why: str) -> None:
    assert re.fullmatch(r".+ため、つなぎ先を探していません。→ .+", not_considered_words(why))


def test_counts_of_one_group_are_said_together_and_add_up() -> None:
    refused = (("full", 15), ("age", 5), ("time", 58), ("field", 3), ("travel", 30))
    counts = grouped_counts(refused)
    assert counts == [("曜日・時間", 58), ("距離", 30), ("満員", 15), ("対象の方が違う", 8)]
    assert sum(count for _, count in counts) == sum(count for _, count in refused)


def unplaced(reason: str, candidates: int, *refused: tuple[str, int]) -> Unplaced:
    """Return someone who got no place."""
    return Unplaced(participant_id="p1", reason=reason, candidates=candidates, refused=refused)


def test_crowded_out_says_how_many_places_would_have_fitted() -> None:
    words = unplaced_words(unplaced("crowded_out", 3, ("time", 2)))
    assert words == "条件に合う3枠が、ほかの方で満員になります。"


def test_without_candidate_the_counts_add_up_to_the_openings() -> None:
    words = unplaced_words(unplaced("no_pair", 0, ("time", 4), ("travel", 3)))
    assert words == "条件に合う枠は、今はありません（調べた7枠：曜日・時間 4、距離 3）。"


def test_a_city_without_openings_is_told_so() -> None:
    assert unplaced_words(unplaced("no_pair", 0)).startswith("受け付けている枠が、まだ")


def test_first_line_of_a_run() -> None:
    assert result_words(80, 68) == "80人のうち 68人に、つなぎ先の案があります。"
    assert result_words(3, 0) == "3人について調べました。今は、つなぎ先の案がありません。"
    assert result_words(0, 0) == "つなぎ先を探せる方が、今はいません。"
