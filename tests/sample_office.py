"""Offices with the whole fictional sample city: made once in a process, then copied."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any, Final

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

LEAVE_PEOPLE_OUT: Final = """
    DELETE FROM data_keys WHERE subject_id IN (
        SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id) AS number FROM participants
                        WHERE NOT address_protected) WHERE number % 3)
"""
"""Without their key nothing of them is there for anyone, as after a deletion."""
LEAVE_OPENINGS_OUT: Final = """
    DELETE FROM openings WHERE id IN (
        SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id) AS number FROM openings)
        WHERE number % 4 AND id NOT IN (SELECT opening_id FROM placements
                                        UNION SELECT opening_id FROM enquiries))
"""


def sample_office(home: Path, **options: Any) -> Settings:
    """Put a fresh copy of the sample city into a folder, as of the day on which `Clock` begins."""
    return copied(_template(), home, **options)


def small_office(home: Path, **options: Any) -> Settings:
    """Put a copy with a third of the people and a quarter of the openings into a folder.

    Every office and every account is there; to look at every page as everybody computes a
    fraction of what the whole city takes.
    """
    settings = sample_office(home, **options)
    with closing(sqlite3.connect(settings.home / "cases.sqlite3")) as rows, rows:
        rows.execute(LEAVE_PEOPLE_OUT)
        rows.execute(LEAVE_OPENINGS_OUT)
    return settings


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
