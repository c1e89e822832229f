"""From people with consent to proposals with reasons, and everyone else with theirs."""

from __future__ import annotations

import dataclasses
import itertools
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pytest

from cases.errors import CaseError, NotFound
from cases.matching.everyone import MatchOutcome, run_matching
from cases.matching.problem_of import build_problem
from cases.matching.rankings import (
    rank_for_opening,
    rank_for_participant,
    refused_for_opening,
    refused_for_participant,
)
from cases.matching.stories import tell_pair, why_not
from cases.matching.weighing import Weighed, weigh
from cases.need import Need, NextStep, Wish
from cases.participant import Participant
from cases.proposal import Proposal, ProposalStatus
from cases.run import NotConsidered
from catalog.opening import Opening, OpeningStatus, Stage, Welcome
from catalog.schedule import Band
from catalog.service_area import AnyOf, InDistrict, Online, Outreach, Towns, WholeCity
from geo.towns import TownIndex
from matcher.explanation import Word
from matcher.policy import own_policy
from tests.cases.small_city import (
    FARM,
    FIELD,
    OPENINGS,
    RESOURCES,
    SALON,
    SHED,
    TALK,
    TEA,
    city,
    inputs,
    need,
    person,
)

POLICY = own_policy()


def run(
    people: list[Participant], needs: list[Need], openings: tuple[Opening, ...] = OPENINGS
) -> MatchOutcome:
    """Match people in the small city."""
    ids = (f"x{number}" for number in itertools.count())
    return run_matching(inputs(people, needs, city(openings)), POLICY, "run", lambda: next(ids))


def one(
    changes: dict[str, Any] | None = None,
    of_need: dict[str, Any] | None = None,
    openings: tuple[Opening, ...] = OPENINGS,
    **of_city: Any,
) -> Weighed:
    """Weigh one person in the small city."""
    where = city(openings, **of_city)
    people, needs = [person("p1", **(changes or {}))], [need("p1", **(of_need or {}))]
    return weigh(inputs(people, needs, where), POLICY)


def test_a_good_match_with_its_sentence() -> None:
    outcome = run([person("p1")], [need("p1")])
    (proposal,) = outcome.proposals
    assert (proposal.id, proposal.run_id, proposal.participant_id) == ("x0", "run", "p1")
    assert proposal.opening_id == "o-field"
    assert proposal.reason == "やりたい「畑・庭の手入れ」で、希望の水曜の午前。歩いて18分です。"
    assert proposal.short == "「畑・庭の手入れ」／水曜の午前／歩き18分"
    assert (proposal.word, proposal.way) == ("good", "歩いて18分")
    assert [name for name, _ in proposal.parts] == list(POLICY.weights.names)
    shares = dict(zip(POLICY.weights.names, POLICY.weights.shares, strict=True))
    assert proposal.score == pytest.approx(sum(v * shares[n] for n, v in proposal.parts), abs=2e-6)
    assert outcome.certified
    assert outcome.unplaced == ()


def test_two_people_for_one_place_and_the_reason_for_the_other() -> None:
    outcome = run([person("p1"), person("p2")], [need("p1"), need("p2")])
    assert len(outcome.proposals) == 1
    (left,) = outcome.unplaced
    assert left.reason == "crowded_out"
    assert left.words == "条件に合う1枠が、ほかの方で満員になります。"
    assert outcome.one_more == ("o-field",)
    assert outcome.certified


def test_more_weight_goes_first() -> None:
    people = [person("p1"), person("p2", weight=2)]
    outcome = run(people, [need("p1"), need("p2")])
    assert [proposal.participant_id for proposal in outcome.proposals] == ["p2"]


