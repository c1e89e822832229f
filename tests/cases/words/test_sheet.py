"""What each of the three readers reads holds only what they may know."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

import pytest

from cases.matching.stories import tell_pair, tell_reach
from cases.matching.weighing import weigh
from cases.words.changes import Audience
from cases.words.sheet import reasons_for_person, rows_for_person
from catalog.opening import Opening, OpeningStatus, Welcome
from catalog.schedule import Band
from catalog.vocabulary import load_vocabulary
from matcher.explanation import Fact, FactCode
from matcher.policy import own_policy
from tests.cases.small_city import FIELD, SHED, city, inputs, need, person

POLICY = own_policy()
OF_OTHERS: Final = re.compile("ほかの方|満員|空き \\d|知っている方|待っている|案")
FIGURES_OF_FIT: Final = re.compile(r"\d\.\d|%|よく合う|今は合わない|点")


def test_the_person_reads_why_when_where_and_for_how_much() -> None:
    weighed = weigh(inputs([person("p1")], [need("p1")], city([FIELD])), POLICY)
    told = tell_pair(weighed, "p1", "o-field").explanation.strongest
    facts = weighed.inputs.facts(0, 0)
    reasons = reasons_for_person(told, facts, load_vocabulary())
    assert reasons[0] == "やりたい「畑・庭の手入れ」が できます。"
    rows = dict(rows_for_person(facts))
    assert rows["いつ"] == "毎週水曜 10時〜11時　1回 30分から できます。"
    assert rows["どこ"].startswith("歩いて")
    assert "お金は かかりません。" in rows["ほかに"]
    assert rows["ほかに"].startswith("「見学」から はじめられます。")
    text = "\n".join((*reasons, *rows.values()))
    assert not OF_OTHERS.search(text)
    assert not FIGURES_OF_FIT.search(text)


def test_what_a_place_asks_for_is_said_and_what_it_does_not_offer_is_not() -> None:
    plain = replace(
        SHED, cost_yen=300, leave_early_ok=False, companion_welcome=False, description=""
    )
    weighed = weigh(inputs([person("p1")], [need("p1")], city([plain])), POLICY)
    rows = dict(rows_for_person(weighed.inputs.facts(0, 0)))
    assert rows["ほかに"] == "「見学」から はじめられます。　1回 300円です。"
    assert "すること" not in rows


def test_how_many_come_there_is_good_to_know() -> None:
    weighed = weigh(inputs([person("p1")], [need("p1")], city([FIELD])), POLICY)
    facts = weighed.inputs.facts(0, 0)
    assert "いつも 4人くらいです。" in dict(rows_for_person(facts))["ほかに"]
    assert "とちゅうで 帰っても だいじょうぶです。" in dict(rows_for_person(facts))["ほかに"]


@pytest.mark.parametrize(
    ("comes_to", "where"),
    [("online", "家から さんか できます。"), ("outreach", "家に 来て もらえます。")],
)
def test_where_nobody_travels_no_way_is_said(comes_to: str, where: str) -> None:
    weighed = weigh(inputs([person("p1")], [need("p1")], city([FIELD])), POLICY)
    facts = replace(weighed.inputs.facts(0, 0), comes_to=comes_to)
    assert dict(rows_for_person(facts))["どこ"].endswith(where)
    assert "歩いて" not in dict(rows_for_person(facts))["どこ"]


def test_an_unknown_way_and_place_leave_the_row_out() -> None:
    weighed = weigh(inputs([person("p1")], [need("p1")], city([FIELD])), POLICY)
    facts = weighed.inputs.facts(0, 0)
    nowhere = replace(facts, way=None, receiving=replace(facts.receiving, resource=None))
    assert "どこ" not in dict(rows_for_person(nowhere))


def test_no_more_reasons_than_one_can_keep_in_mind() -> None:
    weighed = weigh(inputs([person("p1")], [need("p1")], city([FIELD])), POLICY)
    codes = (FactCode.QUIET, FactCode.UNCROWDED, FactCode.FAMILIAR, FactCode.BY_ARRANGEMENT)
    told = [Fact(code) for code in codes]
    reasons = reasons_for_person(told, weighed.inputs.facts(0, 0), load_vocabulary())
    assert reasons == (
        "しずかな ところです。",
        "人は 少なめです。",
        "前に 行った ことが あります。",
    )


def test_facts_about_others_and_the_office_are_not_said_to_the_person() -> None:
    """That somebody known goes there would tell of somebody else."""
    weighed = weigh(inputs([person("p1")], [need("p1")], city([FIELD])), POLICY)
    facts = weighed.inputs.facts(0, 0)
    told = [Fact(FactCode.ACQUAINTED), Fact(FactCode.CONFIRMED, (3,)), Fact(FactCode.QUIET)]
    assert reasons_for_person(told, facts, load_vocabulary()) == ("しずかな ところです。",)


@pytest.mark.parametrize(
    ("opening", "wish"),
    [
        (replace(FIELD, taken=1), {}),
        (replace(FIELD, status=OpeningStatus.PAUSED), {}),
        (replace(FIELD, welcome=Welcome(min_age=65)), {}),
        (FIELD, {"available": frozenset({(4, Band.EVENING)})}),
        (replace(FIELD, noise=3), {"noise_limit": 1, "accommodations": frozenset({"quiet_place"})}),
        (replace(SHED, cost_yen=500), {"cost_limit_yen": 0}),
    ],
)
def test_what_would_have_to_change_as_each_of_the_three_may_read_it(
    opening: Opening, wish: dict[str, object]
) -> None:
    """The host reads nothing of the person, the person nothing of others, and neither a figure."""
    weighed = weigh(inputs([person("p1")], [need("p1", **wish)], city([opening])), POLICY)
    (id_,) = weighed.considered.offers.ids
    told = {each: tell_reach(weighed, "p1", id_, each).change for each in Audience}
    assert told[Audience.COORDINATOR]
    assert not OF_OTHERS.search(told[Audience.PERSON])
    host = told[Audience.HOST]
    assert host in (
        "",
        "定員をあと1人 ふやせれば",
        "また 受け付けられれば",
        "受け入れられる条件を 広げられれば",
        "また 受け付けられて、受け入れられる条件を 広げられれば",
    )
    assert "さん" not in host
