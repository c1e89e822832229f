"""A small city in a fresh database, on SQLite and on PostgreSQL."""

from __future__ import annotations

import pytest

from db.municipality import SqlMunicipalityStore
from db.secrets import Keyring
from db.session import Database
from tests.db.examples import CODE, SETTINGS, TOWNS, an_event


@pytest.fixture
def keyring() -> Keyring:
    """Give fixed keys, so that tests need no file."""
    return Keyring({"1": bytes(range(32))}, "1", bytes(range(32, 64)))


@pytest.fixture
def city(database: Database) -> Database:
    """Initialise a database with a city of four towns in two 圏域."""
    store = SqlMunicipalityStore(database, CODE)
    store.save_settings(SETTINGS, an_event("municipality_saved"))
    store.save_towns(TOWNS, an_event("towns_imported"))
    return database
