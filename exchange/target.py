"""The municipality in a database into which files are imported, and who does it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from cases.permissions import PeopleScope
from cases.support import offices_of
from catalog.actor import Actor
from catalog.audit import AuditEvent
from catalog.dates import day_in_japan
from catalog.ids import IdSource, new_id
from db.cases import SqlCaseStore
from db.catalog import SqlCatalogStore
from db.municipality import SqlMunicipalityStore
from db.secrets import Keyring
from db.session import Database
from db.users import SqlUserStore, offices_meeting_people
from exchange.city import City
from exchange.errors import ExchangeError
from geo.polygons import polygon_from_wkb
from geo.towns import TownIndex


@dataclass(frozen=True)
class Target:
    """Where an import goes and in whose name.

    Parameters
    ----------
    keyring
        Needed for people only.
    at
        The present instant, aware.
    layer
        Which polygons or 圏域 a file holds (`outline`, `towns`, the key of a layer).
    """

    database: Database
    actor: Actor
    at: datetime
    keyring: Keyring | None = None
    layer: str = ""
    ids: IdSource = new_id

    @cached_property
    def municipality(self) -> SqlMunicipalityStore:
        """The city's settings and ground."""
        return SqlMunicipalityStore(self.database, self.actor.municipality_code)

    @cached_property
    def catalog(self) -> SqlCatalogStore:
        """The catalogue."""
        return SqlCatalogStore(self.database, self.actor.municipality_code)

    @cached_property
    def cases(self) -> SqlCaseStore:
        """People; raises `ExchangeError` ("keys_missing") without a keyring."""
        if self.keyring is None:
            raise ExchangeError("keys_missing")
        return SqlCaseStore(self.database, self.actor.municipality_code, self.keyring)

    @property
    def scope(self) -> PeopleScope:
        """Whom the one who imports may meet."""
        return PeopleScope(self.actor)

    def city(self) -> City:
        """Return the city as it is now."""
        settings = self.municipality.settings()
        outline = self.municipality.outline()
        users = SqlUserStore(self.database, self.actor.municipality_code)
        return City(
            municipality=settings,
            towns=TownIndex(self.municipality.towns(), (settings.name,)),
            today=day_in_japan(self.at),
            outline=None if outline is None else polygon_from_wkb(outline),
            ids=self.ids,
            offices=offices_of(settings, offices_meeting_people(users.users())),
        )

    def event(
        self, kind: str, subject_kind: str, subject_id: str = "", **detail: str
    ) -> AuditEvent:
        """Return the event of a write of this import."""
        subject = subject_id or self.actor.municipality_code
        return AuditEvent(kind, self.actor.user_id, subject_kind, subject, self.at, detail)
