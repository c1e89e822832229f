"""Second factors, one-time links, wrong tries, and more about each session."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Who was signed in signs in again: of their sessions it is not known what they showed.
    op.drop_table("sessions")
    _sessions(
        sa.Column("browser", sa.String(), nullable=False),
        sa.Column("proved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("proved_by", sa.String(), nullable=False),
    )
    _of_a_user(
        "tickets",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    )
    _of_a_user(
        "authenticators",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
    )
    _of_a_user(
        "recovery_codes",
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
    )
    op.create_table(
        "sign_in_tries",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipalities.municipality_code"],
            name=op.f("fk_sign_in_tries_municipality_code"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "key", name=op.f("pk_sign_in_tries")),
    )


def downgrade() -> None:
    for name in ("sign_in_tries", "recovery_codes", "authenticators", "tickets", "sessions"):
        op.drop_table(name)
    _sessions()


def _sessions(*more: sa.Column[Any]) -> None:
    _of_a_user(
        "sessions",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        *more,
    )


def _of_a_user(name: str, key: sa.Column[Any], *columns: sa.Column[Any]) -> None:
    """Make a table whose rows go with the account that they belong to."""
    op.create_table(
        name,
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        key,
        *columns,
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
        sa.PrimaryKeyConstraint("municipality_code", key.name, name=op.f(f"pk_{name}")),
    )
    op.create_index(
        op.f(f"ix_{name}_municipality_code_user_id"), name, ["municipality_code", "user_id"]
    )
