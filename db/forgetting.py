"""Deleting a person: their data key is destroyed, and what still points to them says nothing.

Nothing can undo this. Runs and the audit record keep the pseudonym and stay readable; whatever was
sealed for the person is noise from then on. A log of deletions, kept in the database and in a file
outside of it, lets a restored backup forget again whom the office has deleted since.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, delete, func, insert, select, update

from cases.participant import ParticipantStatus
from cases.placing.placement import PlacementState
from cases.retention import Deletion
from catalog.audit import AuditEvent
from catalog.dates import day_in_japan
from db import audit
from db.errors import DatabaseError
from db.places import release_of_forgotten
from db.rows import from_row, is_standing, to_row
from db.sealing import Sealing
from db.secrets import Keyring
from db.session import Database
from db.tables import (
    Encrypted,
    agenda_items,
    bond_members,
    bonds,
    consents,
    data_keys,
    deletions,
    enquiries,
    evaluations,
    follow_ups,
    helpers,
    households,
    legal_holds,
    name_index,
    needs,
    participants,
    placements,
    receptions,
    referrals,
    support_plans,
    versions,
    visits,
    watches,
)

FORMAT: Final = "tsunagite.deletions/1"
REASON_GONE: Final = "（削除された方についての決めごとのため、理由は残していません）"
_OWN: Final = (
    follow_ups,
    needs, consents, versions, name_index, legal_holds, bond_members, agenda_items, enquiries,
    placements, support_plans, evaluations, watches, visits,
)  # fmt: skip
"""Tables whose rows go with the person; the others keep theirs, sealed by a key that is gone."""


def delete_person(
    database: Database, code: str, keyring: Keyring, deletion: Deletion, event: AuditEvent
) -> Deletion:
    """Destroy what is known of a person and note it in the log.

    Call `wipe_traces` once the transaction has ended: until then the old bytes may still lie in
    pages that the database has set aside.

    Raises
    ------
    DatabaseError
        ``deleted_already``.
    """
    with database.writing() as connection:
        audit.append(connection, code, event)
        if deletion.participant_id in {
            each.participant_id for each in deletions_of(database, code)
        }:
            raise DatabaseError("deleted_already")
        return _delete(connection, Sealing(keyring, code), deletion)


def forget_again(database: Database, code: str, keyring: Keyring, event: AuditEvent) -> int:
    """Forget whoever has a key although they were deleted, and return how many those were.

    An earlier version gave a new key to somebody who was deleted while a matching ran.
    """
    sealing = Sealing(keyring, code)
    with database.writing() as connection:
        query = select(data_keys.c.subject_id).where(data_keys.c.municipality_code == code)
        with_key = sealing.deleted(connection, set(connection.scalars(query)))
        if not with_key:
            return 0
        back = [
            each
            for each in deletions_of(database, code)
            if with_key & {each.participant_id, *_helper_ids(connection, code, each.participant_id)}
        ]
        detail = dict(event.detail) | {"deleted": str(len(back))}
        audit.append(connection, code, replace(event, detail=detail))
        for each in back:
            _forget(connection, sealing, each)
    wipe_traces(database)
    return len(back)


def deletions_of(database: Database, code: str) -> tuple[Deletion, ...]:
    """Return the log of deletions, the first one first."""
    query = select(deletions).where(deletions.c.municipality_code == code)
    with database.reading() as connection:
        rows = connection.execute(query.order_by(deletions.c.number)).mappings()
        return tuple(from_row(Deletion, row) for row in rows)


def apply_deletions(
    database: Database, code: str, keyring: Keyring, kept: Iterable[Deletion], event: AuditEvent
) -> int:
    """Delete again whom a restored backup still knows, and return how many those were.

    Parameters
    ----------
    kept
        The log, as `kept_deletions` reads it from its file, or of the database that was replaced.
    """
    with database.writing() as connection:
        known = {each.participant_id for each in deletions_of(database, code)}
        new = [each for each in kept if each.participant_id not in known]
        if new:
            detail = dict(event.detail) | {"deleted": str(len(new))}
            audit.append(connection, code, replace(event, detail=detail))
        for each in new:
            _delete(connection, Sealing(keyring, code), each)
    if new:
        wipe_traces(database)
    return len(new)


def keep_deletions(database: Database, code: str, path: Path) -> None:
    """Add to the file what it does not hold yet of the log; it is never shortened.

    Keep the file beside the keys, outside the database and its backups. One that is empty says
    that nobody was deleted; where there is none, nobody can say so.
    """
    held = {each.participant_id for each in kept_deletions(path, code)}
    missing = [each for each in deletions_of(database, code) if each.participant_id not in held]
    if not missing and path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    # A line begins anew even where the one before was cut off by a loss of power.
    is_torn = path.exists() and path.read_bytes()[-1:] not in (b"", b"\n")
    number = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    with open(number, "a", encoding="utf-8") as file:
        file.write("\n" if is_torn else "")
        for each in missing:
            line = {
                "format": FORMAT,
                "municipality_code": code,
                "participant_id": each.participant_id,
                "at": each.at.isoformat(),
                "ground": each.ground,
                "decided_by": each.decided_by,
                "approved_by": each.approved_by,
            }
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(number)


def kept_deletions(path: Path, code: str) -> tuple[Deletion, ...]:
    """Read the file of deletions of a municipality; without a file there were none.

    A line that the power did not let end is left out: the database knows of that deletion, and
    `keep_deletions` writes it once more.

    Raises
    ------
    DatabaseError
        ``deletions_malformed``, naming the line; deletions must not be forgotten in silence.
    """
    if not path.exists():
        return ()
    found = []
    for number, line in enumerate(path.read_bytes().split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            told = json.loads(line)
            if told.pop("format") != FORMAT:
                raise ValueError(line[:20])
            whose, at = told.pop("municipality_code"), datetime.fromisoformat(told.pop("at"))
            deletion = Deletion(at=at, **told)
            if whose == code:
                found.append(deletion)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            if line.startswith(b"{") and not line.rstrip().endswith(b"}"):
                continue
            raise DatabaseError("deletions_malformed", path=str(path), line=number) from error
    return tuple(found)


def wipe_traces(database: Database) -> bool:
    """Have the database overwrite what it has set aside, and tell whether it did so at once.

    Somebody who reads at this moment can delay it; then it happens with the next deletion.
    """
    connection = database.engine.raw_connection()
    try:
        cursor = connection.cursor()
        if database.engine.dialect.name == "sqlite":
            busy, *_ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            return not busy
        raw: Any = connection.driver_connection
        raw.autocommit = True
        try:
            # Writes the tables anew, without the rows that are gone.
            cursor.execute("VACUUM FULL data_keys")
            cursor.execute("VACUUM FULL name_index")
        finally:
            raw.autocommit = False
        return True
    except database.engine.dialect.loaded_dbapi.Error:
        return False
    finally:
        connection.close()


def _delete(connection: Connection, sealing: Sealing, deletion: Deletion) -> Deletion:
    _forget(connection, sealing, deletion)
    last = select(func.max(deletions.c.number)).where(deletions.c.municipality_code == sealing.code)
    numbered = replace(deletion, number=(connection.scalar(last) or 0) + 1)
    connection.execute(insert(deletions).values(to_row(sealing.code, numbered)))
    return numbered


def _forget(connection: Connection, sealing: Sealing, deletion: Deletion) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON")
    id_ = deletion.participant_id
    subjects = [id_, *_helper_ids(connection, sealing.code, id_)]
    subjects += _agenda_ids(connection, sealing.code, id_)
    subjects += _empty_household(connection, sealing.code, id_)
    _loosen_bonds(connection, sealing, id_)
    _forget_referrals(connection, sealing.code, id_)
    _forget_receptions(connection, sealing.code, id_)
    _give_places_back(connection, sealing.code, id_)
    _destroy_keys(connection, sealing.code, subjects)
    for table in _OWN:
        of_person = (table.c.municipality_code == sealing.code, table.c.participant_id == id_)
        connection.execute(delete(table).where(*of_person))
    _empty_row(connection, sealing.code, deletion)


def _helper_ids(connection: Connection, code: str, participant_id: str) -> Sequence[str]:
    query = select(helpers.c.id).where(
        helpers.c.municipality_code == code, helpers.c.participant_id == participant_id
    )
    return list(connection.scalars(query))


def _agenda_ids(connection: Connection, code: str, participant_id: str) -> Sequence[str]:
    """Return the items of meetings about a person; each has a key of its own."""
    query = select(agenda_items.c.id).where(
        agenda_items.c.municipality_code == code, agenda_items.c.participant_id == participant_id
    )
    return list(set(connection.scalars(query)))


def _empty_household(connection: Connection, code: str, participant_id: str) -> list[str]:
    """Return the household that the person leaves empty: its name is the person's."""
    of_city = participants.c.municipality_code == code
    of_person = select(participants.c.household_id).where(
        of_city, participants.c.id == participant_id
    )
    household_id = connection.scalar(of_person)
    others = select(func.count()).where(
        of_city, participants.c.household_id == household_id, participants.c.id != participant_id
    )
    return [household_id] if household_id and not connection.scalar(others) else []