def test_everyone_is_proposed_or_unplaced_and_counts_add_up() -> None:
    people = [person(f"p{n}", town_id="abcd"[n % 4]) for n in range(8)]
    needs = [need(p.id, available=frozenset({(n % 7, Band.MORNING)})) for n, p in enumerate(people)]
    outcome = run(people, needs)
    named = [p.participant_id for p in outcome.proposals] + [
        u.participant_id for u in outcome.unplaced
    ]
    assert sorted(named) == [p.id for p in people]
    for left in outcome.unplaced:
        assert left.candidates + sum(count for _, count in left.refused) == len(OPENINGS)


def test_no_candidate_is_a_result() -> None:
    outcome = run([person("p1")], [need("p1", available=frozenset())])
    assert outcome.proposals == ()
    assert outcome.unplaced[0].reason == "no_pair"
    assert outcome.unplaced[0].words == (
        "条件に合う枠は、今はありません（調べた4枠：曜日・時間 3、範囲の外 1）。"
    )
    assert outcome.certified


def test_nobody_and_nothing_are_results_too() -> None:
    assert run([], []).certified
    outcome = run([person("p1")], [need("p1")], openings=())
    assert outcome.unplaced[0].words.startswith("受け付けている枠が、まだ")


def test_people_without_need_are_refused_by_name_of_the_case_only() -> None:
    with pytest.raises(CaseError, match="need_missing") as caught:
        inputs([person("p1")], [])
    assert "青葉" not in str(caught.value)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3)))[1:])
def test_the_order_of_people_and_openings_changes_nothing(order: tuple[int, ...]) -> None:
    people = [person(f"p{n}", town_id="abc"[n]) for n in range(3)]
    needs = [need(p.id) for p in people]
    first = run(people, needs)
    again = run([people[at] for at in order], needs, OPENINGS[::-1])
    assert [dataclasses.astuple(p) for p in first.proposals] == [
        dataclasses.astuple(p) for p in again.proposals
    ]
    assert first.digest == again.digest


def test_the_digest_follows_what_decides() -> None:
    base = [person("p1")], [need("p1")]
    digest = run(*base).digest
    assert run([person("p1", note="さらに")], [need("p1", goal="別の目標")]).digest == digest
    assert run([person("p1", weight=2)], [need("p1")]).digest != digest
    assert run([person("p1", town_id="b")], [need("p1")]).digest != digest
    fuller = (replace(FIELD, capacity=2), *OPENINGS[1:])
    assert run(*base, openings=fuller).digest != digest
    elsewhere = (replace(FIELD, host_id="h-salon"), *OPENINGS[1:])
    assert run(*base, openings=elsewhere).digest != digest
    left_out = [NotConsidered(participant_id="p9", why="paused")]
    other = run_matching(inputs(*base), POLICY, not_considered=left_out)
    assert other.digest != digest
    heavier = replace(POLICY, weights=replace(POLICY.weights, wish=31))
    assert run_matching(inputs(*base), heavier).digest != digest


def test_what_is_frozen_names_nobody() -> None:
    """Whatever is written of the problem holds ids and numbers only."""
    people = [
        person("p1", name="小春 ちよ", address="b町9-8-7", own_words="ひみつ", phone="048-000-0000")
    ]
    weighed = weigh(inputs(people, [need("p1", goal="目標", avoid_text="苦手")]), POLICY)
    problem = build_problem(weighed)
    texts = {
        text
        for field in dataclasses.fields(problem)
        for value in [getattr(problem, field.name)]
        if isinstance(value, tuple)
        for text in value
    }
    ids = {"p1", *(o.id for o in OPENINGS), *(o.host_id for o in OPENINGS)}
    assert texts <= ids | {"", "placed", "floors", "score"}
    arrays = [f.name for f in dataclasses.fields(problem)
              if isinstance(getattr(problem, f.name), np.ndarray)]  # fmt: skip
    assert all(getattr(problem, name).dtype.kind in "iuf" for name in arrays)


