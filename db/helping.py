"""Helpers and their matchings in the database; whom the reader may not open is not there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, insert, or_, select, true
from sqlalchemy.exc import IntegrityError

from cases.helper import Helper
from cases.helper_run import HelperRun
from cases.permissions import WITH_VOLUNTEERS, Action, PeopleScope, may
from cases.proposal import Proposal
from cases.reading import notes_readers
from catalog.audit import AuditEvent
from db import audit
from db.deciding import save_decision
from db.errors import DatabaseError
from db.people_scope import admitted_ids
from db.places_scope import names_known_opening
from db.rows import to_row, upsert
from db.sealing import Sealing
from db.secrets import Keyring
from db.session import Database
from db.tables import helper_proposals, helper_runs, helpers
from db.tables.helping import read_rounds, write_rounds

_NEVER = datetime.max.replace(tzinfo=UTC)


@notes_readers
class SqlHelperStore:
    """The helpers of one municipality, and the matchings of helpers and groups."""

    def __init__(self, database: Database, municipality_code: str, keyring: Keyring) -> None:
        self.database = database
        self.code = municipality_code
        self.sealing = Sealing(keyring, municipality_code)

    def helpers(self, scope: PeopleScope) -> list[Helper]:
        """Return the helpers whom the scope admits, by their reading, then their name."""
        found = self._helpers(scope)
        return sorted(found, key=lambda each: (each.name_kana, each.name, each.id))

    def helper(self, scope: PeopleScope, helper_id: str) -> Helper | None:
        """Return one helper, or None where there is none or the scope does not admit them."""
        return next(iter(self._helpers(scope, helpers.c.id == helper_id)), None)

    def helper_of(self, scope: PeopleScope, participant_id: str) -> Helper | None:
        """Return what an admitted person offers as a helper, or None."""
        found = self._helpers(scope, helpers.c.participant_id == participant_id)
        return next(iter(found), None)

    def save_helper(self, helper: Helper, event: AuditEvent) -> None:
        """Add a helper or a new version of one."""
        self.save_helpers([helper], event)

    def save_helpers(self, changed: Sequence[Helper], event: AuditEvent) -> None:
        """Add many helpers or new versions of them.

        Raises
        ------
        DatabaseError
            ``broken_reference`` when the person is missing or helps already,
            ``deleted_already`` when the person was deleted.
        """
        with self.database.writing() as connection:
            audit.append(connection, self.code, event)
            people = {each.participant_id for each in changed if each.participant_id}
            self.sealing.check_kept(connection, people)
            keys = self.sealing.keys(connection, (each.id for each in changed))
            rows = [
                {
                    "municipality_code": self.code,
                    "id": each.id,
                    "participant_id": each.participant_id,
                    "content": self.sealing.seal(each, helpers.c.content, keys[each.id], each.id),
                }
                for each in changed
            ]
            try:
                upsert(connection, helpers, rows)
            except IntegrityError as error:
                raise DatabaseError("broken_reference", table="helpers") from error

    def add_helper_run(self, run: HelperRun, made: Sequence[Proposal], event: AuditEvent) -> None:
        """Keep a run with its proposals; a run is never changed.

        Raises
        ------
        DatabaseError
            ``broken_reference`` when a helper or a group is missing, or an id is in use.
        """
        with self.database.writing() as connection:
            audit.append(connection, self.code, event)
            last = select(func.max(helper_runs.c.number)).where(
                helper_runs.c.municipality_code == self.code
            )
            number = (connection.scalar(last) or 0) + 1
            row = to_row(self.code, run) | {"number": number, "rounds": write_rounds(run.rounds)}
            key = self.sealing.keys(connection, [run.id])[run.id]
            # Somebody may have been deleted while it was computed.
            people = {each.participant_id for each in made}
            keys = self.sealing.keys_even_of_deleted(connection, people)
            rows = [
                self.sealing.row(helper_proposals, each, keys[each.participant_id], each.id)
                | {"position": at}
                for at, each in enumerate(made)
            ]
            try:
                sealed = self.sealing.seal_row(helper_runs, row, key, run.id)
                connection.execute(insert(helper_runs).values(sealed))
                if rows:
                    connection.execute(insert(helper_proposals), rows)
            except IntegrityError as error:
                raise DatabaseError("broken_reference", table="helper_runs") from error

    def latest_helper_run(self, scope: PeopleScope) -> HelperRun | None:
        """Return the last run, or None; whom the scope does not admit is left out of its lists."""
        newest = self.sealing.with_key(helper_runs, "id").order_by(helper_runs.c.number.desc())
        with self.database.reading() as connection:
            row = connection.execute(newest.limit(1)).mappings().first()
            if row is None:
                return None
            known = set(connection.scalars(self._known(scope)))
        key, columns = self.sealing.key_of(row), helper_runs.c
        rounds = self.sealing.open(bytes, row["rounds"], columns.rounds, key, row["id"])
        run = self.sealing.value(HelperRun, helper_runs, row, row["id"], rounds=read_rounds(rounds))
        return replace(
            run,
            unplaced=tuple(each for each in run.unplaced if each.participant_id in known),
            not_considered=tuple(
                each for each in run.not_considered if each.participant_id in known
            ),
        )

    def helper_proposals(self, scope: PeopleScope, run_id: str) -> list[Proposal]:
        """Return the proposals of a run for admitted helpers at known openings, in its order."""
        return self._proposals(scope, helper_proposals.c.run_id == run_id)

    def helper_proposal(self, scope: PeopleScope, proposal_id: str) -> Proposal | None:
        """Return one proposal, or None where its helper or its opening is none of the reader's."""
        return next(iter(self._proposals(scope, helper_proposals.c.id == proposal_id)), None)

    def helper_proposals_for(self, scope: PeopleScope, helper_id: str) -> list[Proposal]:
        """Return all proposals of one admitted helper."""
        return self._proposals(scope, helper_proposals.c.participant_id == helper_id)

    def decided_helper_proposals(self, scope: PeopleScope) -> list[Proposal]:
        """Return what was advanced or set aside in any run, by the time of the decision."""
        decided = self._proposals(scope, helper_proposals.c.decided_at.is_not(None))
        return sorted(decided, key=lambda each: (each.decided_at or _NEVER, each.id))

    def save_helper_proposal(self, proposal: Proposal, event: AuditEvent) -> None:
        """Keep what was decided about a proposal.

        Raises
        ------
        DatabaseError
            ``decided_meanwhile`` when somebody else was quicker.
        """
        save_decision(self.database, self.code, helper_proposals, proposal, event)

    def _helpers(self, scope: PeopleScope, *conditions: ColumnElement[bool]) -> list[Helper]:
        query = self.sealing.with_key(helpers, "id").where(
            helpers.c.id.in_(self._known(scope)), *conditions
        )
        with self.database.reading() as connection:
            rows = connection.execute(query.order_by(helpers.c.id)).mappings()
            return [
                self.sealing.open(
                    Helper, row["content"], helpers.c.content, self.sealing.key_of(row), row["id"]
                )
                for row in rows
            ]

    def _proposals(self, scope: PeopleScope, *conditions: ColumnElement[bool]) -> list[Proposal]:
        query = (
            self.sealing.with_key(helper_proposals, "participant_id")
            .where(
                helper_proposals.c.participant_id.in_(self._known(scope)),
                names_known_opening(helper_proposals.c.opening_id, scope.actor, self.code),
                *conditions,
            )
            .order_by(helper_proposals.c.run_id, helper_proposals.c.position)
        )
        with self.database.reading() as connection:
            rows = connection.execute(query).mappings()
            return [self.sealing.value(Proposal, helper_proposals, row, row["id"]) for row in rows]

    def _known(self, scope: PeopleScope) -> Select[Any]:
        """Select the ids of admitted helpers.

        Volunteers are nobody's case, so they are there for roles that see more than their cases.
        """
        actor = scope.actor
        sees_volunteers = (
            may(actor, Action.SEE_PEOPLE, WITH_VOLUNTEERS) and actor.municipality_code == self.code
        )
        people = admitted_ids(scope, self.code, self.sealing.keyring)
        of_admitted = helpers.c.participant_id.in_(people)
        is_volunteer = and_(
            helpers.c.participant_id.is_(None), true() if sees_volunteers else false()
        )
        return select(helpers.c.id).where(
            helpers.c.municipality_code == self.code, or_(of_admitted, is_volunteer)
        )
