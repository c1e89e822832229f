"""Events that named several people before 0013 are found by each of them, too.

What people an event names stands in its detail, which the chain covers; the table of 0013 began
empty. It is filled for events that have no one in it: a person too few or too many in an event
that has some is still found as a change.
"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

UNFILLED = sa.text(
    "SELECT municipality_code, number, detail FROM audit_events WHERE detail LIKE '%\"people\":%' "
    "AND NOT EXISTS (SELECT 1 FROM audit_subjects AS named WHERE "
    "named.municipality_code = audit_events.municipality_code "
    "AND named.number = audit_events.number)"
)
SUBJECTS = sa.table(
    "audit_subjects", sa.column("municipality_code"), sa.column("subject_id"), sa.column("number")
)


def upgrade() -> None:
    connection = op.get_bind()
    rows = [
        {"municipality_code": code, "subject_id": person_id, "number": number}
        for code, number, detail in connection.execute(UNFILLED).all()
        for person_id in sorted({*json.loads(detail).get("people", "").split(",")} - {""})
    ]
    if rows:
        connection.execute(sa.insert(SUBJECTS), rows)


def downgrade() -> None:
    """Nothing: 0013 works with them as well."""
