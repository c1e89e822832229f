"""What is kept about the keeping, and by which index key a name can be found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "name_index", sa.Column("key_id", sa.String(), nullable=False, server_default="1")
    )
    op.create_table(
        "versions",
        _code(),
        sa.Column("participant_id", sa.String(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        *_of_a_person("versions"),
        sa.PrimaryKeyConstraint(
            "municipality_code", "participant_id", "part", "number", name=op.f("pk_versions")
        ),
    )
    op.create_table(
        "legal_holds",
        _code(),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("participant_id", sa.String(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("lifted_by", sa.String(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        *_of_a_person("legal_holds"),
        sa.PrimaryKeyConstraint("municipality_code", "id", name=op.f("pk_legal_holds")),
    )
    op.create_table(
        "disclosures",
        _code(),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("participant_id", sa.String(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("recipient", sa.LargeBinary(), nullable=True),
        sa.Column("categories", sa.JSON(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("approved_by", sa.LargeBinary(), nullable=True),
        sa.Column("items", sa.LargeBinary(), nullable=True),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        *_of_a_person("disclosures"),
        sa.PrimaryKeyConstraint("municipality_code", "id", name=op.f("pk_disclosures")),
    )
    for table in ("legal_holds", "disclosures"):
        op.create_index(
            op.f(f"ix_{table}_municipality_code_participant_id"),
            table,
            ["municipality_code", "participant_id"],
        )
    op.create_table(
        "deletions",
        _code(),
        sa.Column("participant_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("approved_by", sa.String(), nullable=False),
        _of_a_municipality("deletions"),
        sa.PrimaryKeyConstraint("municipality_code", "participant_id", name=op.f("pk_deletions")),
        sa.UniqueConstraint(
            "municipality_code", "number", name=op.f("uq_deletions_municipality_code_number")
        ),
    )
    op.create_table(
        "dropped_keys",
        _code(),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=False),
        _of_a_municipality("dropped_keys"),
        sa.PrimaryKeyConstraint("municipality_code", "key_id", name=op.f("pk_dropped_keys")),
    )


def downgrade() -> None:
    for table in ("dropped_keys", "deletions", "disclosures", "legal_holds", "versions"):
        op.drop_table(table)
    op.drop_column("name_index", "key_id")


def _code() -> sa.Column[str]:
    return sa.Column("municipality_code", sa.String(length=6), nullable=False)


def _of_a_municipality(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["municipality_code"],
        ["municipalities.municipality_code"],
        name=op.f(f"fk_{table}_municipality_code"),
    )


def _of_a_person(table: str) -> tuple[sa.ForeignKeyConstraint, ...]:
    return (
        _of_a_municipality(table),
        sa.ForeignKeyConstraint(
            ["municipality_code", "participant_id"],
            ["participants.municipality_code", "participants.id"],
            name=op.f(f"fk_{table}_municipality_code_participant_id"),
            ondelete="CASCADE",
        ),
    )
