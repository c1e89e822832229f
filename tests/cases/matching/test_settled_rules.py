"""What the office settled, through the bridge and the solver, into proposals and their words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from cases.bond import Bond, BondKind
from cases.contradiction import RulesContradict
from cases.errors import CaseError
from cases.matching.arrangements import Arrangements, arrange, is_in_force, undo
from cases.matching.everyone import MatchOutcome, run_matching
from cases.matching.half_days import choose_half_days
from cases.matching.overriding import may_override, own_overriding
from cases.matching.problem_of import bridge
from cases.matching.rankings import rank_for_participant
from cases.matching.stories import tell_pair
from cases.matching.weighing import weigh
from cases.placing_rule import PlacingKind, PlacingRule
from cases.proposal import Proposal, ProposalStatus
from catalog.actor import Actor, Role
from catalog.opening import Opening
from catalog.organisation import Organisation
from catalog.schedule import Band
from matcher.eligibility import Reason
from matcher.policy import own_policy, policy_from
from matcher.rules import (
    AllOrNone,
    Apart,
    Fixed,
    Forbidden,
    GroupFloor,
    HostLimit,
    SameOpening,
    SameSlot,
)
from tests.cases.small_city import FIELD, SHED, TALK, TEA, TODAY, city, inputs, need, person

AT = datetime(2026, 11, 1, tzinfo=UTC)
POLICY = own_policy()
HOST = Organisation("h-farm", "農園", "", "farm")
ANY_TIME = frozenset((day, band) for day in range(7) for band in Band)


def lock(who: str, opening: str, **fields: Any) -> PlacingRule:
    """Return a lock, or another rule about a person and an opening."""
    given: dict[str, Any] = {"kind": PlacingKind.LOCK, "id": f"{who}-{opening}"}
    place = {"opening_id": None if "host_id" in fields else opening}
    common = {"participant_id": who, "reason": "本人の希望", "made_by": "u1", "made_at": AT}
    return PlacingRule(**(given | place | common | fields))


def bond(kind: BondKind, *people: str, **fields: Any) -> Bond:
    """Return a bond."""
    given: dict[str, Any] = {"id": f"b-{kind}", "reason": "世帯", "made_by": "u1", "made_at": AT}
    return Bond(kind=kind, participant_ids=people, **(given | fields))


def settled(*rules: PlacingRule | Bond, **fields: Any) -> Arrangements:
    """Return what holds today."""
    outside: dict[str, Any] = {"under_way": {}, "asking": ()}
    placing = [each for each in rules if isinstance(each, PlacingRule)]
    bonds = [each for each in rules if isinstance(each, Bond)]
    return arrange(placing, bonds, TODAY, **(outside | fields))


def match(
    count: int,
    arranged: Arrangements,
    openings: Sequence[Opening] = (FIELD, SHED),
    of_need: dict[str, Any] | None = None,
    **of_city: Any,
) -> MatchOutcome:
    """Match some people who could go to any of the openings."""
    people = [person(f"p{at}") for at in range(1, count + 1)]
    needs = [need(each.id, available=ANY_TIME, **(of_need or {})) for each in people]
    where = city(openings, **of_city)
    return run_matching(inputs(people, needs, where, arranged=arranged), POLICY)


def placed(outcome: MatchOutcome) -> dict[str, str]:
    """Return who goes where."""
    return {each.participant_id: each.opening_id for each in outcome.proposals}


def test_a_lock_is_kept_and_said() -> None:
    """The others are searched for around it."""
    assert placed(match(1, settled())) == {"p1": "o-field"}
    outcome = match(2, settled(lock("p1", "o-shed")))
    assert placed(outcome) == {"p1": "o-shed", "p2": "o-field"}
    assert outcome.proposals[0].reason.startswith("決めておいた枠です。")
    assert "決めておいた" not in outcome.proposals[1].reason
    assert outcome.certified
    assert [(each.kind, each.participant_ids) for each in outcome.used] == [("lock", ("p1",))]
    assert outcome.problem.rules == (Fixed("p1", "o-shed"),)


@pytest.mark.parametrize("place", [{}, {"host_id": "h-farm"}])
def test_an_exclusion_keeps_an_opening_or_a_whole_host_away(place: dict[str, str]) -> None:
    """The ranking still shows the opening, marked, so that it can be undone."""
    arranged = settled(lock("p1", "o-field", kind=PlacingKind.EXCLUSION, **place))
    outcome = match(1, arranged)
    assert placed(outcome) == ({} if place else {"p1": "o-shed"})
    if place:
        assert [each.reason for each in outcome.unplaced] == ["rule"]
    people, needs = [person("p1")], [need("p1", available=ANY_TIME)]
    weighed = weigh(inputs(people, needs, city((FIELD, SHED)), arranged=arranged), POLICY)
    told = {each.opening_id: each.settled for each in rank_for_participant(weighed, "p1").ranked}
    assert told == {"o-field": "exclusion", "o-shed": "exclusion" if place else ""}


def test_an_override_lets_a_refused_pair_be_possible() -> None:
    """Only the rules that were named give way; the words say who decided so."""
    kind = PlacingKind.OVERRIDE
    only: dict[str, Any] = {"openings": (SHED,), "of_need": {"noise_limit": 1}}
    assert placed(match(1, settled(), **only)) == {}
    noise = lock("p1", "o-shed", kind=kind, overrides=("noise",))
    outcome = match(1, settled(noise), **only)
    assert placed(outcome) == {"p1": "o-shed"}
    assert outcome.proposals[0].reason.startswith(
        "相談室の判断で、「音・人の多さ」は合うことにしています。"
    )
    assert [each.kind for each in outcome.used] == ["override"]
    time = lock("p1", "o-shed", kind=kind, overrides=("time",))
    assert placed(match(1, settled(time), **only)) == {}
    full = lock("p1", "o-shed", kind=kind, overrides=("noise", "full"))
    assert placed(match(1, settled(full), (replace(SHED, taken=2),), only["of_need"])) == {}


def test_an_overridden_pair_that_another_rule_refuses_can_be_told() -> None:
    """What is set aside is named beside what still refuses."""
    arranged = settled(lock("p1", "o-shed", kind=PlacingKind.OVERRIDE, overrides=("noise",)))
    people = [person("p1")]
    needs = [need("p1", noise_limit=1)]
    weighed = weigh(inputs(people, needs, city((SHED,)), arranged=arranged), POLICY)
    story = tell_pair(weighed, "p1", "o-shed")
    assert (story.rules, story.overridden) == (("time",), ("noise",))
    assert story.change == "木曜の午後も 出かけられるなら"


def test_each_rule_of_the_matching_may_be_set_aside_or_never() -> None:
    """What must be avoided, what is closed and what is full never are; the law stays."""
    data = own_overriding()
    assert sorted([*data.may, *data.never]) == list(Reason)
    assert {Reason.NOT_OPEN, Reason.FULL, Reason.AVOIDED, Reason.AVOIDED_ACTIVITY} <= data.never
    receiving = inputs([person("p1")], [need("p1")]).receiving[0]
    assert may_override([Reason.AGE, Reason.TIME], receiving)
    assert not may_override([Reason.TIME, Reason.AVOIDED], receiving)
    assert not may_override([], receiving)
    assert receiving.resource is not None
    hall = replace(receiving, resource=replace(receiving.resource, kind="childrens_hall"))
    assert not may_override([Reason.AGE], hall)
    assert may_override([Reason.TIME], hall)


def test_people_of_one_household_go_together() -> None:
    """Alone each would have the field; together there is only the shed, for two."""
    together = settled(bond(BondKind.SAME_OPENING, "p1", "p2"))
    outcome = match(2, together)
    assert placed(outcome) == {"p1": "o-shed", "p2": "o-shed"}
    assert outcome.certified
    assert placed(match(2, together, (FIELD,))) == {}


def test_people_are_kept_apart_at_an_opening_or_a_host() -> None:
    """The field and the shed belong to one host."""
    shed = replace(SHED, capacity=9)
    assert set(placed(match(2, settled(), (shed,)))) == {"p1", "p2"}
    apart = settled(bond(BondKind.APART_OPENING, "p1", "p2"))
    assert len(placed(match(2, apart, (shed,)))) == 1
    assert sorted(placed(match(2, apart)).values()) == ["o-field", "o-shed"]
    assert len(placed(match(2, settled(bond(BondKind.APART_HOST, "p1", "p2"))))) == 1


def test_all_or_none_leaves_nobody_behind() -> None:
    """One place for two people is no place."""
    assert placed(match(2, settled(bond(BondKind.ALL_OR_NONE, "p1", "p2")), (FIELD,))) == {}


def test_on_one_half_day_two_openings_will_do() -> None:
    """Both take place on Wednesday mornings; the shed on Thursdays does not."""
    other = replace(FIELD, id="o-other")
    together = settled(bond(BondKind.SAME_SLOT, "p1", "p2"))
    assert sorted(placed(match(2, together, (FIELD, other))).values()) == ["o-field", "o-other"]
    assert placed(match(2, together, (FIELD, replace(SHED, capacity=1)))) == {}


def test_the_half_day_that_all_can_use_is_chosen() -> None:
    """By arrangement everyone could come at any time; the opening with a schedule decides."""
    by_arrangement = replace(TALK, schedule=None)
    people = [person("p1"), person("p2")]
    needs = [
        need("p1", available=frozenset({(0, Band.MORNING), (2, Band.MORNING)})),
        need("p2", available=frozenset({(2, Band.MORNING), (4, Band.EVENING)})),
    ]
    given = inputs(people, needs, city((FIELD, by_arrangement)))
    candidates = weigh(given, POLICY).considered.eligibility.candidates()
    chosen = choose_half_days(
        given.profiles, given.offers, candidates, [bond(BondKind.SAME_SLOT, "p1", "p2")]
    )
    wednesday_morning = 2 * 3 + Band.MORNING
    assert chosen.tolist() == [[wednesday_morning] * 2] * 2
    assert (choose_half_days(given.profiles, given.offers, candidates, []) == -1).all()


@pytest.mark.parametrize(
    ("kind", "going", "expected"),
    [
        (BondKind.SAME_OPENING, "o-shed", "o-shed"),
        (BondKind.SAME_SLOT, "o-shed", "o-shed"),
        (BondKind.APART_OPENING, "o-field", "o-shed"),
        (BondKind.APART_HOST, "o-field", None),
        (BondKind.ALL_OR_NONE, "o-shed", "o-field"),
    ],
)
def test_a_partner_who_goes_forward_already_is_followed(
    kind: BondKind, going: str, expected: str | None
) -> None:
    """The partner takes no part in the search any more, but counts."""
    arranged = settled(bond(kind, "p1", "gone"), under_way={"gone": going}, asking=("p1", "gone"))
    assert placed(match(1, arranged)) == ({"p1": expected} if expected else {})


def test_a_partner_who_cannot_be_matched_now_is_waited_for() -> None:
    """Unless they wait no more; apart one need not wait for anybody."""
    together = bond(BondKind.SAME_OPENING, "p1", "resting")
    assert placed(match(1, settled(together, asking=("p1", "resting")))) == {}
    assert placed(match(1, settled(together, asking=("p1",)))) == {"p1": "o-field"}
    apart = bond(BondKind.APART_OPENING, "p1", "resting")
    assert placed(match(1, settled(apart, asking=("p1", "resting")))) == {"p1": "o-field"}


def test_a_host_has_so_many_people_at_once() -> None:
    """Who is there and who is on the way count; one place is left."""
    host = replace(HOST, most_at_once=3)
    roomy = replace(SHED, capacity=9, taken=1)
    on_the_way = Proposal(
        id="a", run_id="r", participant_id="x", opening_id="o-shed", score=1, parts=(),
        status=ProposalStatus.ADVANCED, decided_at=AT,
    )  # fmt: skip
    people = [person(f"p{at}") for at in (1, 2, 3)]
    needs = [need(each.id, available=ANY_TIME) for each in people]
    where = city((roomy,), hosts={host.id: host})
    outcome = run_matching(inputs(people, needs, where, [on_the_way]), POLICY)
    assert len(outcome.proposals) == 1
    assert outcome.problem.rules == (HostLimit("h-farm", 1, "all"),)
    assert [(each.kind, each.host_id) for each in outcome.used] == [("most_at_once", "h-farm")]


def test_a_host_takes_so_many_newcomers_a_month() -> None:
    """One came already; whoever keeps a proposal of the last run has not begun yet."""
    hosts = {HOST.id: replace(HOST, newcomers_a_month=2)}
    roomy = (replace(SHED, capacity=9),)
    outcome = match(3, settled(came={"h-farm": 1}), roomy, hosts=hosts)
    assert len(outcome.proposals) == 1
    assert outcome.problem.rules == (HostLimit("h-farm", 1, "newcomers"),)
    kept = settled(came={"h-farm": 1}, previous={"p1": "o-shed"})
    assert placed(match(3, kept, roomy, hosts=hosts)) == {"p1": "o-shed"}


def test_floors_are_of_numbered_groups() -> None:
    """Each 圏域 with people in it; whose address is protected counts in none."""
    floors = {"from": date(2026, 4, 1), "source": "市の会議", "floors": {"district": 0.5}}
    people = [
        person("p1"),
        person("p2", town_id="d"),
        person("p3", town_id="d", address_protected=True),
    ]
    given = inputs(people, [need(each.id) for each in people])
    problem = bridge(weigh(given, policy_from(floors))).problem
    assert problem.group_names == ("district:1", "district:2")
    assert problem.rules == (GroupFloor("district:1", 0.5), GroupFloor("district:2", 0.5))
    assert sorted(problem.membership[:, 0].tolist()) == [0, 1]
    by_need = {**floors, "floors": {"need": 1}}
    assert bridge(weigh(given, policy_from(by_need))).problem.rules == (GroupFloor("need:4", 1),)
    assert bridge(weigh(given, POLICY)).problem.group_names == ()


def test_proposals_of_the_last_run_are_kept_where_nobody_loses_by_it() -> None:
    """The better fit alone moves nobody."""
    assert placed(match(1, settled())) == {"p1": "o-field"}
    outcome = match(1, settled(previous={"p1": "o-shed"}))
    assert placed(outcome) == {"p1": "o-shed"}
    assert outcome.problem.objectives == ("placed", "floors", "stay", "score")
    only_field = replace(SHED, capacity=1)
    moved = match(2, settled(previous={"p1": "o-shed", "p2": "o-shed"}), (FIELD, only_field))
    assert len(placed(moved)) == 2


def test_every_rule_of_the_office_is_one_of_the_contract() -> None:
    """The bridge gives each kind its rule, in a fixed order, with where it comes from."""
    arranged = settled(
        lock("p1", "o-field"),
        lock("p2", "o-field", kind=PlacingKind.EXCLUSION),
        bond(BondKind.SAME_OPENING, "p2", "p3"),
        bond(BondKind.SAME_SLOT, "p2", "p3"),
        bond(BondKind.ALL_OR_NONE, "p1", "p2"),
        bond(BondKind.APART_OPENING, "p1", "p2"),
        bond(BondKind.APART_HOST, "p1", "p3"),
    )
    people = [person(f"p{at}") for at in (1, 2, 3)]
    needs = [need(each.id, available=ANY_TIME) for each in people]
    given = bridge(weigh(inputs(people, needs, city((FIELD, SHED)), arranged=arranged), POLICY))
    assert given.problem.rules == (
        Fixed("p1", "o-field"),
        Forbidden("p2", "o-field"),
        SameOpening(("p2", "p3")),
        SameSlot(("p2", "p3")),
        AllOrNone(("p1", "p2")),
        Apart(("p1", "p2"), "opening"),
        Apart(("p1", "p3"), "host"),
    )
    assert [each.kind for each in given.sources] == [
        "lock", "exclusion", "same_opening", "same_slot", "all_or_none", "apart_opening",
        "apart_host",
    ]  # fmt: skip


def test_a_contradiction_names_the_fewest_rules() -> None:
    """Two people cannot both have the only place; the third lock is not in the way."""
    arranged = settled(lock("p1", "o-field"), lock("p2", "o-field"), lock("p3", "o-shed"))
    with pytest.raises(RulesContradict) as caught:
        match(3, arranged)
    assert [each.rule.rule_id for each in caught.value.conflict] == ["p1-o-field", "p2-o-field"]


def test_a_lock_that_a_rule_refuses_is_told_with_the_rule() -> None:
    """Nobody can keep it, whatever the others do."""
    with pytest.raises(RulesContradict) as caught:
        match(1, settled(lock("p1", "o-tea")), (FIELD, TEA))
    (only,) = caught.value.conflict
    assert only.why == "お住まいの町は、この場所の範囲の外です。"
    with pytest.raises(RulesContradict) as caught:
        match(1, settled(lock("p1", "o-gone")))
    assert caught.value.conflict[0].why == "この枠は、今は受け付けていません。"


def test_a_lock_of_somebody_who_is_not_matched_waits() -> None:
    """Somebody without consent has a lock as well; it does nothing until they are matched."""
    outcome = match(1, settled(lock("p9", "o-field")))
    assert placed(outcome) == {"p1": "o-field"}
    assert outcome.used == ()


def test_what_was_settled_decides_the_digest() -> None:
    """So that a run is computed again after a change, also of a rule that changes no placing."""
    first = match(2, settled())
    again = match(2, settled())
    apart = match(2, settled(bond(BondKind.APART_OPENING, "p1", "p2")))
    assert first.digest == again.digest != apart.digest
    assert match(2, settled(previous={"p1": "o-field"})).digest != first.digest


def test_a_rule_holds_until_its_last_day_or_until_it_is_undone() -> None:
    """Both ends are told by the rule itself."""
    rule = lock("p1", "o-field", until_on=TODAY)
    assert is_in_force(rule, TODAY)
    assert not is_in_force(rule, date(2026, 11, 13))
    actor = Actor("u1", "水野", Role.COORDINATOR, "999999")
    undone = undo(rule, actor, AT)
    assert not is_in_force(undone, TODAY)
    assert (undone.undone_by, undone.undone_at) == ("u1", AT)
    with pytest.raises(CaseError, match="rule_already_undone"):
        undo(undone, actor, AT)
    assert settled(undone, replace(rule, until_on=date(2026, 11, 11))).rules == ()


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"reason": " "}, "rule_without_reason"),
        ({"opening_id": None}, "rule_needs_one_place"),
        ({"host_id": "h-farm"}, "rule_needs_one_place"),
        ({"opening_id": None, "host_id": "h-farm"}, "rule_needs_an_opening"),
        ({"overrides": ("time",)}, "override_without_rules"),
        ({"kind": PlacingKind.OVERRIDE}, "override_without_rules"),
    ],
)
def test_impossible_rules_are_refused(fields: dict[str, Any], code: str) -> None:
    with pytest.raises(CaseError, match=code):
        replace(lock("p1", "o-field"), **fields)


@pytest.mark.parametrize(
    ("people", "reason", "code"),
    [(("p1", "p1"), "世帯", "bond_needs_two"), (("p1", "p2"), "", "rule_without_reason")],
)
def test_impossible_bonds_are_refused(people: tuple[str, ...], reason: str, code: str) -> None:
    with pytest.raises(CaseError, match=code):
        bond(BondKind.APART_HOST, *people, reason=reason)
