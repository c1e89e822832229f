"""Enquiries and placements in the database."""

from __future__ import annotations

from cases.permissions import PeopleScope
from cases.placing.enquiry import Enquiry, EnquiryState
from cases.placing.placement import Placement, PlacementState
from cases.reading import notes_readers
from catalog.audit import AuditEvent
from db.sealing import Sealing
from db.secrets import Keyring
from db.session import Database
from db.tables import enquiries, placements
from db.versioned import VersionedRows


@notes_readers
class SqlPlacementStore:
    """The enquiries and placements of one municipality."""

    def __init__(self, database: Database, municipality_code: str, keyring: Keyring) -> None:
        sealing = Sealing(keyring, municipality_code)
        self.database = database
        self._enquiries = VersionedRows(Enquiry, enquiries, database, sealing)
        self._placements = VersionedRows(
            Placement, placements, database, sealing, beside=("moved_on",)
        )

    def enquiries(self, scope: PeopleScope, state: EnquiryState | None = None) -> list[Enquiry]:
        """Return the enquiries about admitted people, in a state or in any."""
        only = [] if state is None else [enquiries.c.state == state]
        return self._enquiries.latest(scope, *only)

    def enquiry(self, scope: PeopleScope, enquiry_id: str) -> Enquiry | None:
        """Return one enquiry, or None."""
        return self._enquiries.one(scope, enquiry_id)

    def enquiries_of(self, scope: PeopleScope, participant_id: str) -> list[Enquiry]:
        """Return the enquiries about one admitted person, the first first."""
        return self._enquiries.latest(scope, enquiries.c.participant_id == participant_id)

    def versions_of_enquiry(self, scope: PeopleScope, enquiry_id: str) -> list[Enquiry]:
        """Return every version of an enquiry, the first first."""
        return self._enquiries.all_of(scope, enquiry_id)

    def save_enquiry(self, enquiry: Enquiry, event: AuditEvent, seen: int = 0) -> Enquiry:
        """Keep a new version of an enquiry; see `VersionedRows.save`."""
        return self._enquiries.save(enquiry, event, seen)

    def placements(
        self, scope: PeopleScope, state: PlacementState | None = None
    ) -> list[Placement]:
        """Return the placements of admitted people, in a state or in any."""
        only = [] if state is None else [placements.c.state == state]
        return self._placements.latest(scope, *only)

    def placement(self, scope: PeopleScope, placement_id: str) -> Placement | None:
        """Return one placement, or None."""
        return self._placements.one(scope, placement_id)

    def placements_of(self, scope: PeopleScope, participant_id: str) -> list[Placement]:
        """Return the placements of one admitted person, the first first."""
        return self._placements.latest(scope, placements.c.participant_id == participant_id)

    def versions_of_placement(self, scope: PeopleScope, placement_id: str) -> list[Placement]:
        """Return every version of a placement, the first first."""
        return self._placements.all_of(scope, placement_id)

    def save_placement(self, placement: Placement, event: AuditEvent, seen: int = 0) -> Placement:
        """Keep a new version of a placement; see `VersionedRows.save`."""
        return self._placements.save(placement, event, seen)
