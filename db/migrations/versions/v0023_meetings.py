"""Sittings of meetings, the items of their agenda, and who takes part in each item."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "meetings",
        *_key(),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("called_by", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        _of_the_city("meetings"),
        sa.PrimaryKeyConstraint("municipality_code", "id", "version", name=op.f("pk_meetings")),
    )
    _index("meetings", "starts_at")
    op.create_table(
        "agenda_items",
        *_key(),
        sa.Column("meeting_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.String(), nullable=True),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        _of_the_city("agenda_items"),
        sa.ForeignKeyConstraint(
            ["municipality_code", "participant_id"],
            ["participants.municipality_code", "participants.id"],
            name=op.f("fk_agenda_items_municipality_code_participant_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", "version", name=op.f("pk_agenda_items")),
    )
    _index("agenda_items", "meeting_id")
    _index("agenda_items", "participant_id")
    op.create_table(
        "agenda_members",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("office_id", sa.String(), nullable=False),
        _of_the_city("agenda_members"),
        sa.ForeignKeyConstraint(
            ["municipality_code", "item_id", "version"],
            ["agenda_items.municipality_code", "agenda_items.id", "agenda_items.version"],
            name=op.f("fk_agenda_members_municipality_code_item_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "municipality_code", "item_id", "version", "user_id", name=op.f("pk_agenda_members")
        ),
    )
    _index("agenda_members", "user_id")


def downgrade() -> None:
    for name in ("agenda_members", "agenda_items", "meetings"):
        op.drop_table(name)


def _key() -> tuple[sa.Column[str], sa.Column[str], sa.Column[int]]:
    return (
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
    )


def _index(table: str, column: str) -> None:
    name = op.f(f"ix_{table}_municipality_code_{column}")
    op.create_index(name, table, ["municipality_code", column])


def _of_the_city(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["municipality_code"],
        ["municipalities.municipality_code"],
        name=op.f(f"fk_{table}_municipality_code"),
    )
