"""What the office has settled since a backup was made, and a restored one has to keep of it.

It is read once, from the database that is to be replaced, as far as that can still be read: it may
be damaged, of an earlier version, or not be there at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Select, delete, func, insert, select, tuple_, update
from sqlalchemy.exc import DBAPIError

from cases.consent import ConsentState
from cases.permissions import scope_of_everyone
from catalog.actor import Role
from catalog.audit import AuditEvent
from db import audit
from db.cases import SqlCaseStore
from db.municipality import municipality_codes
from db.secrets import Keyring
from db.session import Database
from db.tables import audit_events, consents, data_keys, named_staff, participants
from db.tables.one_time import one_time
from db.tables.passkeys import passkeys
from db.tables.staff import identities, recovery_codes, sessions, users

_WAYS_IN: Final = (
    tuple_(identities.c.issuer, identities.c.subject, identities.c.user_id),
    tuple_(passkeys.c.credential_id, passkeys.c.user_id),
    tuple_(recovery_codes.c.code_hash, recovery_codes.c.user_id),
)
"""Columns of one table each: a row that is there no more lets nobody in again."""
_ENDS: Final = (ConsentState.REFUSED, ConsentState.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Account:
    """What an account may do."""

    role: Role
    office_id: str | None
    is_closed: bool


@dataclass(frozen=True, slots=True)
class Settled:
    """What a database says that is to be replaced; empty where it cannot be read.

    Attributes
    ----------
    codes
        Of which cities it is.
    goes_on
        Whether its record goes on from the end of the backup's: then it knows of all that was
        deleted since.
    last_event
        The number of the newest event; empty where there is none.
    ways_in
        For each of the tables by whose rows accounts are entered what is in it; None where that
        cannot be read.
    protected
        Whose address is protected, and the staff named for them.
    ended
        Rows of refusals and withdrawals of consent, as they are sealed.
    """

    codes: tuple[str, ...] = ()
    goes_on: bool = False
    last_event: str = ""
    accounts: Mapping[str, Account] = field(default_factory=dict)
    ways_in: tuple[list[tuple[Any, ...]] | None, ...] = (None,) * len(_WAYS_IN)
    protected: Mapping[str, frozenset[str]] = field(default_factory=dict)
    ended: tuple[dict[str, Any], ...] = ()


def read_settled(now: Database | None, end: audit.Head) -> Settled:
    """Read what is in the place of the backup, whose record has this end."""
    if now is None:
        return Settled()
    try:
        codes = tuple(municipality_codes(now))
    except DBAPIError:
        return Settled()
    last = _rows(now, select(func.max(audit_events.c.number)))
    same = (audit_events.c.number == end.number, audit_events.c.hash == end.hash)
    columns = (users.c.id, users.c.role, users.c.office_id, users.c.disabled)
    named = select(named_staff.c.participant_id, named_staff.c.user_id)
    protected = select(participants.c.id).where(participants.c.address_protected.is_(True))
    ended = select(consents).where(consents.c.state.in_(_ENDS))
    staff = defaultdict(set)
    for person_id, user_id in _rows(now, named) or []:
        staff[person_id].add(user_id)
    return Settled(
        codes,
        bool(_rows(now, select(audit_events.c.number).where(*same))),
        str(last[0][0] or "") if last else "",
        {row[0]: Account(*row[1:]) for row in _rows(now, select(*columns)) or []},
        tuple(_rows(now, select(*way.clauses)) for way in _WAYS_IN),
        {row[0]: frozenset(staff[row[0]]) for row in _rows(now, protected) or []},
        tuple(dict(zip(consents.c.keys(), row, strict=True)) for row in _rows(now, ended) or []),
    )


def _rows(now: Database, query: Select[Any]) -> list[tuple[Any, ...]] | None:
    try:
        with now.reading() as connection:
            return [tuple(row) for row in connection.execute(query)]
    except DBAPIError:
        return None


def keep_accounts_settled(rows: Connection, settled: Settled) -> None:
    """Sign everybody out; no link, no closed account and no right that was taken comes back."""
    rows.execute(delete(sessions))
    rows.execute(delete(one_time))
    for way, known in zip(_WAYS_IN, settled.ways_in, strict=True):
        if known is not None:
            rows.execute(delete(way.clauses[0].table).where(way.not_in(known)))
    for id_, account in settled.accounts.items():
        this = update(users).where(users.c.id == id_)
        rows.execute(this.values(role=account.role, office_id=account.office_id))
        if account.is_closed:
            rows.execute(this.values(disabled=True))


def keep_ended(rows: Connection, settled: Settled) -> int:
    """Add who has refused or withdrawn since, and return how many people those are.

    The key of a person is the same in a backup, so what it has sealed since opens there.
    """
    there = set(rows.scalars(select(consents.c.id)))
    kept = set(rows.scalars(select(data_keys.c.subject_id)))
    last = select(consents.c.participant_id, func.max(consents.c.number))
    numbers = {row[0]: row[1] for row in rows.execute(last.group_by(consents.c.participant_id))}
    new = []
    for each in settled.ended:
        person_id = each["participant_id"]
        if each["id"] not in there and person_id in kept:
            numbers[person_id] = numbers.get(person_id, 0) + 1
            new.append(each | {"number": numbers[person_id]})
    if new:
        rows.execute(insert(consents), new)
    return len({each["participant_id"] for each in new})


def keep_protected(
    database: Database, code: str, keys: Keyring, settled: Settled, at: datetime
) -> int:
    """Protect again whose address has been protected since, from all but the same staff.

    Returns
    -------
    int
        Of how many people that has changed anything.
    """
    store, count = SqlCaseStore(database, code, keys), 0
    for person in store.participants(scope_of_everyone(code)):
        staff = settled.protected.get(person.id, person.named_staff_ids)
        is_protected = person.address_protected or person.id in settled.protected
        if (is_protected, staff) != (person.address_protected, person.named_staff_ids):
            told = {"fields": "address_protected"}
            event = AuditEvent("participant_changed", "system", "participant", person.id, at, told)
            again = replace(person, address_protected=is_protected, named_staff_ids=staff)
            store.save_participant(again, event)
            count += 1
    return count
