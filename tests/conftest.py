"""What all tests share: where the shared material is, fresh databases, Hypothesis profiles."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from db.session import Database
from tests.databases import Fill, PostgresqlDatabases, SqliteDatabases
from tests.figures import figures_of, keep_figures

ALLOW_MISSING = os.environ.get("TSUNAGITE_ALLOW_MISSING") == "1"
"""Set by hand only: lets a machine without PostgreSQL or a browser run the rest."""

settings.register_profile(
    "ci",
    derandomize=True,
    deadline=None,
    # Fixtures are shared between examples on purpose; two machines never time alike.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.register_profile("nightly", settings.get_profile("ci"), max_examples=700)
settings.load_profile("ci")


def pytest_configure(config: pytest.Config) -> None:
    """Have all processes of a run compile a module once, also where Python may not write beside it.

    Both test workers and every command that a test starts read what the first of them compiled.
    """
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
        os.environ["PYTHONPYCACHEPREFIX"] = str(config.rootpath / ".pytest_cache" / "bytecode")


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of the shared material: real data files, seeds."""
    beside = Path(__file__).parents[2] / "shared"
    folder = Path(os.environ.get("TSUNAGITE_SHARED", beside))
    if not folder.is_dir():
        pytest.skip("the shared material is not here (TSUNAGITE_SHARED)")
    return folder


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabases:
    """SQLite files, made fresh on demand."""
    return SqliteDatabases(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql_databases() -> Iterator[PostgresqlDatabases]:
    """Databases on a PostgreSQL server of this test process."""
    try:
        databases = PostgresqlDatabases()
    except Exception as error:
        if ALLOW_MISSING:
            pytest.skip(f"PostgreSQL does not start here: {error}")
        raise
    yield databases
    databases.stop()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def databases(request: pytest.FixtureRequest) -> SqliteDatabases | PostgresqlDatabases:
    """Both kinds of database, one after the other."""
    made: SqliteDatabases | PostgresqlDatabases = request.getfixturevalue(
        f"{request.param}_databases"
    )
    return made


@pytest.fixture
def database_url(databases: SqliteDatabases | PostgresqlDatabases) -> Iterator[str]:
    """Address of a fresh database with all tables, on SQLite and on PostgreSQL."""
    url = databases.create()
    yield url
    databases.drop(url)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Open a fresh database with all tables, on SQLite and on PostgreSQL."""
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def database_with(
    databases: SqliteDatabases | PostgresqlDatabases,
) -> Iterator[Callable[[Fill], Database]]:
    """Give what opens a copy of the database that a function fills, on SQLite and PostgreSQL."""
    opened: list[tuple[str, Database]] = []

    def copy(fill: Fill) -> Database:
        url = databases.create(fill)
        opened.append((url, Database(url)))
        return opened[-1][1]

    yield copy
    for url, database in opened:
        database.close()
        databases.drop(url)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Send the figures of a test along with its report, also from another process."""
    report = yield
    keep_figures(report)
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the end what was counted and measured."""
    reports = [each for kind in terminalreporter.stats.values() for each in kind]
    if figures := figures_of(reports):
        terminalreporter.section("figures")
        for line in figures:
            terminalreporter.write_line(line)


def pytest_collection_finish() -> None:
    """Spare the garbage collector what was imported: it stays as long as the process."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


def pytest_sessionfinish() -> None:
    """Remove the offices that the tests of this process have copied."""
    from tests.office import remove_folders

    remove_folders()
