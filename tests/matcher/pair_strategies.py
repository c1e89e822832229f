"""People, openings and pairs of every kind, for Hypothesis."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

from matcher.profiles import OFFER_COLUMNS, PAIR_COLUMNS, PROFILE_COLUMNS, Offers, Pairs, Profiles


class Inputs(NamedTuple):
    """Three values that belong together."""

    profiles: Profiles
    offers: Offers
    pairs: Pairs


# Few different values, so that limits are met exactly and ties happen.
_BANDS = st.sampled_from([0b000_001, 0b000_010, 0b000_011, 0b001_000, 0b111_000])
_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "age": st.sampled_from([-1, 15, 40, 64, 65, 80]),
    "sex": st.integers(0, 2),
    "available": st.sampled_from([0, 0b000_001, 0b000_011, 0b001_000, 0b111_111, (1 << 21) - 1]),
    "max_minutes": st.sampled_from([0, 30, 60, 120]),
    "travel_limit_minutes": st.sampled_from([0.0, 15.0, 30.0, np.inf]),
    "needs": st.sampled_from([0, 0b01, 0b10, 0b11, 1 << 40]),
    "noise_limit": st.integers(1, 3),
    "crowd_limit": st.integers(1, 3),
    "companion": st.integers(0, 2),
    "with_child": st.booleans(),
    "cost_limit_yen": st.sampled_from([-1, 0, 500]),
    "stage": st.integers(0, 5),
    "next_step": st.integers(-1, 1),
    "wants": st.sampled_from([0.0, 0.2, 0.5, 1.0]),
    "avoids": st.sampled_from([False, False, False, True]),
    "dislikes": st.booleans(),
    "free": st.integers(0, 2),
    "open": st.sampled_from([True, True, False]),
    "min_age": st.sampled_from([-1, 0, 40, 65]),
    "max_age": st.sampled_from([-1, 64, 65, 80]),
    "slots": st.one_of(st.just(0), _BANDS),
    "by_arrangement": st.booleans(),
    "min_minutes": st.sampled_from([0, 30, 60, 90, 120]),
    "leave_early": st.booleans(),
    "provides": st.sampled_from([0, 0b01, 0b11, (1 << 41) - 1]),
    "noise": st.integers(1, 3),
    "crowd": st.integers(1, 3),
    "companion_welcome": st.booleans(),
    "child": st.integers(0, 2),
    "cost_yen": st.sampled_from([0, 500, 501]),
    "first_stage": st.integers(0, 5),
    "last_stage": st.integers(0, 5),
    "fields": st.sampled_from([0, 0b01, 0b10, 0b11]),
    "menu": st.booleans(),
    "people": st.sampled_from([-1, 0, 4, 6, 12, 100]),
    "confirmed_days": st.sampled_from([-1, 0, 180, 200, 540, 1000]),
    "pickup": st.booleans(),
    "travel_minutes": st.sampled_from([0.0, 5.0, 15.0, 15.5, 30.0, 90.0, np.inf]),
    "in_area": st.sampled_from([True, True, False]),
    "avoided": st.sampled_from([False, False, True]),
    "similarity": st.sampled_from([0.0, 0.1, 0.5, 1.0]),
    "familiar": st.booleans(),
    "acquainted": st.booleans(),
    "glad": st.sampled_from([-1, 0, 33, 50, 100]),
}
# Places that refuse only by area and cost: nearly all rules at once would leave no candidates.
_WELCOMING: dict[str, st.SearchStrategy[Any]] = {
    name: st.just(value)
    for name, value in {
        "avoids": False,
        "free": 1,
        "open": True,
        "min_age": -1,
        "max_age": -1,
        "by_arrangement": True,
        "min_minutes": 30,
        "provides": (1 << 62) - 1,
        "noise": 1,
        "crowd": 1,
        "companion_welcome": True,
        "child": 0,
        "first_stage": 1,
        "last_stage": 5,
        "fields": 0,
        "sex": 0,
        "pickup": True,
        "avoided": False,
    }.items()
}


def _columns(
    draw: st.DrawFn, columns: dict[str, Any], sizes: dict[str, int], values: dict[str, Any]
) -> dict[str, np.ndarray]:
    return {
        name: draw(
            arrays_of.arrays(
                column.dtype, tuple(sizes[axis] for axis in column.axes), elements=values[name]
            )
        )
        for name, column in columns.items()
    }


def _ids(draw: st.DrawFn, count: int) -> tuple[str, ...]:
    return tuple(draw(st.permutations([f"id{place}" for place in range(count)])))


@st.composite
def inputs(
    draw: st.DrawFn, most_people: int = 4, most_openings: int = 6, welcoming: bool = False
) -> Inputs:
    """Draw people, openings and their pairs; any of the three may be empty."""
    values = _VALUES | (_WELCOMING if welcoming else {})
    sizes = {
        "n": draw(st.integers(0, most_people)),
        "m": draw(st.integers(0, most_openings)),
        "A": draw(st.integers(0, 3)),
        "S": draw(st.integers(0, 3)),
    }
    of_people = _columns(draw, dict(PROFILE_COLUMNS), sizes, values)
    of_places = _columns(draw, dict(OFFER_COLUMNS), sizes, values)
    of_places["last_stage"] = np.maximum(of_places["first_stage"], of_places["last_stage"])
    return Inputs(
        Profiles(_ids(draw, sizes["n"]), **of_people),
        Offers(_ids(draw, sizes["m"]), **of_places),
        Pairs(**_columns(draw, dict(PAIR_COLUMNS), sizes, values)),
    )
