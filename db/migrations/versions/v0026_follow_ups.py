"""Talks with both sides of placements, and the day of the last step of a placement."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

TABLE = "follow_ups"
SEALED = (
    "how", "fits_state", "fits_wishes", "burden", "came", "planned", "absence_reason",
    "voice", "worries", "dangers", "scales", "note",
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("placement_id", sa.String(), nullable=False),
        sa.Column("participant_id", sa.String(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("occasion", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        *(sa.Column(name, sa.LargeBinary(), nullable=True) for name in SEALED),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("rematch", sa.LargeBinary(), nullable=True),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipalities.municipality_code"],
            name=op.f("fk_follow_ups_municipality_code"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code", "participant_id"],
            ["participants.municipality_code", "participants.id"],
            name=op.f("fk_follow_ups_municipality_code_participant_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", "version", name=op.f("pk_follow_ups")),
    )
    for columns in (["participant_id"], ["placement_id", "side", "done_on"]):
        name = op.f("_".join(["ix_follow_ups_municipality_code", *columns]))
        op.create_index(name, TABLE, ["municipality_code", *columns])
    op.add_column("placements", sa.Column("moved_on", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("placements", "moved_on")
    op.drop_table(TABLE)
