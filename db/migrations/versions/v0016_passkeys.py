"""Passkeys of the staff, and the challenges that their devices are to sign."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "passkeys",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("user_handle", sa.LargeBinary(), nullable=False),
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        _of_the_city("passkeys"),
        sa.ForeignKeyConstraint(
            ["municipality_code", "user_id"],
            ["users.municipality_code", "users.id"],
            name=op.f("fk_passkeys_municipality_code_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", name=op.f("pk_passkeys")),
        sa.UniqueConstraint(
            "municipality_code",
            "credential_id",
            name=op.f("uq_passkeys_municipality_code_credential_id"),
        ),
    )
    op.create_index(
        op.f("ix_passkeys_municipality_code_user_id"), "passkeys", ["municipality_code", "user_id"]
    )
    op.create_table(
        "passkey_challenges",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("bound_to", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("challenge", sa.LargeBinary(), nullable=False),
        sa.Column("user_handle", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        _of_the_city("passkey_challenges"),
        sa.PrimaryKeyConstraint(
            "municipality_code", "bound_to", "purpose", name=op.f("pk_passkey_challenges")
        ),
    )


def downgrade() -> None:
    op.drop_table("passkey_challenges")
    op.drop_table("passkeys")


def _of_the_city(name: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["municipality_code"],
        ["municipalities.municipality_code"],
        name=op.f(f"fk_{name}_municipality_code"),
    )
