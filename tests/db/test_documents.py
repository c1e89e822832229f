"""Values survive the way into a document and back, whatever they hold."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.need import Need, Wish
from catalog.municipality import (
    Agency,
    Municipality,
    Places,
    PlacesByForm,
    PlacesByLayer,
    Target,
)
from catalog.opening import Opening, Welcome
from catalog.schedule import Band
from db.documents import from_document, to_document
from exchange.municipality import load_municipality
from tests.catalog.examples import a_schedule, an_opening


def through_json(kind: type, value: object) -> object:
    return from_document(kind, json.loads(json.dumps(to_document(value), allow_nan=False)))


@pytest.mark.parametrize("city", ["sample", "niiza", "toda"])
def test_the_settings_of_a_city_survive(city: str) -> None:
    settings = load_municipality(city)
    assert through_json(Municipality, settings) == settings


@pytest.mark.parametrize(
    "places",
    [None, 3, "市内全域", PlacesByForm((("direct", 2),)), PlacesByLayer((("第1層", 1),))],
)
def test_every_kind_of_places_survives(places: Places) -> None:
    agency = Agency("相談支援", "センター", "elderly", places, forms=("direct",))
    read = through_json(Agency, agency)
    assert read == agency
    assert isinstance(read, Agency)
    assert type(read.places) is type(places)


def test_years_stay_numbers_and_dates_stay_dates() -> None:
    target = Target("通いの場", "箇所", {2026: 44, 2027: "設置"}, baseline=40.5)
    assert through_json(Target, target) == target
    city = replace(
        load_municipality("sample"), policy={"from": date(2026, 4, 1), "a": [1, {"b": 2}]}
    )
    assert through_json(Municipality, city) == city


def test_times_of_day_stay_times() -> None:
    opening = an_opening(schedule=a_schedule(starts_at=time(9, 30), anchor_on=date(2026, 4, 1)))
    assert through_json(Opening, opening) == opening


@dataclass(frozen=True)
class Odd:
    """What the product's values do not hold yet."""

    at: datetime | None = None
    colour: Band | None = None
    pair: tuple[int, str] = (0, "")


def test_optional_members_and_instants_survive() -> None:
    odd = Odd(datetime(2026, 4, 1, 9, tzinfo=UTC), Band.EVENING, (1, "x"))
    read = through_json(Odd, odd)
    assert read == odd
    assert isinstance(read, Odd)
    assert isinstance(read.colour, Band)


def test_a_missing_field_takes_its_default() -> None:
    assert from_document(Welcome, {"is": "Welcome", "min_age": 18}) == Welcome(min_age=18)


def test_what_has_no_document_is_refused() -> None:
    with pytest.raises(TypeError, match="no document for"):
        to_document(Path())


needs = st.builds(
    Need,
    participant_id=st.text(min_size=1),
    kind=st.text(),
    goal=st.text(),
    wishes=st.lists(
        st.builds(Wish, menu=st.text(), strength=st.integers(1, 5)), unique_by=lambda w: w.menu
    ).map(tuple),
    avoid_menu=st.just(frozenset[str]()),
    dislike_menu=st.frozensets(st.text()),
    available=st.frozensets(st.tuples(st.integers(0, 6), st.sampled_from(Band))),
    max_minutes=st.none() | st.integers(1, 500),
    avoid_districts=st.frozensets(st.tuples(st.text(), st.text())),
    until_on=st.none() | st.dates(),
)


@given(needs)
def test_every_need_survives(need: Need) -> None:
    assert through_json(Need, need) == need


@given(st.frozensets(st.tuples(st.integers(0, 6), st.sampled_from(Band))))
def test_equal_values_give_equal_documents(slots: frozenset[tuple[int, Band]]) -> None:
    shuffled = frozenset(sorted(slots, reverse=True))
    assert json.dumps(to_document(slots)) == json.dumps(to_document(shuffled))
