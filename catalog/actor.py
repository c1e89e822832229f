"""Who acts: a signed-in person (or the system itself) in one role for one municipality."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody is to the municipality's work; rights follow from it."""

    COORDINATOR = "coordinator"
    LEAD_AGENCY = "lead_agency"
    MEMBER_AGENCY = "member_agency"
    HOST = "host"
    PLANNER = "planner"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Remit:
    """To whom somebody's work is limited; None is no limit.

    Attributes
    ----------
    programmes
        The 事業 that an office is entrusted with: people who are supported under one of them.
    town_ids
        The towns of a 圏域: people who live there.
    """

    programmes: frozenset[str] | None = None
    town_ids: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who does something, named in every audit event by `user_id`.

    Attributes
    ----------
    remits
        Limits of the office and of the person; all of them hold.
    emergencies
        Ids of people whom the actor may open for now (緊急閲覧).
    """

    user_id: str
    name: str
    role: Role
    municipality_code: str
    office_id: str | None = None
    remits: tuple[Remit, ...] = ()
    emergencies: frozenset[str] = frozenset()
