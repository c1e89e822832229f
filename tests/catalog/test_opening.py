"""Openings: what they may say, and the one table of their life."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from catalog.actor import Actor, Role
from catalog.errors import CatalogError
from catalog.opening import (
    FIRST_STATUSES,
    TRANSITIONS,
    UNPAID_WORK_FORMS,
    Opening,
    OpeningStatus,
    Preference,
    Requirement,
    Stage,
    Welcome,
    free_places,
    is_open_on,
    missing_before_shown,
    transition,
)
from catalog.vocabulary import load_vocabulary
from tests.catalog.examples import an_opening

AT = datetime(2026, 11, 11, 16, 30, tzinfo=UTC)  # 12 November in Japan
S = OpeningStatus


def actor(role: Role) -> Actor:
    """Return somebody in a role."""
    return Actor("u1", "山田", role, "999997")


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"capacity": 0}, "too_small", "capacity"),
        ({"capacity": -2}, "too_small", "capacity"),
        ({"min_minutes": 0}, "too_small", "min_minutes"),
        ({"taken": -1}, "too_small", "taken"),
        ({"cost_yen": -1}, "too_small", "cost_yen"),
        ({"stipend_yen": -1}, "too_small", "stipend_yen"),
        ({"typical_people": -1}, "too_small", "typical_people"),
        ({"capacity": 2, "taken": 3}, "taken_exceeds_capacity", None),
        ({"noise": 0}, "out_of_range", "noise"),
        ({"crowd": 4}, "out_of_range", "crowd"),
        ({"name": " "}, "empty", "name"),
        ({"host_id": ""}, "empty", "host_id"),
        ({"visibility": "secret"}, "not_one_of", "visibility"),
        ({"first_stage": Stage.ROLE}, "order", None),
        ({"min_minutes": 60, "max_minutes": 30}, "order", None),
        ({"starts_on": date(2026, 5, 2), "ends_on": date(2026, 5, 1)}, "order", None),
    ],
)
def test_impossible_openings_are_refused(
    changes: dict[str, Any], code: str, field: str | None
) -> None:
    """Each error names the field and can be read."""
    with pytest.raises(CatalogError) as caught:
        an_opening(**changes)
    assert caught.value.code == code
    assert caught.value.params.get("field") == field
    assert str(caught.value)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"min_age": -1}, "out_of_range"),
        ({"max_age": 200}, "out_of_range"),
        ({"min_age": 65, "max_age": 18}, "order"),
        ({"sex": "女"}, "not_one_of"),
    ],
)
def test_impossible_welcomes_are_refused(fields: dict[str, Any], code: str) -> None:
    """Ages and sex are within what can be matched."""
    with pytest.raises(CatalogError) as caught:
        Welcome(**fields)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"starts_on": date(2026, 11, 12)}, True),
        ({"starts_on": date(2026, 11, 13)}, False),
        ({"ends_on": date(2026, 11, 12)}, True),
        ({"ends_on": date(2026, 11, 11)}, False),
        *(({"status": status}, status is S.OPEN) for status in S),
    ],
)
def test_an_opening_is_open_within_its_dates_and_only_while_open(
    changes: dict[str, Any], expected: bool
) -> None:
    """Both ends belong to it."""
    assert is_open_on(an_opening(**changes), date(2026, 11, 12)) is expected


def test_a_host_who_says_full_has_no_free_place() -> None:
    """People may come from elsewhere, so the host's word counts, not the difference."""
    assert free_places(an_opening(capacity=3, taken=1)) == 2
    assert free_places(an_opening(capacity=3, taken=1, status=S.FULL)) == 0


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"min_age": 70, "max_age": 60}, "order"),
        ({"max_age": 131}, "out_of_range"),
        ({"weekdays": frozenset({7})}, "out_of_range"),
    ],
)
def test_impossible_preferences_are_refused(fields: dict[str, Any], code: str) -> None:
    with pytest.raises(CatalogError) as caught:
        Preference(**fields)
    assert caught.value.code == code


def test_words_alone_tell_no_people_apart() -> None:
    assert not Preference(words="元気な方").is_weighed
    assert Preference(max_age=80).is_weighed
    assert Preference(weekdays=frozenset({0})).is_weighed


def test_every_status_can_be_reached() -> None:
    """Nothing in the table is an island."""
    reached = set(FIRST_STATUSES)
    for _ in S:
        reached |= {to for from_, to in TRANSITIONS if from_ in reached}
    assert reached == set(S)


def test_every_status_has_somebody_who_can_take_it_on() -> None:
    """From each status a role may move on; the host is never stuck with its own opening."""
    for status in S:
        owners = {
            role for (from_, _), step in TRANSITIONS.items() if from_ is status for role in step.by
        }
        assert {Role.HOST, Role.COORDINATOR} <= owners


