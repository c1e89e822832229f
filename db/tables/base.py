"""What all tables share: names of constraints, and the first column of every key."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, MetaData, String

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def municipality_code(*, known: bool = True) -> Column[str]:
    """Make the column that begins every key; `known` municipalities stand in their table."""
    reference = [ForeignKey("municipalities.municipality_code")] if known else []
    return Column("municipality_code", String(6), *reference, primary_key=True)


def text(name: str) -> Column[str]:
    """Make a column for text that may be empty but never absent."""
    return Column(name, String, nullable=False)


def refers_to(table: str, *, delete: bool = False, **columns: str) -> ForeignKeyConstraint:
    """Point into another table of the same municipality.

    Parameters
    ----------
    delete
        Whether the row goes with the one that it points to.
    **columns
        Own column and the other's: ``refers_to("towns", town_id="id")``.
    """
    options: dict[str, Any] = {"ondelete": "CASCADE"} if delete else {}
    return ForeignKeyConstraint(
        ["municipality_code", *columns],
        [f"{table}.municipality_code", *(f"{table}.{name}" for name in columns.values())],
        **options,
    )