REFUSALS: list[tuple[str, dict[str, Any], dict[str, Any], Opening, str]] = [
    ("not_open", {}, {}, replace(FIELD, status=OpeningStatus.PAUSED), "受け付けていません"),
    ("not_open", {}, {}, replace(FIELD, starts_on=date(2026, 12, 1)), "12月1日（火）から"),
    ("unresolved", {}, {}, replace(FIELD, menu=("gardening", "no_such_code")), "まだ確かめられて"),
    ("unresolved", {}, {}, replace(FIELD, resource_id="nowhere"), "まだ確かめられて"),
    ("full", {}, {}, replace(FIELD, taken=1), "今は満員です"),
    ("full", {}, {}, replace(FIELD, status=OpeningStatus.FULL), "今は満員です"),
    ("outside_area", {}, {}, TEA, "範囲の外"),
    ("avoided", {}, {"avoid_host_ids": frozenset({"h-farm"})}, FIELD, "本人が避けたい場所や地区"),
    ("avoided", {}, {"avoid_districts": frozenset({("welfare", "西")})}, FIELD, "本人が避けたい"),
    ("avoided_activity", {}, {"wishes": (), "avoid_menu": frozenset({"gardening"})}, FIELD,
     "本人が避けたい「畑・庭の手入れ」があります"),
    ("age", {"town_id": "c"}, {}, TEA, "この場所は65歳以上の方の集まりです。"),
    ("sex", {"sex": "male"}, {}, replace(FIELD, welcome=Welcome(sex="female")), "女性の方の集まり"),
    ("child", {}, {}, replace(FIELD, welcome=Welcome(with_child=True)), "親子で来る方"),
    ("child", {}, {"with_child": True}, replace(FIELD, welcome=Welcome(with_child=False)),
     "お子さん"),
    ("field", {"fields": ("needy",)}, {},
     replace(FIELD, welcome=Welcome(fields=frozenset({"elderly"}))), "「高齢」の方の集まり"),
    ("stage", {}, {},
     replace(FIELD, first_stage=Stage.PARTICIPATION), "「参加」から始まります"),
    ("lower_stage", {"stage": Stage.ROLE}, {}, FIELD, "「参加」までです"),
    ("time", {}, {"available": frozenset({(2, Band.EVENING)})}, FIELD, "毎週水曜 10時〜11時"),
    ("duration", {}, {"max_minutes": 20}, FIELD, "1回30分からで、希望の20分までより長く"),
    ("travel", {}, {"travel_limit_minutes": 10}, FIELD, "歩いて18分ほどで、希望の10分まで"),
    ("unreachable", {}, {"modes": ("pickup",)}, FIELD, "今の行き方（送り迎え）では"),
    ("accommodation", {}, {"accommodations": frozenset({"chairs"})}, FIELD,
     "必要な「いすに座ってできる」"),
    ("noise", {}, {"noise_limit": 1}, replace(FIELD, noise=2), "音が多め"),
    ("crowd", {}, {"crowd_limit": 1}, replace(FIELD, crowd=3), "いつも4人ほど"),
    ("companion", {}, {"companion": "must"}, replace(FIELD, companion_welcome=False), "付きそい"),
    ("cost", {}, {"cost_limit_yen": 0}, replace(FIELD, cost_yen=200), "1回200円"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "of_person", "of_need", "opening", "words"), REFUSALS)
def test_each_rule_refuses_through_the_whole_bridge(
    rule: str, of_person: dict[str, Any], of_need: dict[str, Any], opening: Opening, words: str
) -> None:
    weighed = one(of_person, of_need, (opening,))
    story = tell_pair(weighed, "p1", opening.id)
    assert story.rules[0] == rule
    assert words in story.refusal
    assert (story.reason, story.explanation.word) == ("", Word.POOR)
    assert why_not(weighed, "p1", opening.id) == story.refusal


