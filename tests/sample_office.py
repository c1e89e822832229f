"""Offices with the whole fictional sample city: made once in a process, then copied."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from api.settings import Settings
from api.wiring import Wiring
from cases.actions.helping import start_helping
from cases.actions.matching import start_matching
from catalog.actor import Actor
from db.municipality import municipality_codes
from db.sample.accounts import SAMPLE_ACCOUNTS, account_id
from db.sample.load import load_sample
from db.secrets import Keyring
from db.session import Database
from exchange.frozen_runs import freeze
from tests.office import Clock, copied, folder_of_this_process, kept_hash, prepare


def sample_office(home: Path, **options: Any) -> Settings:
    """Put a fresh copy of the sample city into a folder, as of the day on which `Clock` begins."""
    return copied(_template(), home, **options)


def matched_office(home: Path, **options: Any) -> Settings:
    """Put a copy of the sample city for which one run has been made already into a folder."""
    return copied(_matched_template(), home, **options)


def match_everyone(settings: Settings) -> None:
    """Start a run in an office, as its coordinator would."""
    wiring = Wiring(settings, Clock())
    account = SAMPLE_ACCOUNTS[0]
    actor = Actor(account_id(account.login), account.name, account.role, wiring.city.code)
    start_matching(actor, wiring.stores, wiring.clock, freeze, "0.1.0")
    wiring.close()


def match_helpers(settings: Settings) -> None:
    """Match helpers and groups in an office, as its coordinator would."""
    wiring = Wiring(settings, Clock())
    account = SAMPLE_ACCOUNTS[0]
    actor = Actor(account_id(account.login), account.name, account.role, wiring.city.code)
    start_helping(actor, wiring.stores, wiring.clock, freeze, "0.1.0")
    wiring.close()


@cache
def _template() -> Path:
    settings = prepare(folder_of_this_process())
    database = Database(settings.database_url)
    code, at = municipality_codes(database)[0], Clock().now
    load_sample(database, code, Keyring.load(settings.key_file), at, kept_hash)
    database.close()
    # The copy takes one file, so nothing may be left in the write-ahead log.
    assert not (settings.home / "cases.sqlite3-wal").exists()
    return settings.home


@cache
def _matched_template() -> Path:
    settings = sample_office(folder_of_this_process())
    match_everyone(settings)
    return settings.home