def test_nobody_who_only_looks_changes_an_opening() -> None:
    """Planner, auditor and administrator are in no step; no step leads nowhere."""
    allowed = {role for step in TRANSITIONS.values() for role in step.by}
    assert allowed.isdisjoint({Role.PLANNER, Role.AUDITOR, Role.ADMINISTRATOR})
    assert all(from_ is not to and step.by for (from_, to), step in TRANSITIONS.items())


def test_only_staff_show_an_opening_for_the_first_time() -> None:
    """A host proposes; the city or its lead agency lets it through."""
    for from_ in (S.DRAFT, S.SUBMITTED):
        assert TRANSITIONS[from_, S.OPEN].by == {Role.COORDINATOR, Role.LEAD_AGENCY}


@pytest.mark.parametrize(("from_", "to"), [(a, b) for a in S for b in S])
@pytest.mark.parametrize("role", Role)
def test_the_table_alone_decides(from_: OpeningStatus, to: OpeningStatus, role: Role) -> None:
    """Each of the 288 questions is answered as the table says, with the reason if not."""
    opening = an_opening(status=from_)
    step = TRANSITIONS.get((from_, to))
    if step is not None and role in step.by:
        moved, event = transition(opening, to, actor(role), AT, "引っ越しのため")
        assert moved == an_opening(status=to, status_reason="引っ越しのため")
        assert event.detail == {"from": from_.value, "to": to.value}
        assert (event.kind, event.actor_id) == ("opening_status", "u1")
        assert (event.subject_kind, event.subject_id, event.at) == ("opening", "o1", AT)
        return
    with pytest.raises(CatalogError) as caught:
        transition(opening, to, actor(role), AT, "引っ越しのため")
    assert caught.value.code == ("transition_unknown" if step is None else "transition_role")
    assert from_.value in str(caught.value)


@pytest.mark.parametrize(("from_", "to"), TRANSITIONS)
@pytest.mark.parametrize(
    ("requirement", "changes", "reason", "code"),
    [
        (Requirement.REASON, {}, " ", "transition_reason"),
        (Requirement.COMPLETE, {"menu": ()}, "理由", "opening_incomplete"),
        (Requirement.FREE_PLACE, {"taken": 3}, "理由", "transition_no_free_place"),
        (Requirement.NOT_PAST, {"ends_on": date(2026, 11, 11)}, "理由", "transition_past"),
    ],
)
def test_each_requirement_holds_exactly_where_the_table_asks_for_it(
    from_: OpeningStatus,
    to: OpeningStatus,
    requirement: Requirement,
    changes: dict[str, Any],
    reason: str,
    code: str,
) -> None:
    """Without it the step is refused by its code; where it is not asked, the step is taken."""
    opening = an_opening(status=from_, **changes)
    if requirement not in TRANSITIONS[from_, to].requires:
        assert transition(opening, to, actor(Role.COORDINATOR), AT, reason)[0].status is to
        return
    with pytest.raises(CatalogError) as caught:
        transition(opening, to, actor(Role.COORDINATOR), AT, reason)
    assert caught.value.code == code
    assert str(caught.value)


def test_the_last_day_counts_in_japan() -> None:
    """At 16:30 UTC it is already tomorrow in Japan, and the opening's last day is over."""
    opening = an_opening(status=S.PAUSED, ends_on=date(2026, 11, 11))
    before_midnight = datetime(2026, 11, 11, 14, 59, tzinfo=UTC)
    assert transition(opening, S.OPEN, actor(Role.HOST), before_midnight)[0].status is S.OPEN
    with pytest.raises(CatalogError, match="2026-11-12"):
        transition(opening, S.OPEN, actor(Role.HOST), AT)


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({}, ()),
        ({"menu": ()}, ("menu",)),
        ({"welcome": Welcome(sex="female")}, ("welcome.sex_reason",)),
        ({"welcome": Welcome(sex="female", sex_reason="授乳の場のため")}, ()),
        ({"form": "work_experience"}, ("insurance", "agreement_required")),
        (
            {"form": "work_training_unemployed", "insurance": "none", "agreement_required": True},
            ("insurance",),
        ),
        (
            {
                "form": "work_experience",
                "insurance": "work_support",
                "agreement_required": True,
            },
            (),
        ),
    ],
)
def test_what_a_draft_lacks_is_named(changes: dict[str, Any], missing: tuple[str, ...]) -> None:
    """Unpaid work needs insurance and agreement, a limit to one sex its reason."""
    assert missing_before_shown(an_opening(**changes)) == missing


def test_the_forms_of_unpaid_work_are_in_the_code_list() -> None:
    """The rule would be silent if the code were renamed."""
    assert load_vocabulary().lists["form"].keys() >= UNPAID_WORK_FORMS


def test_codes_in_the_example_are_real() -> None:
    """The values that these tests vary use codes of the vocabulary."""
    opening: Opening = an_opening()
    vocabulary = load_vocabulary()
    assert vocabulary.label("menu", opening.menu[0]) == "畑・庭の手入れ"
    assert vocabulary.label("form", opening.form) == "ボランティア"
    assert vocabulary.label("role", opening.role) == "手伝い"
