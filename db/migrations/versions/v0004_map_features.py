"""Rivers, railways and stations, drawn on the map to find one's way."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "map_features",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("shape", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('river', 'railway', 'station')", name=op.f("ck_map_features_kind")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipalities.municipality_code"],
            name=op.f("fk_map_features_municipality_code"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", name=op.f("pk_map_features")),
    )


def downgrade() -> None:
    op.drop_table("map_features")
