"""Openings: what a host offers, how many people it takes, and the life of the offer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import IntEnum, StrEnum

from catalog.actor import Actor, Role
from catalog.audit import AuditEvent
from catalog.checks import (
    VISIBILITIES,
    check_at_least,
    check_filled,
    check_one_of,
    check_order,
    check_range,
)
from catalog.dates import day_in_japan
from catalog.errors import CatalogError
from catalog.schedule import Schedule

UNPAID_WORK_FORMS = frozenset({"work_experience", "work_training_unemployed"})
"""Forms of work without a contract of employment."""


class Stage(IntEnum):
    """How far along someone is: 相談, 見学, 体験, 参加, 役割（担い手）, 就労."""

    CONSULTATION = 0
    VISIT = 1
    TRIAL = 2
    PARTICIPATION = 3
    ROLE = 4
    WORK = 5


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
class Preference:
    """Whom a host would be glad of; it keeps nobody out, that is for `Welcome`.

    What is left empty is not named. Sex cannot be named: as a limit it needs its reason, as a
    preference it has none.

    `menu`: activities that the person would like to do. `weekdays`: days on which the person can
    come, Monday 0. `words` are the host's own; nothing is computed from them.
    """

    min_age: int | None = None
    max_age: int | None = None
    stages: frozenset[Stage] = frozenset()
    menu: frozenset[str] = frozenset()
    weekdays: frozenset[int] = frozenset()
    words: str = ""

    def __post_init__(self) -> None:
        check_range("preference", 0, 130, min_age=self.min_age, max_age=self.max_age)
        check_order("preference", "min_age", self.min_age, "max_age", self.max_age)
        for weekday in self.weekdays:
            check_range("preference", 0, 6, weekday=weekday)

    @property
    def is_weighed(self) -> bool:
        """Whether anything is named by which people can be told apart."""
        ages = self.min_age is not None or self.max_age is not None
        return bool(ages or self.stages or self.menu or self.weekdays)


@dataclass(frozen=True, slots=True)
class Opening:
    """Places for people at a resource, received by a host.

    Codes of the vocabulary: `menu`, `form`, `role`, `accommodations`, `transport`, `insurance`.
    `schedule` None means by arrangement. `noise` and `crowd` go from 1 (quiet, few) to 3 (loud,
    many). `found_by` and `liaison` are known to the case side only. `status_reason` is why the
    status was last changed; it stays out of the audit chain, as somebody may be named in it.
    `helpers_wanted` is how many helpers (支え手) the group wants beside those who take part.
    `preference` is None where the host has named none.
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
    helpers_wanted: int = 0
    preference: Preference | None = None

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
            helpers_wanted=self.helpers_wanted,
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


class Requirement(StrEnum):
    """What must hold before an opening may take a step."""

    REASON = "reason"
    COMPLETE = "complete"
    FREE_PLACE = "free_place"
    NOT_PAST = "not_past"


@dataclass(frozen=True, slots=True)
class Transition:
    """One allowed step of an opening: who may take it and what it requires."""

    by: frozenset[Role]
    requires: frozenset[Requirement] = frozenset()


_STAFF = frozenset({Role.COORDINATOR, Role.LEAD_AGENCY})
_OWNERS = _STAFF | {Role.HOST}
_AUTOMATIC = _OWNERS | {Role.SYSTEM}
_WRITERS = _OWNERS | {Role.MEMBER_AGENCY}

_BECAUSE = frozenset({Requirement.REASON})
_COMPLETE = frozenset({Requirement.COMPLETE, Requirement.NOT_PAST})
_ROOM = frozenset({Requirement.FREE_PLACE, Requirement.NOT_PAST})

