"""Until when a person pauses."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("participants", sa.Column("paused_until_on", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("participants", "paused_until_on")
