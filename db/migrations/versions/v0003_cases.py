"""People, what they told us, matching runs and proposals."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "data_keys",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipalities.municipality_code"],
            name=op.f("fk_data_keys_municipality_code"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "subject_id", name=op.f("pk_data_keys")),
    )
    op.create_table(
        "households",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipalities.municipality_code"],
            name=op.f("fk_households_municipality_code"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", name=op.f("pk_households")),
    )
    op.create_table(
        "match_runs",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("started_by", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("policy_version", sa.String(), nullable=False),
        sa.Column("code_version", sa.String(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("certified", sa.Boolean(), nullable=False),
        sa.Column("problem", sa.LargeBinary(), nullable=False),
        sa.Column("result", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipalities.municipality_code"],
            name=op.f("fk_match_runs_municipality_code"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", name=op.f("pk_match_runs")),
        sa.UniqueConstraint(
            "municipality_code", "number", name=op.f("uq_match_runs_municipality_code_number")
        ),
    )
    op.create_table(
        "participants",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_no", sa.String(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("name_kana", sa.LargeBinary(), nullable=True),
        sa.Column("birth_on", sa.LargeBinary(), nullable=True),
        sa.Column("sex", sa.LargeBinary(), nullable=True),
        sa.Column("household_id", sa.String(), nullable=True),
        sa.Column("relation", sa.LargeBinary(), nullable=True),
        sa.Column("town_id", sa.LargeBinary(), nullable=True),
        sa.Column("address", sa.LargeBinary(), nullable=True),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("lat", sa.LargeBinary(), nullable=True),
        sa.Column("lon", sa.LargeBinary(), nullable=True),
        sa.Column("fields", sa.LargeBinary(), nullable=True),
        sa.Column("own_words", sa.LargeBinary(), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("address_protected", sa.Boolean(), nullable=False),
        sa.Column("coordinator_id", sa.String(), nullable=True),
        sa.Column("office_id", sa.String(), nullable=True),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.CheckConstraint("weight >= 1", name=op.f("ck_participants_weight")),
        sa.ForeignKeyConstraint(
            ["municipality_code", "household_id"],
            ["households.municipality_code", "households.id"],
            name=op.f("fk_participants_municipality_code_household_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipalities.municipality_code"],
            name=op.f("fk_participants_municipality_code"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", name=op.f("pk_participants")),
        sa.UniqueConstraint(
            "municipality_code", "case_no", name=op.f("uq_participants_municipality_code_case_no")
        ),
    )
    op.create_index(
        op.f("ix_participants_municipality_code_status"),
        "participants",
        ["municipality_code", "status"],
        unique=False,
    )
    op.create_table(
        "consents",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("participant_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("given_by", sa.LargeBinary(), nullable=True),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("agencies", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("categories", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["municipality_code", "participant_id"],
            ["participants.municipality_code", "participants.id"],
            name=op.f("fk_consents_municipality_code_participant_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipalities.municipality_code"],
            name=op.f("fk_consents_municipality_code"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", name=op.f("pk_consents")),
        sa.UniqueConstraint(
            "municipality_code",
            "participant_id",
            "number",
            name=op.f("uq_consents_municipality_code_participant_id_number"),
        ),
    )
    op.create_table(
        "name_index",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("participant_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_code", "participant_id"],
            ["participants.municipality_code", "participants.id"],
            name=op.f("fk_name_index_municipality_code_participant_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipalities.municipality_code"],
            name=op.f("fk_name_index_municipality_code"),
        ),
        sa.PrimaryKeyConstraint(
            "municipality_code", "token", "participant_id", name=op.f("pk_name_index")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_name_index_municipality_code_participant_id"),
        "name_index",
        ["municipality_code", "participant_id"],
        unique=False,
    )
    op.create_table(
        "named_staff",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("participant_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_code", "participant_id"],
            ["participants.municipality_code", "participants.id"],
            name=op.f("fk_named_staff_municipality_code_participant_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipalities.municipality_code"],
            name=op.f("fk_named_staff_municipality_code"),
        ),
        sa.PrimaryKeyConstraint(
            "municipality_code", "participant_id", "user_id", name=op.f("pk_named_staff")
        ),
    )
    op.create_table(
        "needs",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("participant_id", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_code", "participant_id"],
            ["participants.municipality_code", "participants.id"],
            name=op.f("fk_needs_municipality_code_participant_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipalities.municipality_code"],
            name=op.f("fk_needs_municipality_code"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "participant_id", name=op.f("pk_needs")),
    )
    op.create_table(
        "run_not_considered",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("participant_id", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_code", "participant_id"],
            ["participants.municipality_code", "participants.id"],
            name=op.f("fk_run_not_considered_municipality_code_participant_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code", "run_id"],
            ["match_runs.municipality_code", "match_runs.id"],
            name=op.f("fk_run_not_considered_municipality_code_run_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipalities.municipality_code"],
            name=op.f("fk_run_not_considered_municipality_code"),
        ),
        sa.PrimaryKeyConstraint(
            "municipality_code", "run_id", "position", name=op.f("pk_run_not_considered")
        ),
    )
    op.create_table(
        "run_unplaced",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("participant_id", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("candidates", sa.Integer(), nullable=False),
        sa.Column("refused", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["municipality_code", "participant_id"],
            ["participants.municipality_code", "participants.id"],
            name=op.f("fk_run_unplaced_municipality_code_participant_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code", "run_id"],
            ["match_runs.municipality_code", "match_runs.id"],
            name=op.f("fk_run_unplaced_municipality_code_run_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipalities.municipality_code"],
            name=op.f("fk_run_unplaced_municipality_code"),
        ),
        sa.PrimaryKeyConstraint(
            "municipality_code", "run_id", "position", name=op.f("pk_run_unplaced")
        ),
    )
    op.create_table(
        "proposals",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.String(), nullable=False),
        sa.Column("opening_id", sa.String(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("parts", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("set_aside_reason", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["municipality_code", "opening_id"],
            ["openings.municipality_code", "openings.id"],
            name=op.f("fk_proposals_municipality_code_opening_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code", "participant_id"],
            ["participants.municipality_code", "participants.id"],
            name=op.f("fk_proposals_municipality_code_participant_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code", "run_id"],
            ["match_runs.municipality_code", "match_runs.id"],
            name=op.f("fk_proposals_municipality_code_run_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipalities.municipality_code"],
            name=op.f("fk_proposals_municipality_code"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", name=op.f("pk_proposals")),
        sa.UniqueConstraint(
            "municipality_code",
            "run_id",
            "position",
            name=op.f("uq_proposals_municipality_code_run_id_position"),
        ),
    )
    op.create_index(
        op.f("ix_proposals_municipality_code_participant_id"),
        "proposals",
        ["municipality_code", "participant_id"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_table("proposals")
    op.drop_table("run_unplaced")
    op.drop_table("run_not_considered")
    op.drop_table("needs")
    op.drop_table("named_staff")
    op.drop_table("name_index")
    op.drop_table("consents")
    op.drop_table("participants")
    op.drop_table("match_runs")
    op.drop_table("households")
    op.drop_table("data_keys")
