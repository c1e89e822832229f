"""Whom a reader may meet, as a condition of the database: nobody else is even decrypted.

`cases.permissions.PeopleScope.admits` says the same of one person; a test compares the two. What
somebody's work is limited to (事業, 圏域) is sealed, so it is found through the keyed index.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, false, or_, select, true

from cases.participant import Participant
from cases.permissions import POLICY, Action, PeopleScope, Relation
from catalog.actor import Actor, Remit
from db.secrets import Keyring
from db.tables import data_keys, name_index, named_staff, participants, plan_members

PROGRAMME, TOWN = "programme", "town"


def admitted(scope: PeopleScope, municipality_code: str, keyring: Keyring) -> ColumnElement[bool]:
    """Return the condition on `participants` under which a person exists for the reader.

    Of whom was deleted only an empty row is left, which is nobody for anyone.
    """
    return and_(would_admit(scope, municipality_code, keyring), _is_kept())


def admitted_ids(scope: PeopleScope, municipality_code: str, keyring: Keyring) -> Select[Any]:
    """Select the ids of the people who exist for the reader."""
    return select(participants.c.id).where(
        participants.c.municipality_code == municipality_code,
        admitted(scope, municipality_code, keyring),
    )


def would_admit(
    scope: PeopleScope, municipality_code: str, keyring: Keyring
) -> ColumnElement[bool]:
    """Return the condition as for `admitted`, met also by the empty rows of deleted people."""
    actor = scope.actor
    if actor.municipality_code != municipality_code:
        return false()
    row = POLICY[actor.role]
    sees, even_protected = (
        row.get(action, frozenset()) for action in (Action.SEE_PEOPLE, Action.SEE_PROTECTED)
    )
    unprotected = participants.c.address_protected.is_(False)
    conditions = [
        _stands(actor, relation, keyring)
        if relation in even_protected
        else and_(unprotected, _stands(actor, relation, keyring))
        for relation in Relation
        if relation in sees
    ]
    return or_(false(), *conditions)


def is_before_scopes(municipality_code: str) -> ColumnElement[bool]:
    """Return the condition that a person was written before there were tokens to be found by."""
    return and_(
        participants.c.municipality_code == municipality_code,
        participants.c.programmes.is_(None),
        _is_kept(),
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


def scope_tokens(keyring: Keyring, municipality_code: str, person: Participant) -> set[bytes]:
    """Return under which tokens a person is found by 事業 and, unless protected, by town."""
    town = [] if person.address_protected or person.town_id is None else [person.town_id]
    return {
        keyring.scope_token(municipality_code, kind, value)
        for kind, values in ((PROGRAMME, person.programmes), (TOWN, town))
        for value in values
    }


def _stands(actor: Actor, relation: Relation, keyring: Keyring) -> ColumnElement[bool]:
    """Return the condition under which the actor stands in a relation to a person."""
    match relation:
        case Relation.ANY:
            return true()
        case Relation.REMIT:
            return and_(true(), *(_covers(actor, remit, keyring) for remit in actor.remits))
        case Relation.OWN_OFFICE:
            return participants.c.office_id == actor.office_id if actor.office_id else false()
        case Relation.PLAN_MEMBER:
            return _is_beside(plan_members, "office_id", actor.office_id)
        case Relation.OWN_CASE:
            is_named = _is_beside(named_staff, "user_id", actor.user_id)
            coordinates = and_(
                participants.c.coordinator_id == actor.user_id,
                participants.c.office_id.is_not_distinct_from(actor.office_id),
            )
            return or_(coordinates, is_named)
        case Relation.EMERGENCY:
            return participants.c.id.in_(sorted(actor.emergencies))
        case Relation.ITEM_MEMBER:  # of an item of a meeting, never of a person
            return false()


def _covers(actor: Actor, remit: Remit, keyring: Keyring) -> ColumnElement[bool]:
    def is_under(kind: str, values: Iterable[str] | None) -> ColumnElement[bool]:
        if values is None:
            return true()
        tokens = [keyring.scope_token(actor.municipality_code, kind, each) for each in values]
        return participants.c.id.in_(
            select(name_index.c.participant_id).where(
                name_index.c.municipality_code == actor.municipality_code,
                name_index.c.token.in_(sorted(tokens)),
            )
        )

    return and_(is_under(PROGRAMME, remit.programmes), is_under(TOWN, remit.town_ids))


def _is_beside(table: Table, column: str, value: str | None) -> ColumnElement[bool]:
    """Return the condition that a table beside the people holds a value for a person."""
    return (
        select(table.c.participant_id)
        .where(
            table.c.municipality_code == participants.c.municipality_code,
            table.c.participant_id == participants.c.id,
            table.c[column] == value,
        )
        .exists()
    )
