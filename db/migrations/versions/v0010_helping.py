"""Helpers, how many of them groups want, and the matchings of the two."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "openings", sa.Column("helpers_wanted", sa.Integer(), nullable=False, server_default="0")
    )
    op.create_table(
        "helpers",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("participant_id", sa.String(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipalities.municipality_code"],
            name=op.f("fk_helpers_municipality_code"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code", "participant_id"],
            ["participants.municipality_code", "participants.id"],
            name=op.f("fk_helpers_municipality_code_participant_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", name=op.f("pk_helpers")),
        sa.UniqueConstraint(
            "municipality_code",
            "participant_id",
            name=op.f("uq_helpers_municipality_code_participant_id"),
        ),
    )
    op.create_table(
        "helper_runs",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("started_by", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("policy_version", sa.String(), nullable=False),
        sa.Column("code_version", sa.String(), nullable=False),
        sa.Column("certified", sa.Boolean(), nullable=False),
        sa.Column("rounds", sa.LargeBinary(), nullable=False),
        sa.Column("unplaced", sa.JSON(), nullable=False),
        sa.Column("not_considered", sa.JSON(), nullable=False),
        sa.Column("unfilled", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipalities.municipality_code"],
            name=op.f("fk_helper_runs_municipality_code"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", name=op.f("pk_helper_runs")),
        sa.UniqueConstraint(
            "municipality_code", "number", name=op.f("uq_helper_runs_municipality_code_number")
        ),
    )
    op.create_table(
        "helper_proposals",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.String(), nullable=False),
        sa.Column("opening_id", sa.String(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("short", sa.LargeBinary(), nullable=True),
        sa.Column("way", sa.LargeBinary(), nullable=True),
        sa.Column("set_aside_reason", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipalities.municipality_code"],
            name=op.f("fk_helper_proposals_municipality_code"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code", "run_id"],
            ["helper_runs.municipality_code", "helper_runs.id"],
            name=op.f("fk_helper_proposals_municipality_code_run_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code", "participant_id"],
            ["helpers.municipality_code", "helpers.id"],
            name=op.f("fk_helper_proposals_municipality_code_participant_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code", "opening_id"],
            ["openings.municipality_code", "openings.id"],
            name=op.f("fk_helper_proposals_municipality_code_opening_id"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", name=op.f("pk_helper_proposals")),
        sa.UniqueConstraint(
            "municipality_code",
            "run_id",
            "position",
            name=op.f("uq_helper_proposals_municipality_code_run_id_position"),
        ),
    )
    op.create_index(
        op.f("ix_helper_proposals_municipality_code_participant_id"),
        "helper_proposals",
        ["municipality_code", "participant_id"],
    )


def downgrade() -> None:
    op.drop_table("helper_proposals")
    op.drop_table("helper_runs")
    op.drop_table("helpers")
    op.drop_column("openings", "helpers_wanted")
