"""Matching runs in the database: frozen, with their proposals and what was decided on those."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, func, insert, select
from sqlalchemy.exc import IntegrityError

from cases.permissions import PeopleScope
from cases.proposal import Proposal, ProposalStatus
from cases.reading import notes_readers
from cases.run import MatchRun, NotConsidered, Unplaced, UsedRule
from catalog.audit import AuditEvent
from db import audit
from db.deciding import save_decision
from db.errors import DatabaseError
from db.people_scope import admitted_ids
from db.places import can_be_promised
from db.places_scope import names_known_opening
from db.rows import from_row, to_row
from db.sealing import Sealing
from db.secrets import Keyring
from db.session import Database
from db.tables import (
    match_runs,
    proposals,
    run_not_considered,
    run_rules,
    run_unplaced,
)

_NEVER = datetime.max.replace(tzinfo=UTC)
_FILES: Final[Mapping[str, Any]] = {"problem": b"", "result": b"", "views": None}
"""What a run is without what only its own page needs."""


@notes_readers
class SqlRunStore:
    """The matching runs of one municipality."""

    def __init__(self, database: Database, municipality_code: str, keyring: Keyring) -> None:
        self.database = database
        self.code = municipality_code
        self.sealing = Sealing(keyring, municipality_code)

    def add_run(self, run: MatchRun, made: Sequence[Proposal], event: AuditEvent) -> None:
        """Keep a run with its proposals; a run is never changed.

        Raises
        ------
        DatabaseError
            ``broken_reference`` when a person or an opening is missing, or an id is in use.
        """
        with self.database.writing() as connection:
            audit.append(connection, self.code, event)
            try:
                self._insert(connection, run, made)
            except IntegrityError as error:
                raise DatabaseError("broken_reference", table="match_runs") from error

    def run(self, scope: PeopleScope, run_id: str) -> MatchRun | None:
        """Return one run, or None; whom the scope does not admit is left out of its lists."""
        return next(iter(self._runs(scope, match_runs.c.id == run_id)), None)

    def run_by_number(self, scope: PeopleScope, number: int) -> MatchRun | None:
        """Return the run with a number, or None; as `run`."""
        return next(iter(self._runs(scope, match_runs.c.number == number)), None)

    def latest_run(self, scope: PeopleScope) -> MatchRun | None:
        """Return the run that started last, or None; as `run`."""
        return next(iter(self._runs(scope, limit=1)), None)

    def runs(self, scope: PeopleScope, limit: int = 20) -> list[MatchRun]:
        """Return the last runs, the newest first; as `run`, their long files left empty."""
        return self._runs(scope, limit=limit, without=_FILES)

    def proposals(self, scope: PeopleScope, run_id: str) -> list[Proposal]:
        """Return the proposals of a run for the people whom the scope admits, in its order."""
        return self._proposals(scope, proposals.c.run_id == run_id)

    def proposal(self, scope: PeopleScope, proposal_id: str) -> Proposal | None:
        """Return one proposal, or None where the scope does not admit its person."""
        return next(iter(self._proposals(scope, proposals.c.id == proposal_id)), None)

    def proposals_for(self, scope: PeopleScope, participant_id: str) -> list[Proposal]:
        """Return all proposals of one admitted person, the newest run first."""
        return self._proposals(scope, proposals.c.participant_id == participant_id)

    def unplaced_of(self, scope: PeopleScope, participant_id: str) -> list[tuple[date, Unplaced]]:
        """Return what runs said of one admitted person without a place, the newest run first."""
        of_person = select(run_unplaced.c.run_id).where(
            run_unplaced.c.municipality_code == self.code,
            run_unplaced.c.participant_id == participant_id,
        )
        return [
            (run.on, each)
            for run in self._runs(scope, match_runs.c.id.in_(of_person), without=_FILES)
            for each in run.unplaced
            if each.participant_id == participant_id
        ]

    def decided_proposals(self, scope: PeopleScope) -> list[Proposal]:
        """Return what was advanced or set aside in any run, by the time of the decision."""
        decided = self._proposals(scope, proposals.c.decided_at.is_not(None))
        return sorted(decided, key=lambda each: (each.decided_at or _NEVER, each.id))

    def save_proposal(self, proposal: Proposal, event: AuditEvent) -> None:
        """Keep what was decided about a proposal.

        Raises
        ------
        DatabaseError
            ``decided_meanwhile`` when somebody else was quicker, so that the step no longer
            starts from where the proposal stands; ``no_free_place`` when the last place was
            promised to somebody else.
        """
        advances = proposal.status is ProposalStatus.ADVANCED
        guard = can_be_promised(proposals) if advances else None
        save_decision(self.database, self.code, proposals, proposal, event, guard)

    def _insert(self, connection: Connection, run: MatchRun, made: Sequence[Proposal]) -> None:
        last = select(func.max(match_runs.c.number)).where(
            match_runs.c.municipality_code == self.code
        )
        key = self.sealing.keys(connection, [run.id])[run.id]
        row = self.sealing.row(match_runs, run, key, run.id)
        row["number"] = (connection.scalar(last) or 0) + 1
        del row["unplaced"], row["not_considered"], row["used"]
        connection.execute(insert(match_runs).values(row))
        people = {each.participant_id for each in made}
        people |= {each.participant_id for each in run.unplaced}
        # Somebody may have been deleted while it was computed.
        keys = self.sealing.keys_even_of_deleted(connection, people)
        unplaced = [
            self.sealing.row(run_unplaced, each, keys[each.participant_id], f"{run.id}/{at}")
            for at, each in enumerate(run.unplaced)
        ]
        not_considered = [to_row(self.code, each) for each in run.not_considered]
        proposed = [
            self.sealing.row(proposals, each, keys[each.participant_id], each.id) for each in made
        ]
        for table, rows in (
            (run_unplaced, unplaced),
            (run_not_considered, not_considered),
            (run_rules, [to_row(self.code, each) for each in run.used]),
            (proposals, proposed),
        ):
            if rows:
                in_order = [
                    {"run_id": run.id, **row, "position": at} for at, row in enumerate(rows)
                ]
                connection.execute(insert(table), in_order)

    def _runs(
        self,
        scope: PeopleScope,
        *conditions: ColumnElement[bool],
        limit: int | None = None,
        without: Mapping[str, Any] = MappingProxyType({}),
    ) -> list[MatchRun]:
        query = self.sealing.with_key(match_runs, "id", without).where(*conditions)
        newest_first = query.order_by(match_runs.c.started_at.desc(), match_runs.c.number.desc())
        with self.database.reading() as connection:
            rows = connection.execute(newest_first.limit(limit)).mappings().all()
            return [
                self.sealing.value(
                    MatchRun,
                    match_runs,
                    row,
                    row["id"],
                    **without,
                    unplaced=self._unplaced(connection, scope, row["id"]),
                    not_considered=self._not_considered(connection, scope, row["id"]),
                    used=self._used(connection, scope, row["id"]),
                )
                for row in rows
            ]

    def _unplaced(
        self, connection: Connection, scope: PeopleScope, run_id: str
    ) -> tuple[Unplaced, ...]:
        query = self.sealing.with_key(run_unplaced, "participant_id").where(
            run_unplaced.c.run_id == run_id,
            run_unplaced.c.participant_id.in_(self._admitted(scope)),
        )
        rows = connection.execute(query.order_by(run_unplaced.c.position)).mappings()
        return tuple(
            self.sealing.value(
                Unplaced,
                run_unplaced,
                row,
                f"{run_id}/{row['position']}",
                # Runs of the time before this was computed.
                **({"near": ()} if row["near"] is None else {}),
            )
            for row in rows
        )

    def _not_considered(
        self, connection: Connection, scope: PeopleScope, run_id: str
    ) -> tuple[NotConsidered, ...]:
        query = select(run_not_considered).where(
            run_not_considered.c.municipality_code == self.code,
            run_not_considered.c.run_id == run_id,
            run_not_considered.c.participant_id.in_(self._admitted(scope)),
        )
        rows = connection.execute(query.order_by(run_not_considered.c.position)).mappings()
        return tuple(from_row(NotConsidered, row) for row in rows)

    def _used(
        self, connection: Connection, scope: PeopleScope, run_id: str
    ) -> tuple[UsedRule, ...]:
        """Return what was settled, but for what is about anybody whom the scope does not admit."""
        query = select(run_rules).where(
            run_rules.c.municipality_code == self.code, run_rules.c.run_id == run_id
        )
        rows = connection.execute(query.order_by(run_rules.c.position)).mappings().all()
        known = set(connection.scalars(self._admitted(scope))) if rows else set()
        used = (from_row(UsedRule, row) for row in rows)
        return tuple(each for each in used if known.issuperset(each.participant_ids))

    def _proposals(self, scope: PeopleScope, *conditions: ColumnElement[bool]) -> list[Proposal]:
        """Return proposals, the newest run first, each run in its order.

        One of an opening that the reader may not know of is decided by those who may.
        """
        query = (
            self.sealing.with_key(proposals, "participant_id")
            .join(
                match_runs,
                (match_runs.c.municipality_code == proposals.c.municipality_code)
                & (match_runs.c.id == proposals.c.run_id),
            )
            .where(
                proposals.c.participant_id.in_(self._admitted(scope)),
                names_known_opening(proposals.c.opening_id, scope.actor, self.code),
                *conditions,
            )
            .order_by(
                match_runs.c.started_at.desc(), match_runs.c.number.desc(), proposals.c.position
            )
        )
        with self.database.reading() as connection:
            rows = connection.execute(query).mappings()
            return [self.sealing.value(Proposal, proposals, row, row["id"]) for row in rows]

    def _admitted(self, scope: PeopleScope) -> Select[Any]:
        return admitted_ids(scope, self.code, self.sealing.keyring)
