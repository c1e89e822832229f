"""A backup made while others write is a state that there was: all that came before, nothing after.

Each writer writes one thing after the other, so that a state is a beginning of what each of them
has done.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from db import backup, restore
from db.session import Database
from tests.databases import Fill, PostgresqlDatabases, SqliteDatabases
from tests.db.conftest import KEYRING
from tests.db.examples import AT
from tests.db.writers import a_catalogue, is_prefix, kept, url_of, writer
from tests.figures import figure

WRITERS = 2


@pytest.mark.parametrize("times", [3, pytest.param(50, marks=pytest.mark.full)])
def test_each_backup_under_load_is_a_state_that_there_was(
    databases: SqliteDatabases | PostgresqlDatabases,
    database_with: Callable[[Fill], Database],
    tmp_path: Path,
    times: int,
) -> None:
    """Restored into an empty database, one after the other."""
    database = database_with(a_catalogue)
    url, restored, writes = url_of(database), databases.create_empty(), 0
    with ExitStack() as stack:
        names = [f"w{number}" for number in range(WRITERS)]
        (tmp_path / "log").touch()  # of deletions: there were none
        writers = [stack.enter_context(writer(url, name)) for name in names]
        for number in range(times):
            for each in writers:
                each.hear(2)
            least = [each.hear_all() for each in writers]
            file = tmp_path / f"{number}.backup"
            backup.make(database, file, KEYRING, AT + timedelta(days=number), tmp_path)
            # What a writer has done and not told yet may be in it.
            most = [each.hear_all() + 1 for each in writers]
            with ExitStack() as still:  # while this is looked at nothing need be added
                for each in writers:
                    still.enter_context(each.resting())
                at = AT + timedelta(days=number)
                restore.restore(restored, file, KEYRING, at, tmp_path, tmp_path / "log")
                there = state(restored)
            for name, low, high in zip(names, least, most, strict=True):
                own = {id_ for id_ in there if id_.startswith(f"{name}-")}
                assert is_prefix(own, low, high), (number, name, len(own), low, high)
            file.unlink()
            writes = len(there)
    databases.drop(restored)
    kind = database.engine.dialect.name
    figure(f"backups under load, {kind}: {times}, the last one with {writes} writes in it")


def state(url: str) -> set[str]:
    """Return what is in a restored database, found whole."""
    database = Database(url)
    there = kept(database)
    database.close()
    return there
