"""People who were written before there were tokens of 事業 and town: an upgrade makes them.

Until then whoever works for one 事業 or one 圏域 only would not meet them. A row that was written
before has no `programmes` at all; each step writes some of them, so that a step that was broken
off is simply taken again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from sqlalchemy import func, select

from catalog.audit import AuditEvent
from db.cases import SqlCaseStore
from db.people_scope import is_before_scopes
from db.secrets import Keyring
from db.session import Database
from db.tables import participants

BATCH: Final = 500


def people_left(database: Database, code: str) -> int:
    """Return how many people have no tokens of 事業 and town yet."""
    query = select(func.count()).select_from(participants).where(is_before_scopes(code))
    with database.reading() as connection:
        return connection.scalar(query) or 0


def fill(
    database: Database,
    code: str,
    keyring: Keyring,
    event_of: Callable[[int], AuditEvent],
    batch: int = BATCH,
) -> Iterator[int]:
    """Make the tokens that are missing, and yield after each step how many people are left.

    Parameters
    ----------
    event_of
        Makes the event of a step for so many people.

    Raises
    ------
    DatabaseError
        As reading people does: the keys must fit.
    """
    store = SqlCaseStore(database, code, keyring)
    while store.index_scopes(batch, event_of):
        yield people_left(database, code)
