"""The lives of the nouns of casework: every table is sound, every refusal has its words."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import closing, outreach, plan
from cases.errors import CaseError, TransitionNotAllowed
from cases.following import follow_up
from cases.intake import referral
from cases.life import Life, Required
from cases.life_words import noun_word, required_word, state_word, step_word
from cases.meetings import meeting
from cases.messages import in_japanese
from cases.placing import enquiry, placement

LIVES: list[Life[Any, Any]] = [
    referral.LIFE,
    outreach.LIFE,
    meeting.LIFE,
    plan.LIFE,
    enquiry.LIFE,
    placement.LIFE,
    follow_up.LIFE,
    closing.LIFE,
]


def states_of(life: Life[Any, Any]) -> list[Any]:
    return members(next(iter(life.begins)))


def verbs_of(life: Life[Any, Any]) -> list[Any]:
    return members(next(iter(life.rows))[1])


def members(one: StrEnum) -> list[Any]:
    return list(type(one))


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.noun)
def test_every_state_is_reached_and_every_step_is_used(life: Life[Any, Any]) -> None:
    reached = set(life.begins)
    for _ in life.rows:
        reached |= {row.to for (origin, _), row in life.rows.items() if origin in reached}
    assert reached == set(states_of(life))
    assert {verb for _, verb in life.rows} == set(verbs_of(life))


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.noun)
def test_everything_has_a_word(life: Life[Any, Any]) -> None:
    assert noun_word(life.noun)
    assert all(state_word(life.noun, each) for each in states_of(life))
    assert all(step_word(life.noun, each) for each in verbs_of(life))
    assert all(required_word(each) for each in Required)


@given(st.data())
def test_what_the_table_does_not_list_does_not_happen(data: st.DataObject) -> None:
    life = data.draw(st.sampled_from(LIVES))
    state = data.draw(st.sampled_from(sorted(life.begins)))
    for _ in range(8):
        verb = data.draw(st.sampled_from(verbs_of(life)))
        at_hand = data.draw(st.frozensets(st.sampled_from(Required)))
        row = life.rows.get((state, verb))
        if row is not None and row.requires <= at_hand:
            state = life.take(state, verb, at_hand)
            assert state is row.to
        else:
            with pytest.raises(CaseError) as refused:
                life.take(state, verb, at_hand)
            assert isinstance(refused.value, TransitionNotAllowed) is (row is None)
            assert step_word(life.noun, verb) in in_japanese(refused.value)


def test_a_refusal_says_what_is_possible() -> None:
    with pytest.raises(TransitionNotAllowed) as refused:
        enquiry.LIFE.take(enquiry.EnquiryState.DECLINED, enquiry.EnquiryStep.SEND)
    assert in_japanese(refused.value) == (
        "この打診は 今「今回は難しい」です。これで終わりです。「送る」は できません。"
    )
    with pytest.raises(CaseError) as refused_for_now:
        placement.LIFE.take(
            placement.PlacementState.RUNNING, placement.PlacementStep.REST, frozenset()
        )
    assert in_japanese(refused_for_now.value) == (
        "参加を「休む」には、理由が要ります。先に それを書いてください。"
    )
