"""What a person wants to take part in, and what it takes for them to be able to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from cases.errors import CaseError
from catalog.schedule import Band

COMPANIONS: Final = ("none", "wish", "must")


class NextStep(StrEnum):
    """Where a person wants to go from their present stage; going back is their own choice."""

    UP = "up"
    STAY = "stay"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class Wish:
    """A menu code and how much it is wished for, 1 (could be nice) to 5 (most of all)."""

    menu: str
    strength: int

    def __post_init__(self) -> None:
        if not 1 <= self.strength <= 5:
            raise CaseError("wish_strength_outside", menu=self.menu, value=self.strength)


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """The need of one person; one is current at a time, corrections are new versions.

    `available` holds pairs of weekday (Monday 0) and band. `avoid_menu`, `avoid_host_ids` and
    `avoid_districts` (layer key, district name) are hard; `dislike_menu` only lowers the fit.
    `modes` are values of `geo.travel.TravelMode`. `noise_limit` and `crowd_limit` go from 1
    (only quiet, only few people) to 3 (no limit). `next_step` was said on `next_step_on` for
    `next_step_reason`. `known_place_ids`, `known_host_ids` and `known_person_ids` are places,
    hosts and participants that the person already knows and does not mind meeting.
    """

    participant_id: str
    kind: str
    goal: str = ""
    wishes: tuple[Wish, ...] = ()
    wishes_text: str = ""
    avoid_menu: frozenset[str] = frozenset()
    dislike_menu: frozenset[str] = frozenset()
    avoid_text: str = ""
    strengths: str = ""
    available: frozenset[tuple[int, Band]] = frozenset()
    max_minutes: int | None = None
    modes: tuple[str, ...] = ("walk",)
    travel_limit_minutes: int = 30
    companion: str = "none"
    noise_limit: int = 3
    crowd_limit: int = 3
    accommodations: frozenset[str] = frozenset()
    with_child: bool = False
    cost_limit_yen: int | None = None
    avoid_host_ids: frozenset[str] = frozenset()
    avoid_districts: frozenset[tuple[str, str]] = frozenset()
    existing_options: str = ""
    until_on: date | None = None
    next_step: NextStep = NextStep.UP
    next_step_reason: str = ""
    next_step_on: date | None = None
    known_place_ids: frozenset[str] = frozenset()
    known_host_ids: frozenset[str] = frozenset()
    known_person_ids: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        wished = [wish.menu for wish in self.wishes]
        if len(set(wished)) < len(wished):
            raise CaseError("wish_twice", menu=next(m for m in wished if wished.count(m) > 1))
        if both := sorted(set(wished) & self.avoid_menu):
            raise CaseError("wish_is_avoided", menu=both[0])
        if any(not 0 <= weekday <= 6 for weekday, _ in self.available):
            raise CaseError("weekday_outside")
        if self.max_minutes is not None and self.max_minutes < 1:
            raise CaseError("max_minutes_below_one", value=self.max_minutes)
        if self.travel_limit_minutes < 1:
            raise CaseError("travel_limit_below_one", value=self.travel_limit_minutes)
        if not self.modes:
            raise CaseError("modes_missing")
        if self.companion not in COMPANIONS:
            raise CaseError("companion_unknown", value=self.companion)
        if not (1 <= self.noise_limit <= 3 and 1 <= self.crowd_limit <= 3):
            raise CaseError("limit_outside", noise=self.noise_limit, crowd=self.crowd_limit)
        if self.cost_limit_yen is not None and self.cost_limit_yen < 0:
            raise CaseError("cost_limit_negative", value=self.cost_limit_yen)


def availability_mask(available: frozenset[tuple[int, Band]]) -> int:
    """Return the 21-bit mask of weekday * 3 + band that the matcher compares with openings."""
    return sum(1 << (weekday * 3 + band) for weekday, band in available)
