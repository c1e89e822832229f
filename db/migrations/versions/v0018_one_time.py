"""One table for secrets that are used once, in the place of three.

Links, which live for days, are carried over, and so are half-done sign-ins. Sign-ins on their way
over the provider and challenges of passkeys live for minutes and are begun anew.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_TICKETS = ("invitation", "reset", "second_step", "first_factor")


def upgrade() -> None:
    op.create_table(
        "one_time",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=True),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        _of_the_city("one_time"),
        _of_a_user("one_time"),
        sa.PrimaryKeyConstraint(
            "municipality_code", "purpose", "secret_hash", name=op.f("pk_one_time")
        ),
    )
    _index("one_time", "user_id")
    _index("one_time", "until_at")
    empty = sa.literal(b"", sa.LargeBinary())
    old, new = _tickets(), _one_time()
    op.execute(
        new.insert().from_select(
            [each.name for each in new.c],
            sa.select(
                old.c.municipality_code,
                old.c.purpose,
                old.c.token_hash,
                old.c.user_id,
                empty,
                old.c.created_at,
                old.c.expires_at,
            ),
        )
    )
    for name in ("passkey_challenges", "detours", "tickets"):
        op.drop_table(name)


def downgrade() -> None:
    op.create_table(
        "tickets",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        _of_the_city("tickets"),
        _of_a_user("tickets"),
        sa.PrimaryKeyConstraint("municipality_code", "token_hash", name=op.f("pk_tickets")),
    )
    _index("tickets", "user_id")
    op.create_table(
        "detours",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=True),
        sa.Column("goal", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        _of_the_city("detours"),
        _of_a_user("detours"),
        sa.PrimaryKeyConstraint("municipality_code", "token_hash", name=op.f("pk_detours")),
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
    old, new = _one_time(), _tickets()
    op.execute(
        new.insert().from_select(
            ["municipality_code", "token_hash", "user_id", "purpose", "created_at", "expires_at"],
            sa.select(
                old.c.municipality_code,
                old.c.secret_hash,
                old.c.user_id,
                old.c.purpose,
                old.c.made_at,
                old.c.until_at,
            ).where(old.c.purpose.in_(_TICKETS)),
        )
    )
    op.drop_table("one_time")


def _tickets() -> sa.TableClause:
    names = ("municipality_code", "token_hash", "user_id", "purpose", "created_at", "expires_at")
    return sa.table("tickets", *map(sa.column, names))


def _one_time() -> sa.TableClause:
    names = ("municipality_code", "purpose", "secret_hash", "user_id", "payload")
    return sa.table("one_time", *map(sa.column, (*names, "made_at", "until_at")))


def _index(table: str, column: str) -> None:
    name = op.f(f"ix_{table}_municipality_code_{column}")
    op.create_index(name, table, ["municipality_code", column])


def _of_the_city(name: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["municipality_code"],
        ["municipalities.municipality_code"],
        name=op.f(f"fk_{name}_municipality_code"),
    )


def _of_a_user(name: str) -> sa.ForeignKeyConstraint:
    """Let rows go with the account that they belong to."""
    return sa.ForeignKeyConstraint(
        ["municipality_code", "user_id"],
        ["users.municipality_code", "users.id"],
        name=op.f(f"fk_{name}_municipality_code_user_id"),
        ondelete="CASCADE",
    )
