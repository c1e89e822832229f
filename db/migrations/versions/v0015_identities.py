"""Who the staff are at the identity provider, and sign-ins on their way over it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "identities",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        *_of_a_user("identities"),
        sa.PrimaryKeyConstraint(
            "municipality_code", "issuer", "subject", name=op.f("pk_identities")
        ),
        sa.UniqueConstraint(
            "municipality_code",
            "user_id",
            "issuer",
            name=op.f("uq_identities_municipality_code_user_id_issuer"),
        ),
    )
    op.create_table(
        "detours",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=True),
        sa.Column("goal", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        *_of_a_user("detours"),
        sa.PrimaryKeyConstraint("municipality_code", "token_hash", name=op.f("pk_detours")),
    )


def downgrade() -> None:
    op.drop_table("detours")
    op.drop_table("identities")


def _of_a_user(name: str) -> tuple[sa.ForeignKeyConstraint, sa.ForeignKeyConstraint]:
    """Let rows go with the account that they belong to."""
    return (
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipalities.municipality_code"],
            name=op.f(f"fk_{name}_municipality_code"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code", "user_id"],
            ["users.municipality_code", "users.id"],
            name=op.f(f"fk_{name}_municipality_code_user_id"),
            ondelete="CASCADE",
        ),
    )
