"""Saying to what the work of an office or of one of the staff is limited: 担当の範囲."""

from __future__ import annotations

from cases.actions.intake import Clock
from cases.permissions import Action, check_may
from cases.ports import RemitStore
from cases.remit import RemitSetting, check_remit
from catalog.actor import Actor
from catalog.audit import AuditEvent
from catalog.municipality import Municipality


def set_remit(
    actor: Actor, store: RemitStore, city: Municipality, setting: RemitSetting, clock: Clock
) -> None:
    """Keep a remit in the place of the one before; without limits it is the whole city.

    Raises
    ------
    NotPermitted
        Unless the role manages accounts.
    CaseError
        `remit_empty`, `programme_unknown`, `district_unknown`.
    """
    check_may(actor, Action.MANAGE_USERS)
    check_remit(setting, city)
    detail = {
        "programmes": _told(setting.programmes),
        "districts": _told(
            None if setting.districts is None else {"/".join(pair) for pair in setting.districts}
        ),
    }
    store.save_remit(
        setting,
        AuditEvent(
            kind="remit_set",
            actor_id=actor.user_id,
            subject_kind=str(setting.holder),
            subject_id=setting.holder_id,
            at=clock(),
            detail=detail,
        ),
    )


def _told(names: frozenset[str] | set[str] | None) -> str:
    return "all" if names is None else ",".join(sorted(names))
