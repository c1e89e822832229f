"""Offices for tests: settings and staff of the sample city, made once in a process, then copied."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from api.settings import Settings
from catalog.audit import AuditEvent
from db import migrate
from db.municipality import SqlMunicipalityStore
from db.sample.accounts import SAMPLE_ACCOUNTS
from db.secrets import Keyring
from db.session import Database
from db.users import SqlUserStore
from exchange.municipality import load_municipality

STAFF: Final = SAMPLE_ACCOUNTS
PASSWORD: Final = STAFF[0].password
FILES: Final = ("cases.sqlite3", "keys.json")
QUICK: Final = PasswordHash([Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1)])

_folders: Final[list[Path]] = []


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 12, 0, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return the instant that it shows."""
        return self.now

    def forward(self, **amount: float) -> None:
        """Let time pass: `minutes=5`."""
        self.now += timedelta(**amount)


def prepare(home: Path, **options: Any) -> Settings:
    """Make a database with the settings of the sample city and the accounts of its staff."""
    return copied(_template(), home, **options)


def copied(office: Path, home: Path, **options: Any) -> Settings:
    """Put a copy of an office that nobody uses into a folder."""
    home.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        shutil.copy(office / name, home / name)
    # Tests ask as fast as they can; the one of the rates sets them.
    return Settings(home=home, **{"rate_factor": 0, **options})


def folder_of_this_process() -> Path:
    """Return a new folder that goes with the process."""
    folder = Path(tempfile.mkdtemp(prefix="tsunagite-office-"))
    _folders.append(folder)
    return folder


@atexit.register
def remove_folders() -> None:
    """Remove what `folder_of_this_process` gave; a test worker ends without `atexit`."""
    while _folders:
        shutil.rmtree(_folders.pop(), ignore_errors=True)


def kept_hash(password: str) -> str:
    """Return an argon2id hash that is quick to check; it carries its own cost in it."""
    return QUICK.hash(password)


@cache
def _template() -> Path:
    settings = Settings(home=folder_of_this_process())
    Keyring.create(settings.key_file)
    migrate.upgrade(settings.database_url)
    database = Database(settings.database_url)
    an_office(database)
    database.close()
    return settings.home


def an_office(database: Database) -> None:
    """Fill a database with the settings of the sample city and the accounts of its staff."""
    city = load_municipality("sample")
    now = datetime.now(UTC)
    event = AuditEvent("municipality_saved", "system", "municipality", city.code, now)
    SqlMunicipalityStore(database, city.code).save_settings(city, event, is_sample=True)
    users = SqlUserStore(database, city.code)
    for account in STAFF:
        event = AuditEvent("user_saved", "system", "user", account.login, now)
        users.save_user(account.user(kept_hash), event)
