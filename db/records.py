"""What is kept about the keeping of records: versions, holds, disclosures, counts of deletions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Select, Table, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from cases.disclosure import Disclosure
from cases.participant import ParticipantStatus
from cases.permissions import PeopleScope
from cases.reading import notes_readers
from cases.retention import Deletion, LegalHold
from cases.versions import Version
from catalog.audit import AuditEvent
from db import audit
from db.errors import DatabaseError
from db.forgetting import delete_person, deletions_of
from db.guarded import carry_out
from db.people_scope import admitted_ids, would_admit
from db.sealing import Sealing
from db.secrets import Keyring
from db.session import Database
from db.tables import (
    deletions,
    disclosures,
    legal_holds,
    participants,
    proposals,
    run_not_considered,
    run_unplaced,
    versions,
)
from db.versions import open_version

_V = TypeVar("_V", LegalHold, Disclosure)


@dataclass(frozen=True, slots=True)
class DeletedInRun:
    """How many deleted people a run had proposed something for, found nothing for, left out."""

    proposed: int = 0
    not_placed: int = 0
    not_asked: int = 0

    @property
    def total(self) -> int:
        """Return how many that are."""
        return self.proposed + self.not_placed + self.not_asked


@notes_readers
class SqlRecordStore:
    """The versions, holds, disclosures and deletions of one municipality."""

    def __init__(self, database: Database, municipality_code: str, keyring: Keyring) -> None:
        self.database = database
        self.code = municipality_code
        self.keyring = keyring
        self.sealing = Sealing(keyring, municipality_code)

    def versions_of(self, scope: PeopleScope, participant_id: str) -> list[Version]:
        """Return all versions of an admitted person and of their need, each in its order."""
        ids = select(participants.c.id).where(participants.c.id == participant_id)
        return self._versions(scope, ids)

    def versions_of_closed(self, scope: PeopleScope) -> dict[str, list[Version]]:
        """Return the versions of each admitted person whose support has ended."""
        closed = select(participants.c.id).where(participants.c.status == ParticipantStatus.CLOSED)
        found: defaultdict[str, list[Version]] = defaultdict(list)
        for version in self._versions(scope, closed):
            found[version.participant_id].append(version)
        return dict(found)

    def holds(self, scope: PeopleScope) -> dict[str, list[LegalHold]]:
        """Return the holds on each admitted person, lifted ones too, the earliest first."""
        found: defaultdict[str, list[LegalHold]] = defaultdict(list)
        for hold in self._values(LegalHold, legal_holds, scope, "made_at"):
            found[hold.participant_id].append(hold)
        return dict(found)

    def holds_of(self, scope: PeopleScope, participant_id: str) -> list[LegalHold]:
        """Return the holds on one admitted person, lifted ones too, the earliest first."""
        return self._values(LegalHold, legal_holds, scope, "made_at", participant_id)

    def disclosures_of(self, scope: PeopleScope, participant_id: str) -> list[Disclosure]:
        """Return what was told of one admitted person, the first first."""
        return self._values(Disclosure, disclosures, scope, "recorded_at", participant_id)

    def add_hold(self, hold: LegalHold, event: AuditEvent) -> None:
        """Keep that a person's records must not be deleted.

        Raises
        ------
        DatabaseError
            ``broken_reference`` when the person is missing, or the id is in use.
        """
        self._add(legal_holds, hold, event)

    def lift_hold(self, hold: LegalHold, event: AuditEvent) -> None:
        """Keep that a hold was lifted.

        Raises
        ------
        DatabaseError
            ``undone_meanwhile`` when somebody else was quicker.
        """
        statement = (
            update(legal_holds)
            .where(
                legal_holds.c.municipality_code == self.code,
                legal_holds.c.id == hold.id,
                legal_holds.c.lifted_at.is_(None),
            )
            .values(lifted_by=hold.lifted_by, lifted_at=hold.lifted_at)
        )
        quicker = DatabaseError("undone_meanwhile")
        carry_out(self.database, self.code, statement, event, quicker)

    def add_disclosure(self, disclosure: Disclosure, event: AuditEvent) -> None:
        """Keep what was told of a person; none is ever changed. Raises as `add_hold`."""
        self._add(disclosures, disclosure, event)

    def delete(self, deletion: Deletion, event: AuditEvent) -> Deletion:
        """Destroy what is known of a person; see `db.forgetting.delete_person`."""
        return delete_person(self.database, self.code, self.keyring, deletion, event)

    def deletions(self) -> Sequence[Deletion]:
        """Return the log of deletions, the first one first."""
        return deletions_of(self.database, self.code)

    def deleted_in(self, scope: PeopleScope, run_id: str) -> DeletedInRun:
        """Count the people of a run who were deleted since, as far as the reader knew of them."""
        gone = select(participants.c.id).where(
            participants.c.municipality_code == self.code,
            participants.c.id.in_(
                select(deletions.c.participant_id).where(deletions.c.municipality_code == self.code)
            ),
            would_admit(scope, self.code, self.keyring),
        )
        with self.database.reading() as connection:
            counts = [
                connection.scalar(
                    select(func.count()).where(
                        table.c.municipality_code == self.code,
                        table.c.run_id == run_id,
                        table.c.participant_id.in_(gone),
                    )
                )
                for table in (proposals, run_unplaced, run_not_considered)
            ]
        return DeletedInRun(*(count or 0 for count in counts))

    def record(self, event: AuditEvent) -> None:
        """Write an event that changes nothing (an export that was handed out)."""
        with self.database.writing() as connection:
            audit.append(connection, self.code, event)

    def events_about(self, participant_id: str) -> Sequence[AuditEvent]:
        """Return what was done about a person and who looked, the last first."""
        with self.database.reading() as connection:
            found = audit.find(connection, self.code, audit.Chosen(person_id=participant_id))
            return [each.event for each in found]

    def _add(self, table: Table, value: LegalHold | Disclosure, event: AuditEvent) -> None:
        id_ = value.participant_id
        with self.database.writing() as connection:
            audit.append(connection, self.code, event)
            key = self.sealing.keys(connection, [id_])[id_]
            try:
                row = self.sealing.row(table, value, key, value.id)
                connection.execute(insert(table).values(row))
            except IntegrityError as error:
                raise DatabaseError("broken_reference", table=table.name) from error

    def _values(
        self,
        kind: type[_V],
        table: Table,
        scope: PeopleScope,
        order: str,
        participant_id: str | None = None,
    ) -> list[_V]:
        query = self.sealing.with_key(table, "participant_id").where(
            table.c.participant_id.in_(self._admitted(scope))
        )
        if participant_id is not None:
            query = query.where(table.c.participant_id == participant_id)
        with self.database.reading() as connection:
            rows = connection.execute(query.order_by(table.c[order], table.c.id)).mappings()
            return [self.sealing.value(kind, table, row, row["id"]) for row in rows]

    def _versions(self, scope: PeopleScope, ids: Select[Any]) -> list[Version]:
        query = (
            self.sealing.with_key(versions, "participant_id")
            .where(
                versions.c.participant_id.in_(self._admitted(scope)),
                versions.c.participant_id.in_(
                    ids.where(participants.c.municipality_code == self.code)
                ),
            )
            .order_by(versions.c.participant_id, versions.c.part, versions.c.number)
        )
        with self.database.reading() as connection:
            rows = connection.execute(query).mappings()
            return [open_version(row, self.sealing) for row in rows]

    def _admitted(self, scope: PeopleScope) -> Select[Any]:
        return admitted_ids(scope, self.code, self.keyring)
