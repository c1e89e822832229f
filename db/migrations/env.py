"""How Alembic runs here: on the connection that `db.migrate` hands over."""

from __future__ import annotations

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import TypeDecorator

from db.tables import metadata


def render_plainly(_kind: str, item: object, _context: AutogenContext) -> str | Literal[False]:
    """Write the plain type of our own column types: a migration must not change with them."""
    return f"sa.{item.impl_instance!r}" if isinstance(item, TypeDecorator) else False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_item=render_plainly,
    render_as_batch=connection.dialect.name == "sqlite",
    transactional_ddl=True,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
