"""Whom somebody else has let in of late: told to whoever has the account, and to the auditor.

An administrator opens no page of people, but can make an account that does, or give a way into one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from api.labels import ROLES
from api.pages.audit.rows import who_did
from api.pages.matching.page import moment_words
from api.wiring import Wiring
from cases.permissions import Action, is_ever_allowed
from cases.words.audit import event_words
from catalog.actor import Role
from catalog.audit import AuditEvent
from db import audit
from db.audit import Chosen

TOLD_FOR: Final = timedelta(days=30)
OF_AN_ACCOUNT: Final = frozenset(
    {"reset_begun", "factor_removed", "password_changed", "identity_linked"}
)
"""What gives another person a way into an account that is somebody's."""
NEW: Final = frozenset({"user_added", "user_changed"})


@dataclass(frozen=True, slots=True)
class WayIn:
    """When who did what, and to whose account."""

    when: str
    who: str
    what: str
    whose: str
    role: str


def done_to(wiring: Wiring, user_id: str) -> tuple[WayIn, ...]:
    """Return what others have done of late to somebody's ways in, the last first."""
    return _ways(wiring, Chosen(kinds=OF_AN_ACCOUNT, person_id=user_id, since=_since(wiring)))


def into_people(wiring: Wiring) -> tuple[WayIn, ...]:
    """Return the ways in of late to accounts that meet people, made by others than their own."""
    chosen = Chosen(kinds=OF_AN_ACCOUNT | NEW, since=_since(wiring))
    meeting = {ROLES[role] for role in Role if is_ever_allowed(role, Action.SEE_PEOPLE)}
    return tuple(each for each in _ways(wiring, chosen) if each.role in meeting)


def _since(wiring: Wiring) -> datetime:
    return wiring.clock() - TOLD_FOR


def _ways(wiring: Wiring, chosen: Chosen) -> tuple[WayIn, ...]:
    staff = {each.id: each for each in wiring.users.users()}
    with wiring.database.reading() as connection:
        found = audit.find(connection, wiring.city.code, chosen)
    return tuple(
        WayIn(
            moment_words(event.at),
            who_did(event.actor_id, staff.get(event.actor_id)),
            event_words(event.kind),
            staff[event.subject_id].name,
            ROLES[Role(event.detail.get("role", staff[event.subject_id].role))],
        )
        for event in _of_others(each.event for each in found)
        if event.subject_id in staff
    )


def _of_others(events: Iterable[AuditEvent]) -> Iterable[AuditEvent]:
    return (each for each in events if each.actor_id != each.subject_id)
