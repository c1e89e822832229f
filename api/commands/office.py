"""The database of this office, opened for one command.

Everything heavy loads inside the functions, so that `tsunagite --help` answers at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from api.command_refusals import CommandRefused
from api.commands import telling

if TYPE_CHECKING:
    from api.settings import Settings
    from catalog.actor import Actor
    from catalog.audit import AuditEvent
    from catalog.municipality import Municipality
    from db.municipality import SqlMunicipalityStore
    from db.secrets import Keyring
    from db.session import Database

ACTOR: Final = "system"
"""Who acts at the command line; it stands in the audit events."""


@dataclass(frozen=True, slots=True)
class Office:
    """The settings of this machine, its database, and the city in it."""

    settings: Settings
    database: Database
    municipality: Municipality
    is_sample: bool

    @property
    def code(self) -> str:
        """The code of the municipality."""
        return self.municipality.code

    @property
    def ground(self) -> SqlMunicipalityStore:
        """The store of towns and 圏域."""
        from db.municipality import SqlMunicipalityStore

        return SqlMunicipalityStore(self.database, self.code)

    def keyring(self) -> Keyring:
        """Read the keys of the personal data."""
        from db.secrets import Keyring

        return Keyring.load(self.settings.key_file)


def read_settings() -> Settings:
    """Read the settings of this machine from the environment.

    Raises
    ------
    CommandRefused
        ``settings_unusable``, naming the variables.
    """
    from pydantic import ValidationError

    from api.settings import Settings

    try:
        return Settings()
    except ValidationError as error:
        names = sorted({f"TSUNAGITE_{each['loc'][0]}".upper() for each in error.errors()})
        raise CommandRefused("settings_unusable", names="、".join(names)) from error


def current_revision(url: str) -> str | None:
    """Return the revision of the tables, None where there are none.

    Raises
    ------
    CommandRefused
        ``database_unreachable``, whatever the reason.
    """
    from db import migrate
    from db.errors import DatabaseError
    from db.health import shown_address

    try:
        return migrate.current(url)
    except DatabaseError:
        raise
    except Exception as error:
        reason = type(error).__name__
        raise CommandRefused(
            "database_unreachable", address=shown_address(url), reason=reason
        ) from error


@contextmanager
def open_office() -> Iterator[Office]:
    """Open the database and close it again.

    Raises
    ------
    CommandRefused
        ``database_unreachable``, ``not_initialised``, ``tables_outdated`` or ``tables_newer``.
    """
    from db import migrate
    from db.municipality import SqlMunicipalityStore, municipality_codes
    from db.session import Database

    settings = read_settings()
    revision = current_revision(settings.database_url)
    if revision is None:
        raise CommandRefused("not_initialised")
    if revision not in migrate.known_revisions():
        raise CommandRefused("tables_newer")
    if revision != migrate.head():
        raise CommandRefused("tables_outdated")
    database = Database(settings.database_url)
    try:
        codes = municipality_codes(database)
        if not codes:
            raise CommandRefused("not_initialised")
        store = SqlMunicipalityStore(database, codes[0])
        telling.begin(settings, codes[0], ACTOR, present)
        yield Office(settings, database, store.settings(), store.is_sample())
    finally:
        database.close()


def actor_of(office: Office) -> Actor:
    """Return who acts at the command line: whoever holds the database and its keys."""
    from catalog.actor import Actor, Role

    return Actor(ACTOR, "", Role.SYSTEM, office.code)


def onlooker_of(office: Office) -> Actor:
    """Return who reads what `match` and `rank` say: a coordinator whom no protected person named.

    Everybody takes part in a run; on a terminal, which anyone may look at, they do not exist.
    """
    from catalog.actor import Actor, Role

    return Actor(ACTOR, "", Role.COORDINATOR, office.code)


def present() -> datetime:
    """Return the present instant, in UTC."""
    return datetime.now(UTC)


def event(kind: str, subject_kind: str, subject_id: str, **detail: str) -> AuditEvent:
    """Return the record of something done at the command line, now."""
    from catalog.audit import AuditEvent

    return AuditEvent(kind, ACTOR, subject_kind, subject_id, present(), detail)
