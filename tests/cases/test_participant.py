"""People and needs refuse what cannot be."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from cases.errors import CaseError
from cases.need import Need, Wish, availability_mask
from cases.participant import Participant, age_on
from catalog.schedule import Band, slot_bit

PERSON = Participant(
    id="p1", case_no="K-1", name="小春 ちよ", birth_on=date(1950, 5, 3), since_on=date(2026, 4, 1)
)
NEED = Need(participant_id="p1", kind="ibasho", wishes=(Wish("farm_work", 5),))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"case_no": " "}, "case_no_missing"),
        ({"name": ""}, "name_missing"),
        ({"sex": "男"}, "sex_unknown"),
        ({"birth_on": date(2026, 4, 2)}, "born_after_registration"),
        ({"birth_on": date(1900, 5, 3)}, "born_too_long_ago"),
        ({"lat": 35.0}, "point_incomplete"),
        ({"weight": 0}, "weight_below_one"),
    ],
)
def test_impossible_person(change: dict[str, Any], code: str) -> None:
    with pytest.raises(CaseError) as caught:
        replace(PERSON, **change)
    assert caught.value.code == code
    assert PERSON.name not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"wishes": (Wish("a", 1), Wish("a", 2))}, "wish_twice"),
        ({"avoid_menu": frozenset({"farm_work"})}, "wish_is_avoided"),
        ({"available": frozenset({(7, Band.MORNING)})}, "weekday_outside"),
        ({"max_minutes": 0}, "max_minutes_below_one"),
        ({"travel_limit_minutes": 0}, "travel_limit_below_one"),
        ({"modes": ()}, "modes_missing"),
        ({"companion": "maybe"}, "companion_unknown"),
        ({"noise_limit": 4}, "limit_outside"),
        ({"crowd_limit": 0}, "limit_outside"),
        ({"cost_limit_yen": -1}, "cost_limit_negative"),
    ],
)
def test_impossible_need(change: dict[str, Any], code: str) -> None:
    with pytest.raises(CaseError) as caught:
        replace(NEED, **change)
    assert caught.value.code == code


@pytest.mark.parametrize("strength", [0, 6])
def test_a_wish_has_five_strengths(strength: int) -> None:
    with pytest.raises(CaseError, match="wish_strength_outside"):
        Wish("farm_work", strength)


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(1976, 11, 12), date(2026, 11, 11), 49),
        (date(1976, 11, 12), date(2026, 11, 12), 50),
        (date(1976, 2, 29), date(2026, 2, 28), 49),
        (date(1976, 2, 29), date(2026, 3, 1), 50),
        (None, date(2026, 3, 1), None),
    ],
)
def test_age_counts_birthdays(born: date | None, day: date, age: int | None) -> None:
    assert age_on(born, day) == age


def test_availability_is_the_bits_of_the_catalogue() -> None:
    available = frozenset({(1, Band.MORNING), (2, Band.EVENING)})
    assert availability_mask(available) == slot_bit(1, Band.MORNING) | slot_bit(2, Band.EVENING)
