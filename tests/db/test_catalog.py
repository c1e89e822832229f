"""What the catalogue is told comes back, is found by its words, and never overbooked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.matching.reach import resolve
from cases.ports import CatalogStore
from catalog.opening import Opening, OpeningStatus, Stage
from catalog.organisation import Organisation
from catalog.resource import Resource
from catalog.schedule import Band
from catalog.search import Item, Query, matches
from catalog.service_area import Online, Radius, WholeCity
from catalog.vocabulary import Code, load_vocabulary
from db.catalog import SqlCatalogStore
from db.errors import DatabaseError
from db.municipality import SqlMunicipalityStore
from db.session import Database
from geo.speeds import load_speeds
from geo.towns import TownIndex
from tests.databases import Fill
from tests.db.conftest import a_city
from tests.db.examples import (
    CODE,
    OPENING,
    ORGANISATION,
    RESOURCE,
    TOWNS,
    an_event,
    kinds_of_events,
)

TODAY = date(2026, 11, 4)
VOCABULARY = load_vocabulary()
Thing = Organisation | Resource | Opening


@pytest.fixture
def store(database_with: Callable[[Fill], Database]) -> SqlCatalogStore:
    """Give a catalogue of one host, one resource and one opening."""
    return SqlCatalogStore(database_with(a_catalogue), CODE)


def a_catalogue(database: Database) -> None:
    """Make the city with the catalogue."""
    a_city(database)
    made = SqlCatalogStore(database, CODE)
    made.save_organisation(ORGANISATION, an_event("organisation_saved"))
    made.save_resource(RESOURCE, an_event("resource_saved"))
    made.save_opening(OPENING, an_event("opening_saved"))


@pytest.mark.parametrize("thing", [ORGANISATION, RESOURCE, OPENING])
def test_the_examples_leave_no_field_at_its_default(thing: Thing) -> None:
    assert [f.name for f in fields(thing) if getattr(thing, f.name) == f.default] == []


def test_everything_comes_back_field_by_field(store: SqlCatalogStore) -> None:
    assert store.organisation(ORGANISATION.id) == ORGANISATION
    assert store.resource(RESOURCE.id) == RESOURCE
    assert store.opening(OPENING.id) == OPENING
    assert store.organisations() == {ORGANISATION.id: ORGANISATION}
    assert store.resources() == {RESOURCE.id: RESOURCE}
    assert store.openings() == [OPENING]
    kinds = ["organisation_saved", "resource_saved", "opening_saved"]
    assert kinds_of_events(store.database)[-3:] == kinds


def test_what_may_be_absent_may_be_absent(store: SqlCatalogStore) -> None:
    bare: list[tuple[Thing, Callable[[str], Thing | None], Callable[[Any, Any], None]]] = [
        (Organisation("x", "会", "", "other"), store.organisation, store.save_organisation),
        (Resource("x", "場", "", "other"), store.resource, store.save_resource),
        (
            Opening("x", "x", "x", "枠", (), "ibasho", "participant", 1),
            store.opening,
            store.save_opening,
        ),
    ]
    for thing, read, save in bare:
        assert read("x") is None
        save(thing, an_event())
        assert read("x") == thing


def test_a_new_version_replaces_the_old(store: SqlCatalogStore) -> None:
    changed = replace(OPENING, name="庭の手入れ", status=OpeningStatus.OPEN)
    store.save_openings([changed, replace(OPENING, id="opening-2")], an_event())
    assert store.openings() == [changed, replace(OPENING, id="opening-2")]


@pytest.mark.parametrize("change", [{"host_id": "nobody"}, {"resource_id": "nowhere"}])
def test_an_opening_of_nobody_is_refused_whole(
    store: SqlCatalogStore, change: dict[str, Any]
) -> None:
    good, bad = replace(OPENING, id="good"), replace(OPENING, id="bad", **change)
    with pytest.raises(DatabaseError, match="broken_reference"):
        store.save_openings([good, bad], an_event("refused"))
    assert store.openings() == [OPENING]
    assert "refused" not in kinds_of_events(store.database)


def test_the_store_is_what_the_cases_ask_for(store: SqlCatalogStore) -> None:
    asked: CatalogStore = store
    assert asked.opening(OPENING.id) == OPENING


def test_cities_do_not_see_each_other(store: SqlCatalogStore) -> None:
    other = SqlCatalogStore(store.database, "111111")
    assert other.openings() == []
    assert other.opening(OPENING.id) is None
    assert other.resources() == {}


def test_places_are_given_back_down_to_none(store: SqlCatalogStore) -> None:
    store.release_place(OPENING.id, an_event())
    assert store.openings()[0].taken == 0
    with pytest.raises(DatabaseError, match="no_taken_place"):
        store.release_place(OPENING.id, an_event())
    with pytest.raises(DatabaseError, match="no_free_place"):
        store.take_place("nowhere", an_event())


def found(store: SqlCatalogStore, text: str, **choices: Any) -> list[str]:
    items = store.search(Query(text, **choices), VOCABULARY, TODAY)
    return [item.resource.id for item in items]


@pytest.mark.parametrize(
    "text",
    [
        "体操",
        "ツバメ",
        "ｻﾛﾝ",
        "東1-2",
        "町会",
        "草",
        "会",
        "車椅子",
        "手入れ サロン",
        "草とり つばめ町会",
        "",
    ],
)
def test_words_find_a_place_by_its_texts_its_codes_its_host_and_its_openings(
    store: SqlCatalogStore, text: str
) -> None:
    store.save_opening(replace(OPENING, status=OpeningStatus.OPEN), an_event())
    assert found(store, text) == [RESOURCE.id]


@pytest.mark.parametrize("text", ["体育", "会長", "048", "留守がち", "操体", "つばめ ない", "%"])
def test_what_stands_nowhere_finds_nothing(store: SqlCatalogStore, text: str) -> None:
    """Neither does a contact person, a number, a note, nor a word in another order."""
    assert found(store, text) == []


def test_old_words_find_nothing_any_more(store: SqlCatalogStore) -> None:
    store.save_resource(replace(RESOURCE, description="将棋", kind="hobby_circle"), an_event())
    assert found(store, "お茶") == []
    assert found(store, "将棋") == [RESOURCE.id]
    assert found(store, "趣味") == [RESOURCE.id]


def test_a_city_may_reword_its_labels_at_any_time(store: SqlCatalogStore) -> None:
    own = VOCABULARY.extended_by({"resource_kind": (Code("salon", "ふれあいの家"),)})
    assert store.search(Query("ふれあい"), VOCABULARY, TODAY) == []
    assert len(store.search(Query("ふれあい"), own, TODAY)) == 1


def test_an_item_holds_what_belongs_to_the_place(store: SqlCatalogStore) -> None:
    assert store.item(RESOURCE.id, TODAY) == Item(
        RESOURCE,
        ORGANISATION,
        (OPENING,),
        frozenset({TOWNS[0].id, TOWNS[3].id, TOWNS[1].id}),
        frozenset({("welfare", "南部")}),
    )
    assert store.item("nowhere", TODAY) is None


texts = st.text(st.sampled_from("体操花茶あアa 1ー"), max_size=5)
visibilities = st.sampled_from(["office", "agencies", "public"])
codes = {name: sorted(VOCABULARY.codes(name))[:3] for name in VOCABULARY.lists}


def some(name: str) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(codes[name]), max_size=2)


def built(
    make: Callable[..., Any], prefix: str, /, **how: st.SearchStrategy[Any]
) -> st.SearchStrategy[list[Any]]:
    """Draw a few things, numbered from 0 after the prefix."""
    one = st.fixed_dictionaries(
        {"name": texts.map(lambda text: text + "名"), "visibility": visibilities, **how}
    )
    return st.lists(one, min_size=2, max_size=4).map(
        lambda drawn: [make(id=f"{prefix}{at}", **each) for at, each in enumerate(drawn)]
    )


organisation_lists = built(Organisation, "h", name_kana=texts, kind=st.just("other"))
resource_lists = built(
    Resource,
    "r",
    name_kana=texts,
    kind=st.sampled_from(codes["resource_kind"]),
    description=texts,
    organisation_id=st.sampled_from([None, "h0", "h1"]),
    town_id=st.sampled_from([None, *(town.id for town in TOWNS)]),
    service_area=st.sampled_from([WholeCity(), Online(), Radius(35.8, 139.6, 1500)]),
    accessibility=some("accommodation"),
)
opening_lists = built(
    Opening,
    "o",
    resource_id=st.sampled_from(["r0", "r1"]),
    host_id=st.just("h0"),
    menu=some("menu").map(tuple),
    form=st.just("ibasho"),
    role=st.sampled_from(codes["role"]),
    capacity=st.just(1),
    taken=st.sampled_from([0, 1]),
    status=st.sampled_from(OpeningStatus),
    description=texts,
    schedule=st.sampled_from([None, OPENING.schedule]),
    accommodations=some("accommodation"),
)
words = st.lists(texts | st.sampled_from(["体", "茶", "その他", "見守り"]), min_size=1, max_size=2)
queries = st.builds(Query, text=words.map(" ".join)) | st.builds(
    Query,
    text=words.map(" ".join) | st.just(""),
    kinds=some("resource_kind"),
    menu=some("menu"),
    weekday=st.none() | st.integers(0, 6),
    band=st.none() | st.sampled_from(Band),
    town_ids=st.frozensets(st.sampled_from([town.id for town in TOWNS]), max_size=1),
    districts=st.frozensets(st.just(("welfare", "南部"))),
    accommodations=some("accommodation"),
    stage=st.none() | st.sampled_from(Stage),
    free_only=st.booleans(),
    viewer=visibilities,
)


@settings(max_examples=40)
@given(
    organisations=organisation_lists,
    resources=resource_lists,
    openings=opening_lists,
    query_list=st.lists(queries, min_size=8, max_size=8),
)
def test_the_search_is_the_one_that_the_catalogue_means(
    city: Database,
    organisations: list[Organisation],
    resources: list[Resource],
    openings: list[Opening],
    query_list: list[Query],
) -> None:
    store = SqlCatalogStore(city, CODE)
    store.save_organisations(organisations, an_event())
    store.save_resources(resources, an_event())
    store.save_openings(openings, an_event())
    ground = SqlMunicipalityStore(city, CODE)
    districts, index = ground.memberships(TODAY), TownIndex(ground.towns())
    hosts = store.organisations()

    def item(resource: Resource) -> Item:
        served = resolve(resource.service_area, index, districts, load_speeds())
        return Item(
            resource,
            hosts.get(resource.organisation_id or ""),
            tuple(o for o in store.openings() if o.resource_id == resource.id),
            frozenset(town.id for at, town in enumerate(index) if served.anyhow[at]),
            frozenset(
                (layer, names[resource.town_id])
                for layer, names in districts.items()
                if resource.town_id in names
            ),
        )

    items = [item(resource) for resource in store.resources().values()]
    for query in query_list:
        expected = {each.resource.id for each in items if matches(query, each, VOCABULARY)}
        found_items = store.search(query, VOCABULARY, TODAY)
        assert {each.resource.id for each in found_items} == expected
