"""Cuts of the audit record: what lies below one may be removed, and nothing else."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

MESSAGE = "audit events are append-only"
TABLES = ("audit_events", "audit_subjects")
BELOW_A_CUT = (
    "OLD.number <= (SELECT coalesce(max(cuts.number), 0) FROM audit_cuts AS cuts "
    "WHERE cuts.municipality_code = OLD.municipality_code)"
)


def upgrade() -> None:
    op.create_table(
        "audit_cuts",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("years", sa.Integer(), nullable=False),
        sa.Column("rules", sa.String(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_audit_cuts_number")),
        sa.PrimaryKeyConstraint("municipality_code", "number", name=op.f("pk_audit_cuts")),
    )
    if op.get_bind().dialect.name == "sqlite":
        _guard_sqlite()
    else:
        _guard_postgresql()


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in TABLES:
            op.execute(f"DROP TRIGGER {table}_no_delete")
            _refuse_on_sqlite("DELETE", table)
    else:
        for table in TABLES:
            op.execute(f"DROP TRIGGER {table}_no_delete ON {table}")
            op.execute(f"DROP TRIGGER {table}_no_change ON {table}")
            _refuse_on_postgresql("UPDATE OR DELETE OR TRUNCATE", table)
        op.execute("DROP FUNCTION refuse_removal_above_a_cut()")
    op.drop_table("audit_cuts")


def _guard_sqlite() -> None:
    for table in TABLES:
        op.execute(f"DROP TRIGGER {table}_no_delete")
        _refuse_on_sqlite("DELETE", table, f"WHEN NOT ({BELOW_A_CUT})")
    for change in ("UPDATE", "DELETE"):
        _refuse_on_sqlite(change, "audit_cuts")


def _guard_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_removal_above_a_cut() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF {BELOW_A_CUT} THEN RETURN OLD; END IF; "
        f"RAISE EXCEPTION '{MESSAGE}'; END $$"
    )
    for table in TABLES:
        op.execute(f"DROP TRIGGER {table}_no_change ON {table}")
        _refuse_on_postgresql("UPDATE OR TRUNCATE", table)
        op.execute(
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_removal_above_a_cut()"
        )
    _refuse_on_postgresql("UPDATE OR DELETE OR TRUNCATE", "audit_cuts")


def _refuse_on_sqlite(change: str, table: str, when: str = "") -> None:
    op.execute(
        f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} {when} "
        f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    )


def _refuse_on_postgresql(changes: str, table: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_no_change BEFORE {changes} "
        f"ON {table} EXECUTE FUNCTION refuse_change_of_audit_events()"
    )
