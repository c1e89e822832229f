"""Enquiries to hosts, and placements, each with all its versions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "enquiries",
        *_of_a_version(),
        sa.Column("code", sa.String(), nullable=False),
        *_whose(),
        sa.Column("proposal_id", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        *_sealed("text", "how"),
        *_days("sent_on", "answer_by_on", "nudged_on", "answered_on"),
        *_sealed("host_reason", "host_words"),
        *_days("ask_again_on"),
        *_sealed("person_answer", "person_reason", "person_words"),
        *_days("person_answered_on"),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        *_points("enquiries"),
    )
    op.create_table(
        "placements",
        *_of_a_version(),
        *_whose(),
        sa.Column("enquiry_id", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("begun_on", sa.Date(), nullable=False),
        sa.Column("visit_at", sa.DateTime(timezone=True), nullable=True),
        *_sealed("companion", "moves"),
        *_days("rests_until_on", "term_on"),
        *_sealed("insurance"),
        *_days("agreement_on", "ended_on"),
        *_sealed("end_reason", "next_place"),
        sa.Column("coordinator_id", sa.String(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        *_points("placements"),
    )
    for table, column in (
        ("enquiries", "participant_id"),
        ("enquiries", "state"),
        ("enquiries", "code"),
        ("placements", "participant_id"),
        ("placements", "opening_id"),
        ("placements", "state"),
    ):
        name = op.f(f"ix_{table}_municipality_code_{column}")
        op.create_index(name, table, ["municipality_code", column])


def downgrade() -> None:
    for table in ("placements", "enquiries"):
        op.drop_table(table)


def _of_a_version() -> tuple[sa.Column[str], sa.Column[str], sa.Column[int]]:
    return (
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
    )


def _whose() -> tuple[sa.Column[str], ...]:
    names = ("participant_id", "opening_id", "host_id")
    return tuple(sa.Column(name, sa.String(), nullable=False) for name in names)


def _sealed(*names: str) -> tuple[sa.Column[bytes], ...]:
    return tuple(sa.Column(name, sa.LargeBinary(), nullable=True) for name in names)


def _days(*names: str) -> tuple[sa.Column[object], ...]:
    return tuple(sa.Column(name, sa.Date(), nullable=True) for name in names)


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
        sa.ForeignKeyConstraint(
            ["municipality_code", "opening_id"],
            ["openings.municipality_code", "openings.id"],
            name=op.f(f"fk_{table}_municipality_code_opening_id"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", "version", name=op.f(f"pk_{table}")),
    )