def _loosen_bonds(connection: Connection, sealing: Sealing, participant_id: str) -> None:
    """Take the person out of bonds with others; why there is one may tell of them, so it goes."""
    of_person = select(bond_members.c.bond_id).where(
        bond_members.c.municipality_code == sealing.code,
        bond_members.c.participant_id == participant_id,
    )
    bond_ids = list(connection.scalars(of_person))
    _destroy_keys(connection, sealing.code, bond_ids)
    for id_, key in sealing.keys(connection, bond_ids).items():
        reason = sealing.seal(REASON_GONE, bonds.c.reason, key, id_)
        this = (bonds.c.municipality_code == sealing.code, bonds.c.id == id_)
        connection.execute(update(bonds).where(*this).values(reason=reason))


def _forget_receptions(connection: Connection, code: str, participant_id: str) -> None:
    """Leave of what was heard about the person the row that is counted, about nobody."""
    of_person = (
        receptions.c.municipality_code == code,
        receptions.c.participant_id == participant_id,
    )
    ids = select(receptions.c.id).where(*of_person, is_standing(receptions))
    _destroy_keys(connection, code, list(connection.scalars(ids)))
    connection.execute(update(receptions).where(*of_person).values(participant_id=None))


def _forget_referrals(connection: Connection, code: str, participant_id: str) -> None:
    """Leave of what agencies asked about the person the rows that are counted, about nobody.

    What hangs on one of their receptions goes as well.
    """
    theirs = select(receptions.c.id).where(
        receptions.c.municipality_code == code,
        receptions.c.participant_id == participant_id,
        is_standing(receptions),
    )
    about = (
        referrals.c.municipality_code == code,
        (referrals.c.participant_id == participant_id) | referrals.c.reception_id.in_(theirs),
    )
    ids = list(set(connection.scalars(select(referrals.c.id).where(*about))))
    _destroy_keys(connection, code, ids)
    connection.execute(update(referrals).where(*about).values(participant_id=None))


