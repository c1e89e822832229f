"""What the database has acknowledged is there after any end: of a writer, of the server."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from db.session import Database
from tests.databases import Fill, PostgresqlDatabases
from tests.db.writers import a_catalogue, kept, pause, url_of, writer
from tests.figures import figure


@pytest.mark.parametrize(
    ("trials", "least"), [(8, 8 * 5), pytest.param(200, 5000, marks=pytest.mark.full)]
)
def test_nothing_is_lost_when_a_writer_is_killed(
    database_with: Callable[[Fill], Database], trials: int, least: int
) -> None:
    """Each trial ends at another moment: after some writes, and then somewhere in the next one."""
    database = database_with(a_catalogue)
    chance, acknowledged = random.Random(trials), set[str]()
    for trial in range(trials):
        with writer(url_of(database), f"t{trial}") as writing:
            writing.hear(chance.randint(5, 50) if trials > 8 else 6)
            pause(chance)
            writing.kill()
        acknowledged |= set(writing.acknowledged)
        if trial % 10 == 0:
            assert acknowledged <= kept(database)
    there = kept(database)
    assert acknowledged <= there
    assert len(acknowledged) >= least
    unheard = len(there) - len(acknowledged)
    assert unheard <= trials, "of each writer at most the write that it could not tell any more"
    kind = database.engine.dialect.name
    figure(f"kill -9, {kind}: {trials} trials, {len(acknowledged)} acknowledged writes, 0 lost")


@pytest.mark.postgresql
@pytest.mark.parametrize("trials", [1, pytest.param(20, marks=pytest.mark.full)])
def test_nothing_is_lost_when_the_server_is_killed(trials: int) -> None:
    """PostgreSQL with all its processes at once, as it is set up by default."""
    databases = PostgresqlDatabases()
    databases.keep_everything()
    url = databases.create(a_catalogue)
    chance, acknowledged = random.Random(trials), set[str]()
    for trial in range(trials):
        with writer(url, f"s{trial}") as writing:
            writing.hear(chance.randint(5, 30))
            pause(chance)
            kill_all(databases.process_id())
            writing.process.join()
            writing.hear_all()
        acknowledged |= set(writing.acknowledged)
        databases.start_again()
        database = Database(url)
        there = kept(database)
        database.close()
        assert acknowledged <= there
        assert len(there) - len(acknowledged) <= trial + 1
    databases.stop()
    figure(f"kill -9 of the server: {trials} trials, {len(acknowledged)} acknowledged, 0 lost")


def kill_all(server: int) -> None:
    """End a server with all its processes, and wait until none of them runs any more."""
    children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    everyone = [server, *map(int, children)]
    for process in everyone:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    while any(map(runs, everyone)):
        time.sleep(0.01)


def runs(process: int) -> bool:
    """Tell whether a process is there and not only waits to be forgotten."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"
