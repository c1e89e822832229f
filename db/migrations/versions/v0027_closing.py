"""Evaluations, and who keeps watch after support has ended, each with all versions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "evaluations",
        *_of_a_version(),
        sa.Column("on", sa.Date(), nullable=False),
        *_sealed("judgement", "reason", "reached", "changes", "left"),
        sa.Column("closed_on", sa.Date(), nullable=True),
        *_sealed("no_watch_reason"),
        sa.Column("reopened_on", sa.Date(), nullable=True),
        *_sealed("reopen_reason"),
        *_noted(),
        *_points("evaluations"),
    )
    op.create_table(
        "watches",
        *_of_a_version(),
        sa.Column("evaluation_id", sa.String(), nullable=False),
        sa.Column("office_id", sa.String(), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=True),
        *_sealed("how"),
        sa.Column("state", sa.String(), nullable=False),
        *_sealed("looks"),
        sa.Column("ended_on", sa.Date(), nullable=True),
        *_sealed("reason"),
        *_noted(),
        *_points("watches"),
    )
    for table, column in (
        ("evaluations", "participant_id"),
        ("watches", "participant_id"),
        ("watches", "state"),
    ):
        name = op.f(f"ix_{table}_municipality_code_{column}")
        op.create_index(name, table, ["municipality_code", column])


def downgrade() -> None:
    for table in ("watches", "evaluations"):
        op.drop_table(table)


def _of_a_version() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("participant_id", sa.String(), nullable=False),
    )


def _sealed(*names: str) -> tuple[sa.Column[bytes], ...]:
    return tuple(sa.Column(name, sa.LargeBinary(), nullable=True) for name in names)


def _noted() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
    )


def _points(table: str) -> tuple[sa.Constraint, ...]:
    return (
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipalities.municipality_code"],
            name=op.f(f"fk_{table}_municipality_code"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code", "participant_id"],
            ["participants.municipality_code", "participants.id"],
            name=op.f(f"fk_{table}_municipality_code_participant_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", "version", name=op.f(f"pk_{table}")),
    )
