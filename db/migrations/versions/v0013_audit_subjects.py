"""Finding events: by person among several, by actor, by day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

MESSAGE = "audit events are append-only"
INDEXES = ("actor_id", "at")


def upgrade() -> None:
    op.create_table(
        "audit_subjects",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint(
            "municipality_code", "subject_id", "number", name=op.f("pk_audit_subjects")
        ),
    )
    op.create_index(
        op.f("ix_audit_subjects_municipality_code_number"),
        "audit_subjects",
        ["municipality_code", "number"],
    )
    for column in INDEXES:
        op.create_index(
            op.f(f"ix_audit_events_municipality_code_{column}"),
            "audit_events",
            ["municipality_code", column],
        )
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_subjects_no_{change.lower()} BEFORE {change} "
                f"ON audit_subjects BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
            )
    else:
        op.execute(
            "CREATE TRIGGER audit_subjects_no_change BEFORE UPDATE OR DELETE OR TRUNCATE "
            "ON audit_subjects EXECUTE FUNCTION refuse_change_of_audit_events()"
        )


def downgrade() -> None:
    op.drop_table("audit_subjects")
    for column in INDEXES:
        op.drop_index(op.f(f"ix_audit_events_municipality_code_{column}"), "audit_events")
