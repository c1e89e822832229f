"""People in the audit record for those who may not know them: under names that say nothing."""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection, select, union

from catalog.text_key import find_number
from db.tables import audit_events, audit_subjects, participants

_LETTERS = 12


def pseudonym(municipality_code: str, person_id: str) -> str:
    """Return the same meaningless name for the same person, from which no id can be computed."""
    told = f"tsunagite.audit-person/{municipality_code}/{person_id}"
    return hashlib.sha256(told.encode()).hexdigest()[:_LETTERS]


def person_under(connection: Connection, municipality_code: str, name: str) -> str | None:
    """Return the id of the person with a pseudonym, though their data may be deleted, or None."""
    alone = select(audit_events.c.subject_id).where(
        audit_events.c.municipality_code == municipality_code,
        audit_events.c.subject_kind == "participant",
    )
    among = select(audit_subjects.c.subject_id).where(
        audit_subjects.c.municipality_code == municipality_code
    )
    ids = connection.scalars(union(alone, among))
    return next((id_ for id_ in ids if pseudonym(municipality_code, id_) == name), None)


def person_with_number(connection: Connection, municipality_code: str, case_no: str) -> str | None:
    """Return the id of the person with a case number, in any spelling, for the auditor."""
    query = select(participants.c.case_no, participants.c.id).where(
        participants.c.municipality_code == municipality_code
    )
    ids = {row.case_no: row.id for row in connection.execute(query)}
    return ids.get(find_number(case_no, ids) or "")
