"""The sample city is whole, fictional, the same each time, and shows every kind of answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from cases.bond import BondKind
from cases.consent import HOSTS
from cases.matching.arrangements import NOTHING_ARRANGED, Arrangements, arrange
from cases.matching.city import City
from cases.matching.everyone import MatchOutcome, run_matching
from cases.matching.inputs import build_inputs
from cases.matching.waiting import sort_waiting
from cases.participant import ParticipantStatus, age_on
from cases.permissions import PeopleScope, scope_of_everyone
from catalog.actor import Actor, Role
from catalog.opening import Opening
from catalog.organisation import Organisation
from catalog.schedule import slot_masks
from db.cases import SqlCaseStore
from db.catalog import SqlCatalogStore
from db.errors import DatabaseError
from db.helping import SqlHelperStore
from db.map_features import SqlMapFeatureStore
from db.municipality import SqlMunicipalityStore
from db.rights import SqlRightsStore
from db.rules import SqlRuleStore
from db.sample.accounts import (
    COUNCIL,
    LEAD,
    MEMBER,
    NOBODY_SEEN,
    SAMPLE_ACCOUNTS,
    account_id,
    sample_remits,
)
from db.sample.land import PEOPLE, make_land
from db.sample.load import COORDINATORS, SEED, load_sample, seeded_ids
from db.sample.people import PeopleMaker
from db.sample.places import PlaceMaker
from db.secrets import Keyring
from db.session import Database
from db.users import SqlUserStore
from exchange.municipality import load_municipality
from geo.towns import TownIndex, town_id
from matcher.policy import own_policy
from tests.databases import Fill
from tests.db.conftest import KEYRING
from tests.db.examples import an_event

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
CODE = load_municipality("sample").code
EVERYONE = scope_of_everyone(CODE)
WITH_CASES = frozenset({Role.LEAD_AGENCY, Role.MEMBER_AGENCY})


@pytest.fixture
def sample(database_with: Callable[[Fill], Database]) -> Database:
    """Open a database with the sample city."""
    return database_with(sample_city)


def sample_city(database: Database) -> None:
    """Load the sample city."""
    settings = load_municipality("sample")
    SqlMunicipalityStore(database, CODE).save_settings(settings, an_event(), is_sample=True)
    load_sample(database, CODE, KEYRING, AT, lambda password: f"hash of {password}")


def test_land_is_the_same_for_the_same_seed() -> None:
    assert make_land(SEED) == make_land(SEED)
    assert make_land(SEED) != make_land(SEED + 1)


def test_everyone_is_called_as_in_the_settings(sample: Database, keyring: Keyring) -> None:
    """Who accompanies people, who found and looks after hosts, and whom a consent names."""
    settings = SqlMunicipalityStore(sample, CODE).settings()
    agencies = {agency.name for agency in settings.agencies}
    windows = {f"{each.name}（{place}）" for each in settings.windows for place in each.places}
    cases, catalog = SqlCaseStore(sample, CODE, keyring), SqlCatalogStore(sample, CODE)
    users = SqlUserStore(sample, CODE).users()
    offices = {user.office_id for user in users if user.role is Role.COORDINATOR}
    found: list[Organisation | Opening] = [*catalog.openings(), *catalog.organisations().values()]
    said = [each for told in cases.consents(EVERYONE).values() for each in told]
    assert len(offices) == 3
    assert offices <= agencies | windows
    both = {each.found_by for each in found}
    assert both == {each.liaison for each in found} == offices & agencies
    assert {each.office_id for each in users if each.role in WITH_CASES} <= agencies
    people = {each.id: each for each in cases.participants(EVERYONE)}
    for each in said:
        person = people[each.participant_id]
        assert each.agencies == {HOSTS, *both, person.office_id, *person.member_office_ids}


def test_everyone_of_the_staff_meets_whom_a_real_city_shows_them(
    sample: Database, keyring: Keyring
) -> None:
    """社協 works city-wide for three 事業, a window for one 圏域, agencies for their own cases."""
    rights, cases = SqlRightsStore(sample, CODE), SqlCaseStore(sample, CODE, keyring)
    everyone = {each.id: each for each in cases.participants(EVERYONE)}
    towns = SqlMunicipalityStore(sample, CODE).memberships(TODAY)["community_welfare"]
    council = next(each for each in rights.remits() if each.programmes is not None)
    assert council.holder_id == COUNCIL
    entrusted = council.programmes or frozenset()
    assert set(entrusted) == {
        "参加支援事業",
        "アウトリーチ等を通じた継続的支援事業",
        "生活支援体制整備事業",
    }
    met: dict[str, set[str]] = {}
    for account in SAMPLE_ACCOUNTS:
        user = Actor(account_id(account.login), account.name, account.role, CODE, account.office)
        scope = PeopleScope(rights.reach_of(user, AT, TODAY))
        met[account.login] = {each.id for each in cases.participants(scope)}
        assert met[account.login] == {p.id for p in everyone.values() if scope.admits(p)}
    unprotected = {p.id for p in everyone.values() if not p.address_protected}
    assert met["mizuno"] == set(everyone)
    assert met["hara"] == {
        p.id for p in everyone.values() if not entrusted.isdisjoint(p.programmes)
    }
    assert met["oka"] == {
        id_ for id_ in unprotected if towns[everyone[id_].town_id or ""] == "南台"
    }
    assert met["tsutsumi"] == {p.id for p in everyone.values() if p.office_id == LEAD}
    assert met["tani"] == {p.id for p in everyone.values() if MEMBER in p.member_office_ids}
    assert [len(met[login]) for login in ("hara", "oka", "tsutsumi", "tani")] == [61, 19, 8, 6]
    assert not any(met[login] for login in ("ogawa", "kansa", "kanri"))
    seen = {login: each.sees for login, each in ((a.login, a) for a in SAMPLE_ACCOUNTS)}
    assert {login for login in met if not met[login]} == {
        login for login, words in seen.items() if words == NOBODY_SEEN
    }


def test_people_are_the_same_for_the_same_seed(sample: Database, keyring: Keyring) -> None:
    """Loaded once more, every person, need and consent is the same."""
    cases = SqlCaseStore(sample, CODE, keyring)
    settings = SqlMunicipalityStore(sample, CODE).settings()
    land, ids = make_land(SEED), seeded_ids(SEED)
    town_ids = {town.name: town_id(CODE, town.name) for town in land.towns}
    PlaceMaker(land, town_ids, ids, SEED, TODAY).make()
    entrusted = sample_remits(settings)[0].programmes or frozenset()
    staff = [account_id(login) for login in COORDINATORS]
    again = PeopleMaker(land, town_ids, staff, entrusted, ids, SEED, TODAY).make()
    assert {each.id: each for each in again.participants} == {
        each.id: each
        for each in cases.participants(EVERYONE)
        if each.status is not ParticipantStatus.CLOSED
    }


def test_the_city_is_whole(sample: Database) -> None:
    store = SqlMunicipalityStore(sample, CODE)
    towns, people = store.towns(), store.population()
    districts = store.memberships(TODAY)["community_welfare"]
    assert len(towns) == len(store.town_shapes()) == len(districts) == 80
    assert len(set(districts.values())) == len(store.district_shapes("community_welfare")) == 6
    assert sum(each.people for each in people) == PEOPLE
    assert sum(town.people or 0 for town in towns) == PEOPLE
    assert {town.name: town.kana for town in towns}["つばめ町一丁目"] == "つばめちょういっちょうめ"
    kinds = Counter(each.kind for each in SqlMapFeatureStore(sample, CODE).features())
    assert kinds == {"river": 1, "railway": 1, "station": 2}


def test_places_are_as_many_as_in_the_plans(sample: Database) -> None:
    store = SqlCatalogStore(sample, CODE)
    kinds = Counter(resource.kind for resource in store.resources().values())
    assert kinds["kayoinoba"] == 44
    assert kinds["child_rearing_hub"] == 11
    assert kinds["activity_center"] == 3
    assert kinds["community_hub"] == 5
    assert kinds["elderly_consultation_center"] == 8
    assert kinds["salon"] == 40
    openings = store.openings()
    assert len(openings) == 150
    forms = Counter(opening.form for opening in openings)
    assert forms["volunteering"] == 30
    assert forms["work_experience"] + forms["work_training_unemployed"] == 20
    assert len({opening.host_id for opening in openings}) == len(store.organisations()) == 60


def match(
    sample: Database, keyring: Keyring, arranged: Arrangements = NOTHING_ARRANGED
) -> tuple[MatchOutcome, Counter[str]]:
    ground, catalog = SqlMunicipalityStore(sample, CODE), SqlCatalogStore(sample, CODE)
    cases = SqlCaseStore(sample, CODE, keyring)
    city = City(
        openings=catalog.openings(),
        resources=catalog.resources(),
        towns=TownIndex(ground.towns()),
        districts=ground.memberships(TODAY),
        outline=ground.outline(),
    )
    people, needs, consents = (
        cases.participants(EVERYONE),
        cases.needs(EVERYONE),
        cases.consents(EVERYONE),
    )
    waiting = sort_waiting(people, needs, consents, [], city, TODAY)
    inputs = build_inputs(waiting.consented, needs, city, TODAY, arranged=arranged)
    outcome = run_matching(inputs, own_policy())
    return outcome, Counter(each.why for each in waiting.not_considered)


def test_every_kind_of_answer_is_seen(sample: Database, keyring: Keyring) -> None:
    outcome, refused = match(sample, keyring)
    assert outcome.certified
    reasons = Counter(each.reason for each in outcome.unplaced)
    assert len(outcome.proposals) >= 55
    assert reasons["crowded_out"] >= 1
    assert reasons["no_pair"] >= 4
    assert set(refused) >= {
        f"consent_{why}" for why in ("none_yet", "verbal_only", "refused", "withdrawn", "expired")
    }
    assert len(outcome.proposals) + len(outcome.unplaced) + refused.total() == 80


def test_the_household_of_the_plan_finds_its_places(sample: Database, keyring: Keyring) -> None:
    """Aさん (80) gets a place to gather, Bさん (50) a role in the association's activity."""
    outcome, _ = match(sample, keyring)
    people = {p.id: p for p in SqlCaseStore(sample, CODE, keyring).participants(EVERYONE)}
    openings = {o.id: o for o in SqlCatalogStore(sample, CODE).openings()}
    found = {people[p.participant_id].name: openings[p.opening_id] for p in outcome.proposals}
    mother, son = (
        next(p for p in people.values() if p.name == n) for n in ("青葉 ふみ", "青葉 実")
    )
    assert mother.household_id == son.household_id is not None
    assert (age_on(mother.birth_on, TODAY), age_on(son.birth_on, TODAY)) == (80, 50)
    assert "community_welfare_activity" in found["青葉 実"].menu
    assert found["青葉 実"].form == "volunteering"
    assert found["青葉 ふみ"].form == "ibasho"


