"""Remits of offices and staff, members of a plan, 事業 of a person, emergency access."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("participants", sa.Column("programmes", sa.LargeBinary(), nullable=True))
    op.create_table(
        "plan_members",
        _code(),
        sa.Column("participant_id", sa.String(), nullable=False),
        sa.Column("office_id", sa.String(), nullable=False),
        *_references("plan_members", delete=True),
        sa.PrimaryKeyConstraint(
            "municipality_code", "participant_id", "office_id", name=op.f("pk_plan_members")
        ),
    )
    op.create_table(
        "remits",
        _code(),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("holder_id", sa.String(), nullable=False),
        sa.Column("programmes", sa.JSON(), nullable=True),
        sa.Column("districts", sa.JSON(), nullable=True),
        _of_a_city("remits"),
        sa.PrimaryKeyConstraint("municipality_code", "holder", "holder_id", name=op.f("pk_remits")),
    )
    op.create_table(
        "emergency_accesses",
        _code(),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("office_id", sa.String(), nullable=True),
        sa.Column("participant_id", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        *_references("emergency_accesses"),
        sa.PrimaryKeyConstraint("municipality_code", "id", name=op.f("pk_emergency_accesses")),
    )
    for column in ("user_id", "participant_id"):
        op.create_index(
            op.f(f"ix_emergency_accesses_municipality_code_{column}"),
            "emergency_accesses",
            ["municipality_code", column],
        )


def downgrade() -> None:
    op.drop_table("emergency_accesses")
    op.drop_table("remits")
    op.drop_table("plan_members")
    op.drop_column("participants", "programmes")


def _code() -> sa.Column[str]:
    return sa.Column("municipality_code", sa.String(length=6), nullable=False)


def _of_a_city(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["municipality_code"],
        ["municipalities.municipality_code"],
        name=op.f(f"fk_{table}_municipality_code"),
    )


def _references(table: str, *, delete: bool = False) -> tuple[sa.ForeignKeyConstraint, ...]:
    return _of_a_city(table), sa.ForeignKeyConstraint(
        ["municipality_code", "participant_id"],
        ["participants.municipality_code", "participants.id"],
        name=op.f(f"fk_{table}_municipality_code_participant_id"),
        ondelete="CASCADE" if delete else None,
    )
