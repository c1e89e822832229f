"""つなぎ: what agencies ask of one another, each version a row."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "referrals",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("participant_id", sa.String(), nullable=True),
        sa.Column("reception_id", sa.String(), nullable=True),
        sa.Column("from_office_id", sa.String(), nullable=False),
        sa.Column("to_office_id", sa.String(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("why", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("outcome", sa.LargeBinary(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipalities.municipality_code"],
            name=op.f("fk_referrals_municipality_code"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code", "participant_id"],
            ["participants.municipality_code", "participants.id"],
            name=op.f("fk_referrals_municipality_code_participant_id"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", "version", name=op.f("pk_referrals")),
    )
    for column in ("participant_id", "reception_id", "to_office_id"):
        name = op.f(f"ix_referrals_municipality_code_{column}")
        op.create_index(name, "referrals", ["municipality_code", column])


def downgrade() -> None:
    op.drop_table("referrals")
