"""When to ask how it goes: known days, and the same answer as counting day by day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.following.follow_up import FollowUpState, Side
from cases.following.rhythm import Due, Span, TalkDay, due_of, own_rhythm
from cases.placing.placement import Moved, Placement, PlacementState, PlacementStep
from catalog.opening import Stage

BEGUN = date(2026, 10, 13)
RHYTHM = own_rhythm()


def spoken(side: Side, on: date, next_on: date | None = None) -> TalkDay:
    return TalkDay(side, FollowUpState.DONE, on, next_on)


def placement(**fields: Any) -> Placement:
    given: dict[str, Any] = {"stage": Stage.PARTICIPATION, "begun_on": BEGUN} | fields
    return Placement(id="p", participant_id="a", opening_id="o", host_id="h", **given)


def of_person(due: tuple[Due, ...]) -> tuple[str, str]:
    found = next(each for each in due if each.side is Side.PERSON)
    return found.occasion, found.due_on.isoformat()


@pytest.mark.parametrize(
    ("spoken_on", "expected"),
    [
        (None, ("day_1", "2026-10-14")),
        (date(2026, 10, 14), ("week_1", "2026-10-20")),
        (date(2026, 10, 20), ("month_1", "2026-11-13")),
        (date(2026, 11, 10), ("month_3", "2027-01-13")),
        (date(2027, 1, 13), ("then", "2027-04-13")),
        (date(2027, 4, 20), ("then", "2027-07-13")),
    ],
)
def test_a_talk_leads_to_the_next_occasion(
    spoken_on: date | None, expected: tuple[str, str]
) -> None:
    talks = [spoken(Side.PERSON, spoken_on)] if spoken_on else []
    assert of_person(due_of(placement(), talks, RHYTHM)) == expected


def test_each_side_has_its_own_thread() -> None:
    due = due_of(placement(), [spoken(Side.PERSON, date(2026, 10, 20))], RHYTHM)
    assert [(each.side, each.occasion) for each in due] == [
        (Side.HOST, "week_1"),
        (Side.PERSON, "month_1"),
    ]


def test_an_end_drops_what_was_due() -> None:
    ended = placement(state=PlacementState.ENDED, end_reason="reached", ended_on=BEGUN)
    assert due_of(ended, [], RHYTHM) == ()


def test_a_rest_asks_again_on_its_day_and_then_each_month() -> None:
    moved = Moved(PlacementStep.REST, date(2026, 11, 1), Stage.PARTICIPATION, "tired")
    resting = placement(
        state=PlacementState.RESTING, moves=(moved,), rests_until_on=date(2026, 12, 20)
    )
    talks = [spoken(Side.PERSON, date(2026, 10, 14))]
    assert of_person(due_of(resting, talks, RHYTHM)) == ("rest", "2026-12-20")
    talks.append(spoken(Side.PERSON, date(2026, 12, 20)))
    assert of_person(due_of(resting, talks, RHYTHM)) == ("rest", "2027-01-20")


def test_a_step_begins_the_rhythm_anew_and_drops_an_agreed_day() -> None:
    talk = spoken(Side.PERSON, date(2026, 11, 13), next_on=date(2027, 2, 1))
    assert of_person(due_of(placement(), [talk], RHYTHM)) == ("agreed", "2027-02-01")
    up = Moved(PlacementStep.STEP_UP, date(2026, 12, 1), Stage.ROLE)
    stepped = placement(stage=Stage.ROLE, moves=(up,))
    assert of_person(due_of(stepped, [talk], RHYTHM)) == ("week_1", "2026-12-08")


def test_a_talk_that_did_not_take_place_counts_for_nothing() -> None:
    dropped = TalkDay(Side.PERSON, FollowUpState.DROPPED, None)
    assert of_person(due_of(placement(), [dropped], RHYTHM))[0] == "day_1"


def test_a_month_that_is_too_short_ends_on_its_last_day() -> None:
    assert Span(months=1).after(date(2027, 1, 31)) == date(2027, 2, 28)


days = st.integers(0, 700).map(lambda number: BEGUN + timedelta(number))
stages = st.sampled_from([Stage.VISIT, Stage.TRIAL, Stage.PARTICIPATION, Stage.ROLE, Stage.WORK])
talks_made = st.lists(st.builds(spoken, st.sampled_from(Side), days), max_size=6)
steps = st.lists(
    st.tuples(st.sampled_from([PlacementStep.STEP_UP, PlacementStep.STEP_BACK]), days), max_size=3
)


@given(stages, talks_made, steps)
def test_the_same_as_walking_through_the_days(
    stage: Stage, talks: list[TalkDay], moved: list[tuple[PlacementStep, date]]
) -> None:
    moves = tuple(Moved(step, on, stage) for step, on in sorted(moved, key=lambda each: each[1]))
    running = placement(stage=stage, moves=moves)
    assert set(due_of(running, talks, RHYTHM)) == {
        walked(running, [t.done_on for t in talks if t.side is side and t.done_on], side)
        for side in Side
    }


def walked(running: Placement, days: list[date], side: Side) -> Due:
    """Walk from the last step day by day; stop at the first occasion that no talk counts for."""
    began = max([running.begun_on, *(each.on for each in running.moves)])
    beat = RHYTHM.beat(side, running.stage)
    at = {each.after.after(began): each for each in beat.occasions}
    last = beat.occasions[-1].after
    for number in range(1, 60):
        months = last.months + beat.then_each.months * number
        at[Span(last.days, months).after(began)] = RHYTHM.occasions["then"]
    for number in range(1, 4000):
        day = began + timedelta(number)
        occasion = at.get(day)
        if occasion and not any((day - on).days <= occasion.early_days for on in days):
            return Due(day, side, occasion.code)
    raise AssertionError("nothing is due in ten years")
