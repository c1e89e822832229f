"""Support plans with all their versions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

SEALED = (
    "aim", "long_goal", "short_goal", "lead_office_id", "roles", "services", "direction",
    "signed_by", "decided_in", "end_reason",
)  # fmt: skip
DAYS = ("starts_on", "review_on", "signed_on", "decided_on", "ended_on")


def upgrade() -> None:
    op.create_table(
        "support_plans",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("participant_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        *(sa.Column(name, sa.LargeBinary(), nullable=True) for name in SEALED),
        *(sa.Column(name, sa.Date(), nullable=True) for name in DAYS),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipalities.municipality_code"],
            name=op.f("fk_support_plans_municipality_code"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code", "participant_id"],
            ["participants.municipality_code", "participants.id"],
            name=op.f("fk_support_plans_municipality_code_participant_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "municipality_code", "id", "version", name=op.f("pk_support_plans")
        ),
    )
    op.create_index(
        op.f("ix_support_plans_municipality_code_participant_id"),
        "support_plans",
        ["municipality_code", "participant_id"],
    )


def downgrade() -> None:
    op.drop_table("support_plans")
