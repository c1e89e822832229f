"""Engines and transactions: the same calls on SQLite and PostgreSQL.

Whoever reads gets one unchanging picture of the database for the whole block and cannot write.
Whoever writes gets everything or nothing. Blocks in one thread nest: an inner block joins the
outer transaction, so that several store methods can be made one.
"""

from __future__ import annotations

import sqlite3
import threading
import weakref
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, TypeVar, cast

from sqlalchemy import (
    Connection,
    Engine,
    ExceptionContext,
    create_engine,
    event,
    func,
    select,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DataError, OperationalError

from db import occupancy
from db.errors import DatabaseError

_T = TypeVar("_T")
WAIT_SECONDS = 60
"""How long a write waits for its turn before it gives up."""
_WRITERS: Final = int.from_bytes(b"tsunagit", "big")
"""What the writers of one PostgreSQL database queue for."""

_PRESENT: Final = _WRITERS + 1
"""What every connection to a PostgreSQL database shares, and a restore takes for itself."""
_restored_here: Final[set[URL]] = set()
"""Databases that this process restores; it may still connect to them."""

_write_locks: dict[str, threading.Lock] = {}
_write_locks_guard = threading.Lock()


def make_engine(url: str | URL) -> Engine:
    """Open a pool of connections to an SQLite file or to PostgreSQL.

    Parameters
    ----------
    url
        ``sqlite:///path/to/file`` or ``postgresql://user@host/name``.

    Raises
    ------
    DatabaseError
        ``unknown_database`` when the address names neither of the two.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        # What stands before an @ may be a password.
        raise DatabaseError("unknown_database", url=str(url).rpartition("@")[2]) from error
    match parsed.get_backend_name():
        case "sqlite" if parsed.database not in (None, "", ":memory:"):
            engine = _sqlite_engine(parsed)
        case "postgresql":
            engine = _postgresql_engine(parsed)
        case _:
            raise DatabaseError("unknown_database", url=parsed.render_as_string())
    event.listen(engine, "handle_error", _say_why)
    return engine


def sqlite_path(engine: Engine) -> Path | None:
    """Return the file of an SQLite engine, nothing for PostgreSQL."""
    if engine.dialect.name != "sqlite":
        return None
    return Path(cast("str", engine.url.database)).resolve()


class Database:
    """One database, and the two ways to use it.

    Parameters
    ----------
    url
        Address as for `make_engine`.
    """

    def __init__(self, url: str | URL) -> None:
        self.engine = make_engine(url)
        self._open = threading.local()
        self._write_lock = _write_lock_of(self.engine)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that sees one state of the database and refuses writes.

        Inside another block of the same thread it is that block's connection, so that a writer
        sees what it wrote and a page sees one state throughout.
        """
        joined = self._current()
        if joined is not None:
            yield joined
            return
        options: dict[str, Any] = {"read_only": True}
        if self.engine.dialect.name == "postgresql":
            options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with (
            self.engine.connect().execution_options(**options) as connection,
            connection.begin(),
            self._as_current(connection),
        ):
            self._open.seen = {}
            try:
                yield connection
            finally:
                del self._open.seen

    def read_once(self, key: Hashable, read: Callable[[Connection], _T]) -> _T:
        """Read something; what is asked for again in one block of a reader is given again.

        Whoever writes reads afresh: it may be what they have just written.
        """
        with self.reading() as connection:
            if not _is_read_only(connection):
                return read(connection)
            seen: dict[Hashable, Any] = self._open.seen
            if key not in seen:
                seen[key] = read(connection)
            return cast("_T", seen[key])

    @contextmanager
    def writing(self, *, survives_power_cut: bool = True) -> Iterator[Connection]:
        """Give a connection whose changes are all kept at the end, or none after an exception.

        Parameters
        ----------
        survives_power_cut
            False spares waiting for the disk: a power cut may take the change back, if nothing
            that had to last came after it. For what means little once the power has been off.

        Raises
        ------
        DatabaseError
            ``database_busy`` when another writer holds on for longer than `WAIT_SECONDS`.
        """
        joined = self._current()
        if joined is not None and not _is_read_only(joined):
            with _step_of(joined):
                yield joined
            return
        options: dict[str, Any] = {"survives_power_cut": survives_power_cut}
        with (
            self._turn(),
            self.engine.connect().execution_options(**options) as connection,
            connection.begin(),
            self._as_current(connection),
        ):
            _take_write_lock(connection)
            yield connection

    def close(self) -> None:
        """Close every idle connection."""
        self.engine.dispose()

    def _current(self) -> Connection | None:
        return getattr(self._open, "connection", None)

    @contextmanager
    def _as_current(self, connection: Connection) -> Iterator[None]:
        outer = self._current()
        self._open.connection = connection
        try:
            yield
        finally:
            self._open.connection = outer

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Queue the writers of one SQLite file fairly; its own busy handler starves some."""
        if self._write_lock is None:
            yield
            return
        if not self._write_lock.acquire(timeout=WAIT_SECONDS):
            raise DatabaseError("database_busy", seconds=WAIT_SECONDS)
        try:
            yield
        finally:
            self._write_lock.release()


@contextmanager
def _step_of(connection: Connection) -> Iterator[None]:
    """Take back what a block did when it fails, and only that, if the outer one goes on."""
    step = connection.begin_nested()
    try:
        yield
    except BaseException:
        # On a full disk SQLite has taken everything back by itself; that error is the one to tell.
        with suppress(OperationalError):
            step.rollback()
        raise
    step.commit()


def _is_read_only(connection: Connection) -> bool:
    return bool(connection.get_execution_options().get("read_only", False))


def _take_write_lock(connection: Connection) -> None:
    """Let one writer through at a time until its transaction ends, in whatever process.

    SQLite has already done so with BEGIN IMMEDIATE. What a writer reads is then still so when it
    writes: nobody decides on a picture of yesterday.
    """
    if connection.dialect.name == "postgresql":
        if not _survives_power_cut(connection):
            connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
        connection.execute(select(func.pg_advisory_xact_lock(_WRITERS)))


def _survives_power_cut(connection: Connection) -> bool:
    return bool(connection.get_execution_options().get("survives_power_cut", True))


def lock_writers_out(connection: Connection) -> None:
    """Have every writer of a PostgreSQL database wait until the connection is closed."""
    connection.execute(select(func.pg_advisory_lock(_WRITERS)))


@contextmanager
def others_kept_out(connection: Connection) -> Iterator[None]:
    """Let no other process connect to a PostgreSQL database, as `occupancy.alone` does for a file.

    Raises
    ------
    DatabaseError
        ``database_in_use`` when somebody is connected already.
    """
    url = connection.engine.url
    is_alone = connection.scalar(select(func.pg_try_advisory_lock(_PRESENT)))
    connection.commit()  # the lock is the connection's, not the transaction's
    if not is_alone:
        raise DatabaseError("database_in_use")
    _restored_here.add(url)
    try:
        yield
    finally:
        _restored_here.discard(url)


def _write_lock_of(engine: Engine) -> threading.Lock | None:
    path = sqlite_path(engine)
    if path is None:
        return None
    with _write_locks_guard:
        return _write_locks.setdefault(str(path), threading.Lock())


def _postgresql_engine(url: URL) -> Engine:
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=10,
        max_overflow=30,
        hide_parameters=True,  # errors and logs of SQLAlchemy repeat no value
        pool_pre_ping=True,
        connect_args={"options": f"-c timezone=UTC -c lock_timeout={WAIT_SECONDS * 1000:.0f}"},
    )

    def join(connection: Any, _record: object) -> None:
        if engine.url not in _restored_here:
            _share(connection)

    event.listen(engine, "connect", join)
    return engine


def _share(connection: Any) -> None:
    """Join those who are connected, for as long as the connection lasts.

    Raises
    ------
    DatabaseError
        ``database_being_restored``.
    """
    query = "SELECT pg_try_advisory_lock_shared(%s)"
    (is_open,) = connection.execute(query, (_PRESENT,)).fetchone()
    connection.commit()
    if not is_open:
        connection.close()
        raise DatabaseError("database_being_restored")


def _sqlite_engine(url: URL) -> Engine:
    engine = create_engine(
        url,
        pool_size=10,
        max_overflow=30,
        hide_parameters=True,  # errors and logs of SQLAlchemy repeat no value
        # Without this the driver would start transactions of its own, and too late.
        connect_args={"isolation_level": None, "timeout": WAIT_SECONDS},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    _hold_open(engine)
    return engine


def _hold_open(engine: Engine) -> None:
    """Let nobody put another file in the place of this one while the engine is in use."""
    path = cast("Path", sqlite_path(engine))
    held: list[weakref.finalize[..., Engine]] = []

    def enter(*_: object) -> None:
        if not held and (lock := occupancy.enter(path)) is not None:
            held.append(weakref.finalize(engine, occupancy.leave, lock))

    def leave(_: object) -> None:
        while held:
            held.pop()()

    event.listen(engine, "do_connect", enter)
    event.listen(engine, "engine_disposed", leave)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """Set what SQLite keeps for each connection: no commit may be lost with the power."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _say_why(context: ExceptionContext) -> None:
    """Call it by its name when another process does not let go, or the disk takes no more.

    Likewise when a text has characters that no database keeps.
    """
    error = context.original_exception
    # Both drivers tell it by a number or code of their own.
    number, state = getattr(error, "sqlite_errorcode", 0), getattr(error, "sqlstate", "")
    if number == sqlite3.SQLITE_BUSY or state == "55P03":
        raise DatabaseError("database_busy", seconds=WAIT_SECONDS) from error
    is_unwritable = number & 0xFF in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)
    if is_unwritable or state in ("53100", "58030"):
        raise DatabaseError("disk_full") from error
    # PostgreSQL keeps no NUL in a text, its driver says so without a code; nobody keeps half a
    # character.
    is_text = isinstance(context.sqlalchemy_exception, DataError) and state in (None, "22021")
    if is_text or isinstance(error, UnicodeEncodeError):
        raise DatabaseError("unstorable_text") from error


def _begin_sqlite(connection: Connection) -> None:
    """Writers take the write lock at once: one that has read first could no longer get it."""
    read_only = _is_read_only(connection)
    connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if read_only else 'OFF'}")
    if not read_only:
        level = "FULL" if _survives_power_cut(connection) else "NORMAL"
        connection.exec_driver_sql(f"PRAGMA synchronous = {level}")
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
