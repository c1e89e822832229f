"""First words in the database: each has a data key of its own, for nobody may be known yet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    false,
    func,
    insert,
    or_,
    select,
    true,
)
from sqlalchemy.exc import IntegrityError

from cases.intake.counting import HeardOn
from cases.intake.reception import Reception
from cases.permissions import Action, PeopleScope, may, relations_to_offices
from cases.reading import notes_readers
from catalog.audit import AuditEvent
from db import audit
from db.errors import DatabaseError
from db.people_scope import admitted_ids
from db.rows import is_standing, version_id
from db.sealing import Sealing
from db.secrets import Keyring
from db.session import Database
from db.tables import receptions


@notes_readers
class SqlIntakeStore:
    """The receptions of one municipality."""

    def __init__(self, database: Database, municipality_code: str, keyring: Keyring) -> None:
        self.database = database
        self.code = municipality_code
        self.sealing = Sealing(keyring, municipality_code)

    def receptions(self, scope: PeopleScope) -> list[Reception]:
        """Return the admitted receptions as they stand, by the day, then id."""
        return self._receptions(self._exists_for(scope))

    def reception(self, scope: PeopleScope, reception_id: str) -> Reception | None:
        """Return one reception as it stands, or None where there is none or it is not admitted."""
        found = self._receptions(receptions.c.id == reception_id, self._exists_for(scope))
        return next(iter(found), None)

    def versions_of_reception(self, scope: PeopleScope, reception_id: str) -> list[Reception]:
        """Return all versions of one admitted reception, the first first."""
        standing = self.reception(scope, reception_id)
        if standing is None:
            return []
        query = self._with_key().where(receptions.c.id == reception_id)
        with self.database.reading() as connection:
            rows = connection.execute(query.order_by(receptions.c.version)).mappings()
            return [self._open(row) for row in rows]

    def receptions_of(self, scope: PeopleScope, participant_id: str) -> list[Reception]:
        """Return the receptions of one admitted person as they stand, by the day."""
        of_person = receptions.c.participant_id == participant_id
        return self._receptions(of_person, self._exists_for(scope))

    def heard(self) -> list[HeardOn]:
        """Return what is counted of every reception of the city, also of those deleted since."""
        query = select(
            receptions.c.received_on,
            receptions.c.window,
            receptions.c.field,
            receptions.c.connector_district,
        ).where(receptions.c.municipality_code == self.code, is_standing(receptions))
        with self.database.reading() as connection:
            return [HeardOn(*row) for row in connection.execute(query)]

    def save_reception(self, reception: Reception, event: AuditEvent) -> None:
        """Keep the next version of a reception; none is ever changed.

        Raises
        ------
        DatabaseError
            ``changed_meanwhile`` where another version came first, ``deleted_already`` for a
            person who is deleted, ``broken_reference`` for one who is missing.
        """
        self.save_receptions([reception], event)

    def save_receptions(self, added: Iterable[Reception], event: AuditEvent) -> None:
        """Keep several as `save_reception`, with one event."""
        values = list(added)
        with self.database.writing() as connection:
            audit.append(connection, self.code, event)
            about = {each.participant_id for each in values if each.participant_id}
            self.sealing.check_kept(connection, about)
            for each in values:
                self._check_next(connection, each)
            keys = self.sealing.keys(connection, [each.id for each in values])
            rows = [
                self.sealing.row(receptions, each, keys[each.id], version_id(each.id, each.version))
                for each in values
            ]
            try:
                if rows:
                    connection.execute(insert(receptions), rows)
            except IntegrityError as error:
                raise DatabaseError("broken_reference", table="receptions") from error

    def _check_next(self, connection: Connection, reception: Reception) -> None:
        """Refuse what does not follow the version that stands and can still be read."""
        query = select(func.max(receptions.c.version)).where(
            receptions.c.municipality_code == self.code, receptions.c.id == reception.id
        )
        last = connection.scalar(query) or 0
        if last != reception.version - 1:
            raise DatabaseError("changed_meanwhile")
        readable = self._with_key().where(receptions.c.id == reception.id).limit(1)
        if last and connection.execute(readable).first() is None:
            raise DatabaseError("deleted_already")

    def _receptions(self, *conditions: ColumnElement[bool]) -> list[Reception]:
        query = self._with_key().where(is_standing(receptions), *conditions)
        with self.database.reading() as connection:
            ordered = query.order_by(receptions.c.received_on, receptions.c.id)
            return [self._open(row) for row in connection.execute(ordered).mappings()]

    def _with_key(self) -> Select[Any]:
        return self.sealing.with_key(receptions, "id")

    def _open(self, row: Any) -> Reception:
        return self.sealing.value(Reception, receptions, row, version_id(row["id"], row["version"]))

    def _exists_for(self, scope: PeopleScope) -> ColumnElement[bool]:
        return reception_exists(scope, self.code, self.sealing.keyring)


def reception_exists(
    scope: PeopleScope, municipality_code: str, keyring: Keyring
) -> ColumnElement[bool]:
    """Return the condition on `receptions` under which one exists for the reader."""
    actor, of_nobody = scope.actor, receptions.c.participant_id.is_(None)
    if actor.municipality_code != municipality_code:
        return false()
    people = admitted_ids(scope, municipality_code, keyring)
    sees_all = may(actor, Action.SEE_RECEPTIONS, relations_to_offices(actor, ()))
    sees_own = may(
        actor, Action.SEE_RECEPTIONS, relations_to_offices(actor, [actor.office_id or ""])
    )
    own = receptions.c.office_id == (actor.office_id or "") if sees_own else false()
    return or_(
        receptions.c.participant_id.in_(people), and_(of_nobody, true() if sees_all else own)
    )