@pytest.mark.parametrize(
    ("stage", "step", "possible"),
    [
        (Stage.ROLE, NextStep.BACK, True),
        (Stage.ROLE, NextStep.STAY, False),
        (Stage.PARTICIPATION, NextStep.STAY, True),
        (Stage.CONSULTATION, NextStep.BACK, True),
        (Stage.WORK, NextStep.UP, False),
    ],
)
def test_only_who_goes_back_is_offered_a_lower_stage(
    stage: Stage, step: NextStep, possible: bool
) -> None:
    weighed = one({"stage": stage}, {"next_step": step}, (FIELD,))
    assert (why_not(weighed, "p1", FIELD.id) == "") is possible


def test_going_back_is_the_persons_own_choice() -> None:
    weighed = one({"stage": Stage.ROLE}, {"next_step": NextStep.STAY}, (FIELD,))
    assert tell_pair(weighed, "p1", FIELD.id).change == "「役割」まで 続けられれば"


def test_beyond_the_ends_of_the_ladder_one_stays() -> None:
    ends = [(Stage.CONSULTATION, NextStep.BACK), (Stage.WORK, NextStep.UP)]
    for stage, step in ends:
        weighed = one({"stage": stage}, {"next_step": step}, (FIELD,))
        assert weighed.inputs.profiles.next_step.tolist() == [0]


def test_what_does_not_limit_refuses_nobody() -> None:
    """The field 全市民, an unknown number of people, a time by arrangement keep nobody out."""
    open_to_all = replace(FIELD, welcome=Welcome(fields=frozenset({"everyone", "elderly"})))
    by_arrangement = replace(FIELD, id="o-any", schedule=None, typical_people=None)
    weighed = one({"fields": ("needy",)}, {}, (open_to_all, by_arrangement))
    assert rank_for_participant(weighed, "p1").candidates == 2


def test_accommodations_of_the_building_and_of_the_facts_count() -> None:
    building = {**RESOURCES, "r-farm": replace(FARM, accessibility=frozenset({"ramp_elevator"}))}
    asked = frozenset({"ramp_elevator", "companion", "leave_early"})
    weighed = one({}, {"accommodations": asked}, resources=building)
    assert why_not(weighed, "p1", "o-field") == ""


def test_online_and_outreach_need_no_way() -> None:
    free_on_friday = {"available": frozenset({(4, Band.EVENING)}), "modes": ("pickup",)}
    online = tell_pair(one({}, free_on_friday), "p1", "o-talk")
    assert "家から参加できる場所" in online.reason
    at_home = {**RESOURCES, "r-club": replace(RESOURCES["r-club"], service_area=Outreach())}
    visited = tell_pair(one({}, free_on_friday, resources=at_home), "p1", "o-talk")
    assert "家に来てもらえる形" in visited.reason


def test_online_for_those_outside_the_place() -> None:
    """A salon for the east that one may also join online serves the west online only."""
    both = AnyOf((InDistrict("welfare", "東"), Online()))
    weighed = one({}, {}, resources={**RESOURCES, "r-salon": replace(SALON, service_area=both)})
    assert bool(weighed.inputs.pairs.in_area.all())
    assert weighed.inputs.online.tolist() == [[False, False, True, True]]


def test_a_place_that_fetches_is_reached_from_anywhere() -> None:
    fetched = replace(FIELD, transport=("pickup_by_host",))
    story = tell_pair(one({}, {"travel_limit_minutes": 5}, (fetched,)), "p1", "o-field")
    assert "送り迎えのある場所" in story.reason


def test_a_wheelchair_makes_the_way_longer() -> None:
    ramps = {**RESOURCES, "r-farm": replace(FARM, accessibility=frozenset({"wheelchair_access"}))}
    aided = one({}, {"accommodations": frozenset({"wheelchair_access"})}, resources=ramps)
    walking = one({}, {}, resources=ramps)
    assert aided.inputs.travel.minutes[0, 0] > walking.inputs.travel.minutes[0, 0]


def test_an_area_that_names_no_known_town_takes_no_part() -> None:
    nowhere = {**RESOURCES, "r-farm": replace(FARM, service_area=Towns(frozenset({"z"})))}
    weighed = one(resources=nowhere)
    assert tell_pair(weighed, "p1", "o-field").rules[0] == "unresolved"


