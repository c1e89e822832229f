"""受付: first words, each version a row."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "receptions",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("window", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("connected_by", sa.String(), nullable=False),
        sa.Column("connector_district", sa.String(), nullable=False),
        sa.Column("office_id", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("heard", sa.LargeBinary(), nullable=True),
        sa.Column("whom_to_ask", sa.LargeBinary(), nullable=True),
        sa.Column("participant_id", sa.String(), nullable=True),
        sa.Column("screening", sa.String(), nullable=False),
        sa.Column("screened_on", sa.Date(), nullable=True),
        sa.Column("received_by", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipalities.municipality_code"],
            name=op.f("fk_receptions_municipality_code"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code", "participant_id"],
            ["participants.municipality_code", "participants.id"],
            name=op.f("fk_receptions_municipality_code_participant_id"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", "version", name=op.f("pk_receptions")),
    )
    op.create_index(
        op.f("ix_receptions_municipality_code_participant_id"),
        "receptions",
        ["municipality_code", "participant_id"],
    )


def downgrade() -> None:
    op.drop_table("receptions")
