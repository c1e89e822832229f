"""The words of a proposal for a list: its fit, its facts in short, its way."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("proposals", sa.Column("word", sa.String(), nullable=True))
    op.add_column("proposals", sa.Column("short", sa.LargeBinary(), nullable=True))
    op.add_column("proposals", sa.Column("way", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    for name in ("way", "short", "word"):
        op.drop_column("proposals", name)