def test_the_household_goes_out_on_one_half_day(sample: Database, keyring: Keyring) -> None:
    """Nobody waits at home: both on Tuesday morning, and as many people find a place."""
    (bond,) = SqlRuleStore(sample, CODE, keyring).bonds(EVERYONE)
    people = {p.id: p for p in SqlCaseStore(sample, CODE, keyring).participants(EVERYONE)}
    assert {people[id_].name for id_ in bond.participant_ids} == {"青葉 ふみ", "青葉 実"}
    assert bond.kind is BondKind.SAME_SLOT
    alone, _ = match(sample, keyring)
    arranged = arrange([], [bond], TODAY, under_way={}, asking=people)
    outcome, _ = match(sample, keyring, arranged)
    assert outcome.certified
    assert len(outcome.proposals) == len(alone.proposals)
    openings = {o.id: o for o in SqlCatalogStore(sample, CODE).openings()}
    theirs = [p for p in outcome.proposals if p.participant_id in bond.participant_ids]
    slots = [openings[each.opening_id].schedule for each in theirs]
    assert len(slots) == 2
    tuesday_morning = 1 << 3
    assert all(slot and tuesday_morning in slot_masks(slot) for slot in slots)


def test_a_real_city_is_never_filled(database: Database, keyring: Keyring) -> None:
    settings = load_municipality("niiza")
    SqlMunicipalityStore(database, settings.code).save_settings(settings, an_event())
    with pytest.raises(DatabaseError, match="not_the_sample"):
        load_sample(database, settings.code, keyring, AT, str)


def test_a_second_loading_changes_nothing(sample: Database, keyring: Keyring) -> None:
    with pytest.raises(DatabaseError, match="sample_loaded"):
        load_sample(sample, CODE, keyring, AT, str)


def test_helpers_and_groups_that_want_some(sample: Database, keyring: Keyring) -> None:
    """Fifteen helpers, one of them waits for a place himself, one has not agreed yet."""
    helpers = SqlHelperStore(sample, CODE, keyring).helpers(EVERYONE)
    people = {p.id: p for p in SqlCaseStore(sample, CODE, keyring).participants(EVERYONE)}
    assert len(helpers) == 15
    clients = [each for each in helpers if each.participant_id]
    assert [people[each.participant_id or ""].name for each in clients] == ["松風 いさむ"]
    assert sum(each.agreed_on is None for each in helpers) == 1
    groups = [each for each in SqlCatalogStore(sample, CODE).openings() if each.helpers_wanted]
    assert len(groups) == 22
    assert sum(each.helpers_wanted for each in groups) == 33
