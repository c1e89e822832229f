"""The nearest openings of someone without a place, with what would have to change."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("run_unplaced", sa.Column("near", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("run_unplaced", "near")
