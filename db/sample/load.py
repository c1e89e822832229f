"""Write the sample city into a database that was initialised with the settings `sample`."""

from __future__ import annotations

import random
from base64 import urlsafe_b64encode
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

import shapely

from cases.bond import Bond, BondKind
from cases.following.follow_up import FollowUp
from cases.participant import Participant
from cases.placing.placement import Placement
from catalog.audit import AuditEvent
from catalog.dates import day_in_japan
from catalog.ids import IdSource
from catalog.municipality import Municipality
from db.cases import SqlCaseStore
from db.catalog import SqlCatalogStore
from db.closing import SqlClosingStore
from db.errors import DatabaseError
from db.following import SqlFollowUpStore
from db.helping import SqlHelperStore
from db.intake import SqlIntakeStore
from db.map_features import MapFeature, SqlMapFeatureStore
from db.meetings import SqlMeetingStore
from db.municipality import SqlMunicipalityStore, TownPopulation
from db.placing import SqlPlacementStore
from db.planning import SqlPlanStore
from db.rights import SqlRightsStore
from db.rules import SqlRuleStore
from db.sample.accounts import SAMPLE_ACCOUNTS, account_id, sample_remits
from db.sample.casework import Casework, make_casework, make_ended
from db.sample.few_enquiries import make_few_enquiries
from db.sample.few_placements import make_few_placements
from db.sample.helpers import make_helpers
from db.sample.land import AGE_BANDS, Land, make_land, reading_of
from db.sample.meetings import make_meetings
from db.sample.people import LAYER, PeopleMaker
from db.sample.places import PlaceMaker
from db.sample.receptions import make_receptions
from db.secrets import Keyring
from db.session import Database
from db.users import SqlUserStore
from geo.districts import dissolve_districts
from geo.polygons import polygon_from_wkb
from geo.towns import Town, town_id

SEED: Final = 10
"""Of this city every kind of answer is seen: placed, crowded out, nothing fits, not agreed."""
COORDINATORS: Final = ("mizuno", "hara")


def load_sample(
    database: Database,
    code: str,
    keyring: Keyring,
    at: datetime,
    hash_password: Callable[[str], str],
    seed: int = SEED,
) -> None:
    """Fill the sample city: ground, hosts, openings, people and the accounts that everyone knows.

    All of it or nothing is written. Days are counted back from `at`.

    Raises
    ------
    DatabaseError
        ``not_the_sample`` where the database belongs to a real city, ``sample_loaded`` where the
        city has its towns already.
    """
    ground = SqlMunicipalityStore(database, code)
    if not ground.is_sample():
        raise DatabaseError("not_the_sample", name=ground.settings().name)
    if ground.towns():
        raise DatabaseError("sample_loaded")
    land, new_id, today = make_land(seed), seeded_ids(seed), day_in_japan(at)
    town_ids = {town.name: town_id(code, town.name) for town in land.towns}
    places = PlaceMaker(land, town_ids, new_id, seed, today).make()
    staff = [account_id(login) for login in COORDINATORS]
    remits = sample_remits(ground.settings())
    entrusted = remits[0].programmes or frozenset()
    people = PeopleMaker(land, town_ids, staff, entrusted, new_id, seed, today).make()

    def event(kind: str) -> AuditEvent:
        return AuditEvent(kind, "system", "municipality", code, at)

    with database.writing():
        save_ground(database, ground, land, town_ids, event)
        users = SqlUserStore(database, code)
        for account in SAMPLE_ACCOUNTS:
            users.save_user(account.user(hash_password), event("user_saved"))
        rights = SqlRightsStore(database, code)
        for remit in remits:
            rights.save_remit(remit, replace(event("remit_set"), subject_id=remit.holder_id))
        catalog = SqlCatalogStore(database, code)
        catalog.save_organisations(places.organisations, event("organisations_saved"))
        catalog.save_resources(places.resources, event("resources_saved"))
        catalog.save_openings(places.openings, event("openings_saved"))
        cases = SqlCaseStore(database, code, keyring)
        cases.save_households(people.households, event("households_saved"))
        cases.save_participants(people.participants, event("participants_saved"))
        rules = SqlRuleStore(database, code, keyring)
        for bond in household_bonds(people.participants, staff[0], new_id, at):
            rules.add_bond(bond, replace(event("bond_settled"), subject_id=bond.id))
        cases.save_needs(people.needs, event("needs_saved"))
        cases.add_consents(people.consents, event("consents_added"))
        helpers = make_helpers(land, town_ids, people.participants, new_id, today)
        SqlHelperStore(database, code, keyring).save_helpers(helpers, event("helpers_saved"))
        heard = make_receptions(ground.settings(), new_id, seed, today)
        intake = SqlIntakeStore(database, code, keyring)
        intake.save_receptions(heard, event("receptions_saved"))
        sat = make_meetings(ground.settings(), people.participants, people.consents, new_id, today)
        meetings = SqlMeetingStore(database, code, keyring)
        for meeting in sat.meetings:
            planned = replace(event("meeting_planned"), subject_id=meeting.id)
            meetings.save_meeting(meeting, planned)
        for item in sat.items:
            meetings.save_agenda_item(item, replace(event("agenda_added"), subject_id=item.id))
        # Ids from a source of its own: those of everything after stay as they are.
        work = make_casework(ground.settings(), people.participants, seeded_ids(seed + 1), at)
        save_casework(work, database, code, keyring, event)
        begun = make_few_placements(people.participants, places.openings, seeded_ids(seed + 2), at)
        save_placements(*begun, database, code, keyring, event)
        placing = SqlPlacementStore(database, code, keyring)
        for asked in make_few_enquiries(
            people.participants, people.needs, places.openings, seeded_ids(seed + 4), at
        ):
            placing.save_enquiry(asked, event("enquiries_saved"))
        ended = make_ended(town_ids, seeded_ids(seed + 3), at)
        cases.save_participants([ended.person], event("participants_saved"))
        cases.add_consents([ended.consent], event("consents_added"))
        closing = SqlClosingStore(database, code, keyring)
        about = replace(
            event("case_closed"), subject_kind="participant", subject_id=ended.person.id
        )
        closing.save_evaluation(ended.evaluation, about)
        closing.save_watch(ended.watch, replace(about, kind="watch_begun"))


