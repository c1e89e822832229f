"""Every set of changes there is, tried one after the other; the rules themselves are the judge.

Changes are made on rows of plain values (`tests.matcher.tables`), one dictionary for the person,
one for the place, one for the pair, without any knowledge of which rule needs which.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations, product
from typing import Any

from matcher.eligibility import Reason, check_eligibility
from matcher.policy import Policy
from tests.matcher.tables import A_PAIR, A_PERSON, A_PLACE, offers, pairs, profiles

Row = dict[str, Any]
Set = tuple[float, int, Row]
"""Weight in thousandths, bits of the kinds, and the values that differ."""


def _bits(mask: int) -> list[int]:
    return [1 << bit for bit in range(mask.bit_length()) if mask >> bit & 1]


def _subsets(bits: list[int]) -> Iterator[tuple[int, int]]:
    for count in range(1, len(bits) + 1):
        for some in combinations(bits, count):
            yield count, sum(some)


def person_options(person: Row, place: Row) -> dict[str, list[tuple[int, Row]]]:
    """Return for each kind of change of the person its sizes and what each sets."""
    week = 0
    for slot in place["slots"]:
        week |= slot
    age = person["age"]
    welcome = [
        year
        for year in range(120)
        if place["min_age"] <= year and (place["max_age"] < 0 or year <= place["max_age"])
    ]
    return {
        "ask_age": [(1, {"age": welcome[0]})] if age < 0 and welcome else [],
        "ask_sex": [(1, {"sex": place["sex"]})] if person["sex"] == 0 else [],
        "step_up": [(n, {"stage": person["stage"] + n}) for n in range(1, 6 - person["stage"])],
        "slot": [
            (n, {"available": person["available"] | more})
            for n, more in _subsets(_bits(week & ~person["available"]))
        ],
        "longer_visit": [(n, {"max_minutes": person["max_minutes"] + n}) for n in (1, 9, 10, 60)],
        "longer_way": [
            (n, {"travel_limit_minutes": person["travel_limit_minutes"] + n})
            for n in (1, 4, 5, 6, 20, 21, 60)
        ],
        "bear_noise": [
            (n, {"noise_limit": person["noise_limit"] + n})
            for n in range(1, 4 - person["noise_limit"])
        ],
        "bear_crowd": [
            (n, {"crowd_limit": person["crowd_limit"] + n})
            for n in range(1, 4 - person["crowd_limit"])
        ],
        "pay_more": [
            (n, {"cost_limit_yen": person["cost_limit_yen"] + n}) for n in (1, 99, 100, 599, 600)
        ],
        "step_back": [] if person["next_step"] < 0 else [(1, {"next_step": -1})],
    }


def place_options(person: Row, place: Row) -> dict[str, list[tuple[int, Row]]]:
    """Return for each kind of change of the place its sizes and what each sets."""
    low, high, age = place["min_age"], place["max_age"], person["age"]
    lower = range(low + 1) if low >= 0 else [0]
    higher = range(30) if high >= 0 else [0]
    return {
        "open": [(1, {"open": True})],
        "place": [(1, {"free": place["free"] + 1})],
        "area": [(1, {"in_area": True})],
        "age_limit": [
            (down + up, {"min_age": low - down, "max_age": high + up})
            for down, up in product(lower, higher)
            if 0 < down + up <= 12 and age >= 0
        ],
        "child": [(1, {"child": 0})],
        "field": [(1, {"fields": 0})],
        "lower_start": [
            (n, {"first_stage": place["first_stage"] - n})
            for n in range(1, place["first_stage"] + 1)
        ],
        "go_on": [
            (n, {"last_stage": place["last_stage"] + n}) for n in range(1, 6 - place["last_stage"])
        ],
        "arranged": [(1, {"by_arrangement": True})],
        "leave_early": [] if place["leave_early"] else [(1, {"leave_early": True})],
        "shorter_visit": [
            (n, {"min_minutes": place["min_minutes"] - n})
            for n in (1, 9, 10, 60)
            if n <= place["min_minutes"]
        ],
        "pickup": [(1, {"pickup": True})],
        "provide": [
            (n, {"provides": place["provides"] | more})
            for n, more in _subsets(_bits(person["needs"] & ~place["provides"]))
        ],
        "quieter": [(n, {"noise": place["noise"] - n}) for n in range(1, place["noise"])],
        "roomier": [(n, {"crowd": place["crowd"] - n}) for n in range(1, place["crowd"])],
        "companion": [] if place["companion_welcome"] else [(1, {"companion_welcome": True})],
        "cheaper": [
            (n, {"cost_yen": place["cost_yen"] - n})
            for n in (1, 99, 100, 599, 600)
            if n <= place["cost_yen"]
        ],
    }


HOSTS_RULE = {
    "open": Reason.NOT_OPEN,
    "place": Reason.FULL,
    "area": Reason.OUTSIDE_AREA,
    "age_limit": Reason.AGE,
    "child": Reason.CHILD,
    "field": Reason.FIELD,
    "lower_start": Reason.STAGE,
    "go_on": Reason.LOWER_STAGE,
    "arranged": Reason.TIME,
    "leave_early": Reason.TIME,
    "shorter_visit": Reason.DURATION,
    "provide": Reason.ACCOMMODATION,
    "quieter": Reason.NOISE,
    "roomier": Reason.CROWD,
    "companion": Reason.COMPANION,
    "cheaper": Reason.COST,
}


def sets_below(
    options: dict[str, list[tuple[int, Row]]],
    weigh: Callable[[str, int], float],
    bit_of: Callable[[str], int],
    most: float,
) -> list[Set]:
    """Return every set of at most one size of each kind that weighs at most `most`."""
    found: list[Set] = [(0, 0, {})]
    for kind, sizes in options.items():
        found += [
            (weight + weigh(kind, size), kinds | bit_of(kind), _merge(row, values))
            for weight, kinds, row in found
            for size, values in sizes
            if weight + weigh(kind, size) <= most
        ]
    return found


def _merge(row: Row, values: Row) -> Row:
    return row | values


def lightest(
    person: Row,
    place: Row,
    pair: Row,
    policy: Policy,
    bit_of: Callable[[str], int],
    most: float,
    fixed: frozenset[Reason] = frozenset(),
    brings: dict[str, int] | None = None,
) -> tuple[float, int] | None:
    """Return the least weight (thousandths) of changes that pass every rule, and their kinds.

    Of equal weights fewer kinds come first, then the smaller bits; None if nothing of at most
    `most` passes.
    """
    person, place, pair = A_PERSON | person, A_PLACE | place, A_PAIR | pair

    def weigh(kind: str, size: int) -> float:
        once, each = getattr(policy.relax, kind)
        return float(round(once * 1000) + round(each * 1000) * size)

    hosts = place_options(person, place)
    hosts = {kind: hosts[kind] for kind in hosts if HOSTS_RULE.get(kind) not in fixed}
    of_person = sets_below(person_options(person, place), weigh, bit_of, most)
    of_place = sets_below(hosts, weigh, bit_of, most)
    rows = [_with_what_comes_along(place | row, place, brings or {}) for _, _, row in of_place]
    areas = [row.pop("in_area", pair["in_area"]) for row in rows]
    passed = check_eligibility(
        profiles(*(person | row for _, _, row in of_person)),
        offers(*rows),
        pairs(*([[pair | {"in_area": area} for area in areas]] * len(of_person))),
        policy,
    ).candidates()
    good = [
        (mine + theirs, (kinds | others).bit_count(), kinds | others)
        for (mine, kinds, _), ok in zip(of_person, passed, strict=True)
        for (theirs, others, _), yes in zip(of_place, ok, strict=True)
        if yes
    ]
    if not good or min(good)[0] > most:
        return None
    weight, _, kinds = min(good)
    return weight, kinds


def _with_what_comes_along(row: Row, before: Row, brings: dict[str, int]) -> Row:
    for column, bits in brings.items():
        if row[column] and not before[column]:
            row = row | {"provides": row["provides"] | bits}
    return row
