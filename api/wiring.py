"""What a request works with: the database and its stores, the city, who asks, the time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Annotated, TypeAlias

from fastapi import Depends, Request

from api.anchoring import Anchoring
from api.forms import cookie_secret
from api.oidc.provider import Provider
from api.oidc.setting import provider_setting
from api.refusals import NotReady, NotSignedIn
from api.sessions import SessionLimits, as_actor, session_of
from api.settings import Settings
from api.sign_in import Desk, make_desk
from cases.actions.matching import Stores
from catalog.actor import Actor
from catalog.audit import AuditEvent
from catalog.dates import day_in_japan
from catalog.vocabulary import Vocabulary, load_vocabulary
from db.audit_reads import ReadRecorder
from db.cases import SqlCaseStore
from db.catalog import SqlCatalogStore
from db.closing import SqlClosingStore
from db.following import SqlFollowUpStore
from db.forgetting import forget_again, keep_deletions, wipe_traces
from db.helping import SqlHelperStore
from db.identities import SqlIdentityStore
from db.intake import SqlIntakeStore
from db.map_features import SqlMapFeatureStore
from db.meetings import SqlMeetingStore
from db.municipality import SqlMunicipalityStore, municipality_codes
from db.one_time import SqlOneTimeStore
from db.outreach import SqlVisitStore
from db.placing import SqlPlacementStore
from db.planning import SqlPlanStore
from db.records import SqlRecordStore
from db.referring import SqlReferralStore
from db.rights import SqlEmergencyStore, SqlRightsStore
from db.rules import SqlRuleStore
from db.runs import SqlRunStore
from db.secrets import Keyring, load_current
from db.session import Database
from db.users import Session, SqlUserStore, User

Clock: TypeAlias = Callable[[], datetime]


def present() -> datetime:
    """Return the present instant, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class City:
    """What every page says about the city."""

    code: str
    name: str
    is_sample: bool