def save_placements(
    placements: Iterable[Placement],
    talks: Iterable[FollowUp],
    database: Database,
    code: str,
    keyring: Keyring,
    event: Callable[[str], AuditEvent],
) -> None:
    """Write who has begun where, and what was said of it."""
    placing = SqlPlacementStore(database, code, keyring)
    for placement in placements:
        placing.save_placement(placement, event("placements_saved"))
    following = SqlFollowUpStore(database, code, keyring)
    for talk in talks:
        following.save_follow_up(talk, event("talks_saved"))


def save_casework(
    work: Casework,
    database: Database,
    code: str,
    keyring: Keyring,
    event: Callable[[str], AuditEvent],
) -> None:
    """Write a sitting with its item, and the versions of the plan that it found fitting."""
    meetings = SqlMeetingStore(database, code, keyring)
    meetings.save_meeting(work.meeting, event("meeting_held"))
    meetings.save_agenda_item(work.item, event("agenda_written"))
    plans = SqlPlanStore(database, code, keyring)
    for seen, plan in enumerate(work.plans):
        about = replace(
            event(f"plan_{plan.state}"), subject_kind="participant", subject_id=plan.participant_id
        )
        plans.save_plan(plan, about, seen)


def household_bonds(
    participants: Iterable[Participant], made_by: str, new_id: IdSource, at: datetime
) -> list[Bond]:
    """Return for each household that all of it go out on one half day: nobody waits at home."""
    members: defaultdict[str, list[str]] = defaultdict(list)
    for person in participants:
        if person.household_id is not None:
            members[person.household_id].append(person.id)
    return [
        Bond(
            id=new_id(),
            kind=BondKind.SAME_SLOT,
            participant_ids=tuple(ids),
            reason="母が出かける間に、息子も出かける。家で待つ人がいないようにする。",
            made_by=made_by,
            made_at=at,
        )
        for ids in members.values()
    ]


def seeded_ids(seed: int) -> IdSource:
    """Return a source of ids that look like all others but are the same for the same seed."""
    source = random.Random(seed)
    return lambda: urlsafe_b64encode(source.randbytes(16)).rstrip(b"=").decode()


def save_ground(
    database: Database,
    ground: SqlMunicipalityStore,
    land: Land,
    town_ids: dict[str, str],
    event: Callable[[str], AuditEvent],
) -> None:
    """Write towns, 圏域, population and shapes."""
    settings = with_town_lists(ground.settings(), land)
    ground.save_settings(settings, event("municipality_saved"), is_sample=True)
    ground.save_towns(
        [
            Town(
                id=town_ids[town.name],
                name=town.name,
                municipality_code=settings.code,
                lat=town.lat,
                lon=town.lon,
                people=sum(town.men) + sum(town.women),
                kana=reading_of(town.name),
            )
            for town in land.towns
        ],
        event("towns_saved"),
    )
    ground.save_population(population(land, town_ids), event("population_saved"))
    ground.save_outline(land.outline, event("outline_saved"))
    shapes = {town_ids[town.name]: town.wkb for town in land.towns}
    ground.save_town_shapes(shapes, event("shapes_saved"))
    dissolved = dissolve_districts(
        {town_ids[town.name]: town.district for town in land.towns},
        {id_: polygon_from_wkb(shape) for id_, shape in shapes.items()},
    )
    ground.save_district_shapes(
        LAYER,
        {name: shapely.to_wkb(shape) for name, shape in dissolved.polygons.items()},
        event("shapes_saved"),
    )
    SqlMapFeatureStore(database, settings.code).replace_features(
        features(land), event("map_features_saved")
    )


def with_town_lists(settings: Municipality, land: Land) -> Municipality:
    """Return the settings with the towns of each 圏域."""
    towns: defaultdict[str, list[str]] = defaultdict(list)
    for town in land.towns:
        towns[town.district].append(town.name)
    layers = tuple(
        replace(
            layer,
            districts=tuple(
                replace(district, towns=tuple(sorted(towns[district.name])))
                for district in layer.districts
            ),
        )
        if layer.key == LAYER
        else layer
        for layer in settings.districts
    )
    return replace(settings, districts=layers)


def population(land: Land, town_ids: dict[str, str]) -> list[TownPopulation]:
    """Return the people of every town by sex and age band."""
    ends = (*(start - 1 for start in AGE_BANDS[1:]), None)
    return [
        TownPopulation(town_ids[town.name], sex, start, end, people)
        for town in land.towns
        for sex, counts in (("male", town.men), ("female", town.women))
        for start, end, people in zip(AGE_BANDS, ends, counts, strict=True)
    ]


def features(land: Land) -> list[MapFeature]:
    """Return the river, the railway and its stations."""
    return [
        MapFeature("river-1", "river", "ゆずり川", land.river),
        MapFeature("railway-1", "railway", "つなぎ線", land.railway),
        *(
            MapFeature(f"station-{number}", "station", f"{name}駅", shapely.Point(lon, lat).wkb)
            for number, (name, lat, lon) in enumerate(land.stations, start=1)
        ),
    ]