_S = OpeningStatus
TRANSITIONS: Mapping[tuple[OpeningStatus, OpeningStatus], Transition] = {
    (_S.DRAFT, _S.SUBMITTED): Transition(_WRITERS, _COMPLETE),
    (_S.DRAFT, _S.OPEN): Transition(_STAFF, _COMPLETE | _ROOM),
    (_S.DRAFT, _S.ENDED): Transition(_WRITERS, _BECAUSE),
    (_S.SUBMITTED, _S.DRAFT): Transition(_WRITERS, _BECAUSE),
    (_S.SUBMITTED, _S.OPEN): Transition(_STAFF, _COMPLETE | _ROOM),
    (_S.SUBMITTED, _S.ENDED): Transition(_OWNERS, _BECAUSE),
    (_S.OPEN, _S.FULL): Transition(_AUTOMATIC),
    (_S.OPEN, _S.PAUSED): Transition(_OWNERS, _BECAUSE),
    (_S.OPEN, _S.ENDED): Transition(_AUTOMATIC, _BECAUSE),
    (_S.FULL, _S.OPEN): Transition(_AUTOMATIC, _ROOM),
    (_S.FULL, _S.PAUSED): Transition(_OWNERS, _BECAUSE),
    (_S.FULL, _S.ENDED): Transition(_AUTOMATIC, _BECAUSE),
    (_S.PAUSED, _S.OPEN): Transition(_OWNERS, _ROOM),
    (_S.PAUSED, _S.FULL): Transition(_OWNERS),
    (_S.PAUSED, _S.ENDED): Transition(_AUTOMATIC, _BECAUSE),
    (_S.ENDED, _S.DRAFT): Transition(_OWNERS),
}
"""The whole life of an opening. What is not here does not happen."""

FIRST_STATUSES = frozenset({_S.DRAFT, _S.OPEN})
"""In which an opening begins: written by hand, or taken over from a list already in use."""


def transition(
    opening: Opening, to: OpeningStatus, actor: Actor, at: datetime, reason: str = ""
) -> tuple[Opening, AuditEvent]:
    """Take one step in the life of an opening.

    Returns the opening in its new status and the event to be stored with it.

    Raises
    ------
    CatalogError
        No such step, not this role's step, or something that the step requires is missing.
    """
    step = _allowed_step(opening, to, actor.role)
    _check_requirements(opening, to, step.requires, day_in_japan(at), reason)
    event = AuditEvent(
        kind="opening_status",
        actor_id=actor.user_id,
        subject_kind="opening",
        subject_id=opening.id,
        at=at,
        detail={"from": opening.status, "to": to},
    )
    return replace(opening, status=to, status_reason=reason.strip()), event


def _allowed_step(opening: Opening, to: OpeningStatus, role: Role) -> Transition:
    names = {"from_status": opening.status, "to_status": to}
    step = TRANSITIONS.get((opening.status, to))
    if step is None:
        raise CatalogError("transition_unknown", **names)
    if role not in step.by:
        raise CatalogError("transition_role", role=role, **names)
    return step


def _check_requirements(
    opening: Opening,
    to: OpeningStatus,
    requires: frozenset[Requirement],
    today: date,
    reason: str,
) -> None:
    if Requirement.REASON in requires and not reason.strip():
        raise CatalogError("transition_reason", from_status=opening.status, to_status=to)
    if Requirement.COMPLETE in requires and (missing := missing_before_shown(opening)):
        raise CatalogError("opening_incomplete", missing=", ".join(missing))
    if Requirement.NOT_PAST in requires and opening.ends_on and opening.ends_on < today:
        raise CatalogError("transition_past", ends_on=opening.ends_on, today=today)
    if Requirement.FREE_PLACE in requires and opening.taken >= opening.capacity:
        raise CatalogError("transition_no_free_place", capacity=opening.capacity)


def missing_before_shown(opening: Opening) -> tuple[str, ...]:
    """Return the fields that a draft still lacks before anyone may be sent there.

    A limit to one sex needs its reason. Work without a contract needs an insurance and a written
    agreement that it is not employment (基発0326第7号, 2015-03-26).
    """
    unpaid_work = opening.form in UNPAID_WORK_FORMS
    lacks = {
        "menu": not opening.menu,
        "welcome.sex_reason": bool(opening.welcome.sex) and not opening.welcome.sex_reason.strip(),
        "insurance": unpaid_work and opening.insurance in {"", "none"},
        "agreement_required": unpaid_work and not opening.agreement_required,
    }
    return tuple(name for name, lacking in lacks.items() if lacking)
