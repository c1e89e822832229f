"""Of which protected people nobody is left who may open them: how many, in which office."""

from __future__ import annotations

from sqlalchemy import and_, func, or_, select

from cases.permissions import POLICY, Action, Relation
from db.session import Database
from db.tables import data_keys, named_staff, participants, users


def protected_without_staff(database: Database, municipality_code: str) -> dict[str, int]:
    """Count protected people whom neither a coordinator nor named staff can open, by office.

    Their office is that of the case: `Relation.OWN_CASE` holds for a coordinator who is still
    there. Nobody is named.
    """
    row = Action.SEE_PROTECTED
    roles = [each for each in POLICY if Relation.OWN_CASE in POLICY[each].get(row, frozenset())]
    people, user = participants.c, users.c
    coordinates = and_(
        user.id == people.coordinator_id, user.office_id.is_not_distinct_from(people.office_id)
    )
    is_named = (
        select(named_staff.c.user_id)
        .where(
            named_staff.c.municipality_code == people.municipality_code,
            named_staff.c.participant_id == people.id,
            named_staff.c.user_id == user.id,
        )
        .correlate(participants, users)
        .exists()
    )
    somebody = (
        select(user.id)
        .where(
            user.municipality_code == people.municipality_code,
            user.disabled.is_(False),
            user.role.in_(roles),
            or_(coordinates, is_named),
        )
        .correlate(participants)
        .exists()
    )
    kept = data_keys.c.subject_id == people.id  # of whom was deleted only an empty row is left
    query = (
        select(people.office_id, func.count())
        .join(data_keys, and_(data_keys.c.municipality_code == people.municipality_code, kept))
        .where(
            people.municipality_code == municipality_code,
            people.address_protected.is_(True),
            ~somebody,
        )
        .group_by(people.office_id)
        .order_by(people.office_id)
    )
    with database.reading() as connection:
        return {office or "": count for office, count in connection.execute(query)}
