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
class Actor:
    """Somebody who does something, named in every audit event by `user_id`."""

    user_id: str
    name: str
    role: Role
    municipality_code: str
    office_id: str | None = None
