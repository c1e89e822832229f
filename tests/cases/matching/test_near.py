"""True why-not reasons: what would bring a place within reach, and what is never put in doubt."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from cases.errors import NotFound
from cases.matching.everyone import run_matching
from cases.matching.rankings import refused_for_opening, refused_for_participant
from cases.matching.stories import near_for_participant, tell_pair, tell_reach
from cases.matching.weighing import Weighed, weigh
from cases.proposal import Proposal, ProposalStatus
from cases.run import Near
from cases.words.changes import Audience
from catalog.opening import Opening, Welcome
from catalog.schedule import Band
from matcher.policy import own_policy
from tests.cases.small_city import (
    FARM,
    FIELD,
    OPENINGS,
    SALON,
    SHED,
    TEA,
    city,
    inputs,
    need,
    person,
    weekly,
)

POLICY = own_policy()


def one(
    of_person: dict[str, Any] | None = None,
    of_need: dict[str, Any] | None = None,
    openings: tuple[Opening, ...] = OPENINGS,
    decided: tuple[Proposal, ...] = (),
    **of_city: Any,
) -> Weighed:
    """Weigh one person in the small city."""
    people, needs = [person("p1", **(of_person or {}))], [need("p1", **(of_need or {}))]
    return weigh(inputs(people, needs, city(openings, **of_city), decided), POLICY)


def test_a_refused_opening_says_what_would_make_it_fit() -> None:
    reach = tell_reach(one(), "p1", "o-shed")
    assert reach.change == "木曜の午後も 出かけられるなら"
    assert reach.sentence == "木曜の午後も 出かけられるなら、合います。"
    assert [(way.rule, way.side, way.words) for way in reach.ways] == [
        ("time", "本人", "木曜の午後も 出かけられるなら"),
        ("time", "受け入れ先", "曜日と時間を 相談できれば"),
    ]


def test_the_sentence_tells_the_fit_after_the_change() -> None:
    full = replace(FIELD, taken=1)
    assert tell_reach(one(openings=(full,)), "p1", "o-field").sentence == (
        "定員があと1人 ふえれば、よく合います。"
    )


def test_each_story_of_a_refused_pair_carries_its_change() -> None:
    weighed = one()
    changes = {story.opening_id: story.change for story in refused_for_participant(weighed, "p1")}
    assert changes["o-shed"] == "木曜の午後も 出かけられるなら"
    assert changes.keys() == {"o-shed", "o-talk", "o-tea"}
    for opening_id, change in changes.items():
        assert tell_reach(weighed, "p1", opening_id).change == change
        assert tell_pair(weighed, "p1", opening_id).change == change
    (other,) = refused_for_opening(weighed, "o-shed")
    assert other.change == changes["o-shed"]
    assert tell_pair(weighed, "p1", "o-field").change == ""


AWAY = Proposal(
    id="x",
    run_id="r",
    participant_id="p1",
    opening_id="o-field",
    score=0.5,
    parts=(),
    status=ProposalStatus.SET_ASIDE,
    set_aside_reason="too_far",
    decided_at=datetime(2026, 11, 10, tzinfo=UTC),
)
TEENS = replace(FIELD, welcome=Welcome(min_age=6, max_age=17))
CHILDREN: dict[str, Any] = {"resources": {"r-farm": replace(FARM, kind="childrens_hall")}}


@pytest.mark.parametrize(
    ("weighed", "opening_id", "sentence"),
    [
        (one({}, {"avoid_host_ids": frozenset({"h-farm"})}), "o-field",
         "避けたいと決めたことは、変えません。ほかの場所を さがします。"),
        (one({}, {"avoid_menu": frozenset({"gardening"}), "wishes": ()}), "o-field",
         "避けたいと決めたことは、変えません。ほかの活動を さがします。"),
        (one(decided=(AWAY,)), "o-field",
         "前に見送った場所です。「見送る」を取り消すと、また案に入ります。"),
        (one({"sex": "male"}, openings=(replace(FIELD, welcome=Welcome(sex="female")),)),
         "o-field", "この条件は、場所の決まりなので 変えられません。"),
        (one(openings=(TEENS,), **CHILDREN), "o-field",
         "法律で決まっている条件なので、変えられません（児童福祉法第4条・第40条"
         "（児童館は18歳に満たない児童のための施設））。"),
        (one(openings=(FIELD,), resources={}), "o-field",
         "場所の町や種類を確かめると、合うかどうか分かります。"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("audience", [Audience.COORDINATOR, Audience.PERSON])
def test_what_never_changes_says_so_and_offers_no_change(
    weighed: Weighed, opening_id: str, sentence: str, audience: Audience
) -> None:
    reach = tell_reach(weighed, "p1", opening_id, audience)
    assert (reach.change, reach.sentence, reach.ways) == ("", sentence, ())
    assert tell_pair(weighed, "p1", opening_id).change == ""
    assert opening_id not in {each.opening_id for each in near_for_participant(weighed, "p1")}
    assert tell_reach(weighed, "p1", opening_id, Audience.HOST).sentence == ""


def test_without_a_law_the_same_age_can_be_asked() -> None:
    assert tell_reach(one(openings=(TEENS,)), "p1", "o-field").change == (
        "対象の年齢を 33歳 広げてもらえれば"
    )


def test_the_host_is_asked_only_for_what_the_host_could_do() -> None:
    weighed = one({}, {"available": frozenset()}, (replace(FIELD, taken=1),))
    of_host = tell_reach(weighed, "p1", "o-field", Audience.HOST)
    assert of_host.sentence == "定員をあと1人 ふやせれば、つながる方がいます。"
    assert of_host.ways == ()
    assert tell_reach(weighed, "p1", "o-field", Audience.PERSON).sentence == (
        "空きが あと1人分 できて、水曜の午前に 出かけられるなら、よく合います。"
    )
    of_person_only = one({}, {"available": frozenset()}, (FIELD,))
    silent = tell_reach(of_person_only, "p1", "o-field", Audience.HOST)
    assert (silent.change, silent.sentence) == ("", "")


def test_near_openings_come_lightest_first_and_need_one_change() -> None:
    dear = replace(FIELD, id="o-dear", cost_yen=100, schedule=weekly("0Th", 10, 11))
    weighed = one({}, {"cost_limit_yen": 0}, (SHED, dear, replace(FIELD, taken=1)))
    assert near_for_participant(weighed, "p1") == (
        Near("o-field", "定員があと1人 ふえれば"),
        Near("o-shed", "木曜の午後も 出かけられるなら"),
    )


def test_where_no_single_change_is_enough_two_are_told() -> None:
    full = replace(SHED, taken=2)
    assert near_for_participant(one(openings=(full,)), "p1") == (
        Near("o-shed", "定員があと1人 ふえて、木曜の午後も 出かけられるなら"),
    )
    far_too = replace(full, cost_yen=500)
    assert near_for_participant(one({}, {"cost_limit_yen": 0}, (far_too,)), "p1") == ()


def test_at_most_three_near_openings_are_told() -> None:
    openings = tuple(replace(SHED, id=f"o-{n}") for n in range(5))
    near = near_for_participant(one(openings=openings), "p1")
    assert [each.opening_id for each in near] == ["o-0", "o-1", "o-2"]


def test_after_a_run_one_more_place_is_a_change_like_any_other() -> None:
    people = [person("p1"), person("p2")]
    where = city((FIELD, replace(SHED, schedule=weekly("0We", 14, 15), taken=2)))
    outcome = run_matching(inputs(people, [need("p1"), need("p2")], where), POLICY)
    (left,) = outcome.unplaced
    assert left.near == (Near("o-field", "定員があと1人 ふえれば"),)


def test_after_a_run_the_places_left_are_still_there() -> None:
    people = [person("p1"), person("p2")]
    places = city((FIELD, SHED))
    outcome = run_matching(inputs(people, [need("p1"), need("p2")], places), POLICY)
    (left,) = outcome.unplaced
    assert left.near == (
        Near("o-field", "定員があと1人 ふえれば"),
        Near("o-shed", "木曜の午後も 出かけられるなら"),
    )
    shared = need("p2", available=frozenset({(3, Band.AFTERNOON)}))
    last = city((FIELD, replace(SHED, capacity=1)))
    third = inputs([*people, person("p3")], [need("p1"), shared, need("p3")], last)
    (left,) = run_matching(third, POLICY).unplaced
    assert left.near == (Near("o-field", "定員があと1人 ふえれば"),)


def test_who_or_what_took_no_part_has_no_reach() -> None:
    with pytest.raises(NotFound, match="participant_not_weighed"):
        tell_reach(one(), "p9", "o-field")
    with pytest.raises(NotFound, match="participant_not_weighed"):
        near_for_participant(one(), "p9")


def test_a_salon_for_elders_is_widened_by_years_and_districts() -> None:
    weighed = one({}, {"available": frozenset({(1, Band.MORNING)})}, (TEA,), resources={
        "r-salon": SALON,
    })  # fmt: skip
    reach = tell_reach(weighed, "p1", "o-tea")
    assert reach.change == (
        "お住まいの町まで 範囲を広げてもらえて、対象の年齢を 15歳 広げてもらえて、"
        "歩いて36分の道のりも 通えるなら"
    )
