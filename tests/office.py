"""An office for the tests of pages: a fresh database with the sample city's settings and staff."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

from api.passwords import hash_password
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
    settings = Settings(home=home, **options)
    Keyring.create(settings.key_file)
    migrate.upgrade(settings.database_url)
    database = Database(settings.database_url)
    city = load_municipality("sample")
    now = datetime.now(UTC)
    event = AuditEvent("municipality_saved", "system", "municipality", city.code, now)
    SqlMunicipalityStore(database, city.code).save_settings(city, event, is_sample=True)
    users = SqlUserStore(database, city.code)
    for account in STAFF:
        event = AuditEvent("user_saved", "system", "user", account.login, now)
        users.save_user(account.user(kept_hash), event)
    database.close()
    return settings


@cache
def kept_hash(password: str) -> str:
    """Return the hash of a password; it takes a quarter of a second."""
    return hash_password(password)
