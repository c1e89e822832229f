"""Scales: only answers of one version are compared, five axes are never added up, no item texts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cases.errors import CaseError
from cases.following.dangers import danger_of, own_dangers
from cases.following.follow_up import FollowUp, FollowUpState, Side, Worry
from cases.following.rematch import own_rematch_rule, rematch_reasons
from cases.following.scale_packs import (
    change_words,
    course_of,
    default_scale,
    own_scales,
    scale_of,
)
from cases.messages import in_japanese
from catalog.vocabulary import load_vocabulary

SCALE = default_scale()


def talk(month: int, values: tuple[int, ...], version: str = SCALE.version) -> FollowUp:
    return FollowUp(
        id=f"t{month}",
        placement_id="p",
        participant_id="a",
        side=Side.PERSON,
        due_on=date(2026, month, 1),
        state=FollowUpState.DONE,
        done_on=date(2026, month, 1),
        scales=((SCALE.id, version, values),),
    )


def spoken(**told: Any) -> FollowUp:
    fields: dict[str, Any] = {
        "id": "t",
        "placement_id": "p",
        "participant_id": "a",
        "side": Side.PERSON,
        "due_on": date(2026, 11, 1),
    }
    return FollowUp(**(fields | told))


def test_the_default_has_five_axes_of_four_levels_and_no_sum() -> None:
    assert [axis.name for axis in SCALE.axes] == [
        "意欲",
        "自己肯定感",
        "対人関係",
        "社会参加",
        "相談",
    ]
    assert all(len(axis.levels) == 4 for axis in SCALE.axes)
    course = course_of(SCALE, [talk(8, (1, 2, 2, 1, 2)), talk(11, (2, 2, 3, 3, 3))])
    assert course is not None
    assert course.sum_change is None


def test_the_change_is_that_since_the_first_answer_of_the_same_version() -> None:
    talks = [
        talk(11, (2, 2, 3, 3, 1)),
        talk(8, (1, 2, 2, 1, 2)),
        talk(7, (4, 4, 4, 4, 4), version="0"),
    ]
    course = course_of(SCALE, talks)
    assert course is not None
    assert course.changes == (1, 0, 1, 2, -1)
    assert change_words(course) == (
        "8月1日から、意欲・対人関係・社会参加が 上がりました。相談が 下がりました。"
        "自己肯定感は 同じです。"
    )


def test_one_answer_shows_no_change_yet() -> None:
    course = course_of(SCALE, [talk(8, (1, 2, 2, 1, 2))])
    assert course is not None
    assert "1回目" in change_words(course)
    assert course_of(SCALE, []) is None


def test_scales_whose_text_is_not_free_bring_no_text() -> None:
    for scale in own_scales().values():
        assert scale.source
        assert scale.licence
        if scale.id != SCALE.id:
            assert not any(axis.levels for axis in scale.axes)


def test_an_answer_outside_the_levels_is_refused() -> None:
    with pytest.raises(CaseError, match="scale_answer"):
        SCALE.check((1, 2, 3, 4, 5))
    with pytest.raises(CaseError) as refused:
        scale_of("unheard_of")
    assert "unheard_of" in in_japanese(refused.value)


def test_every_danger_sign_says_whom_to_call() -> None:
    assert set(own_dangers()) == set(load_vocabulary().lists["danger_sign"])
    assert "119" in danger_of("self_harm").call
    with pytest.raises(CaseError) as refused:
        danger_of("rain")
    assert "rain" in in_japanese(refused.value)


def test_another_place_is_offered_when_it_goes_badly() -> None:
    rule = own_rematch_rule()
    assert rematch_reasons(spoken(fits_state=3, fits_wishes=4, came=2, planned=4), rule) == ()
    assert len(rematch_reasons(spoken(fits_state=2, fits_wishes=1), rule)) == 2
    assert rematch_reasons(spoken(came=1, planned=4), rule) == ("お休みが 多くなっています",)
    assert rematch_reasons(spoken(came=0, planned=1), rule) == ()
    assert len(rematch_reasons(spoken(worries=(Worry("safety", 3),)), rule)) == 1
