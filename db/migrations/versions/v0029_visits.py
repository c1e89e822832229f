"""訪問: visits planned and made before any consent, each version a row."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "visits",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("participant_id", sa.String(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("visitor_ids", sa.JSON(), nullable=False),
        sa.Column("office_ids", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("result", sa.LargeBinary(), nullable=True),
        sa.Column("relation", sa.LargeBinary(), nullable=True),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipalities.municipality_code"],
            name=op.f("fk_visits_municipality_code"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code", "participant_id"],
            ["participants.municipality_code", "participants.id"],
            name=op.f("fk_visits_municipality_code_participant_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", "version", name=op.f("pk_visits")),
    )
    for column in ("participant_id", "state"):
        name = op.f(f"ix_visits_municipality_code_{column}")
        op.create_index(name, "visits", ["municipality_code", column])


def downgrade() -> None:
    op.drop_table("visits")
