"""What the office settles before the search, what a run used of it, and limits of hosts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bonds",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("undone_by", sa.String(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipalities.municipality_code"],
            name=op.f("fk_bonds_municipality_code"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", name=op.f("pk_bonds")),
    )
    op.create_table(
        "bond_members",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("bond_id", sa.String(), nullable=False),
        sa.Column("participant_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_code", "bond_id"],
            ["bonds.municipality_code", "bonds.id"],
            name=op.f("fk_bond_members_municipality_code_bond_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code", "participant_id"],
            ["participants.municipality_code", "participants.id"],
            name=op.f("fk_bond_members_municipality_code_participant_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipalities.municipality_code"],
            name=op.f("fk_bond_members_municipality_code"),
        ),
        sa.PrimaryKeyConstraint(
            "municipality_code", "bond_id", "participant_id", name=op.f("pk_bond_members")
        ),
    )
    op.create_index(
        op.f("ix_bond_members_municipality_code_participant_id"),
        "bond_members",
        ["municipality_code", "participant_id"],
        unique=False,
    )
    op.create_table(
        "placing_rules",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("participant_id", sa.String(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opening_id", sa.String(), nullable=True),
        sa.Column("host_id", sa.String(), nullable=True),
        sa.Column("overrides", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("undone_by", sa.String(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["municipality_code", "host_id"],
            ["organisations.municipality_code", "organisations.id"],
            name=op.f("fk_placing_rules_municipality_code_host_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code", "opening_id"],
            ["openings.municipality_code", "openings.id"],
            name=op.f("fk_placing_rules_municipality_code_opening_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code", "participant_id"],
            ["participants.municipality_code", "participants.id"],
            name=op.f("fk_placing_rules_municipality_code_participant_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipalities.municipality_code"],
            name=op.f("fk_placing_rules_municipality_code"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", name=op.f("pk_placing_rules")),
    )
    op.create_index(
        op.f("ix_placing_rules_municipality_code_participant_id"),
        "placing_rules",
        ["municipality_code", "participant_id"],
        unique=False,
    )
    op.create_table(
        "run_rules",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("rule_id", sa.String(), nullable=False),
        sa.Column("participant_ids", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("opening_id", sa.String(), nullable=False),
        sa.Column("host_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_code", "run_id"],
            ["match_runs.municipality_code", "match_runs.id"],
            name=op.f("fk_run_rules_municipality_code_run_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipalities.municipality_code"],
            name=op.f("fk_run_rules_municipality_code"),
        ),
        sa.PrimaryKeyConstraint(
            "municipality_code", "run_id", "position", name=op.f("pk_run_rules")
        ),
    )
    op.add_column("organisations", sa.Column("most_at_once", sa.Integer(), nullable=True))
    op.add_column("organisations", sa.Column("newcomers_a_month", sa.Integer(), nullable=True))


def downgrade() -> None:
    for name in ("newcomers_a_month", "most_at_once"):
        op.drop_column("organisations", name)
    for name in ("run_rules", "placing_rules", "bond_members", "bonds"):
        op.drop_table(name)
