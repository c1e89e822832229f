"""Visits in the database, each change a further version."""

from __future__ import annotations

from cases.outreach import Visit, VisitState
from cases.permissions import PeopleScope
from cases.reading import notes_readers
from catalog.audit import AuditEvent
from db.sealing import Sealing
from db.secrets import Keyring
from db.session import Database
from db.tables import visits
from db.versioned import VersionedRows


@notes_readers
class SqlVisitStore:
    """The visits of one municipality."""

    def __init__(self, database: Database, municipality_code: str, keyring: Keyring) -> None:
        self.database = database
        self._rows = VersionedRows(Visit, visits, database, Sealing(keyring, municipality_code))

    def visits(self, scope: PeopleScope, state: VisitState | None = None) -> list[Visit]:
        """Return the visits to admitted people, in a state or in any."""
        return self._rows.latest(scope, *([] if state is None else [visits.c.state == state]))

    def visit(self, scope: PeopleScope, visit_id: str) -> Visit | None:
        """Return one visit, or None."""
        return self._rows.one(scope, visit_id)

    def visits_of(self, scope: PeopleScope, participant_id: str) -> list[Visit]:
        """Return the visits to one admitted person, the first first."""
        return self._rows.latest(scope, visits.c.participant_id == participant_id)

    def versions_of_visit(self, scope: PeopleScope, visit_id: str) -> list[Visit]:
        """Return every version of a visit, the first first."""
        return self._rows.all_of(scope, visit_id)

    def save_visit(self, visit: Visit, event: AuditEvent, seen: int = 0) -> Visit:
        """Keep a new version of a visit; see `VersionedRows.save`."""
        return self._rows.save(visit, event, seen)
