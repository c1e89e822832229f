"""What helpers offer, where they help, and why somebody or some group is left without."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cases.helper import Helper
from cases.proposal import Proposal, ProposalStatus
from cases.words.helping import helped_groups, lack_words, left_words, offer_words
from cases.words.wording import own_wording
from catalog.vocabulary import load_vocabulary
from matcher.explanation import Word
from tests.cases.small_city import FIELD, SHED

HELPER = Helper(id="a1", name="星川 なお", menu=frozenset({"gardening"}))
PROPOSAL = Proposal(
    id="x1",
    run_id="r1",
    participant_id="a1",
    opening_id=FIELD.id,
    score=0.8,
    parts=(),
    word=Word.GOOD,
)


@pytest.mark.parametrize(
    ("helper", "words"),
    [
        (HELPER, "畑・庭の手入れ"),
        (replace(HELPER, menu=frozenset()), "何でも"),
        (replace(HELPER, most_groups=2), "畑・庭の手入れ（2つの会まで）"),
        (replace(HELPER, menu=frozenset({"no longer in the list"})), "何でも"),
    ],
)
def test_what_is_offered(helper: Helper, words: str) -> None:
    assert offer_words(helper, load_vocabulary()) == words


def test_only_own_groups_that_stand_are_told() -> None:
    """What was set aside, what others do, and groups that the reader may not see are left out."""
    openings = {each.id: each for each in (FIELD, SHED)}
    proposals = (
        replace(PROPOSAL, status=ProposalStatus.ADVANCED),
        replace(PROPOSAL, id="x2", opening_id=SHED.id),
        replace(PROPOSAL, id="x3", opening_id=SHED.id, status=ProposalStatus.SET_ASIDE),
        replace(PROPOSAL, id="x4", participant_id="a2"),
        replace(PROPOSAL, id="x5", opening_id="o-hidden"),
    )
    assert helped_groups(HELPER, proposals, openings) == (
        "畑の手伝い（毎週水曜 10時〜11時・よく合う）：進める",
        "道具の手入れ（毎週木曜 14時〜16時・よく合う）：案",
    )


def test_every_reason_has_words_and_an_unknown_one_is_said_in_general() -> None:
    left, lack = own_wording().tables["helper_left"], own_wording().tables["helper_lack"]
    assert left_words("helper_not_agreed") == "本人の了承が、まだありません。"
    assert left_words("consent_refused") == left["otherwise"]
    assert lack_words("time") == "曜日と時間の合う方が、まだいません。"
    assert lack_words("?") == lack["otherwise"]
