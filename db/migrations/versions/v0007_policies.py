"""A city's own policies, whom hosts would be glad of, and how both sides look at a pair."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "policies",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("adopted_by", sa.String(), nullable=False),
        sa.Column("adopted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipalities.municipality_code"],
            name=op.f("fk_policies_municipality_code"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "number", name=op.f("pk_policies")),
    )
    op.add_column("openings", sa.Column("preference", sa.JSON(), nullable=True))
    op.add_column("match_runs", sa.Column("views", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("match_runs", "views")
    op.drop_column("openings", "preference")
    op.drop_table("policies")
