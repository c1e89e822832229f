"""Openings: what a host offers, how many people it takes, and the life of the offer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum

from catalog.checks import (
    VISIBILITIES,
    check_at_least,
    check_filled,
    check_one_of,
    check_order,
    check_range,
)
from catalog.errors import CatalogError
from catalog.schedule import Schedule


class Stage(IntEnum):
    """How far along someone is: 相談, 見学, 体験, 参加, 役割."""

    CONSULTATION = 0
    VISIT = 1
    TRIAL = 2
    PARTICIPATION = 3
    ROLE = 4


class OpeningStatus(StrEnum):
    """Where an opening stands in its life."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    OPEN = "open"
    FULL = "full"
    PAUSED = "paused"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Welcome:
    """Whom an opening is for.

    `with_child`: True for parent and child only, False for no children, None for either.
    `fields`: codes of the vocabulary list `field`; empty means everyone.
    """

    min_age: int | None = None
    max_age: int | None = None
    sex: str | None = None
    sex_reason: str = ""
    with_child: bool | None = None
    fields: frozenset[str] = frozenset()
    residents_only: bool = True

    def __post_init__(self) -> None:
        check_range("welcome", 0, 130, min_age=self.min_age, max_age=self.max_age)
        check_order("welcome", "min_age", self.min_age, "max_age", self.max_age)
        if self.sex is not None:
            check_one_of("welcome", ("male", "female"), sex=self.sex)


@dataclass(frozen=True, slots=True)
class Opening:
    """Places for people at a resource, received by a host.

    Codes of the vocabulary: `menu`, `form`, `role`, `accommodations`, `transport`, `insurance`.
    `schedule` None means by arrangement. `noise` and `crowd` go from 1 (quiet, few) to 3 (loud,
    many). `found_by` and `liaison` are known to the case side only. `status_reason` is why the
    status was last changed; it stays out of the audit chain, as somebody may be named in it.
    """

    id: str
    resource_id: str
    host_id: str
    name: str
    menu: tuple[str, ...]
    form: str
    role: str
    capacity: int
    taken: int = 0
    status: OpeningStatus = OpeningStatus.OPEN
    description: str = ""
    first_stage: Stage = Stage.VISIT
    last_stage: Stage = Stage.PARTICIPATION
    schedule: Schedule | None = None
    min_minutes: int = 30
    max_minutes: int | None = None
    welcome: Welcome = Welcome()
    accommodations: frozenset[str] = frozenset()
    noise: int = 1
    crowd: int = 1
    typical_people: int | None = None
    companion_welcome: bool = True
    leave_early_ok: bool = True
    quota: bool = False
    transport: tuple[str, ...] = ()
    cost_yen: int = 0
    stipend_yen: int = 0
    insurance: str = ""
    agreement_required: bool = False
    starts_on: date | None = None
    ends_on: date | None = None
    visibility: str = "agencies"
    found_by: str = ""
    liaison: str = ""
    last_confirmed_on: date | None = None
    last_confirmed_by: str = ""
    last_confirmed_how: str = ""
    status_reason: str = ""

    def __post_init__(self) -> None:
        kind = "opening"
        check_filled(
            kind, id=self.id, resource_id=self.resource_id, host_id=self.host_id, name=self.name
        )
        check_at_least(kind, 1, capacity=self.capacity, min_minutes=self.min_minutes)
        check_at_least(
            kind,
            0,
            taken=self.taken,
            typical_people=self.typical_people,
            cost_yen=self.cost_yen,
            stipend_yen=self.stipend_yen,
        )
        if self.taken > self.capacity:
            raise CatalogError("taken_exceeds_capacity", taken=self.taken, capacity=self.capacity)
        check_range(kind, 1, 3, noise=self.noise, crowd=self.crowd)
        check_one_of(kind, VISIBILITIES, visibility=self.visibility)
        check_order(kind, "first_stage", self.first_stage, "last_stage", self.last_stage)
        check_order(kind, "min_minutes", self.min_minutes, "max_minutes", self.max_minutes)
        check_order(kind, "starts_on", self.starts_on, "ends_on", self.ends_on)


def is_open_on(opening: Opening, day: date) -> bool:
    """Say whether people may be proposed for the opening on a day; whether one fits is apart."""
    return (
        opening.status is OpeningStatus.OPEN
        and (opening.starts_on is None or opening.starts_on <= day)
        and (opening.ends_on is None or day <= opening.ends_on)
    )


def free_places(opening: Opening) -> int:
    """Return how many more people can come; 0 when the host said that it is full."""
    if opening.status is OpeningStatus.FULL:
        return 0
    return opening.capacity - opening.taken
