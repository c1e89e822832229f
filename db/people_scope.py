"""Whom a reader may meet, as a condition of the database: nobody else is even decrypted.

`cases.permissions.PeopleScope.admits` says the same of one person; a test compares the two.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, false, or_, select, true

from cases.permissions import Action, PeopleScope, Relation, widest_relation
from catalog.actor import Actor
from db.tables import data_keys, named_staff, participants


def admitted(scope: PeopleScope, municipality_code: str) -> ColumnElement[bool]:
    """Return the condition on `participants` under which a person exists for the reader.

    Of whom was deleted only an empty row is left, which is nobody for anyone.
    """
    return and_(would_admit(scope, municipality_code), _is_kept())


def would_admit(scope: PeopleScope, municipality_code: str) -> ColumnElement[bool]:
    """Return the condition as for `admitted`, met also by the empty rows of deleted people."""
    actor = scope.actor
    if actor.municipality_code != municipality_code:
        return false()
    return and_(
        _stands(actor, widest_relation(actor.role, Action.SEE_PEOPLE)),
        or_(
            participants.c.address_protected.is_(False),
            _stands(actor, widest_relation(actor.role, Action.SEE_PROTECTED)),
        ),
    )


def _is_kept() -> ColumnElement[bool]:
    keys = data_keys.alias()  # stores join the same table to open what they select
    return (
        select(keys.c.subject_id)
        .where(
            keys.c.municipality_code == participants.c.municipality_code,
            keys.c.subject_id == participants.c.id,
        )
        .exists()
    )


def _stands(actor: Actor, needed: Relation | None) -> ColumnElement[bool]:
    """Return the condition under which the actor stands to a person as a right asks for."""
    match needed:
        case None:
            return false()
        case Relation.ANY:
            return true()
        case Relation.OWN_OFFICE if actor.office_id is not None:
            return or_(_is_own_case(actor), participants.c.office_id == actor.office_id)
        case _:
            return _is_own_case(actor)


def _is_own_case(actor: Actor) -> ColumnElement[bool]:
    named = (
        select(named_staff.c.user_id)
        .where(
            named_staff.c.municipality_code == participants.c.municipality_code,
            named_staff.c.participant_id == participants.c.id,
            named_staff.c.user_id == actor.user_id,
        )
        .exists()
    )
    return or_(participants.c.coordinator_id == actor.user_id, named)
