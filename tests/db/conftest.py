"""A small city in a fresh database, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest

from db.municipality import SqlMunicipalityStore
from db.secrets import Keyring
from db.session import Database
from tests.databases import Fill
from tests.db.examples import CODE, SETTINGS, TOWNS, an_event

KEYRING: Final = Keyring({"1": bytes(range(32))}, "1", bytes(range(32, 64)))


@pytest.fixture
def keyring() -> Keyring:
    """Give fixed keys, so that tests need no file."""
    return KEYRING


@pytest.fixture
def city(database_with: Callable[[Fill], Database]) -> Database:
    """Open a database with a city of four towns in two 圏域."""
    return database_with(a_city)


def a_city(database: Database) -> None:
    """Initialise a database with the city."""
    store = SqlMunicipalityStore(database, CODE)
    store.save_settings(SETTINGS, an_event("municipality_saved"))
    store.save_towns(TOWNS, an_event("towns_imported"))
