"""The small city in a real database, with the stores of an action."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from cases.actions.matching import Stores
from catalog.actor import Actor, Role
from catalog.audit import AuditEvent
from catalog.municipality import DistrictLayer, DistrictSetting, Municipality
from catalog.organisation import Organisation
from db.cases import SqlCaseStore
from db.catalog import SqlCatalogStore
from db.helping import SqlHelperStore
from db.municipality import SqlMunicipalityStore
from db.rules import SqlRuleStore
from db.runs import SqlRunStore
from db.secrets import Keyring
from db.session import Database
from tests.cases.small_city import OPENINGS, RESOURCES, TOWNS, consent, need, person
from tests.databases import Fill

CODE = "999999"
NOW = datetime(2026, 11, 12, 1, 14, tzinfo=UTC)
KEYRING = Keyring({"1": bytes(range(32))}, "1", bytes(range(32, 64)))
COORDINATOR = Actor("u1", "水野", Role.COORDINATOR, CODE)
SETTINGS = Municipality(
    code=CODE,
    name="つなぎ市",
    kana="つなぎし",
    plane_zone=9,
    districts=(
        DistrictLayer(
            key="welfare",
            label="地域福祉圏域",
            districts=(
                DistrictSetting("西", ("a町", "b町")),
                DistrictSetting("東", ("c町", "d町")),
            ),
        ),
    ),
)


def clock() -> datetime:
    """Return the instant at which every test takes place."""
    return NOW


def an_event(kind: str) -> AuditEvent:
    """Return an event of the set-up."""
    return AuditEvent(kind, "setup", "municipality", CODE, NOW)


@pytest.fixture
def stores(database_with: Callable[[Fill], Database]) -> Stores:
    """Give the stores of the small city with its places, and nobody in it."""
    return stores_of(database_with(small_city))


@pytest.fixture
def two_people(database_with: Callable[[Fill], Database]) -> Stores:
    """Give the stores with two people who wait and consented, the second one protected."""
    return stores_of(database_with(city_of_two))


def stores_of(database: Database) -> Stores:
    """Give the stores of the small city."""
    return Stores(
        SqlCaseStore(database, CODE, KEYRING),
        SqlCatalogStore(database, CODE),
        SqlMunicipalityStore(database, CODE),
        SqlRunStore(database, CODE, KEYRING),
        SqlRuleStore(database, CODE, KEYRING),
        SqlHelperStore(database, CODE, KEYRING),
    )


def small_city(database: Database) -> None:
    """Make the small city with its places, and nobody in it."""
    municipality = SqlMunicipalityStore(database, CODE)
    municipality.save_settings(SETTINGS, an_event("municipality_saved"))
    municipality.save_towns(TOWNS.towns, an_event("towns_imported"))
    catalog = SqlCatalogStore(database, CODE)
    for host in sorted({opening.host_id for opening in OPENINGS}):
        catalog.save_organisation(
            Organisation(host, "団体", "", "voluntary_group"), an_event("organisation_saved")
        )
    for place in RESOURCES.values():
        catalog.save_resource(place, an_event("resource_saved"))
    for opening in OPENINGS:
        catalog.save_opening(opening, an_event("opening_saved"))


def city_of_two(database: Database) -> None:
    """Make the small city with two people in it."""
    small_city(database)
    cases = SqlCaseStore(database, CODE, KEYRING)
    for who in (
        person("p1", coordinator_id="u1"),
        person("p2", address_protected=True, named_staff_ids=frozenset({"u9"})),
    ):
        cases.save_participant(who, an_event("participant_registered"))
        cases.save_need(need(who.id), an_event("need_changed"))
        cases.add_consent(consent(who.id), an_event("consent_recorded"))
