"""Evaluations and watches in the database."""

from __future__ import annotations

from cases.closing import Evaluation, Watch, WatchState
from cases.permissions import PeopleScope
from cases.reading import notes_readers
from catalog.audit import AuditEvent
from db.sealing import Sealing
from db.secrets import Keyring
from db.session import Database
from db.tables import evaluations, watches
from db.versioned import VersionedRows


@notes_readers
class SqlClosingStore:
    """How support ended in one municipality, and who keeps watch since."""

    def __init__(self, database: Database, municipality_code: str, keyring: Keyring) -> None:
        sealing = Sealing(keyring, municipality_code)
        self.database = database
        self._evaluations = VersionedRows(Evaluation, evaluations, database, sealing)
        self._watches = VersionedRows(Watch, watches, database, sealing)

    def evaluations_of(self, scope: PeopleScope, participant_id: str) -> list[Evaluation]:
        """Return the evaluations of one admitted person as they stand, the last first."""
        found = self._evaluations.latest(scope, evaluations.c.participant_id == participant_id)
        return sorted(found, key=lambda each: (each.on, each.id), reverse=True)

    def versions_of_evaluations(self, scope: PeopleScope, participant_id: str) -> list[Evaluation]:
        """Return every version of every evaluation of one admitted person, the first first."""
        return [
            version
            for each in reversed(self.evaluations_of(scope, participant_id))
            for version in self._evaluations.all_of(scope, each.id)
        ]

    def save_evaluation(
        self, evaluation: Evaluation, event: AuditEvent, seen: int = 0
    ) -> Evaluation:
        """Keep a new version of an evaluation; see `VersionedRows.save`."""
        return self._evaluations.save(evaluation, event, seen)

    def watching(self, scope: PeopleScope) -> list[Watch]:
        """Return the watches of admitted people that go on, by the day of the next look."""
        found = self._watches.latest(scope, watches.c.state == WatchState.WATCHING)
        return sorted(found, key=lambda each: (str(each.next_on), each.id))

    def watches_of(self, scope: PeopleScope, participant_id: str) -> list[Watch]:
        """Return the watches over one admitted person as they stand, the last first."""
        found = self._watches.latest(scope, watches.c.participant_id == participant_id)
        return sorted(found, key=lambda each: (each.since_on, each.id), reverse=True)

    def versions_of_watches(self, scope: PeopleScope, participant_id: str) -> list[Watch]:
        """Return every version of every watch over one admitted person, the first first."""
        return [
            version
            for each in reversed(self.watches_of(scope, participant_id))
            for version in self._watches.all_of(scope, each.id)
        ]

    def save_watch(self, watch: Watch, event: AuditEvent, seen: int = 0) -> Watch:
        """Keep a new version of a watch; see `VersionedRows.save`."""
        return self._watches.save(watch, event, seen)
