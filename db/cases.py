"""People in the database: sealed on the way in, opened only for whom they may be seen by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    Table,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from cases.consent import Consent
from cases.need import Need
from cases.participant import Household, Participant, ParticipantStatus
from cases.permissions import PeopleScope, scope_of_everyone
from cases.reading import notes_readers
from catalog.audit import AuditEvent
from catalog.text_key import search_key
from db import audit
from db.errors import DatabaseError
from db.people_scope import admitted, is_before_scopes, scope_tokens
from db.rows import upsert
from db.sealing import Sealing
from db.secrets import Keyring
from db.session import Database
from db.tables import (
    consents,
    data_keys,
    households,
    name_index,
    named_staff,
    needs,
    participants,
    plan_members,
    versions,
)
from db.versions import FEW, add_versions


@notes_readers
class SqlCaseStore:
    """The people of one municipality with their needs and consents."""

    def __init__(self, database: Database, municipality_code: str, keyring: Keyring) -> None:
        self.database = database
        self.code = municipality_code
        self.keyring = keyring
        self.sealing = Sealing(keyring, municipality_code)

    def participants(
        self, scope: PeopleScope, status: ParticipantStatus | None = None
    ) -> list[Participant]:
        """Return the people whom the scope admits, by `since_on`, then case number."""
        return self._people(scope, *([] if status is None else [participants.c.status == status]))

    def participant(self, scope: PeopleScope, participant_id: str) -> Participant | None:
        """Return one person, or None where there is none or the scope does not admit them."""
        return next(iter(self._people(scope, participants.c.id == participant_id)), None)

    def participant_by_case_no(self, scope: PeopleScope, case_no: str) -> Participant | None:
        """Return the person with a case number, or None."""
        return next(iter(self._people(scope, participants.c.case_no == case_no)), None)

    def case_numbers(self) -> list[str]:
        """Return all case numbers, also of people whom nobody here may open."""
        kept = select(data_keys.c.subject_id).where(data_keys.c.municipality_code == self.code)
        query = select(participants.c.case_no).where(
            participants.c.municipality_code == self.code, participants.c.id.in_(kept)
        )
        with self.database.reading() as connection:
            return list(connection.scalars(query.order_by(participants.c.case_no)))

    def find_by_name(self, scope: PeopleScope, text: str) -> list[Participant]:
        """Return the people whose name or reading contains a text, however it is spelled."""
        key = search_key(text)
        if not key:
            return []
        # A single character is in no pair of the index; few people are in anyone's scope.
        conditions = [] if len(key) == 1 else [self._is_indexed_under(text)]
        return [
            person
            for person in self._people(scope, *conditions)
            if key in search_key(person.name) or key in search_key(person.name_kana)
        ]

    def in_household(self, scope: PeopleScope, household_id: str) -> list[Participant]:
        """Return the admitted people of one household."""
        return self._people(scope, participants.c.household_id == household_id)

    def households(self, scope: PeopleScope) -> dict[str, Household]:
        """Return the households of the admitted people by id."""
        of_admitted = self._admitted(select(participants.c.household_id), scope)
        query = self.sealing.with_key(households, "id").where(households.c.id.in_(of_admitted))
        with self.database.reading() as connection:
            rows = connection.execute(query.order_by(households.c.id)).mappings()
            return {row["id"]: self._household(row) for row in rows}

    def needs(self, scope: PeopleScope) -> dict[str, Need]:
        """Return the current need of each admitted person who has one, by participant id."""
        return self._needs(scope)

    def need(self, scope: PeopleScope, participant_id: str) -> Need | None:
        """Return the current need of one admitted person."""
        found = self._needs(scope, participants.c.id == participant_id)
        return found.get(participant_id)

    def consents(self, scope: PeopleScope) -> dict[str, list[Consent]]:
        """Return all statements of consent of each admitted person, by participant id."""
        return self._consents(scope)

    def consents_of(self, scope: PeopleScope, participant_id: str) -> list[Consent]:
        """Return all statements of consent of one admitted person, as recorded."""
        found = self._consents(scope, participants.c.id == participant_id)
        return found.get(participant_id, [])

    def save_participant(self, participant: Participant, event: AuditEvent) -> None:
        """Add a person or a new version of one."""
        self.save_participants([participant], event)

    def index_names(self, key_id: str) -> int:
        """Make the tokens of everybody anew unless they are of this index key; return how many.

        Raises
        ------
        DatabaseError
            As reading people does.
        """
        with self.database.writing() as connection:
            stale = select(name_index.c.participant_id).where(
                name_index.c.municipality_code == self.code, name_index.c.key_id != key_id
            )
            ids = set(connection.scalars(stale))
            everyone = scope_of_everyone(self.code)
            people = [each for each in self.participants(everyone) if each.id in ids]
            self._write_beside(connection, people)
        return len(people)

    def index_scopes(self, most: int, event_of: Callable[[int], AuditEvent]) -> int:
        """Make the tokens of so many people who have none of 事業 and town yet; return how many.

        Parameters
        ----------
        event_of
            Makes the event for a number of people.
        """
        old = self.sealing.with_key(participants, "id").where(is_before_scopes(self.code))
        this = (participants.c.municipality_code == self.code, participants.c.id == bindparam("of"))
        with self.database.writing() as connection:
            some = old.order_by(participants.c.id).limit(most)
            rows = connection.execute(some).mappings().all()
            if not rows:
                return 0
            audit.append(connection, self.code, event_of(len(rows)))
            staff = self._beside(connection, named_staff.c.user_id)
            members = self._beside(connection, plan_members.c.office_id)
            people = [self._participant(row, staff, members) for row in rows]
            self._write_beside(connection, people)
            column = participants.c.programmes
            written = [
                {
                    "of": each.id,
                    "new": self.sealing.seal(
                        each.programmes, column, self.sealing.key_of(row), each.id
                    ),
                }
                for row, each in zip(rows, people, strict=True)
            ]
            statement = update(participants).where(*this).values(programmes=bindparam("new"))
            connection.execute(statement, written)
        return len(rows)

    def save_household(self, household: Household, event: AuditEvent) -> None:
        """Add a household or a new version of one."""
        self.save_households([household], event)

    def save_need(self, need: Need, event: AuditEvent) -> None:
        """Add a need or a new version of one."""
        self.save_needs([need], event)

    def add_consent(self, consent: Consent, event: AuditEvent) -> None:
        """Add a statement of consent; none is ever changed."""
        self.add_consents([consent], event)

    def record(self, event: AuditEvent) -> None:
        """Write an event about a person that changes nothing (an address that was shown)."""
        with self.database.writing() as connection:
            audit.append(connection, self.code, event)

    def save_participants(self, changed: Iterable[Participant], event: AuditEvent) -> None:
        """Add many people or new versions of them; their households must be there.

        Raises
        ------
        DatabaseError
            ``case_no_taken`` when somebody else has the case number, ``broken_reference`` when
            a household is missing; nothing is kept then.
        """
        people = list(changed)
        with self.database.writing() as connection:
            audit.append(connection, self.code, event)
            self._check_case_numbers(connection, people)
            keys = self.sealing.keys(connection, (each.id for each in people))
            before = self._people_before(connection, [each.id for each in people])
            rows = []
            for each in people:
                row = self.sealing.row(participants, each, keys[each.id], each.id)
                del row["named_staff_ids"], row["member_office_ids"]
                rows.append(row)
            try:
                upsert(connection, participants, rows)
            except IntegrityError as error:
                raise DatabaseError("broken_reference", table="participants") from error
            self._write_beside(connection, people)
            add_versions(connection, self.sealing, keys, people, before, event)

    def save_households(self, changed: Iterable[Household], event: AuditEvent) -> None:
        """Add many households or new versions of them."""
        homes = list(changed)
        with self.database.writing() as connection:
            audit.append(connection, self.code, event)
            keys = self.sealing.keys(connection, (each.id for each in homes))
            rows = [self.sealing.row(households, each, keys[each.id], each.id) for each in homes]
            upsert(connection, households, rows)

    def save_needs(self, changed: Iterable[Need], event: AuditEvent) -> None:
        """Add many needs or new versions of them.

        Raises
        ------
        DatabaseError
            ``broken_reference`` when a person is missing.
        """
        told = list(changed)
        with self.database.writing() as connection:
            audit.append(connection, self.code, event)
            keys = self.sealing.keys(connection, (each.participant_id for each in told))
            before = self._needs_before(connection, [each.participant_id for each in told])
            rows = [
                {
                    "municipality_code": self.code,
                    "participant_id": need.participant_id,
                    "content": self.sealing.seal(
                        need, needs.c.content, keys[need.participant_id], need.participant_id
                    ),
                }
                for need in told
            ]
            try:
                upsert(connection, needs, rows)
            except IntegrityError as error:
                raise DatabaseError("broken_reference", table="needs") from error
            add_versions(connection, self.sealing, keys, told, before, event)

    def add_consents(self, said: Iterable[Consent], event: AuditEvent) -> None:
        """Add many statements of consent.

        Raises
        ------
        DatabaseError
            ``broken_reference`` when a person is missing or an id is in use.
        """
        statements = list(said)
        with self.database.writing() as connection:
            audit.append(connection, self.code, event)
            numbers = self._consent_numbers(connection)
            keys = self.sealing.keys(connection, (each.participant_id for each in statements))
            rows = []
            for each in statements:
                numbers[each.participant_id] += 1
                row = self.sealing.row(consents, each, keys[each.participant_id], each.id)
                rows.append(row | {"number": numbers[each.participant_id]})
            try:
                if rows:
                    connection.execute(insert(consents), rows)
            except IntegrityError as error:
                raise DatabaseError("broken_reference", table="consents") from error

    def _people_before(
        self, connection: Connection, ids: Collection[str]
    ) -> dict[str, Participant]:
        """Return people as they stand in rows of the time before versions were kept."""
        query = self._without_version(participants, "id", "Participant", ids)
        rows = connection.execute(query).mappings().all()
        staff = self._beside(connection, named_staff.c.user_id) if rows else {}
        members = self._beside(connection, plan_members.c.office_id) if rows else {}
        return {row["id"]: self._participant(row, staff, members) for row in rows}

    def _needs_before(self, connection: Connection, ids: Collection[str]) -> dict[str, Need]:
        query = self._without_version(needs, "participant_id", "Need", ids)
        rows = connection.execute(query).mappings()
        return {row["participant_id"]: self._need(row) for row in rows}

    def _without_version(
        self, table: Table, subject: str, part: str, ids: Collection[str]
    ) -> Select[Any]:
        kept = select(versions.c.participant_id).where(
            versions.c.municipality_code == self.code, versions.c.part == part
        )
        query = self.sealing.with_key(table, subject).where(table.c[subject].not_in(kept))
        return query.where(table.c[subject].in_(ids)) if len(ids) <= FEW else query

    def _people(self, scope: PeopleScope, *conditions: ColumnElement[bool]) -> list[Participant]:
        query = self.sealing.with_key(participants, "id").where(
            admitted(scope, self.code, self.keyring), *conditions
        )
        with self.database.reading() as connection:
            staff = self._beside(connection, named_staff.c.user_id)
            members = self._beside(connection, plan_members.c.office_id)
            in_order = query.order_by(participants.c.since_on, participants.c.case_no)
            rows = connection.execute(in_order).mappings()
            return [self._participant(row, staff, members) for row in rows]

    def _participant(
        self,
        row: RowMapping,
        staff: Mapping[str, frozenset[str]],
        members: Mapping[str, frozenset[str]],
    ) -> Participant:
        beside: dict[str, Any] = {
            "named_staff_ids": staff.get(row["id"], frozenset()),
            "member_office_ids": members.get(row["id"], frozenset()),
        }
        if row["programmes"] is None:  # written before there was such a column
            beside["programmes"] = ()
        return self.sealing.value(Participant, participants, row, row["id"], **beside)

    def _household(self, row: RowMapping) -> Household:
        return self.sealing.value(Household, households, row, row["id"])

    def _needs(self, scope: PeopleScope, *conditions: ColumnElement[bool]) -> dict[str, Need]:
        ids = self._admitted(select(participants.c.id), scope, *conditions)
        query = self.sealing.with_key(needs, "participant_id")
        with self.database.reading() as connection:
            rows = connection.execute(
                query.where(needs.c.participant_id.in_(ids)).order_by(needs.c.participant_id)
            ).mappings()
            return {row["participant_id"]: self._need(row) for row in rows}

    def _need(self, row: RowMapping) -> Need:
        id_, key = row["participant_id"], self.sealing.key_of(row)
        need: Need = self.sealing.open(Need, row["content"], needs.c.content, key, id_)
        return need

    def _consents(
        self, scope: PeopleScope, *conditions: ColumnElement[bool]
    ) -> dict[str, list[Consent]]:
        ids = self._admitted(select(participants.c.id), scope, *conditions)
        query = self.sealing.with_key(consents, "participant_id")
        found: defaultdict[str, list[Consent]] = defaultdict(list)
        with self.database.reading() as connection:
            rows = connection.execute(
                query.where(consents.c.participant_id.in_(ids)).order_by(
                    consents.c.participant_id, consents.c.number
                )
            ).mappings()
            for row in rows:
                consent = self.sealing.value(Consent, consents, row, row["id"])
                found[consent.participant_id].append(consent)
        return dict(found)

    def _admitted(
        self, query: Select[Any], scope: PeopleScope, *conditions: ColumnElement[bool]
    ) -> Select[Any]:
        return query.where(
            participants.c.municipality_code == self.code,
            admitted(scope, self.code, self.keyring),
            *conditions,
        )

    def _is_indexed_under(self, text: str) -> ColumnElement[bool]:
        tokens = sorted(self.keyring.name_tokens(self.code, text))
        query = (
            select(name_index.c.participant_id)
            .where(name_index.c.municipality_code == self.code, name_index.c.token.in_(tokens))
            .group_by(name_index.c.participant_id)
            .having(func.count() == len(tokens))
        )
        return participants.c.id.in_(query)

    def _beside(self, connection: Connection, column: Column[Any]) -> dict[str, frozenset[str]]:
        """Return what a table beside the people holds for each of them."""
        table = column.table
        query = select(table.c.participant_id, column)
        found: defaultdict[str, set[str]] = defaultdict(set)
        for id_, value in connection.execute(query.where(table.c.municipality_code == self.code)):
            found[id_].add(value)
        return {id_: frozenset(values) for id_, values in found.items()}

    def _consent_numbers(self, connection: Connection) -> defaultdict[str, int]:
        query = (
            select(consents.c.participant_id, func.max(consents.c.number))
            .where(consents.c.municipality_code == self.code)
            .group_by(consents.c.participant_id)
        )
        return defaultdict(int, {row[0]: row[1] for row in connection.execute(query)})

    def _check_case_numbers(self, connection: Connection, people: Iterable[Participant]) -> None:
        query = select(participants.c.case_no, participants.c.id).where(
            participants.c.municipality_code == self.code
        )
        holders = {row.case_no: row.id for row in connection.execute(query)}
        for each in people:
            if holders.setdefault(each.case_no, each.id) != each.id:
                raise DatabaseError("case_no_taken", case_no=each.case_no)

    def _write_beside(self, connection: Connection, people: Iterable[Participant]) -> None:
        """Write anew what stands in tables beside: who may open them, what finds them."""
        ids = [{"id": each.id} for each in people]
        staff = [
            {"municipality_code": self.code, "participant_id": each.id, "user_id": user_id}
            for each in people
            for user_id in sorted(each.named_staff_ids)
        ]
        members = [
            {"municipality_code": self.code, "participant_id": each.id, "office_id": office_id}
            for each in people
            for office_id in sorted(each.member_office_ids)
        ]
        # The index key may have changed since this process read it: nobody would find them.
        keyring = self.keyring.with_newest_index()
        tokens = [
            {
                "municipality_code": self.code,
                "participant_id": each.id,
                "token": token,
                "key_id": keyring.index_id,
            }
            for each in people
            for token in sorted(_tokens(keyring, self.code, each))
        ]
        for table, rows in ((named_staff, staff), (plan_members, members), (name_index, tokens)):
            if ids:
                statement = delete(table).where(
                    table.c.municipality_code == self.code,
                    table.c.participant_id == bindparam("id"),
                )
                connection.execute(statement, ids)
            if rows:
                connection.execute(insert(table), rows)


def _tokens(keyring: Keyring, code: str, person: Participant) -> frozenset[bytes]:
    by_name = keyring.name_tokens(code, person.name)
    by_reading = keyring.name_tokens(code, person.name_kana)
    return by_name | by_reading | scope_tokens(keyring, code, person)
