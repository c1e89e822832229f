"""Wrong tries to sign in, counted for what was typed and for the machine that sent it.

What is counted stands here as a keyed hash: a login that does not exist may be somebody's
password, typed into the wrong field.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, select

from cases.accounts import FROM_AN_ACCOUNT, LockRule, Tries, counted, taken_back, wait_left
from db.rows import from_row, to_row, upsert
from db.secrets import Keyring
from db.session import Database
from db.tables.staff import sign_in_tries


class SqlTryStore:
    """The tries at the sign-in of one municipality."""

    def __init__(
        self, database: Database, municipality_code: str, keyring: Keyring, rule: LockRule
    ) -> None:
        self.database = database
        self.code = municipality_code
        self.rule = rule
        self._key = keyring.index_key

    def begin(self, sources: Mapping[str, str], now: datetime) -> timedelta:
        """Count a try before it is looked at, unless one must wait; return how long.

        Parameters
        ----------
        sources
            The login and the address, by `cases.accounts.FROM_AN_ACCOUNT` and `FROM_AN_ADDRESS`.
        """
        with self.database.writing() as connection:
            self._queue(connection, sources)
            self._forget(now)
            known = {kind: self._tries(kind, source) for kind, source in sources.items()}
            wait = max((wait_left(each, now) for each in known.values()), default=timedelta())
            if not wait:
                for kind, source in sources.items():
                    self._save(kind, source, counted(known[kind], kind, now, self.rule))
            return wait

    def wait(self, sources: Mapping[str, str], now: datetime) -> timedelta:
        """Return how long to wait before the next try."""
        waits = (wait_left(self._tries(kind, source), now) for kind, source in sources.items())
        return max(waits, default=timedelta())

    def succeed(self, sources: Mapping[str, str]) -> None:
        """Forget the wrong tries at an account that were followed by the right one.

        Of an address one is taken back, the right one: else whoever has one account could try the
        others for ever.
        """
        with self.database.writing():
            for kind, source in sources.items():
                tries = self._tries(kind, source)
                if kind == FROM_AN_ACCOUNT:
                    self.unlock(source)
                elif tries is not None:
                    self._save(kind, source, taken_back(tries, kind, self.rule))

    def unlock(self, login: str) -> None:
        """Let an account try again at once."""
        with self.database.writing() as connection:
            connection.execute(
                delete(sign_in_tries).where(
                    sign_in_tries.c.municipality_code == self.code,
                    sign_in_tries.c.key == self._hash(FROM_AN_ACCOUNT, login),
                )
            )

    def locked(self, logins: Iterable[str], now: datetime) -> frozenset[str]:
        """Return which of the accounts must wait."""
        keys = {self._hash(FROM_AN_ACCOUNT, login): login for login in logins}
        query = select(sign_in_tries.c.key).where(
            sign_in_tries.c.municipality_code == self.code, sign_in_tries.c.locked_until > now
        )
        with self.database.reading() as connection:
            return frozenset(keys[key] for key in connection.scalars(query) if key in keys)

    def _queue(self, connection: Connection, sources: Mapping[str, str]) -> None:
        """Let tries at one account be counted one after the other; SQLite does so by itself."""
        if connection.dialect.name == "postgresql":
            hashes = sorted(self._hash(kind, source) for kind, source in sources.items())
            for each in hashes:
                key = int.from_bytes(each[:8], "big", signed=True)
                connection.execute(select(func.pg_advisory_xact_lock(key)))

    def _tries(self, kind: str, source: str) -> Tries | None:
        query = select(sign_in_tries).where(
            sign_in_tries.c.municipality_code == self.code,
            sign_in_tries.c.key == self._hash(kind, source),
        )
        with self.database.reading() as connection:
            row = connection.execute(query).mappings().first()
        return None if row is None else from_row(Tries, row)

    def _save(self, kind: str, source: str, tries: Tries) -> None:
        row = to_row(self.code, tries) | {"key": self._hash(kind, source)}
        with self.database.writing() as connection:
            upsert(connection, sign_in_tries, [row])

    def _forget(self, now: datetime) -> None:
        before = now - timedelta(hours=self.rule.remembered_hours)
        with self.database.writing() as connection:
            connection.execute(
                delete(sign_in_tries).where(
                    sign_in_tries.c.municipality_code == self.code,
                    sign_in_tries.c.last_at <= before,
                )
            )

    def _hash(self, kind: str, source: str) -> bytes:
        text = f"tsunagite.sign_in/{self.code}/{kind}/{source}"
        return hmac.digest(self._key, text.encode(), hashlib.sha256)