def test_what_is_not_known_yet_is_counted_apart_from_what_is_closed() -> None:
    closed = replace(FIELD, id="o-closed", status=OpeningStatus.PAUSED)
    drifting = replace(FIELD, id="o-drifting", resource_id="nowhere")
    weighed = one({}, {}, (closed, drifting, replace(drifting, id="o-more")))
    counts = (("unresolved", 2), ("not_open", 1))
    assert rank_for_participant(weighed, "p1").refused == counts
    assert run_matching(weighed.inputs, POLICY).unplaced[0].refused == counts
    assert rank_for_opening(weighed, "o-drifting").refused == (("unresolved", 1),)
    assert rank_for_opening(weighed, "o-closed").refused == (("not_open", 1),)


def test_a_place_of_unknown_town_is_never_proposed_to_who_avoids_a_district() -> None:
    """Without its town nobody can say that it does not lie there."""
    drifting = replace(FARM, town_id=None, lat=35.8, lon=139.51, service_area=WholeCity())
    no_towns = {"towns": TownIndex([]), "districts": {}}
    of_need = {"avoid_districts": frozenset({("welfare", "西")})}
    lives = {"lat": 35.8, "lon": 139.5, "town_id": None}
    places = {**RESOURCES, "r-farm": drifting}
    avoiding = one(lives, of_need, (FIELD, TALK), resources=places, **no_towns)
    assert tell_pair(avoiding, "p1", "o-field").rules[0] == "avoided"
    assert tell_pair(avoiding, "p1", "o-talk").rules[0] != "avoided"
    assert why_not(one(lives, {}, (FIELD,), resources=places, **no_towns), "p1", "o-field") == ""


def test_a_town_without_point_says_that_the_way_is_unknown() -> None:
    unknown = TownIndex([replace(town, lat=None, lon=None) for town in city().towns])
    story = tell_pair(one(towns=unknown), "p1", "o-field")
    assert story.rules[0] == "unreachable"
    assert "道のりを測れません" in story.refusal


def test_an_own_point_counts_and_tells_the_nearest_town() -> None:
    weighed = one({"town_id": None, "lat": 35.8, "lon": 139.519})
    assert weighed.inputs.people_at.towns.tolist() == [2]
    far = one({"town_id": "a", "lat": 35.8, "lon": 139.519}).inputs
    near = one({"town_id": "a"}).inputs
    assert far.people_at.towns.tolist() == [0]
    assert far.travel.minutes[0, 0] != near.travel.minutes[0, 0]


def decided(status: ProposalStatus, opening: str, reason: str = "", day: int = 1) -> Proposal:
    """Return a proposal decided about in November."""
    return Proposal(
        id="d1",
        run_id="r0",
        participant_id="p1",
        opening_id=opening,
        score=0.5,
        parts=(),
        status=status,
        set_aside_reason=reason,
        decided_by="u1",
        decided_at=datetime(2026, 11, day, 1, tzinfo=UTC),
    )


def away(reason: str, day: int, opening: str = "o-field") -> list[str]:
    """Return the openings kept from p1 after one was set aside in November."""
    before = [decided(ProposalStatus.SET_ASIDE, opening, reason, day)]
    people = [person("p1"), person("p2")]
    weighed = weigh(inputs(people, [need("p1"), need("p2")], decided=before), POLICY)
    assert not weighed.inputs.pairs.avoided[1].any(), "only the person who decided so"
    return [o.id for o, a in zip(OPENINGS, weighed.inputs.pairs.avoided[0], strict=True) if a]


@pytest.mark.parametrize(
    ("reason", "day", "kept"),
    [
        ("person_hesitates", 1, ["o-field"]),  # until 15 November
        ("too_far", 1, ["o-field", "o-shed"]),  # everything at this place
        ("not_interested", 1, ["o-field"]),
        ("not_now_health", 1, []),
        ("information_outdated", 1, ["o-field"]),  # last confirmed on 28 October
        ("a_reason_of_the_city", 1, ["o-field"]),
    ],
)
def test_what_was_set_aside_stays_away(reason: str, day: int, kept: list[str]) -> None:
    assert away(reason, day) == kept


