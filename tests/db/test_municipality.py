"""The settings, towns, 圏域 and shapes of a city come back as they were kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
import shapely
from sqlalchemy import select

from cases.city_policy import AdoptedPolicy
from catalog.municipality import DistrictLayer, DistrictSetting
from db import tables
from db.errors import DatabaseError
from db.municipality import ImportRun, SqlMunicipalityStore, TownPopulation, municipality_codes
from db.session import Database
from exchange.municipality import load_municipality
from geo.towns import Town, town_id
from tests.db.examples import AT, CODE, SETTINGS, TOWNS, an_event, kinds_of_events

TODAY = date(2026, 11, 4)
SQUARE = shapely.box(139.5, 35.7, 139.75, 35.875).wkb


@pytest.fixture
def store(city: Database) -> SqlMunicipalityStore:
    return SqlMunicipalityStore(city, CODE)


def id_of(name: str) -> str:
    return town_id(CODE, name)


def test_settings_come_back(store: SqlMunicipalityStore) -> None:
    assert store.settings() == SETTINGS
    assert not store.is_sample()
    assert municipality_codes(store.database) == [CODE]
    assert kinds_of_events(store.database) == ["municipality_saved", "towns_imported"]


def test_adopted_policies_come_back_numbered(store: SqlMunicipalityStore) -> None:
    """None replaces another; each goes with its event, and so does one that was only tried."""
    assert store.policies() == []
    first = AdoptedPolicy(1, TODAY, "2026-11-04-ab", 'source = "会議"\n', "改めた", "u8", AT)
    later = replace(first, number=2, from_on=date(2027, 4, 1), reason="年度が変わる")
    store.adopt_policy(first, an_event("policy_adopted"))
    store.adopt_policy(replace(later, number=0), an_event("policy_adopted"))
    assert store.policies() == [first, later]
    store.record(an_event("policy_tried"))
    assert kinds_of_events(store.database)[-3:] == [
        "policy_adopted",
        "policy_adopted",
        "policy_tried",
    ]


def test_the_same_settings_are_built_once(store: SqlMunicipalityStore) -> None:
    """Every page asks for them; those that are saved are read at the next page."""
    first = store.settings()
    assert store.settings() is first
    store.save_settings(replace(first, name="べつの市"), an_event())
    assert store.settings().name == "べつの市"
    store.save_settings(first, an_event())
    assert store.settings() == first


@pytest.mark.parametrize("name", ["sample", "niiza", "toda"])
def test_the_supplied_cities_can_be_kept(database: Database, name: str) -> None:
    settings = load_municipality(name)
    store = SqlMunicipalityStore(database, settings.code)
    store.save_settings(settings, an_event(), is_sample=name == "sample")
    assert store.settings() == settings
    assert store.is_sample() == (name == "sample")
    store.save_settings(settings, an_event())
    assert store.is_sample() == (name == "sample"), "new settings do not make it another city"


def test_a_database_without_the_city_says_so(database: Database) -> None:
    with pytest.raises(DatabaseError, match="municipality_missing"):
        SqlMunicipalityStore(database, CODE).settings()
    assert municipality_codes(database) == []


def test_settings_of_another_city_are_refused(database: Database) -> None:
    with pytest.raises(DatabaseError, match="other_municipality"):
        SqlMunicipalityStore(database, "111111").save_settings(SETTINGS, an_event())


def test_towns_come_back_and_take_new_content(store: SqlMunicipalityStore) -> None:
    assert store.towns() == sorted(TOWNS, key=lambda town: town.id)
    renamed = replace(TOWNS[0], people=1234, aliases=("ひがし",))
    store.save_towns([renamed], an_event())
    assert set(store.towns()) == {renamed, *TOWNS[1:]}


def test_district_lists_are_resolved_with_the_towns(store: SqlMunicipalityStore) -> None:
    assert store.memberships(TODAY) == {
        "welfare": {
            id_of("東北一丁目"): "北部",
            id_of("東北二丁目"): "北部",
            id_of("東"): "南部",
            id_of("野火止"): "南部",
        }
    }
    resolved = store.save_towns([Town(id_of("栄"), "栄", CODE)], an_event())
    assert resolved["welfare"].uncovered == (id_of("栄"),)


def test_new_settings_resolve_the_lists_again(store: SqlMunicipalityStore) -> None:
    store.save_district_shapes("welfare", {"南部": SQUARE}, an_event())
    south = DistrictSetting("南部", ("東", "東北", "野火止"))
    layers = (DistrictLayer("welfare", "福祉圏域", valid_to=TODAY, districts=(south,)),)
    store.save_settings(replace(SETTINGS, districts=layers), an_event())
    assert store.memberships(TODAY) == {"welfare": {town.id: "南部" for town in TOWNS}}
    assert store.memberships(date(2026, 11, 5)) == {}, "the layer no longer holds"
    assert store.district_shapes("welfare") == {"南部": SQUARE}, "who stays keeps the polygon"


def test_shapes_come_back_with_their_boxes(store: SqlMunicipalityStore) -> None:
    assert store.outline() is None
    assert store.town_shapes() == {}
    store.save_outline(SQUARE, an_event())
    store.save_town_shapes({TOWNS[0].id: SQUARE}, an_event())
    assert store.outline() == SQUARE
    assert store.town_shapes() == {TOWNS[0].id: SQUARE}
    with store.database.reading() as connection:
        box = [tables.towns.c[name] for name in ("min_lon", "min_lat", "max_lon", "max_lat")]
        row = connection.execute(select(*box).where(tables.towns.c.id == TOWNS[0].id)).one()
    assert tuple(row) == (139.5, 35.7, 139.75, 35.875)


def test_a_shape_for_nothing_known_is_refused_whole(store: SqlMunicipalityStore) -> None:
    with pytest.raises(DatabaseError, match="unknown_place"):
        store.save_town_shapes({TOWNS[0].id: SQUARE, "nowhere": SQUARE}, an_event("refused"))
    assert store.town_shapes() == {}
    assert "refused" not in kinds_of_events(store.database)


def test_a_town_keeps_its_shape_when_imported_again(store: SqlMunicipalityStore) -> None:
    store.save_town_shapes({TOWNS[0].id: SQUARE}, an_event())
    store.save_towns(TOWNS, an_event())
    assert store.town_shapes() == {TOWNS[0].id: SQUARE}


def test_population_of_a_town_is_replaced_as_a_whole(store: SqlMunicipalityStore) -> None:
    first, second = (town.id for town in TOWNS[:2])
    old = [
        TownPopulation(id_, "female", age, age + 4, 50) for id_ in (first, second) for age in (0, 5)
    ]
    store.save_population(old, event=an_event())
    new = [
        TownPopulation(first, "female", 0, None, 120),
        TownPopulation(first, "male", 0, None, 110),
    ]
    store.save_population(new, event=an_event())
    kept = [each for each in old if each.town_id == second]
    assert set(store.population()) == {*new, *kept}


def test_imports_are_listed_newest_first(store: SqlMunicipalityStore) -> None:
    report = [{"file": "町一覧.csv", "rows": 4, "rejected": []}]
    runs = [
        ImportRun(f"import-{day}", "towns", "user-1", AT.replace(day=day), report) for day in (1, 2)
    ]
    for run in runs:
        store.add_import(run, an_event("imported"))
    assert store.imports() == runs[::-1]
    assert store.imports(limit=1) == runs[1:]


def test_cities_in_one_database_are_apart(store: SqlMunicipalityStore) -> None:
    other = SqlMunicipalityStore(store.database, "111111")
    other.save_settings(replace(SETTINGS, code="111111", districts=()), an_event())
    assert other.towns() == []
    assert other.memberships(TODAY) == {}
    assert store.settings() == SETTINGS
