"""Remits and emergency access in the database: what an actor may reach at this moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from operator import attrgetter

from sqlalchemy import ColumnElement, and_, delete, insert, or_, select, update

from cases.emergency import EmergencyAccess, Sought
from cases.permissions import PeopleScope
from cases.remit import Holder, RemitSetting, as_limit
from catalog.actor import Actor
from catalog.audit import AuditEvent
from db import audit
from db.errors import DatabaseError
from db.guarded import carry_out
from db.municipality import SqlMunicipalityStore
from db.people_scope import admitted_ids
from db.rows import from_row, to_row
from db.sealing import Sealing
from db.secrets import Keyring
from db.session import Database
from db.tables import data_keys, emergency_accesses, participants, remits


class SqlRightsStore:
    """The remits and the emergency accesses of one municipality."""

    def __init__(self, database: Database, municipality_code: str) -> None:
        self.database = database
        self.code = municipality_code

    def reach_of(self, actor: Actor, at: datetime, on: date) -> Actor:
        """Return an actor with the limits and the emergency accesses that hold now."""
        own = and_(remits.c.holder == Holder.USER, remits.c.holder_id == actor.user_id)
        office = and_(remits.c.holder == Holder.OFFICE, remits.c.holder_id == actor.office_id)
        running = select(emergency_accesses.c.participant_id).where(
            emergency_accesses.c.municipality_code == self.code,
            emergency_accesses.c.user_id == actor.user_id,
            emergency_accesses.c.ended_at.is_(None),
            emergency_accesses.c.started_at <= at,
            emergency_accesses.c.until_at > at,
        )
        with self.database.reading() as connection:
            settings = self._remits(or_(own, office))
            opened = frozenset(connection.scalars(running))
            is_local = any(each.districts is not None for each in settings)
            ground = SqlMunicipalityStore(self.database, self.code)
            memberships = ground.memberships(on) if is_local else {}
        limits = tuple(as_limit(each, memberships) for each in settings)
        return replace(actor, remits=limits, emergencies=opened)

    def remits(self) -> list[RemitSetting]:
        """Return all remits, those of offices first."""
        return self._remits()

    def save_remit(self, setting: RemitSetting, event: AuditEvent) -> None:
        """Keep a remit in the place of the one before; without a limit, keep none."""
        condition = and_(
            remits.c.municipality_code == self.code,
            remits.c.holder == setting.holder,
            remits.c.holder_id == setting.holder_id,
        )
        with self.database.writing() as connection:
            audit.append(connection, self.code, event)
            connection.execute(delete(remits).where(condition))
            if (setting.programmes, setting.districts) != (None, None):
                connection.execute(insert(remits).values(to_row(self.code, setting)))

    def _remits(self, *conditions: ColumnElement[bool]) -> list[RemitSetting]:
        query = select(remits).where(remits.c.municipality_code == self.code, *conditions)
        with self.database.reading() as connection:
            rows = connection.execute(query.order_by(remits.c.holder, remits.c.holder_id))
            return [from_row(RemitSetting, row) for row in rows.mappings()]


class SqlEmergencyStore:
    """Who opened whom in an emergency; the words of the reason are sealed with the person."""

    def __init__(self, database: Database, municipality_code: str, keyring: Keyring) -> None:
        self.database = database
        self.code = municipality_code
        self.sealing = Sealing(keyring, municipality_code)

    def add(self, access: EmergencyAccess, event: AuditEvent) -> None:
        """Let an access begin.

        Raises
        ------
        DatabaseError
            ``broken_reference`` when there is no such person.
        """
        with self.database.writing() as connection:
            audit.append(connection, self.code, event)
            key = self.sealing.keys(connection, [access.participant_id])[access.participant_id]
            row = self.sealing.row(emergency_accesses, access, key, access.id)
            connection.execute(insert(emergency_accesses).values(row))

    def end(self, access: EmergencyAccess, event: AuditEvent) -> None:
        """Let an access end before its time.

        Raises
        ------
        DatabaseError
            ``undone_meanwhile`` when it has been ended already.
        """
        statement = (
            update(emergency_accesses)
            .where(
                emergency_accesses.c.municipality_code == self.code,
                emergency_accesses.c.id == access.id,
                emergency_accesses.c.ended_at.is_(None),
            )
            .values(ended_at=access.ended_at)
        )
        quicker = DatabaseError("undone_meanwhile")
        carry_out(self.database, self.code, statement, event, quicker)

    def seek(self, case_no: str) -> Sought | None:
        """Return whom a case number names, whoever may open them; nobody who was deleted."""
        query = self.sealing.with_key(participants, "id").where(participants.c.case_no == case_no)
        with self.database.reading() as connection:
            row = connection.execute(query).mappings().first()
            return None if row is None else Sought(row["id"], row["address_protected"])

    def record(self, event: AuditEvent) -> None:
        """Write an event that changes nothing (somebody was not opened)."""
        with self.database.writing() as connection:
            audit.append(connection, self.code, event)

    def own(self, actor: Actor) -> list[EmergencyAccess]:
        """Return the accesses of an actor, the newest first."""
        return self._find(emergency_accesses.c.user_id == actor.user_id)

    def running(self, actor: Actor, at: datetime) -> list[tuple[str, datetime]]:
        """Return the numbers of whom the actor has open, each with its end, the first end first."""
        query = (
            select(participants.c.case_no, emergency_accesses.c.until_at)
            .join(
                participants,
                (participants.c.municipality_code == emergency_accesses.c.municipality_code)
                & (participants.c.id == emergency_accesses.c.participant_id),
            )
            .where(
                emergency_accesses.c.municipality_code == self.code,
                emergency_accesses.c.user_id == actor.user_id,
                emergency_accesses.c.participant_id.in_(actor.emergencies),
                emergency_accesses.c.ended_at.is_(None),
                emergency_accesses.c.until_at > at,
            )
        )
        with self.database.reading() as connection:
            found = connection.execute(query.order_by(emergency_accesses.c.until_at))
            return [(row.case_no, row.until_at) for row in found]

    def about(self, scope: PeopleScope) -> list[EmergencyAccess]:
        """Return the accesses to people whom the scope admits, the newest first."""
        ids = admitted_ids(scope, self.code, self.sealing.keyring)
        return self._find(emergency_accesses.c.participant_id.in_(ids))

    def every(self) -> list[EmergencyAccess]:
        """Return all accesses, the newest first; of who was deleted since without the words."""
        with_key = select(data_keys.c.subject_id).where(data_keys.c.municipality_code == self.code)
        of_deleted = select(emergency_accesses).where(
            emergency_accesses.c.municipality_code == self.code,
            emergency_accesses.c.participant_id.not_in(with_key),
        )
        with self.database.reading() as connection:
            rows = connection.execute(of_deleted).mappings()
            found = [from_row(EmergencyAccess, row, words="") for row in rows]
            found += self._find()
        return sorted(found, key=attrgetter("started_at"), reverse=True)

    def _find(self, *conditions: ColumnElement[bool]) -> list[EmergencyAccess]:
        query = self.sealing.with_key(emergency_accesses, "participant_id").where(*conditions)
        newest = query.order_by(emergency_accesses.c.started_at.desc(), emergency_accesses.c.id)
        with self.database.reading() as connection:
            return [
                self.sealing.value(EmergencyAccess, emergency_accesses, row, row["id"])
                for row in connection.execute(newest).mappings()
            ]
