"""Sittings and their agendas in the database; the items of a 支援会議 for their members alone."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    and_,
    false,
    func,
    insert,
    or_,
    select,
)
from sqlalchemy.exc import IntegrityError

from cases.meetings.meeting import AgendaItem, Meeting, MeetingState, seen_from_outside
from cases.permissions import POLICY, Action, PeopleScope, Relation, may
from cases.reading import notes_readers
from catalog.audit import AuditEvent
from catalog.dates import day_in_japan
from db import audit
from db.errors import DatabaseError
from db.people_scope import admitted_ids
from db.rows import is_standing, version_id
from db.sealing import Sealing
from db.secrets import Keyring
from db.session import Database
from db.tables import agenda_items, agenda_members, meetings


@notes_readers
class SqlMeetingStore:
    """The sittings of one municipality."""

    def __init__(self, database: Database, municipality_code: str, keyring: Keyring) -> None:
        self.database = database
        self.code = municipality_code
        self.sealing = Sealing(keyring, municipality_code)

    def meetings(self, scope: PeopleScope) -> list[Meeting]:
        """Return all sittings by their time; a 支援会議 from outside for who is not invited."""
        return self._meetings(scope)

    def meeting(self, scope: PeopleScope, meeting_id: str) -> Meeting | None:
        """Return one sitting as `meetings` does, or None."""
        return next(iter(self._meetings(scope, meetings.c.id == meeting_id)), None)

    def sat_on(self) -> dict[str, list[date]]:
        """Return by the name of each kind the days of its sittings that were not called off."""
        query = select(meetings.c.name, meetings.c.starts_at).where(
            meetings.c.municipality_code == self.code,
            is_standing(meetings),
            meetings.c.state != MeetingState.CALLED_OFF,
        )
        found: defaultdict[str, list[date]] = defaultdict(list)
        with self.database.reading() as connection:
            for name, starts_at in connection.execute(query):
                found[name].append(day_in_japan(starts_at))
        return dict(found)

    def agenda(self, scope: PeopleScope, meeting_id: str) -> list[AgendaItem]:
        """Return those items of a sitting that exist for the reader, in their order."""
        return self._items(scope, agenda_items.c.meeting_id == meeting_id)

    def agenda_item(self, scope: PeopleScope, item_id: str) -> AgendaItem | None:
        """Return one item, or None where there is none for the reader."""
        return next(iter(self._items(scope, agenda_items.c.id == item_id)), None)

    def agenda_about(self, scope: PeopleScope, participant_id: str) -> list[AgendaItem]:
        """Return the items about one admitted person; what is in a room stays there."""
        outside = agenda_items.c.confidential.is_(False)
        return self._items(scope, agenda_items.c.participant_id == participant_id, outside)

    def agenda_in_rooms(self, scope: PeopleScope) -> list[AgendaItem]:
        """Return all items of 支援会議 of which the reader is a member."""
        return self._items(scope, agenda_items.c.confidential.is_(True))

    def open_items(self, scope: PeopleScope) -> list[AgendaItem]:
        """Return the items outside of rooms, for what is still to be done."""
        return self._items(scope, agenda_items.c.confidential.is_(False))

    def next_number(self, meeting_id: str) -> int:
        """Return the place of a new item in the order of a sitting."""
        last = select(func.max(agenda_items.c.number)).where(
            agenda_items.c.municipality_code == self.code, agenda_items.c.meeting_id == meeting_id
        )
        with self.database.reading() as connection:
            return (connection.scalar(last) or 0) + 1

    def save_meeting(self, meeting: Meeting, event: AuditEvent) -> None:
        """Keep a version of a sitting.

        Raises
        ------
        DatabaseError
            ``changed_meanwhile``, where this version is there already.
        """
        with self.database.writing() as connection:
            audit.append(connection, self.code, event)
            row = {name: getattr(meeting, name) for name in _MEETING_COLUMNS}
            self._insert(connection, meetings, row, meeting)

    def save_agenda_item(self, item: AgendaItem, event: AuditEvent) -> None:
        """Keep a version of an item, sealed with the item's own key; raises as `save_meeting`."""
        with self.database.writing() as connection:
            audit.append(connection, self.code, event)
            if item.participant_id is not None:
                self.sealing.check_kept(connection, [item.participant_id])
            row = {name: getattr(item, name) for name in _ITEM_COLUMNS}
            self._insert(connection, agenda_items, row, item)
            members = [
                {
                    "municipality_code": self.code,
                    "item_id": item.id,
                    "version": item.version,
                    "user_id": each.user_id,
                    "office_id": each.office_id,
                }
                for each in item.members
            ]
            if members:
                connection.execute(insert(agenda_members), members)

    def _insert(
        self, connection: Connection, table: Table, row: dict[str, Any], value: Meeting | AgendaItem
    ) -> None:
        key = self.sealing.keys(connection, [value.id])[value.id]
        content = self.sealing.seal(
            value, table.c.content, key, version_id(value.id, value.version)
        )
        new = row | {"municipality_code": self.code, "content": content}
        try:
            connection.execute(insert(table).values(new))
        except IntegrityError as error:
            raise DatabaseError("changed_meanwhile") from error

    def _meetings(self, scope: PeopleScope, *conditions: ColumnElement[bool]) -> list[Meeting]:
        actor = scope.actor
        if actor.municipality_code != self.code or not may(actor, Action.SEE_MEETINGS):
            return []
        query = self.sealing.with_key(meetings, "id").where(is_standing(meetings), *conditions)
        takes_part = select(agenda_items.c.meeting_id).where(
            agenda_items.c.municipality_code == self.code,
            is_standing(agenda_items),
            self._is_member(scope),
        )
        with self.database.reading() as connection:
            of_member = set(connection.scalars(takes_part))
            rows = connection.execute(query.order_by(meetings.c.starts_at, meetings.c.id))
            found = [self._open(Meeting, meetings, row) for row in rows.mappings()]
        return [
            each
            if not each.confidential
            or actor.user_id == each.called_by
            or (actor.office_id or "") in each.office_ids
            or each.id in of_member
            else seen_from_outside(each)
            for each in found
        ]

    def _items(self, scope: PeopleScope, *conditions: ColumnElement[bool]) -> list[AgendaItem]:
        query = (
            self.sealing.with_key(agenda_items, "id")
            .where(is_standing(agenda_items), self._exists_for(scope), *conditions)
            .order_by(agenda_items.c.meeting_id, agenda_items.c.number, agenda_items.c.id)
        )
        with self.database.reading() as connection:
            rows = connection.execute(query).mappings()
            return [self._open(AgendaItem, agenda_items, row) for row in rows]

    def _open(self, kind: Any, table: Table, row: Any) -> Any:
        place = version_id(row["id"], row["version"])
        key = self.sealing.key_of(row)
        return self.sealing.open(kind, row["content"], table.c.content, key, place)

    def _exists_for(self, scope: PeopleScope) -> ColumnElement[bool]:
        """Return the condition under which an item exists for the reader."""
        actor = scope.actor
        if actor.municipality_code != self.code or not may(actor, Action.SEE_MEETINGS):
            return false()
        in_room = agenda_items.c.confidential.is_(True)
        about_admitted = agenda_items.c.participant_id.in_(self._admitted(scope))
        return or_(
            and_(in_room, self._is_member(scope)),
            and_(~in_room, or_(agenda_items.c.participant_id.is_(None), about_admitted)),
        )

    def _is_member(self, scope: PeopleScope) -> ColumnElement[bool]:
        """Return the condition of `Relation.ITEM_MEMBER`, the only one that opens a room."""
        actor = scope.actor
        if Relation.ITEM_MEMBER not in POLICY[actor.role].get(Action.SEE_ROOM, frozenset()):
            return false()
        return (
            select(agenda_members.c.user_id)
            .where(
                agenda_members.c.municipality_code == agenda_items.c.municipality_code,
                agenda_members.c.item_id == agenda_items.c.id,
                agenda_members.c.version == agenda_items.c.version,
                agenda_members.c.user_id == actor.user_id,
                agenda_members.c.office_id == (actor.office_id or ""),
            )
            .exists()
        )

    def _admitted(self, scope: PeopleScope) -> Select[Any]:
        return admitted_ids(scope, self.code, self.sealing.keyring)


_MEETING_COLUMNS = (
    "id", "version", "kind", "name", "starts_at", "state", "confidential", "called_by",
)  # fmt: skip
_ITEM_COLUMNS = ("id", "version", "meeting_id", "number", "participant_id", "confidential")
