"""As whom somebody agreed, and how the person's own will was made sure of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Statements of earlier times stay as they were said: nobody was asked.
    for name in ("giver", "capacity"):
        op.add_column("consents", sa.Column(name, sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    for name in ("capacity", "giver"):
        op.drop_column("consents", name)
