"""Small tables written by hand: a person and a place that fit, changed where a test says so."""

from __future__ import annotations

from typing import Any

import numpy as np

from matcher.profiles import OFFER_COLUMNS, PAIR_COLUMNS, PROFILE_COLUMNS, Offers, Pairs, Profiles

WEDNESDAY_MORNING = 1 << (2 * 3 + 0)
WEDNESDAY_AFTERNOON = 1 << (2 * 3 + 1)
THURSDAY_MORNING = 1 << (3 * 3 + 0)
THURSDAY_AFTERNOON = 1 << (3 * 3 + 1)

A_PERSON: dict[str, Any] = {
    "age": 45,
    "sex": 1,
    "available": WEDNESDAY_MORNING,
    "max_minutes": 120,
    "travel_limit_minutes": 30,
    "needs": 0b00,
    "noise_limit": 2,
    "crowd_limit": 2,
    "companion": 0,
    "with_child": False,
    "cost_limit_yen": 500,
    "stage": 0,
    "next_step": 1,
    "fields": 0b01,
    "wants": [1.0, 0.5, 0.0],
    "avoids": [False, False, False],
    "dislikes": [False, False, False],
}

A_PLACE: dict[str, Any] = {
    "free": 2,
    "open": True,
    "min_age": -1,
    "max_age": -1,
    "sex": 0,
    "slots": [WEDNESDAY_MORNING, 0],
    "by_arrangement": False,
    "min_minutes": 60,
    "leave_early": False,
    "provides": 0b11,
    "noise": 1,
    "crowd": 1,
    "companion_welcome": True,
    "child": 0,
    "cost_yen": 0,
    "first_stage": 1,
    "last_stage": 3,
    "fields": 0,
    "menu": [True, False, False],
    "people": 4,
    "confirmed_days": 30,
    "pickup": False,
}

A_PAIR: dict[str, Any] = {
    "travel_minutes": 15,
    "in_area": True,
    "avoided": False,
    "similarity": 0.0,
    "familiar": False,
    "acquainted": False,
    "glad": -1,
}


def profiles(*people: dict[str, Any]) -> Profiles:
    """Make one profile of each change to the usual person; ids count p0, p1."""
    rows = [A_PERSON | person for person in people]
    ids = tuple(str(row.pop("id", f"p{place}")) for place, row in enumerate(rows))
    columns = {
        name: np.array([row[name] for row in rows], column.dtype)
        for name, column in PROFILE_COLUMNS.items()
    }
    return Profiles(ids, **columns)


def offers(*places: dict[str, Any]) -> Offers:
    """Make one opening of each change to the usual place; ids count o0, o1."""
    rows = [A_PLACE | place for place in places]
    ids = tuple(str(row.pop("id", f"o{place}")) for place, row in enumerate(rows))
    columns = {
        name: np.array([row[name] for row in rows], column.dtype)
        for name, column in OFFER_COLUMNS.items()
    }
    return Offers(ids, **columns)


def pairs(*rows: list[dict[str, Any]]) -> Pairs:
    """Make pairs of rows (one for each person) of changes to the usual pair."""
    columns = {
        name: np.array([[(A_PAIR | pair)[name] for pair in row] for row in rows], column.dtype)
        for name, column in PAIR_COLUMNS.items()
    }
    return Pairs(**columns)


def usual_pairs(people: int, places: int) -> Pairs:
    """Make pairs that are all alike."""
    alike: list[dict[str, Any]] = [{}] * places
    return pairs(*([alike] * people))
