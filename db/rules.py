"""What the office settled, in the database: for whom the reader may not open, it is not there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, insert, select, update
from sqlalchemy.exc import IntegrityError

from cases.bond import Bond
from cases.permissions import PeopleScope
from cases.placing_rule import PlacingRule
from cases.reading import notes_readers
from catalog.audit import AuditEvent
from db import audit
from db.errors import DatabaseError
from db.guarded import carry_out
from db.people_scope import admitted_ids
from db.sealing import Sealing
from db.secrets import Keyring
from db.session import Database
from db.tables import bond_members, bonds, placing_rules


@notes_readers
class SqlRuleStore:
    """The placing rules and the bonds of one municipality."""

    def __init__(self, database: Database, municipality_code: str, keyring: Keyring) -> None:
        self.database = database
        self.code = municipality_code
        self.sealing = Sealing(keyring, municipality_code)

    def placing_rules(self, scope: PeopleScope) -> list[PlacingRule]:
        """Return the rules that are not undone about admitted people, the earliest first."""
        return self._placing_rules(scope, placing_rules.c.undone_at.is_(None))

    def placing_rule(self, scope: PeopleScope, rule_id: str) -> PlacingRule | None:
        """Return one rule, undone or not, or None where the scope does not admit its person."""
        return next(iter(self._placing_rules(scope, placing_rules.c.id == rule_id)), None)

    def bonds(self, scope: PeopleScope) -> list[Bond]:
        """Return the bonds that are not undone and of which everyone is admitted."""
        return self._bonds(scope, bonds.c.undone_at.is_(None))

    def bond(self, scope: PeopleScope, bond_id: str) -> Bond | None:
        """Return one bond, undone or not, or None where the scope does not admit all of it."""
        return next(iter(self._bonds(scope, bonds.c.id == bond_id)), None)

    def add_placing_rule(self, rule: PlacingRule, event: AuditEvent) -> None:
        """Add a rule; none is ever changed but by being undone.

        Raises
        ------
        DatabaseError
            ``broken_reference`` when the person or the place is missing, or the id is in use.
        """
        with self.database.writing() as connection:
            audit.append(connection, self.code, event)
            key = self.sealing.keys(connection, [rule.participant_id])[rule.participant_id]
            row = self.sealing.row(placing_rules, rule, key, rule.id)
            try:
                connection.execute(insert(placing_rules).values(row))
            except IntegrityError as error:
                raise DatabaseError("broken_reference", table="placing_rules") from error

    def add_bond(self, bond: Bond, event: AuditEvent) -> None:
        """Add a bond; none is ever changed but by being undone.

        Raises
        ------
        DatabaseError
            ``broken_reference`` when a person is missing, or the id is in use.
        """
        with self.database.writing() as connection:
            audit.append(connection, self.code, event)
            self.sealing.check_kept(connection, bond.participant_ids)
            key = self.sealing.keys(connection, [bond.id])[bond.id]
            row = self.sealing.row(bonds, bond, key, bond.id)
            del row["participant_ids"]
            members = [
                {"municipality_code": self.code, "bond_id": bond.id, "participant_id": id_}
                for id_ in bond.participant_ids
            ]
            try:
                connection.execute(insert(bonds).values(row))
                connection.execute(insert(bond_members), members)
            except IntegrityError as error:
                raise DatabaseError("broken_reference", table="bonds") from error

    def undo_placing_rule(self, rule: PlacingRule, event: AuditEvent) -> None:
        """Keep that a rule was undone.

        Raises
        ------
        DatabaseError
            ``undone_meanwhile`` when somebody else was quicker.
        """
        self._undo(placing_rules, rule, event)

    def undo_bond(self, bond: Bond, event: AuditEvent) -> None:
        """Keep that a bond was undone; raises as `undo_placing_rule`."""
        self._undo(bonds, bond, event)

    def _undo(self, table: Table, rule: PlacingRule | Bond, event: AuditEvent) -> None:
        statement = (
            update(table)
            .where(
                table.c.municipality_code == self.code,
                table.c.id == rule.id,
                table.c.undone_at.is_(None),
            )
            .values(undone_by=rule.undone_by, undone_at=rule.undone_at)
        )
        quicker = DatabaseError("undone_meanwhile")
        carry_out(self.database, self.code, statement, event, quicker)

    def _placing_rules(
        self, scope: PeopleScope, *conditions: ColumnElement[bool]
    ) -> list[PlacingRule]:
        query = (
            self.sealing.with_key(placing_rules, "participant_id")
            .where(placing_rules.c.participant_id.in_(self._admitted(scope)), *conditions)
            .order_by(placing_rules.c.made_at, placing_rules.c.id)
        )
        with self.database.reading() as connection:
            rows = connection.execute(query).mappings()
            return [self.sealing.value(PlacingRule, placing_rules, row, row["id"]) for row in rows]

    def _bonds(self, scope: PeopleScope, *conditions: ColumnElement[bool]) -> list[Bond]:
        hidden = select(bond_members.c.bond_id).where(
            bond_members.c.municipality_code == self.code,
            bond_members.c.participant_id.not_in(self._admitted(scope)),
        )
        query = (
            self.sealing.with_key(bonds, "id")
            .where(bonds.c.id.not_in(hidden), *conditions)
            .order_by(bonds.c.made_at, bonds.c.id)
        )
        with self.database.reading() as connection:
            members = self._members(connection)
            rows = connection.execute(query).mappings()
            return [
                self.sealing.value(Bond, bonds, row, row["id"], participant_ids=members[row["id"]])
                for row in rows
                # Of a bond whose other people were deleted nothing is left.
                if len(members.get(row["id"], ())) > 1
            ]

    def _members(self, connection: Connection) -> Mapping[str, tuple[str, ...]]:
        query = (
            select(bond_members.c.bond_id, bond_members.c.participant_id)
            .where(bond_members.c.municipality_code == self.code)
            .order_by(bond_members.c.participant_id)
        )
        found: defaultdict[str, tuple[str, ...]] = defaultdict(tuple)
        for bond_id, participant_id in connection.execute(query):
            found[bond_id] += (participant_id,)
        return found

    def _admitted(self, scope: PeopleScope) -> Select[Any]:
        return admitted_ids(scope, self.code, self.sealing.keyring)
