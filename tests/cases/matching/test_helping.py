"""Helpers and groups: who may be asked, on which half days, and never twice at one place."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.consent import Consent
from cases.errors import CaseError, ConsentMissing
from cases.helper import Agreed, Helper, require_agreement
from cases.matching.helping import (
    Engaged,
    HelpInputs,
    HelpOutcome,
    helping_policy,
    lacking_groups,
    match_helpers,
    sort_helpers,
)
from cases.words.wording import unplaced_words
from catalog.opening import Opening, OpeningStatus, Welcome
from catalog.schedule import Band, slot_masks
from tests.cases.small_city import (
    FIELD,
    OPENINGS,
    TEA,
    TODAY,
    city,
    consent,
    person,
    weekly,
)

WEDNESDAY, FRIDAY = (2, Band.MORNING), (4, Band.MORNING)
GROUP = replace(
    FIELD,
    id="g1",
    helpers_wanted=1,
    taken=FIELD.capacity,
    status=OpeningStatus.FULL,
    welcome=Welcome(min_age=65),
)
"""Full for those who take part, and for people from 65: neither limits a helper."""
TEA_GROUP = replace(TEA, id="g2", helpers_wanted=2, schedule=FIELD.schedule)


def helper(id_: str = "h1", **changes: Any) -> Helper:
    """Return a helper who agreed and is free on Wednesday mornings."""
    fields: dict[str, Any] = {
        "name": "支え手",
        "town_id": "a",
        "available": frozenset({WEDNESDAY}),
        "travel_limit_minutes": 60,
        "agreed_on": date(2026, 11, 1),
    }
    return Helper(id=id_, **(fields | changes))


def agreed(*helpers: Helper) -> tuple[Agreed, ...]:
    """Return the proof that volunteers agreed."""
    return tuple(require_agreement(each, None, (), TODAY) for each in helpers)


def match(helpers: tuple[Agreed, ...], *groups: Opening, **more: Any) -> HelpOutcome:
    """Match helpers and groups of the small city."""
    inputs = HelpInputs(on=TODAY, agreed=helpers, city=city((*groups, *OPENINGS)), **more)
    return match_helpers(inputs, helping_policy(), "run")


def pairs(outcome: HelpOutcome) -> set[tuple[str, str]]:
    """Return who helps where."""
    return {(each.participant_id, each.opening_id) for each in outcome.proposals}


def test_what_limits_those_who_take_part_does_not_limit_a_helper() -> None:
    outcome = match(agreed(helper()), GROUP)
    assert pairs(outcome) == {("h1", "g1")}
    assert outcome.certified
    assert "水曜の午前" in outcome.proposals[0].reason
    assert outcome.unfilled == ()


def test_only_groups_that_want_helpers_get_some() -> None:
    outcome = match(agreed(helper()))
    assert outcome.proposals == ()
    assert [each.reason for each in outcome.unplaced] == ["no_pair"]


def test_a_second_helper_goes_where_one_is_wanted() -> None:
    outcome = match(
        agreed(helper("h1"), helper("h2"), helper("h3"), helper("h4")), GROUP, TEA_GROUP
    )
    assert [opening for _, opening in sorted(pairs(outcome), key=lambda p: p[1])] == [
        "g1",
        "g2",
        "g2",
    ]
    assert [each.reason for each in outcome.unplaced] == ["crowded_out"]


def test_a_group_without_helper_says_how_many_it_lacks_and_why() -> None:
    outcome = match(agreed(helper(available=frozenset({FRIDAY}))), TEA_GROUP)
    (unfilled,) = lacking_groups([TEA_GROUP], outcome.unfilled, {}, {"h1"})
    assert (unfilled.opening_id, unfilled.missing, unfilled.why) == ("g2", 2, "time")


def test_whom_one_may_not_know_is_in_no_count_of_a_group() -> None:
    """Two are kept away by the way, one by the time: who knows only that one reads of the time."""
    far = [helper(id_, town_id="d", travel_limit_minutes=1) for id_ in ("h2", "h3")]
    busy = helper("h1", available=frozenset({FRIDAY}))
    outcome = match(agreed(busy, *far), TEA_GROUP)
    why = [
        lacking_groups([TEA_GROUP], outcome.unfilled, {}, known)[0].why
        for known in ({"h1", "h2", "h3"}, {"h1"}, set[str]())
    ]
    assert why == ["travel", "time", ""]


def test_a_kept_run_of_helpers_holds_codes_and_counts_but_no_sentence() -> None:
    outcome = match(agreed(helper(available=frozenset({FRIDAY}))), GROUP)
    (unplaced,) = outcome.unplaced
    assert unplaced.words == ""
    assert "曜日・時間 1" in unplaced_words(unplaced)


def test_two_groups_for_who_offers_two_but_not_on_one_half_day() -> None:
    offers_two = helper(most_groups=2, available=frozenset({WEDNESDAY, FRIDAY}))
    same_day = match(agreed(offers_two), GROUP, TEA_GROUP)
    assert len(same_day.proposals) == 1
    friday = replace(TEA_GROUP, schedule=weekly("0Fr", 10, 11))
    two_days = match(agreed(offers_two), GROUP, friday)
    assert pairs(two_days) == {("h1", "g1"), ("h1", "g2")}
    assert len(two_days.rounds) == 2


def test_everybody_gets_a_first_group_before_anybody_a_second() -> None:
    friday = replace(TEA_GROUP, helpers_wanted=1, schedule=weekly("0Fr", 10, 11))
    eager = helper("h1", most_groups=2, available=frozenset({WEDNESDAY, FRIDAY}))
    other = helper("h2", available=frozenset({FRIDAY}))
    assert pairs(match(agreed(eager, other), GROUP, friday)) == {("h1", "g1"), ("h2", "g2")}


def test_the_half_days_and_the_place_of_the_own_part_are_left_alone() -> None:
    """Who takes part somewhere themselves helps neither then nor there."""
    (slot,) = slot_masks(GROUP.schedule) if GROUP.schedule else ()
    then = match(agreed(helper()), GROUP, engaged={"h1": Engaged(half_days=slot)})
    there = Engaged(resource_ids=frozenset({GROUP.resource_id}))
    assert pairs(then) == pairs(match(agreed(helper()), GROUP, engaged={"h1": there})) == set()


def test_who_was_set_aside_or_is_held_is_not_asked_again() -> None:
    assert pairs(match(agreed(helper()), GROUP, away=frozenset({("h1", "g1")}))) == set()
    assert pairs(match(agreed(helper()), GROUP, held={"g1": 1})) == set()


def test_a_known_place_goes_before_an_equal_one() -> None:
    twin = replace(GROUP, id="g0", resource_id=TEA.resource_id)
    near = replace(GROUP, resource_id=FIELD.resource_id)
    unknown = match(agreed(helper(menu=frozenset(FIELD.menu))), near)
    known = match(
        agreed(helper(menu=frozenset(FIELD.menu), known_place_ids=frozenset({FIELD.resource_id}))),
        near,
    )
    assert known.proposals[0].score > unknown.proposals[0].score
    assert twin.resource_id != near.resource_id


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"agreed_on": None}, "helper_not_agreed"),
        ({"agreed_on": date(2026, 11, 13)}, "helper_not_agreed"),
        ({"until_on": date(2026, 11, 11)}, "helper_ended"),
        ({"participant_id": "p1"}, "helper_not_agreed"),
    ],
)
def test_nobody_is_asked_without_having_agreed(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(CaseError, match=code):
        require_agreement(helper(**changes), None, (), TODAY)


def test_who_is_accompanied_here_needs_their_consent_as_ever() -> None:
    own = helper(participant_id="p1")
    with pytest.raises(ConsentMissing, match="consent_none_yet"):
        require_agreement(own, person("p1"), (), TODAY)
    said: list[Consent] = [consent("p1")]
    proof = require_agreement(own, person("p1", town_id="b"), said, TODAY)
    assert proof.consented is not None
    assert proof.consented.participant.town_id == "b"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"available": frozenset()}, "no_half_days"),
        ({"town_id": None}, "place_unknown"),
        ({"menu": frozenset({"no_such_code"})}, "code_unknown"),
    ],
)
def test_what_is_still_to_be_asked_of_a_helper(changes: dict[str, Any], why: str) -> None:
    asked = helper(**changes)
    ready, left_out = sort_helpers([asked], {asked.id: agreed(asked)[0]}, city())
    assert ready == ()
    assert [each.why for each in left_out] == [why]


def test_who_did_not_agree_is_told_apart() -> None:
    asked = helper()
    _, left_out = sort_helpers([asked], {asked.id: "helper_not_agreed"}, city())
    assert [each.why for each in left_out] == ["helper_not_agreed"]


@pytest.mark.parametrize(
    "changes", [{"name": " "}, {"most_groups": 0}, {"most_groups": 8}, {"modes": ()},
                {"travel_limit_minutes": 0}, {"available": frozenset({(7, Band.MORNING)})}]
)  # fmt: skip
def test_a_helper_who_cannot_be_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(CaseError):
        helper(**changes)


SLOTS = st.sampled_from(["0We", "0Fr", "0MoWe"])


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.sets(st.sampled_from([WEDNESDAY, FRIDAY, (0, Band.MORNING)]), min_size=1),
                  st.integers(1, 3)),
        max_size=4,
    ),
    st.lists(st.tuples(SLOTS, st.integers(1, 2), st.booleans()), max_size=4),
)  # fmt: skip
def test_limits_of_helpers_and_groups_always_hold(
    helpers: list[tuple[set[tuple[int, Band]], int]], groups: list[tuple[str, int, bool]]
) -> None:
    """No more than offered and wanted, each group once, no two groups on one half day."""
    people = [
        helper(f"h{at}", available=frozenset(free), most_groups=most)
        for at, (free, most) in enumerate(helpers)
    ]
    openings = [
        replace(GROUP, id=f"g{at}", helpers_wanted=wanted, schedule=weekly(code, 10, 11),
                resource_id=TEA.resource_id if tea else FIELD.resource_id)
        for at, (code, wanted, tea) in enumerate(groups)
    ]  # fmt: skip
    outcome = match(agreed(*people), *openings)
    assert outcome.certified
    wanted = {each.id: each for each in openings}
    for each in openings:
        assert sum(p.opening_id == each.id for p in outcome.proposals) <= each.helpers_wanted
    for each_helper in people:
        own = [
            wanted[p.opening_id] for p in outcome.proposals if p.participant_id == each_helper.id
        ]
        assert len(own) <= each_helper.most_groups
        assert len({group.resource_id for group in own}) == len(own)
        codes = [group.schedule.recurrence.code for group in own if group.schedule]
        assert len([code for code in codes if code == "0We"]) <= 1
    placed = {p.participant_id for p in outcome.proposals}
    assert placed | {each.participant_id for each in outcome.unplaced} == {h.id for h in people}
