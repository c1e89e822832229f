"""What agencies ask of one another in the database: each with a data key of its own."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, and_, false, or_, select

from cases.intake.referral import Referral, ReferralState
from cases.permissions import Action, PeopleScope, may, relations_to_offices
from cases.reading import notes_readers
from catalog.audit import AuditEvent
from db.intake import reception_exists
from db.people_scope import admitted_ids
from db.rows import is_standing
from db.sealing import Sealing
from db.secrets import Keyring
from db.session import Database
from db.tables import participants, receptions, referrals
from db.versioned import VersionedRows


@notes_readers
class SqlReferralStore:
    """The referrals of one municipality."""

    def __init__(self, database: Database, municipality_code: str, keyring: Keyring) -> None:
        self.database = database
        self.code = municipality_code
        self.keyring = keyring
        self._rows = VersionedRows(
            Referral,
            referrals,
            database,
            Sealing(keyring, municipality_code),
            subject="id",
            exists=self._exists_for,
        )

    def referrals(self, scope: PeopleScope) -> list[Referral]:
        """Return every referral that exists for the reader, the first first."""
        return self._rows.latest(scope)

    def referral(self, scope: PeopleScope, referral_id: str) -> Referral | None:
        """Return one referral, or None."""
        return self._rows.one(scope, referral_id)

    def referrals_to(self, scope: PeopleScope, office_id: str) -> list[Referral]:
        """Return what an office was asked, the first first."""
        return self._rows.latest(scope, referrals.c.to_office_id == office_id)

    def referrals_from(self, scope: PeopleScope, office_id: str) -> list[Referral]:
        """Return what an office has asked of others, the first first."""
        return self._rows.latest(scope, referrals.c.from_office_id == office_id)

    def referrals_of(self, scope: PeopleScope, participant_id: str) -> list[Referral]:
        """Return the referrals of one person, also by their receptions, the first first."""
        theirs = self._receptions_where(receptions.c.participant_id == participant_id)
        return self._rows.latest(scope, or_(referrals.c.participant_id == participant_id, theirs))

    def referrals_of_reception(self, scope: PeopleScope, reception_id: str) -> list[Referral]:
        """Return the referrals of one reception, the first first."""
        return self._rows.latest(scope, referrals.c.reception_id == reception_id)

    def versions_of_referral(self, scope: PeopleScope, referral_id: str) -> list[Referral]:
        """Return every version of a referral, the first first."""
        return self._rows.all_of(scope, referral_id)

    def ends(self) -> list[tuple[date, ReferralState]]:
        """Return when and how each ended, also of people deleted since; no words, nobody."""
        query = select(referrals.c.ended_on, referrals.c.state).where(
            referrals.c.municipality_code == self.code,
            referrals.c.ended_on.is_not(None),
            is_standing(referrals),
        )
        with self.database.reading() as connection:
            return [(row.ended_on, row.state) for row in connection.execute(query)]

    def save_referral(self, referral: Referral, event: AuditEvent, seen: int = 0) -> Referral:
        """Keep a new version of a referral; see `VersionedRows.save`."""
        return self._rows.save(referral, event, seen)

    def _exists_for(self, scope: PeopleScope) -> ColumnElement[bool]:
        """Return the condition under which a referral exists for the reader.

        For the office that is asked it does whoever it is about, unless they are protected.
        """
        actor = scope.actor
        if actor.municipality_code != self.code:
            return false()
        admitted = referrals.c.participant_id.in_(admitted_ids(scope, self.code, self.keyring))
        of_reception = and_(
            referrals.c.participant_id.is_(None),
            self._receptions_where(reception_exists(scope, self.code, self.keyring)),
        )
        office = actor.office_id or ""
        if not office or not may(
            actor, Action.SEE_RECEPTIONS, relations_to_offices(actor, [office])
        ):
            return or_(admitted, of_reception)
        protected = select(participants.c.id).where(
            participants.c.municipality_code == self.code, participants.c.address_protected
        )
        asked = and_(
            referrals.c.to_office_id == office,
            or_(
                referrals.c.participant_id.is_(None),
                referrals.c.participant_id.not_in(protected),
            ),
            or_(
                referrals.c.reception_id.is_(None),
                ~self._receptions_where(receptions.c.participant_id.in_(protected)),
            ),
        )
        return or_(admitted, of_reception, asked)

    def _receptions_where(self, condition: ColumnElement[bool]) -> ColumnElement[bool]:
        """Return the condition that a referral hangs on a standing reception of that kind."""
        found = select(receptions.c.id).where(
            receptions.c.municipality_code == self.code, is_standing(receptions), condition
        )
        return referrals.c.reception_id.in_(found)
