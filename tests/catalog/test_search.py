"""What a search finds, and what it must never show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.errors import CatalogError
from catalog.opening import OpeningStatus, Stage
from catalog.schedule import Band
from catalog.search import (
    Facets,
    Item,
    Query,
    facets,
    is_visible,
    matches,
    opening_keys,
    organisation_keys,
    resource_keys,
)
from catalog.vocabulary import load_vocabulary
from tests.catalog.examples import a_resource, a_schedule, an_opening, an_organisation

VOCABULARY = load_vocabulary()
AGENCIES = "agencies"
GARDEN = an_opening(schedule=a_schedule("0We"))
ITEM = Item(
    resource=a_resource(
        name="コミュニティガーデン つばめ",
        name_kana="こみゅにてぃがーでん つばめ",
        description="花と野菜を育てています。",
        address="つばめ町1-2",
        accessibility=frozenset({"wheelchair_access", "companion"}),
    ),
    organisation=an_organisation(contact_name="山田"),
    openings=(GARDEN,),
    serves=frozenset({"t1", "t2"}),
    districts=frozenset({("community_welfare", "北部")}),
)


def found(item: Item = ITEM, **query: Any) -> bool:
    """Say whether a query with these fields finds the item."""
    return matches(Query(**query), item, VOCABULARY)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", True),
        ("ガーデン", True),
        ("ｶﾞｰﾃﾞﾝ", True),
        ("がーでん 花", True),
        ("ガーデンつばめ", True),
        ("花", True),
        ("サロン", True),
        ("車椅子", True),
        ("つばめ町会", True),
        ("畑・庭", True),
        ("花だん ボランティア", True),
        ("つばめ町１−２", True),
        ("山田", False),
        ("ガーデン 囲碁", False),
        ("野菜ガーデン", False),
        ("salon", False),
    ],
)
def test_every_word_must_occur_somewhere(text: str, expected: bool) -> None:
    """Names, readings, descriptions and labels are looked through, contact persons never."""
    assert found(text=text) is expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"kinds": {"salon", "farm"}}, True),
        ({"kinds": {"farm"}}, False),
        ({"town_ids": {"t2", "t9"}}, True),
        ({"town_ids": {"t9"}}, False),
        ({"districts": {("community_welfare", "北部")}}, True),
        ({"districts": {("daily_life", "北部")}}, False),
        ({"menu": {"gardening", "music"}}, True),
        ({"menu": {"music"}}, False),
        ({"weekday": 2}, True),
        ({"weekday": 3}, False),
        ({"band": Band.MORNING}, True),
        ({"band": Band.EVENING}, False),
        ({"weekday": 2, "band": Band.AFTERNOON}, False),
        ({"accommodations": {"wheelchair_access"}}, True),
        ({"accommodations": {"wheelchair_access", "sign_language"}}, False),
        ({"free_only": True}, True),
    ],
)
def test_each_filter_asks_its_own_question(query: dict[str, Any], expected: bool) -> None:
    """One suffices for kinds, activities and places; needs must all be met."""
    assert found(**query) is expected


def test_one_opening_must_fit_as_a_whole() -> None:
    """Gardening on Wednesday and music on Friday is not music on Wednesday."""
    music = an_opening(id="o2", menu=("music",), schedule=a_schedule("0Fr"))
    item = Item(ITEM.resource, openings=(GARDEN, music))
    assert found(item, menu={"music"}, weekday=4)
    assert not found(item, menu={"music"}, weekday=2)


def test_house_and_opening_meet_needs_together() -> None:
    """The house has the ramp, the opening brings the sign language."""
    signing = an_opening(accommodations=frozenset({"sign_language"}))
    item = Item(ITEM.resource, openings=(signing,))
    assert found(item, accommodations={"wheelchair_access", "sign_language"})


def test_by_arrangement_may_be_any_day() -> None:
    """Where the time is agreed upon, no weekday is excluded."""
    item = Item(ITEM.resource, openings=(an_opening(schedule=None),))
    assert found(item, weekday=6, band=Band.EVENING)


def test_a_place_without_openings_is_still_a_place() -> None:
    """It is found by words and needs, not by what only an opening has."""
    item = Item(ITEM.resource)
    assert found(item, text="ガーデン", accommodations={"companion"})
    assert not found(item, accommodations={"sign_language"})
    assert not found(item, menu={"gardening"})
    assert not found(item, free_only=True)
    assert not found(item, weekday=2)


@pytest.mark.parametrize(
    ("changes", "on", "expected"),
    [
        ({}, None, True),
        ({"taken": 3}, None, False),
        ({"status": OpeningStatus.FULL}, None, False),
        ({"status": OpeningStatus.PAUSED}, None, False),
        ({"starts_on": date(2026, 12, 1)}, None, True),
        ({"starts_on": date(2026, 12, 1)}, date(2026, 11, 12), False),
        ({"starts_on": date(2026, 12, 1)}, date(2026, 12, 1), True),
    ],
)
def test_free_means_open_with_a_place_left(
    changes: dict[str, Any], on: date | None, expected: bool
) -> None:
    """On the day asked for, or by its status where no day is given."""
    item = Item(ITEM.resource, openings=(an_opening(**changes),))
    assert found(item, free_only=True, on=on) is expected
    assert found(item, menu={"gardening"})


@pytest.mark.parametrize(
    "status", [OpeningStatus.DRAFT, OpeningStatus.SUBMITTED, OpeningStatus.ENDED]
)
def test_drafts_and_ended_openings_are_not_found(status: OpeningStatus) -> None:
    """Neither by their activity nor by a word in them."""
    item = Item(ITEM.resource, openings=(an_opening(status=status),))
    assert not found(item, menu={"gardening"})
    assert not found(item, text="花だん")


def test_what_may_not_be_seen_is_not_hinted_at() -> None:
    """A hidden opening or organisation leads to no hit, however the viewer asks."""
    item = Item(
        ITEM.resource,
        an_organisation(visibility="agencies"),
        (an_opening(visibility="office"),),
    )
    assert found(item, text="花だん つばめ町会")
    assert not found(item, text="花だん", viewer="agencies")
    assert found(item, text="つばめ町会", viewer="agencies")
    assert not found(item, text="つばめ町会", viewer="public")
    assert not found(item, menu={"gardening"}, viewer="agencies")
    hidden = Item(a_resource(visibility="office"))
    assert not found(hidden, viewer="agencies")


@pytest.mark.parametrize(
    ("visibility", "seen_by"),
    [
        ("public", {"public", "agencies", "office"}),
        ("agencies", {"agencies", "office"}),
        ("office", {"office"}),
    ],
)
def test_visibility_goes_from_everyone_to_the_office(visibility: str, seen_by: set[str]) -> None:
    """Who may see more sees all that others see."""
    viewers = ("public", "agencies", "office")
    assert {viewer for viewer in viewers if is_visible(visibility, viewer)} == seen_by


def test_impossible_queries_are_refused() -> None:
    """A weekday is 0-6, a viewer is a known one."""
    with pytest.raises(CatalogError, match="weekday"):
        Query(weekday=7)
    with pytest.raises(CatalogError, match="viewer"):
        Query(viewer="everyone")


def test_a_code_that_no_list_knows_is_no_word() -> None:
    """An imported row with an unresolved code is still found by its name."""
    odd = a_resource(kind="???", accessibility=frozenset({"!!!"}))
    assert resource_keys(odd, VOCABULARY) == ("つばめ町さろん", "つばめちょうさろん")


def test_texts_of_an_opening_and_an_organisation() -> None:
    """Labels in plain Japanese, folded; nothing about persons."""
    assert opening_keys(an_opening(accommodations=frozenset({"small_group"})), VOCABULARY) == (
        "花だんの手入れ",
        "畑・庭の手入れ",
        "ぼらんてぃあ",
        "手伝い",
        "少人数",
    )
    liaison = an_organisation(contact_name="山田", found_by="佐藤", note="むずかしい")
    assert organisation_keys(liaison) == ("つばめ町会", "つばめちょうかい")


ITEMS = (
    ITEM,
    Item(a_resource(id="r2", kind="farm"), openings=(an_opening(schedule=a_schedule("0Fr")),)),
    Item(a_resource(id="r3", kind="farm", visibility="office")),
)


def test_facets_count_what_each_choice_would_leave() -> None:
    """A facet ignores its own present choice, but keeps the others."""
    counts = facets(Query(kinds=frozenset({"salon"})), ITEMS, VOCABULARY)
    assert counts.kinds == {"salon": 1, "farm": 2}
    assert counts.menu == {"gardening": 1}
    assert counts.weekdays == {2: 1}
    assert counts.districts == {("community_welfare", "北部"): 1}
    assert counts.accommodations == {"wheelchair_access": 1, "companion": 1}


def test_facets_never_count_the_hidden() -> None:
    """The public sees one farm."""
    assert facets(Query(viewer="public"), ITEMS, VOCABULARY).kinds == {"salon": 1, "farm": 1}


queries = st.builds(
    Query,
    text=st.sampled_from(("", "花", "さろん 花", "うちゅう")),
    kinds=st.frozensets(st.sampled_from(("salon", "farm")), max_size=1),
    menu=st.frozensets(st.sampled_from(("gardening", "music")), max_size=2),
    weekday=st.none() | st.integers(0, 6),
    band=st.none() | st.sampled_from(Band),
    accommodations=st.frozensets(st.sampled_from(("companion", "chairs")), max_size=1),
    stage=st.none() | st.sampled_from(Stage),
    free_only=st.booleans(),
    viewer=st.sampled_from(("public", "agencies", "office")),
)


@given(queries, st.sampled_from(ITEMS))
def test_asking_less_never_finds_less(query: Query, item: Item) -> None:
    """Whatever a query finds, the empty query of the same viewer finds too."""
    if matches(query, item, VOCABULARY):
        assert matches(Query(viewer=query.viewer), item, VOCABULARY)
        assert matches(Query(text=query.text), item, VOCABULARY)


def plain_facets(query: Query, items: Sequence[Item]) -> Facets:
    """Count in the slow, obvious way: try every choice on every place."""

    def count(field: str, choices: Iterable[Any], *, joined: bool = True) -> dict[Any, int]:
        found = {}
        for choice in choices:
            change: dict[str, Any] = {field: frozenset({choice}) if joined else choice}
            asked = replace(query, **change)
            found[choice] = sum(matches(asked, item, VOCABULARY) for item in items)
        return {choice: number for choice, number in found.items() if number}

    free_only = replace(query, free_only=True)
    return Facets(
        kinds=count("kinds", VOCABULARY.codes("resource_kind")),
        menu=count("menu", VOCABULARY.codes("menu")),
        weekdays=count("weekday", range(7), joined=False),
        bands=count("band", Band, joined=False),
        districts=count("districts", {each for item in items for each in item.districts}),
        accommodations={
            code: number
            for code in VOCABULARY.codes("accommodation")
            if (number := len(found_with(query, items, code)))
        },
        stages=count("stage", Stage, joined=False),
        free=sum(matches(free_only, item, VOCABULARY) for item in items),
    )


def found_with(query: Query, items: Sequence[Item], code: str) -> list[Item]:
    """Return what is left of the found places when one more accommodation is asked for."""
    asked = replace(query, accommodations=query.accommodations | {code})
    return [item for item in items if matches(asked, item, VOCABULARY)]


openings = st.builds(
    an_opening,
    menu=st.sampled_from((("gardening",), ("music", "gardening"), ("music",), ("???",))),
    taken=st.integers(2, 3),
    status=st.sampled_from(OpeningStatus),
    first_stage=st.sampled_from((Stage.VISIT, Stage.PARTICIPATION)),
    last_stage=st.sampled_from((Stage.PARTICIPATION, Stage.ROLE)),
    schedule=st.none() | st.sampled_from(("0We", "13Mo0Fr")).map(a_schedule),
    accommodations=st.frozensets(st.sampled_from(("companion", "chairs", "!!!"))),
    visibility=st.sampled_from(("public", "agencies", "office")),
)
items = st.builds(
    Item,
    st.builds(
        a_resource,
        kind=st.sampled_from(("salon", "farm", "???")),
        accessibility=st.frozensets(st.sampled_from(("companion", "chairs"))),
        visibility=st.sampled_from(("public", "agencies", "office")),
        description=st.sampled_from(("", "花")),
    ),
    openings=st.lists(openings, max_size=2).map(tuple),
    districts=st.frozensets(st.sampled_from((("welfare", "北"), ("welfare", "南"))), max_size=1),
)


@given(queries, st.lists(items, max_size=4))
def test_facets_are_what_every_choice_would_find(query: Query, found: list[Item]) -> None:
    """The quick count and the plain one are the same, the order of the lists included."""
    counted = facets(query, found, VOCABULARY)
    assert counted == plain_facets(query, found)
    codes = list(VOCABULARY.codes("menu"))
    assert list(counted.menu) == sorted(counted.menu, key=codes.index)


def test_stages_are_the_steps_that_an_opening_has() -> None:
    """Who wants to begin with a trial finds what begins with a visit, and the other way not."""
    later = an_opening(first_stage=Stage.PARTICIPATION, last_stage=Stage.ROLE)
    item = Item(ITEM.resource, openings=(later,))
    assert found(item, stage=Stage.ROLE)
    assert not found(item, stage=Stage.VISIT)
    assert found(stage=Stage.TRIAL)
