"""The fictional sample city in a database of its own, weighed: numbers and random ids only."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from api.settings import Settings
from api.wiring import Wiring
from cases.actions.matching import weigh_waiting
from cases.matching.arrangements import NOTHING_ARRANGED
from cases.matching.weighing import Weighed, weigh
from catalog.actor import Actor
from catalog.audit import AuditEvent
from db import migrate
from db.municipality import SqlMunicipalityStore
from db.sample.accounts import SAMPLE_ACCOUNTS, account_id
from db.sample.load import load_sample
from db.secrets import Keyring
from db.session import Database
from exchange.municipality import load_municipality

AT: Final = datetime(2026, 11, 12, tzinfo=UTC)
"""The instant as of which the city is made; another one gives other days and ages."""


def weigh_the_sample() -> Weighed:
    """Make the sample city, ask every rule and weigh every part for all who wait; keep no file.

    What the office settled about its household is left out: people bound to one another come last.
    """
    with TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder))
        _fill(settings)
        wiring = Wiring(settings, lambda: AT)
        account = SAMPLE_ACCOUNTS[0]
        actor = Actor(account_id(account.login), account.name, account.role, wiring.city.code)
        try:
            with wiring.reading() as stores:
                weighed = weigh_waiting(actor, stores, wiring.clock)
        finally:
            wiring.close()
    alone = replace(weighed.inputs, arranged=NOTHING_ARRANGED)
    return weigh(alone, weighed.considered.policy)


def _fill(settings: Settings) -> None:
    Keyring.create(settings.key_file)
    migrate.upgrade(settings.database_url)
    database = Database(settings.database_url)
    city = load_municipality("sample")
    event = AuditEvent("municipality_saved", "system", "municipality", city.code, AT)
    SqlMunicipalityStore(database, city.code).save_settings(city, event, is_sample=True)
    load_sample(database, city.code, Keyring.load(settings.key_file), AT, _nobody_signs_in)
    database.close()


def _nobody_signs_in(_: str) -> str:
    return "-"
