"""What an administrator does to accounts; each act with its record, in one transaction."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from api.sign_in import Desk
from cases.accounts import account_event, check_administrator_stays
from cases.errors import NotFound
from cases.remit import RemitSetting, check_office
from catalog.actor import Role
from catalog.audit import AuditEvent
from catalog.municipality import Municipality
from db.users import User

LOGIN: Final = re.compile(r"[!-~]{2,40}")
ROLES_OF_PEOPLE: Final = tuple(role for role in Role if role is not Role.SYSTEM)


EVERYBODY: Final = "全員"
"""What one writes to say that everybody is to be signed out."""


class StaffAct(StrEnum):
    """What can be done to an account with one press."""

    DISABLE = "disable"
    ENABLE = "enable"
    UNLOCK = "unlock"
    END_SESSIONS = "end_sessions"
    REMOVE_FACTOR = "remove_factor"


def find_user(desk: Desk, user_id: str) -> User:
    """Return an account.

    Raises
    ------
    NotFound
        ``user_not_found``.
    """
    user = desk.users.user(user_id)
    if user is None:
        raise NotFound("user_not_found")
    return user


def check_office_of(
    user: User, users: Iterable[User], settings: Municipality, remits: Iterable[RemitSetting]
) -> None:
    """Raise `UnknownName` where an account could reach everybody by the name of no office."""
    others = [each.office_id for each in users if each.office_id and each.id != user.id]
    known = [*others, *(agency.name for agency in settings.agencies)]
    check_office(user.role, user.office_id, remits, known)


def save_account(desk: Desk, user: User, actor_id: str, now: datetime) -> None:
    """Add an account or change name, role and office; who gets another role signs in again.

    Whatever else it has is left as it is by then.

    Raises
    ------
    AccountError
        ``last_administrator``.
    DatabaseError
        ``login_taken``.
    """
    with desk.users.database.writing():
        before = desk.users.user(user.id)
        if before and before.role is Role.ADMINISTRATOR and user.role is not Role.ADMINISTRATOR:
            _check_stays(desk, user)
        if before:
            user = replace(before, name=user.name, role=user.role, office_id=user.office_id)
        kind = "user_changed" if before else "user_added"
        event = account_event(kind, user.id, now, {"role": user.role}, by=actor_id)
        desk.users.save_user(user, event)
        if before and (before.role, before.office_id) != (user.role, user.office_id):
            desk.end_sessions(user.id, actor_id, now)


def do_to_account(desk: Desk, user: User, act: StaffAct, actor_id: str, now: datetime) -> None:
    """Do something to an account, as it is by then.

    Raises
    ------
    AccountError
        ``last_administrator``.
    """
    with desk.users.database.writing():
        _ACTS[act](desk, find_user(desk, user.id), actor_id, now)


def sessions_running(desk: Desk, now: datetime) -> int:
    """Return in how many places somebody is signed in."""
    return desk.users.count_sessions(now - desk.limits.idle, now)


def sign_everybody_out(desk: Desk, actor_id: str, now: datetime) -> int:
    """End every session of everybody, whoever does it included, and what is half done.

    Returns how many sessions were running.
    """
    count = sessions_running(desk, now)
    code, told = desk.users.code, {"count": str(count)}
    event = AuditEvent("all_sessions_ended", actor_id, "municipality", code, now, told)
    with desk.users.database.writing():
        desk.users.end_all_sessions(event)
        desk.one_time.void_half_done()
    return count


def _disable(desk: Desk, user: User, actor_id: str, now: datetime) -> None:
    if user.role is Role.ADMINISTRATOR and not user.disabled:
        _check_stays(desk, user)
    event = account_event("user_disabled", user.id, now, by=actor_id)
    desk.users.save_user(replace(user, disabled=True), event)
    desk.one_time.void_all_of(user.id)


def _enable(desk: Desk, user: User, actor_id: str, now: datetime) -> None:
    event = account_event("user_enabled", user.id, now, by=actor_id)
    desk.users.save_user(replace(user, disabled=False), event)


def _unlock(desk: Desk, user: User, actor_id: str, now: datetime) -> None:
    desk.users.record(account_event("unlocked", user.id, now, by=actor_id))
    desk.tries.unlock(user.login)


def _end_sessions(desk: Desk, user: User, actor_id: str, now: datetime) -> None:
    desk.end_sessions(user.id, actor_id, now)


def _remove_factor(desk: Desk, user: User, actor_id: str, now: datetime) -> None:
    desk.passkeys.remove_all(user.id)
    desk.factors.remove(user.id, account_event("factor_removed", user.id, now, by=actor_id))
    desk.one_time.void_all_of(user.id)
    desk.end_sessions(user.id, actor_id, now)


_ACTS: Final[Mapping[StaffAct, Callable[[Desk, User, str, datetime], None]]] = {
    StaffAct.DISABLE: _disable,
    StaffAct.ENABLE: _enable,
    StaffAct.UNLOCK: _unlock,
    StaffAct.END_SESSIONS: _end_sessions,
    StaffAct.REMOVE_FACTOR: _remove_factor,
}


def _check_stays(desk: Desk, leaving: User) -> None:
    """Count as managing only who can sign in."""
    able = (each for each in desk.users.users() if not each.disabled and each.password_hash)
    check_administrator_stays(each.role for each in able if each.id != leaving.id)