class Wiring:
    """Everything that lives as long as the application.

    Parameters
    ----------
    settings
        Where the database is, how long sessions last.
    clock
        Gives the present instant; a parameter so that tests can let time pass.
    """

    def __init__(self, settings: Settings, clock: Clock = present) -> None:
        self.settings = settings
        self.clock = clock
        self.limits = SessionLimits.of(settings)
        setting = provider_setting(settings)
        self.provider = Provider(setting, clock) if setting else None
        self.database = Database(settings.database_url)

    @cached_property
    def city(self) -> City:
        """Return the municipality of this database.

        Raises
        ------
        NotReady
            The database has not been initialised.
        """
        codes = municipality_codes(self.database)
        if not codes:
            raise NotReady("not_ready")
        store = SqlMunicipalityStore(self.database, codes[0])
        return City(codes[0], store.settings().name, store.is_sample())

    @property
    def users(self) -> SqlUserStore:
        """Return the store of accounts and sessions."""
        return SqlUserStore(self.database, self.city.code)

    @property
    def identities(self) -> SqlIdentityStore:
        """Return who the staff are at the identity provider."""
        return SqlIdentityStore(self.database, self.city.code)

    @property
    def one_time(self) -> SqlOneTimeStore:
        """Return the secrets that are used once."""
        return SqlOneTimeStore(self.database, self.city.code)

    @property
    def desk(self) -> Desk:
        """Return what a sign-in works with."""
        return make_desk(self.database, self.city.code, self.keyring, self.limits)

    @property
    def keyring(self) -> Keyring:
        """Return the keys of the personal columns, as they are now in their file."""
        return load_current(self.settings.key_file)

    @cached_property
    def reads(self) -> ReadRecorder:
        """Return who writes the events of readers."""
        return ReadRecorder(self.database, self.city.code, self.anchoring.keep)

    @cached_property
    def anchoring(self) -> Anchoring:
        """Return who notes the end of the audit record outside the database."""
        return Anchoring(self.settings.anchor_folder, self.city.code, self.clock)

    @property
    def catalog(self) -> SqlCatalogStore:
        """Return the catalogue with its search."""
        return SqlCatalogStore(self.database, self.city.code)

    @property
    def ground(self) -> SqlMunicipalityStore:
        """Return the settings, the towns and the shapes of the city."""
        return SqlMunicipalityStore(self.database, self.city.code)

    @property
    def vocabulary(self) -> Vocabulary:
        """Return the code lists with the city's own codes."""
        return load_vocabulary().extended_by(self.ground.settings().codes)

    @property
    def map_features(self) -> SqlMapFeatureStore:
        """Return the rivers, railways and stations of the city."""
        return SqlMapFeatureStore(self.database, self.city.code)

    @property
    def stores(self) -> Stores:
        """Return the stores of the city, each call in a transaction of its own."""
        database, code = self.database, self.city.code
        return Stores(
            cases=SqlCaseStore(database, code, self.keyring),
            catalog=self.catalog,
            municipality=self.ground,
            runs=SqlRunStore(database, code, self.keyring),
            rules=SqlRuleStore(database, code, self.keyring),
            helping=SqlHelperStore(database, code, self.keyring),
        )

    @property
    def records(self) -> SqlRecordStore:
        """Return the store of versions, holds, disclosures and deletions."""
        return SqlRecordStore(self.database, self.city.code, self.keyring)

    @property
    def meetings(self) -> SqlMeetingStore:
        """Return the store of sittings and their agendas."""
        return SqlMeetingStore(self.database, self.city.code, self.keyring)

    @property
    def intake(self) -> SqlIntakeStore:
        """Return the store of first words."""
        return SqlIntakeStore(self.database, self.city.code, self.keyring)

    @property
    def visits(self) -> SqlVisitStore:
        """Return the store of visits."""
        return SqlVisitStore(self.database, self.city.code, self.keyring)

    @property
    def referrals(self) -> SqlReferralStore:
        """Return the store of what agencies ask of one another."""
        return SqlReferralStore(self.database, self.city.code, self.keyring)

    @property
    def following(self) -> SqlFollowUpStore:
        """Return the store of talks with both sides of placements."""
        return SqlFollowUpStore(self.database, self.city.code, self.keyring)

    @property
    def placing(self) -> SqlPlacementStore:
        """Return the store of enquiries and placements."""
        return SqlPlacementStore(self.database, self.city.code, self.keyring)

    @property
    def closing(self) -> SqlClosingStore:
        """Return the store of evaluations and of who keeps watch."""
        return SqlClosingStore(self.database, self.city.code, self.keyring)

    @property
    def plans(self) -> SqlPlanStore:
        """Return the store of support plans."""
        return SqlPlanStore(self.database, self.city.code, self.keyring)

    def forget_traces(self) -> None:
        """Have nothing of a deleted person left over, and note the deletion outside."""
        try:
            self.keep_deletions()
        finally:
            wipe_traces(self.database)

    def keep_deletions(self) -> None:
        """Have the log outside the database hold all deletions; an empty one knows of none."""
        keep_deletions(self.database, self.city.code, self.settings.deletions_file)

    def forget_again(self) -> int:
        """Forget whoever came back after they were deleted, and return how many those were."""
        if not self.is_ready():
            return 0
        event = AuditEvent("deletions_applied", "system", "database", self.city.code, self.clock())
        return forget_again(self.database, self.city.code, self.keyring, event)

    @property
    def rights(self) -> SqlRightsStore:
        """Return what offices and staff are entrusted with."""
        return SqlRightsStore(self.database, self.city.code)

    @property
    def emergencies(self) -> SqlEmergencyStore:
        """Return who opened whom in an emergency."""
        return SqlEmergencyStore(self.database, self.city.code, self.keyring)

    @contextmanager
    def reading(self) -> Iterator[Stores]:
        """Give the stores in one unchanging picture of the database."""
        with self.database.reading():
            yield self.stores

    @contextmanager
    def writing(self) -> Iterator[Stores]:
        """Give the stores in one transaction: everything is kept at the end, or nothing."""
        with self.database.writing():
            yield self.stores

    def is_ready(self) -> bool:
        """Tell whether the database answers and holds a municipality."""
        try:
            return bool(municipality_codes(self.database))
        except Exception:
            return False

    def close(self) -> None:
        """Write what still waits to be written, and close the database."""
        if "reads" in self.__dict__:
            self.reads.close()
            self.anchoring.keep_last(self.database)
        if self.provider is not None:
            self.provider.close()
        self.database.close()


def wiring_of(request: Request) -> Wiring:
    """Return the wiring of the application that answers."""
    wiring: Wiring = request.app.state.wiring
    return wiring


def visitor(request: Request) -> Actor | None:
    """Return who asks, or None when nobody is signed in; looked up once for each request."""
    if not hasattr(request.state, "actor"):
        wiring, secret = wiring_of(request), cookie_secret(request)
        found = session_of(wiring.users, secret, wiring.limits, wiring.clock())
        request.state.session = found[0] if found else None
        request.state.actor = _with_reach(wiring, found[1]) if found else None
    actor: Actor | None = request.state.actor
    return actor


def session_held(request: Request) -> Session:
    """Return the session of whoever is signed in."""
    signed_in(request)
    session: Session = request.state.session
    return session


def _with_reach(wiring: Wiring, user: User) -> Actor:
    """Return somebody with the remits and emergency accesses that hold now."""
    now = wiring.clock()
    return wiring.rights.reach_of(as_actor(wiring.users, user), now, day_in_japan(now))


def signed_in(request: Request) -> Actor:
    """Return who asks; whoever is not signed in is led to the sign-in.

    Raises
    ------
    NotSignedIn
        There is no session, or it has ended.
    """
    actor = visitor(request)
    if actor is None:
        raise NotSignedIn("not_signed_in")
    return actor


SignedIn: TypeAlias = Annotated[Actor, Depends(signed_in)]
Visitor: TypeAlias = Annotated[Actor | None, Depends(visitor)]
Wired: TypeAlias = Annotated[Wiring, Depends(wiring_of)]
