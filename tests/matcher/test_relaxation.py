"""The lightest changes of a refused pair are found exactly, and the rules agree."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher import relaxation
from matcher.change import Change, Kind, Latitude, Side, changed, side_of
from matcher.consideration import Consideration, consider
from matcher.eligibility import Reason, check_eligibility
from matcher.errors import MatcherError
from matcher.policy import Policy, RelaxRules, own_policy
from matcher.profiles import people_blocks
from matcher.relaxation import changes_of, near_misses, relax, relax_all
from tests.matcher import relaxation_reference as reference
from tests.matcher.pair_strategies import Inputs, inputs
from tests.matcher.tables import (
    THURSDAY_AFTERNOON,
    THURSDAY_MORNING,
    WEDNESDAY_AFTERNOON,
    WEDNESDAY_MORNING,
    offers,
    pairs,
    profiles,
    usual_pairs,
)

Row = dict[str, Any]
POLICY = own_policy()
LEAVING_BIT, COMPANY_BIT = 0b0100, 0b1000
WHOLE_WEDNESDAY = WEDNESDAY_MORNING | WEDNESDAY_AFTERNOON


def weighing(**weights: tuple[float, float]) -> Policy:
    """Return a policy with other weights of changes."""
    return dataclasses.replace(POLICY, relax=dataclasses.replace(POLICY.relax, **weights))


def considered(person: Row, place: Row, pair: Row, policy: Policy = POLICY) -> Consideration:
    return consider(profiles(person), offers(place), pairs([pair]), policy)


def latitude(fixed: frozenset[Reason] = frozenset()) -> Latitude:
    bits = np.array([sum(1 << rule for rule in fixed)], np.uint32)
    return Latitude(bits, companion_brings=COMPANY_BIT, leave_early_brings=LEAVING_BIT)


FAR = {"travel_minutes": 41.5}
CASES: list[tuple[Row, Row, Row, tuple[tuple[Kind, int], ...]]] = [
    ({}, {"open": False}, {}, ((Kind.OPEN, 1),)),
    ({}, {"free": 0}, {}, ((Kind.PLACE, 1),)),
    ({}, {}, {"in_area": False}, ((Kind.AREA, 1),)),
    ({"age": 62}, {"min_age": 65}, {}, ((Kind.AGE_LIMIT, 3),)),
    ({"age": 43}, {"max_age": 39}, {}, ((Kind.AGE_LIMIT, 4),)),
    ({"age": -1}, {"min_age": 65}, {}, ((Kind.ASK_AGE, 1),)),
    ({"age": -1}, {"max_age": 39}, {}, ((Kind.ASK_AGE, 1),)),
    ({"age": -1}, {"min_age": 0}, {}, ((Kind.ASK_AGE, 1),)),
    ({"age": -1}, {"min_age": 40, "max_age": 40}, {}, ((Kind.ASK_AGE, 1),)),
    ({"sex": 0}, {"sex": 2}, {}, ((Kind.ASK_SEX, 1),)),
    ({"with_child": True}, {"child": 2}, {}, ((Kind.CHILD, 1),)),
    ({"with_child": False}, {"child": 1}, {}, ((Kind.CHILD, 1),)),
    ({"fields": 0b01}, {"fields": 0b10}, {}, ((Kind.FIELD, 1),)),
    ({"stage": 0}, {"first_stage": 3, "last_stage": 4}, {}, ((Kind.LOWER_START, 1),)),
    ({"stage": 0}, {"first_stage": 4, "last_stage": 4}, {}, ((Kind.LOWER_START, 2),)),
    ({"stage": 4}, {"last_stage": 3}, {}, ((Kind.GO_ON, 1),)),
    ({"stage": 4, "next_step": 0}, {"last_stage": 1}, {}, ((Kind.STEP_BACK, 1),)),
    ({}, {"slots": [THURSDAY_AFTERNOON, 0]}, {}, ((Kind.SLOT, 1),)),
    ({}, {"slots": [WHOLE_WEDNESDAY, 0]}, {}, ((Kind.LEAVE_EARLY, 1),)),
    ({}, {"slots": [0, 0]}, {}, ((Kind.ARRANGED, 1),)),
    ({"max_minutes": 60}, {"min_minutes": 70}, {}, ((Kind.LONGER_VISIT, 10),)),
    ({"max_minutes": 30}, {"min_minutes": 200}, {}, ((Kind.SHORTER_VISIT, 170),)),
    ({}, {}, FAR, ((Kind.LONGER_WAY, 12),)),
    ({}, {}, {"travel_minutes": 90}, ((Kind.PICKUP, 1),)),
    ({}, {}, {"travel_minutes": math.inf}, ((Kind.PICKUP, 1),)),
    ({"needs": 0b10111}, {"provides": 0b1}, {}, ((Kind.PROVIDE, 3),)),
    ({"noise_limit": 1}, {"noise": 3}, {}, ((Kind.QUIETER, 2),)),
    ({"crowd_limit": 2}, {"crowd": 3}, {}, ((Kind.ROOMIER, 1),)),
    ({"companion": 2}, {"companion_welcome": False}, {}, ((Kind.COMPANION, 1),)),
    ({"cost_limit_yen": 0}, {"cost_yen": 100}, {}, ((Kind.PAY_MORE, 100),)),
    ({"cost_limit_yen": 0}, {"cost_yen": 900}, {}, ((Kind.CHEAPER, 900),)),
    (
        {"age": 64},
        {"min_age": 65, "free": 0},
        FAR,
        ((Kind.PLACE, 1), (Kind.AGE_LIMIT, 1), (Kind.LONGER_WAY, 12)),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("person", "place", "pair", "expected"), CASES)
def test_each_rule_has_its_change_of_the_right_size(
    person: Row, place: Row, pair: Row, expected: tuple[tuple[Kind, int], ...]
) -> None:
    case = considered(person, place, pair)
    found = relax(case, 0, 0)
    assert tuple((change.kind, change.size) for change in found.changes) == expected
    assert found.rules == case.eligibility.reasons(0, 0)
    assert found.never == ()
    by_policy = [getattr(POLICY.relax, kind.name.lower()) for kind, _ in expected]
    weights = [
        once + each * size for (once, each), (_, size) in zip(by_policy, expected, strict=True)
    ]
    assert [change.weight for change in found.changes] == pytest.approx(weights)
    assert found.weight == pytest.approx(sum(weights))


def test_the_cases_hold_every_rule_that_can_give_way() -> None:
    told = {
        rule
        for person, place, pair, _ in CASES
        for rule in considered(person, place, pair).eligibility.reasons(0, 0)
    }
    assert told == set(Reason) - {Reason.AVOIDED, Reason.AVOIDED_ACTIVITY}


@pytest.mark.parametrize(
    ("person", "place", "pair", "rule"),
    [
        ({}, {"free": 0}, {"avoided": True}, Reason.AVOIDED),
        ({"avoids": [True, False, False]}, {"free": 0}, {}, Reason.AVOIDED_ACTIVITY),
        ({"sex": 1}, {"sex": 2, "free": 0}, {}, Reason.SEX),
        ({"age": -1}, {"min_age": 65, "max_age": 64, "free": 0}, {}, Reason.AGE),
    ],
)
def test_what_must_never_change_makes_the_pair_impossible(
    person: Row, place: Row, pair: Row, rule: Reason
) -> None:
    case = considered(person, place, pair)
    found = relax(case, 0, 0)
    assert set(found.rules) == {rule, Reason.FULL}
    assert (found.never, found.changes, found.weight) == ((rule,), (), math.inf)
    assert [way.rule for way in found.ways] == [Reason.FULL]
    every = relax_all(case)
    assert (every.weight[0, 0], every.kinds[0, 0]) == (math.inf, 0)
    assert len(near_misses(case, 0, 1)) == 0


def test_a_pair_that_fits_needs_nothing() -> None:
    case = considered({}, {}, {})
    found = relax(case, 0, 0)
    assert (found.rules, found.changes, found.weight, found.ways) == ((), (), 0, ())
    every = relax_all(case)
    assert (every.weight[0, 0], every.kinds[0, 0]) == (0, 0)
    assert len(near_misses(case, 0, 1)) == 0


@pytest.mark.parametrize("rule", [Reason.AGE, Reason.FIELD, Reason.CHILD, Reason.NOT_OPEN])
def test_what_law_fixes_is_not_asked_of_the_host(rule: Reason) -> None:
    person, place, pair, _ = next(
        case for case in CASES if considered(*case[:3]).eligibility.reasons(0, 0) == (rule,)
    )
    case = considered(person, place, pair)
    assert relax(case, 0, 0, latitude()).never == ()
    assert relax(case, 0, 0, latitude(frozenset({rule}))).never == (rule,)
    assert near_misses(case, 0, 1, latitude(frozenset({rule}))).places.tolist() == []
    assert math.isinf(relax_all(case, latitude(frozenset({rule}))).weight[0, 0])


def test_a_fixed_rule_may_still_give_way_on_the_other_sides() -> None:
    slot = considered({}, {"slots": [THURSDAY_AFTERNOON, 0]}, {}, weighing(slot=(50, 50)))
    free, fixed = (relax(slot, 0, 0, latitude(frozenset(f))) for f in ((), {Reason.TIME}))
    assert [change.kind for change in free.changes] == [Kind.ARRANGED]
    assert [change.kind for change in fixed.changes] == [Kind.SLOT]
    unknown = considered({"age": -1}, {"min_age": 65}, {})
    asked = relax(unknown, 0, 0, latitude(frozenset({Reason.AGE})))
    assert [change.kind for change in asked.changes] == [Kind.ASK_AGE]
    far = considered({}, {}, {"travel_minutes": math.inf})
    fetched = relax(far, 0, 0, latitude(frozenset({Reason.UNREACHABLE})))
    assert [change.kind for change in fetched.changes] == [Kind.PICKUP]


def test_the_easiest_slot_is_told_of_equals_the_first_of_the_week() -> None:
    place = {"slots": [THURSDAY_MORNING | THURSDAY_AFTERNOON, THURSDAY_AFTERNOON]}
    (change,) = relax(considered({}, place, {}), 0, 0).changes
    assert change == Change(Kind.SLOT, 1, 10.0, THURSDAY_AFTERNOON)
    tied = {"slots": [THURSDAY_AFTERNOON, THURSDAY_MORNING]}
    assert relax(considered({}, tied, {}), 0, 0).changes[0].bits == THURSDAY_MORNING


def test_only_the_bands_that_the_person_lacks_are_asked() -> None:
    (change,) = relax(
        considered({}, {"slots": [WHOLE_WEDNESDAY, 0]}, {}, weighing(leave_early=(90, 0))), 0, 0
    ).changes
    assert (change.kind, change.size, change.bits) == (Kind.SLOT, 1, WEDNESDAY_AFTERNOON)


def test_leaving_early_may_serve_the_time_and_an_accommodation_at_once() -> None:
    person = {"needs": LEAVING_BIT}
    place = {"slots": [WHOLE_WEDNESDAY, 0], "provides": 0b11}
    case = considered(person, place, {})
    assert [c.kind for c in relax(case, 0, 0, latitude()).changes] == [Kind.LEAVE_EARLY]
    alone = relax(case, 0, 0, Latitude(np.zeros(1, np.uint32)))
    assert [c.kind for c in alone.changes] == [Kind.LEAVE_EARLY, Kind.PROVIDE]


def test_leaving_early_and_a_further_time_can_go_together() -> None:
    whole_thursday = {"slots": [THURSDAY_MORNING | THURSDAY_AFTERNOON, 0]}
    found = relax(considered({}, whole_thursday, {}, weighing(leave_early=(5, 0))), 0, 0)
    assert [(c.kind, c.bits) for c in found.changes] == [
        (Kind.SLOT, THURSDAY_MORNING),
        (Kind.LEAVE_EARLY, 0),
    ]


def test_company_brings_its_accommodation_and_others_are_still_asked() -> None:
    case = considered(
        {"companion": 2, "needs": COMPANY_BIT | 0b10000},
        {"companion_welcome": False, "provides": 0},
        {},
    )
    found = relax(case, 0, 0, latitude())
    assert [(c.kind, c.bits) for c in found.changes] == [
        (Kind.PROVIDE, 0b10000),
        (Kind.COMPANION, 0),
    ]


def test_company_alone_is_enough_where_nothing_else_is_lacking() -> None:
    person = {"companion": 2, "needs": COMPANY_BIT}
    case = considered(person, {"companion_welcome": False, "provides": 0}, {})
    assert [c.kind for c in relax(case, 0, 0, latitude()).changes] == [Kind.COMPANION]


def test_company_that_is_welcome_already_cannot_be_asked_for() -> None:
    case = considered({"needs": COMPANY_BIT}, {"companion_welcome": True, "provides": 0}, {})
    assert [c.kind for c in relax(case, 0, 0, latitude()).changes] == [Kind.PROVIDE]


def test_another_change_brings_no_accommodation_of_company() -> None:
    person = {"needs": COMPANY_BIT, "cost_limit_yen": 0}
    place = {"companion_welcome": True, "provides": 0, "cost_yen": 100}
    found = relax(considered(person, place, {}), 0, 0, latitude())
    assert [(c.kind, c.bits) for c in found.changes] == [
        (Kind.PROVIDE, COMPANY_BIT),
        (Kind.PAY_MORE, 0),
    ]


def test_what_one_rule_lacks_does_not_hide_the_ways_of_another() -> None:
    case = considered({"needs": 0b10000}, {"slots": [THURSDAY_AFTERNOON, 0]}, {})
    ways = [(way.rule, way.side, [c.kind for c in way.changes]) for way in relax(case, 0, 0).ways]
    assert ways == [
        (Reason.TIME, Side.PERSON, [Kind.SLOT]),
        (Reason.TIME, Side.HOST, [Kind.ARRANGED]),
        (Reason.ACCOMMODATION, Side.HOST, [Kind.PROVIDE]),
    ]


def test_what_is_there_already_brings_nothing_more() -> None:
    person = {"needs": LEAVING_BIT | COMPANY_BIT}
    place = {"leave_early": True, "companion_welcome": True, "provides": 0}
    found = relax(considered(person, place, {}), 0, 0, latitude())
    assert [(c.kind, c.size) for c in found.changes] == [(Kind.PROVIDE, 2)]


def test_each_side_is_told_what_it_could_do_by_itself() -> None:
    found = relax(considered({}, {"slots": [THURSDAY_AFTERNOON, 0], "min_age": 50}, FAR), 0, 0)
    ways = [(way.rule, way.side, [c.kind for c in way.changes]) for way in found.ways]
    assert ways == [
        (Reason.AGE, Side.HOST, [Kind.AGE_LIMIT]),
        (Reason.TIME, Side.PERSON, [Kind.SLOT]),
        (Reason.TIME, Side.HOST, [Kind.ARRANGED]),
        (Reason.TRAVEL, Side.PERSON, [Kind.LONGER_WAY]),
        (Reason.TRAVEL, Side.TRANSPORT, [Kind.PICKUP]),
    ]


def test_sides_cover_all_kinds_and_weights_have_their_names() -> None:
    assert {side_of(kind) for kind in Kind} == set(Side)
    names = [field.name for field in dataclasses.fields(RelaxRules)]
    assert names == [kind.name.lower() for kind in Kind]


@pytest.mark.parametrize(
    ("weights", "kind"),
    [
        ({"longer_way": (4, 1), "pickup": (10.001, 0)}, Kind.LONGER_WAY),
        ({"longer_way": (4, 1), "pickup": (9.999, 0)}, Kind.PICKUP),
        ({"longer_way": (4, 1), "pickup": (10, 0)}, Kind.LONGER_WAY),  # a tie: first in order
    ],
)
def test_the_lighter_change_is_taken_at_the_edge(
    weights: dict[str, tuple[float, float]], kind: Kind
) -> None:
    found = relax(considered({}, {}, {"travel_minutes": 36}, weighing(**weights)), 0, 0)
    assert [change.kind for change in found.changes] == [kind]


def test_fewer_changes_win_a_tie() -> None:
    two = {"slots": [THURSDAY_MORNING | THURSDAY_AFTERNOON, 0]}
    tied = weighing(arranged=(10, 0), slot=(0, 4), leave_early=(6, 0))
    # One further band and leaving early: 10; two bands: 8; by arrangement: 10.
    assert [c.kind for c in relax(considered({}, two, {}, tied), 0, 0).changes] == [Kind.SLOT]
    tied = weighing(arranged=(10, 0), slot=(0, 5), leave_early=(5, 0))
    assert [c.kind for c in relax(considered({}, two, {}, tied), 0, 0).changes] == [Kind.SLOT]
    tied = weighing(arranged=(10, 0), slot=(2, 5), leave_early=(3, 0))
    assert [c.kind for c in relax(considered({}, two, {}, tied), 0, 0).changes] == [Kind.ARRANGED]


@pytest.mark.parametrize(
    ("weight", "kinds"),
    [(19, [Kind.LEAVE_EARLY]), (20, [Kind.LEAVE_EARLY]), (21, [Kind.SLOT, Kind.PROVIDE])],
)
def test_fewer_changes_win_a_tie_also_where_they_are_looked_at_last(
    weight: float, kinds: list[Kind]
) -> None:
    """Leaving early does for both rules what a time and an accommodation do, at 20."""
    person, place = {"needs": LEAVING_BIT}, {"slots": [WHOLE_WEDNESDAY, 0], "provides": 0b11}
    weights = weighing(slot=(2, 8), provide=(6, 4), leave_early=(weight, 0))
    case = considered(person, place, {}, weights)
    assert [change.kind for change in relax(case, 0, 0, latitude()).changes] == kinds


def test_near_misses_come_by_weight_then_fit_then_id() -> None:
    full, fuller = {"free": 0}, {"free": 0, "cost_yen": 2000}
    dear = {"cost_yen": 1000, "menu": [False, False, True]}
    places = offers(
        {**fuller, "id": "a"},
        {**full, "id": "d", "menu": [False, False, True]},
        {**full, "id": "c"},
        {**full, "id": "b"},
        {"id": "e"},
        {**dear, "id": "f"},
    )
    case = consider(profiles({}), places, usual_pairs(1, 6), POLICY)
    found = near_misses(case, 0, 10)
    assert [places.ids[at] for at in found.places] == ["b", "c", "d", "f", "a"]
    assert found.weights.tolist() == [10, 10, 10, 17, 37]
    assert found.kinds.tolist()[:3] == [1 << Kind.PLACE] * 3
    assert near_misses(case, 0, 2).places.tolist() == [3, 2]
    one = near_misses(case, 0, 10, most_changes=1)
    assert [places.ids[at] for at in one.places] == ["b", "c", "d", "f"]
    assert len(near_misses(case, 0, 10, most_changes=2)) == 5


def test_at_least_one_near_miss_is_asked_for() -> None:
    with pytest.raises(MatcherError, match="top_too_small"):
        near_misses(considered({}, {}, {}), 0, 0)


def test_many_people_are_weighed_in_blocks_with_the_same_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    people = profiles(*({"age": age} for age in range(30, 70, 4)))
    places = offers({"min_age": 40}, {"max_age": 50}, {"free": 0})
    case = consider(people, places, usual_pairs(10, 3), POLICY)
    whole = relax_all(case)
    monkeypatch.setattr(relaxation, "people_blocks", lambda n, m: people_blocks(n, m, 9))
    parts = relax_all(case)
    assert np.array_equal(whole.weight, parts.weight)
    assert np.array_equal(whole.kinds, parts.kinds)


@settings(max_examples=40, deadline=None)
@given(st.one_of(inputs(), inputs(welcoming=True)))
def test_after_the_changes_no_rule_refuses_and_all_answers_agree(given_: Inputs) -> None:
    case = consider(*given_, POLICY)
    fixed = np.zeros(len(case.offers), np.uint32)
    able = Latitude(fixed, companion_brings=0b01, leave_early_brings=0b10)
    every = relax_all(case, able)
    for i in range(len(case.profiles)):
        near = near_misses(case, i, 99, able)
        refused = {j for j in range(len(case.offers)) if case.eligibility.failed[i, j]}
        assert set(near.places.tolist()) == {j for j in refused if np.isfinite(every.weight[i, j])}
        told = list(zip(near.weights, -case.scores.total[i, near.places], strict=True))
        assert told == sorted(told)
        for j in range(len(case.offers)):
            found = relax(case, i, j, able)
            assert found.weight == every.weight[i, j]
            assert found.changes == changes_of(case, i, j, int(every.kinds[i, j]), able)
            if not found.never:
                after = changed(case, i, j, found.changes, able)
                assert not check_eligibility(*after, POLICY).failed.any()
                # None of the changes is idle.
                for left in range(len(found.changes)):
                    rest = found.changes[:left] + found.changes[left + 1 :]
                    less = changed(case, i, j, rest, able)
                    assert check_eligibility(*less, POLICY).failed.any()


def _some_of(options: dict[str, list[Any]], most: int) -> st.SearchStrategy[Row]:
    """Draw a few columns that differ from the usual ones."""
    return st.lists(st.sampled_from(sorted(options)), max_size=most, unique=True).flatmap(
        lambda names: st.fixed_dictionaries({n: st.sampled_from(options[n]) for n in names})
    )


PEOPLE = _some_of(
    {
        "age": [-1, 40, 60, 64],
        "sex": [0, 1, 2],
        "available": [0, WEDNESDAY_AFTERNOON, THURSDAY_MORNING],
        "max_minutes": [0, 50, 51],
        "travel_limit_minutes": [10, 11, math.inf],
        "needs": [0b0001, LEAVING_BIT, COMPANY_BIT, COMPANY_BIT | LEAVING_BIT | 0b10000],
        "noise_limit": [1, 3],
        "crowd_limit": [1],
        "companion": [1, 2],
        "with_child": [True],
        "cost_limit_yen": [-1, 0, 1],
        "stage": [1, 2, 4],
        "next_step": [-1, 0],
        "fields": [0b10],
        "avoids": [[False, True, False]],
    },
    most=3,
)
OPENINGS = _some_of(
    {
        "free": [0],
        "open": [False],
        "min_age": [0, 50, 52],
        "max_age": [52, 64],
        "sex": [1, 2],
        "slots": [
            [WHOLE_WEDNESDAY, THURSDAY_AFTERNOON],
            [THURSDAY_MORNING | THURSDAY_AFTERNOON, 0],
            [0, 0],
        ],
        "leave_early": [True],
        "provides": [0, 0b10],
        "noise": [3],
        "crowd": [3],
        "companion_welcome": [False],
        "child": [1, 2],
        "cost_yen": [100, 600],
        "first_stage": [3],
        "fields": [0b10, 0b100],
        "pickup": [True],
    },
    most=3,
)
PAIRS = _some_of(
    {"travel_minutes": [15.5, 31, math.inf], "in_area": [False], "avoided": [True]}, most=1
)
WEIGHTS = st.fixed_dictionaries(
    {kind.name.lower(): st.tuples(st.integers(8, 13), st.sampled_from([0, 0.05, 1, 2]))
     for kind in Kind}
)  # fmt: skip
FIXED = st.frozensets(st.sampled_from([Reason.AGE, Reason.FULL, Reason.TIME]), max_size=1)
MOST = 33_000.0


EVERYTHING = (PEOPLE, OPENINGS, PAIRS, WEIGHTS, FIXED)


@settings(max_examples=12, deadline=None)
@given(*EVERYTHING)
def test_no_lighter_set_of_changes_passes_the_rules(
    person: Row, place: Row, pair: Row, weights: Row, fixed: frozenset[Reason]
) -> None:
    search_every_set(person, place, pair, weights, fixed)


@pytest.mark.full
@settings(max_examples=300, deadline=None)
@given(*EVERYTHING)
def test_no_lighter_set_of_changes_passes_the_rules_at_length(
    person: Row, place: Row, pair: Row, weights: Row, fixed: frozenset[Reason]
) -> None:
    search_every_set(person, place, pair, weights, fixed)


def search_every_set(
    person: Row, place: Row, pair: Row, weights: Row, fixed: frozenset[Reason]
) -> None:
    """Compare the lightest changes with the best of all sets up to a weight."""
    policy = weighing(**weights)
    case = considered(person, place, pair, policy)
    every = relax_all(case, latitude(fixed))
    units, kinds = round(float(every.weight[0, 0]) * 1000, 3), int(every.kinds[0, 0])
    brings = {"leave_early": LEAVING_BIT, "companion_welcome": COMPANY_BIT}
    most = min(units, MOST)
    best = reference.lightest(person, place, pair, policy, _bit_of, most, fixed, brings)
    assert best == ((units, kinds) if units <= MOST else None)


def _bit_of(kind: str) -> int:
    return 1 << Kind[kind.upper()]
