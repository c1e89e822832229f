"""What could change so that a refused pair becomes possible, and the pair as it would then be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from matcher.consideration import Consideration
from matcher.profiles import Offers, Pairs, Profiles


class Kind(IntEnum):
    """What could change: its bit, and its place in the order of ties. Steps are in brackets."""

    OPEN = 0  # the opening takes people (1)
    PLACE = 1  # one more place (1)
    AREA = 2  # it serves where the person lives (1)
    AGE_LIMIT = 3  # its ages reach further (years)
    ASK_AGE = 4  # the unknown age turns out to be welcome (1)
    ASK_SEX = 5  # the unknown sex turns out to be welcome (1)
    CHILD = 6  # with or without a child is welcome (1)
    FIELD = 7  # all fields of support are welcome (1)
    LOWER_START = 8  # it begins at an earlier stage (stages)
    STEP_UP = 9  # the person goes on elsewhere first (stages)
    SLOT = 10  # the person comes at further times (bands of the week)
    ARRANGED = 11  # times by arrangement (1)
    LEAVE_EARLY = 12  # one may go before the end (1)
    SHORTER_VISIT = 13  # it takes people for a shorter time (minutes)
    LONGER_VISIT = 14  # the person stays longer (minutes)
    LONGER_WAY = 15  # the person bears a longer way (minutes)
    PICKUP = 16  # somebody fetches the person (1)
    PROVIDE = 17  # accommodations are offered (how many)
    QUIETER = 18  # less noise (steps)
    BEAR_NOISE = 19  # the person bears more noise (steps)
    ROOMIER = 20  # fewer people (steps)
    BEAR_CROWD = 21  # the person bears more people (steps)
    COMPANION = 22  # company is welcome (1)
    CHEAPER = 23  # it costs less (yen)
    PAY_MORE = 24  # the person pays more (yen)
    GO_ON = 25  # it goes on to a later stage (stages)
    STEP_BACK = 26  # the person goes a stage back for a while (1)


class Side(StrEnum):
    """Who could make a change."""

    PERSON = "person"
    HOST = "host"
    TRANSPORT = "transport"


_PERSONS: Final = (
    Kind.ASK_AGE,
    Kind.ASK_SEX,
    Kind.STEP_UP,
    Kind.SLOT,
    Kind.LONGER_VISIT,
    Kind.LONGER_WAY,
    Kind.BEAR_NOISE,
    Kind.BEAR_CROWD,
    Kind.PAY_MORE,
    Kind.STEP_BACK,
)


def side_of(kind: Kind) -> Side:
    """Return who could make a change of this kind."""
    if kind is Kind.PICKUP:
        return Side.TRANSPORT
    return Side.PERSON if kind in _PERSONS else Side.HOST


@dataclass(frozen=True, slots=True)
class Change:
    """One change.

    Attributes
    ----------
    size
        In steps, see `Kind`.
    bits
        Bands of the week (`SLOT`) or accommodations (`PROVIDE`) that are added.
    weight
        By the policy.
    """

    kind: Kind
    size: int
    weight: float
    bits: int = 0

    @property
    def side(self) -> Side:
        """Who could make it."""
        return side_of(self.kind)


@dataclass(frozen=True, slots=True, eq=False)
class Latitude:
    """What cannot be asked of an opening, and which accommodations come with other changes.

    Attributes
    ----------
    fixed
        Bits of the rules (`Reason`) that the host of an opening may not bend, uint32[m].
    companion_brings, leave_early_brings
        Accommodations that are there as soon as company is welcome, or one may leave early.
    """

    fixed: NDArray[np.uint32]
    companion_brings: int = 0
    leave_early_brings: int = 0


def full_latitude(offers: Offers) -> Latitude:
    """Return the latitude of openings of which anything may be asked."""
    return Latitude(np.zeros(len(offers), np.uint32))


def changed(
    considered: Consideration,
    i: int,
    j: int,
    changes: Iterable[Change],
    latitude: Latitude | None = None,
) -> tuple[Profiles, Offers, Pairs]:
    """Return the person, the opening and their pair as they would be after the changes."""
    latitude = latitude or full_latitude(considered.offers)
    person, place = considered.profiles.take([i]), considered.offers.take([j])
    pair = considered.pairs.take([i], [j])
    tables: dict[str, dict[str, Any]] = {"person": {}, "place": {}, "pair": {}}
    for change in changes:
        for table, column, value in _effects(change, person, place, latitude):
            of = {"person": person, "place": place, "pair": pair}[table]
            before = tables[table].get(column, getattr(of, column))
            # Two changes may both add accommodations.
            after = before | value if column == "provides" else np.full_like(before, value)
            tables[table][column] = after
    return (
        replace(person, **tables["person"]),
        replace(place, **tables["place"]),
        replace(pair, **tables["pair"]),
    )


Effect: TypeAlias = tuple[str, str, Any]


def _effects(
    change: Change, person: Profiles, place: Offers, latitude: Latitude
) -> tuple[Effect, ...]:
    """Return which columns a change sets, and to what; accommodations are added."""
    size = change.size
    match change.kind:
        case Kind.OPEN:
            return (("place", "open", True),)
        case Kind.PLACE:
            return (("place", "free", int(place.free[0]) + 1),)
        case Kind.AREA:
            return (("pair", "in_area", True),)
        case Kind.AGE_LIMIT:
            age, low, high = int(person.age[0]), int(place.min_age[0]), int(place.max_age[0])
            return (
                ("place", "min_age", min(low, age) if low >= 0 else low),
                ("place", "max_age", max(high, age) if high >= 0 else high),
            )
        case Kind.ASK_AGE:
            low, high = int(place.min_age[0]), int(place.max_age[0])
            return (("person", "age", low if low >= 0 else high),)
        case Kind.ASK_SEX:
            return (("person", "sex", int(place.sex[0])),)
        case Kind.CHILD:
            return (("place", "child", 0),)
        case Kind.FIELD:
            return (("place", "fields", 0),)
        case Kind.LOWER_START:
            return (("place", "first_stage", int(place.first_stage[0]) - size),)
        case Kind.STEP_UP:
            return (("person", "stage", int(person.stage[0]) + size),)
        case Kind.SLOT:
            return (("person", "available", int(person.available[0]) | change.bits),)
        case Kind.ARRANGED:
            return (("place", "by_arrangement", True),)
        case Kind.LEAVE_EARLY:
            brings = latitude.leave_early_brings
            return (("place", "leave_early", True), ("place", "provides", brings))
        case Kind.SHORTER_VISIT:
            return (("place", "min_minutes", int(place.min_minutes[0]) - size),)
        case Kind.LONGER_VISIT:
            return (("person", "max_minutes", int(person.max_minutes[0]) + size),)
        case Kind.LONGER_WAY:
            limit = float(person.travel_limit_minutes[0]) + size
            return (("person", "travel_limit_minutes", limit),)
        case Kind.PICKUP:
            return (("place", "pickup", True),)
        case Kind.PROVIDE:
            return (("place", "provides", change.bits),)
        case Kind.QUIETER:
            return (("place", "noise", int(place.noise[0]) - size),)
        case Kind.BEAR_NOISE:
            return (("person", "noise_limit", int(person.noise_limit[0]) + size),)
        case Kind.ROOMIER:
            return (("place", "crowd", int(place.crowd[0]) - size),)
        case Kind.BEAR_CROWD:
            return (("person", "crowd_limit", int(person.crowd_limit[0]) + size),)
        case Kind.COMPANION:
            brings = latitude.companion_brings
            return (("place", "companion_welcome", True), ("place", "provides", brings))
        case Kind.CHEAPER:
            return (("place", "cost_yen", int(place.cost_yen[0]) - size),)
        case Kind.PAY_MORE:
            return (("person", "cost_limit_yen", int(person.cost_limit_yen[0]) + size),)
        case Kind.GO_ON:
            return (("place", "last_stage", int(place.last_stage[0]) + size),)
        case Kind.STEP_BACK:
            return (("person", "next_step", -1),)