def _give_places_back(connection: Connection, code: str, participant_id: str) -> None:
    """Free the places that the person's placements still take."""
    standing = select(placements.c.opening_id).where(
        placements.c.municipality_code == code,
        placements.c.participant_id == participant_id,
        placements.c.state != PlacementState.ENDED,
        placements.c.enquiry_id.is_not(None),
        is_standing(placements),
    )
    for opening_id in connection.scalars(standing).all():
        release_of_forgotten(connection, code, opening_id)


def _destroy_keys(connection: Connection, code: str, subject_ids: Sequence[str]) -> None:
    connection.execute(
        delete(data_keys).where(
            data_keys.c.municipality_code == code, data_keys.c.subject_id.in_(subject_ids)
        )
    )


def _empty_row(connection: Connection, code: str, deletion: Deletion) -> None:
    """Leave of the person's row only what the runs refer to, and who might have known of them.

    The case number goes: it stands on paper beside the name. Its place is taken by the pseudonym,
    with an end that no series of numbers continues.
    """
    id_ = deletion.participant_id
    nothing: dict[str, Any] = {
        column.name: None for column in participants.columns if isinstance(column.type, Encrypted)
    }
    this = (participants.c.municipality_code == code, participants.c.id == id_)
    household_id = connection.scalar(select(participants.c.household_id).where(*this))
    connection.execute(
        update(participants)
        .where(*this)
        .values(
            **nothing,
            case_no=f"{id_}-",
            since_on=day_in_japan(deletion.at),
            household_id=None,
            paused_until_on=None,
            status=ParticipantStatus.CLOSED,  # no place stays promised to nobody
        )
    )
    left = select(participants.c.id).where(
        participants.c.municipality_code == code, participants.c.household_id == household_id
    )
    if household_id is not None and connection.scalar(left.limit(1)) is None:
        of_nobody = (households.c.municipality_code == code, households.c.id == household_id)
        connection.execute(delete(households).where(*of_nobody))