def test_what_was_set_aside_comes_back() -> None:
    early = decided(ProposalStatus.SET_ASIDE, "o-field", "person_hesitates", 1)
    past = replace(early, decided_at=datetime(2026, 10, 29, 1, tzinfo=UTC))  # 14 days before
    weighed = weigh(inputs([person("p1")], [need("p1")], decided=[past]), POLICY)
    assert why_not(weighed, "p1", "o-field") == ""
    stale = replace(past, set_aside_reason="information_outdated")
    asked = (replace(FIELD, last_confirmed_on=date(2026, 11, 2)), SHED)
    again = weigh(inputs([person("p1")], [need("p1")], city(asked), [stale]), POLICY)
    assert why_not(again, "p1", "o-field") == ""


def test_what_was_set_aside_is_said_so() -> None:
    before = [decided(ProposalStatus.SET_ASIDE, "o-field", "too_far")]
    weighed = weigh(inputs([person("p1")], [need("p1")], decided=before), POLICY)
    assert why_not(weighed, "p1", "o-field") == "前に見送った場所です（遠すぎる）。"


def test_an_advanced_proposal_holds_its_place() -> None:
    before = [decided(ProposalStatus.ADVANCED, "o-field")]
    weighed = weigh(inputs([person("p2")], [need("p2")], decided=before), POLICY)
    assert why_not(weighed, "p2", "o-field").startswith("この枠は、ほかの方の案を進めているため")


def test_ranking_one_person() -> None:
    weighed = one({}, {"available": frozenset({(2, Band.MORNING), (3, Band.AFTERNOON)})})
    ranking = rank_for_participant(weighed, "p1")
    assert [story.opening_id for story in ranking.ranked] == ["o-field", "o-shed"]
    assert ranking.ranked[0].explanation.word is Word.GOOD
    assert ranking.ranked[0].short == "「畑・庭の手入れ」／水曜の午前／歩き18分"
    assert ranking.candidates + sum(count for _, count in ranking.refused) == len(OPENINGS)
    refused = refused_for_participant(weighed, "p1")
    assert [story.opening_id for story in refused] == ["o-talk", "o-tea"]
    assert dict(ranking.refused) == {"time": 1, "outside_area": 1}
    assert len(rank_for_participant(weighed, "p1", top=1).ranked) == 1


def test_ranking_one_opening_puts_who_waits_longer_first() -> None:
    people = [person("p1"), person("p2", since_on=date(2026, 5, 1)), person("p3", town_id="d")]
    needs = [need("p1"), need("p2"), need("p3", travel_limit_minutes=10)]
    weighed = weigh(inputs(people, needs), POLICY)
    ranking = rank_for_opening(weighed, "o-field")
    assert [story.participant_id for story in ranking.ranked] == ["p2", "p1"]
    assert (ranking.candidates, ranking.refused) == (2, (("travel", 1),))
    assert [story.participant_id for story in refused_for_opening(weighed, "o-field")] == ["p3"]


def test_who_or_what_took_no_part_is_not_found() -> None:
    weighed = one()
    with pytest.raises(NotFound, match="participant_not_weighed"):
        rank_for_participant(weighed, "p9")
    with pytest.raises(NotFound, match="opening_not_weighed"):
        tell_pair(weighed, "p1", "o9")


def test_wishes_of_different_strength_are_told_strongest_first() -> None:
    wishes = (Wish("repairing", 2), Wish("gardening", 5))
    both = replace(FIELD, menu=("repairing", "gardening"))
    story = tell_pair(one({}, {"wishes": wishes}, (both,)), "p1", "o-field")
    assert story.reason.startswith("やりたい「畑・庭の手入れ」「物をなおす」で、")
