"""Where a resource serves: invariants and JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.errors import CatalogError
from catalog.service_area import (
    MOST_NESTED,
    AnyOf,
    Except,
    InDistrict,
    Online,
    Outreach,
    Polygon,
    Radius,
    ServiceArea,
    Towns,
    TravelTime,
    WholeCity,
    from_json,
    to_json,
)

# A triangle and the heads of other shapes, little and big endian: order, type, count …
TRIANGLE = bytes.fromhex("01030000000100000004000000") + bytes(64)

names = st.text(min_size=1, max_size=4)
lats, lons = st.floats(-90, 90), st.floats(-180, 180)
lengths = st.floats(0, 1e6, exclude_min=True)
simple: st.SearchStrategy[ServiceArea] = st.one_of(
    st.just(WholeCity()),
    st.just(Online()),
    st.just(Outreach()),
    st.just(Polygon(TRIANGLE)),
    st.builds(Towns, st.frozensets(names, min_size=1, max_size=3)),
    st.builds(InDistrict, names, names),
    st.builds(Radius, lats, lons, lengths),
    st.builds(TravelTime, lats, lons, names, lengths),
)
areas: st.SearchStrategy[ServiceArea] = st.recursive(
    simple,
    lambda inner: (
        st.builds(Except, inner, inner)
        | st.builds(AnyOf, st.lists(inner, min_size=1, max_size=3).map(tuple))
    ),
    max_leaves=6,
)


def depth(area: ServiceArea) -> int:
    """Return how deep an area is nested."""
    match area:
        case Except(base, minus):
            return 1 + max(depth(base), depth(minus))
        case AnyOf(parts):
            return 1 + max(map(depth, parts))
        case _:
            return 1


@given(areas)
def test_every_area_survives_json(area: ServiceArea) -> None:
    """Writing to text and reading back changes nothing; too deep ones are refused."""
    data = json.loads(json.dumps(to_json(area)))
    if depth(area) <= MOST_NESTED:
        assert from_json(data) == area
    else:
        with pytest.raises(CatalogError, match="nested deeper"):
            from_json(data)


def test_json_is_plain_to_read() -> None:
    """The form that files and the API show."""
    area = Except(WholeCity(), AnyOf((Towns(frozenset({"b", "a"})), InDistrict("tier2", "北部"))))
    assert to_json(area) == {
        "kind": "except",
        "base": {"kind": "whole_city"},
        "minus": {
            "kind": "any_of",
            "parts": [
                {"kind": "towns", "towns": ["a", "b"]},
                {"kind": "in_district", "layer": "tier2", "name": "北部"},
            ],
        },
    }


@pytest.mark.parametrize(
    "build",
    [
        lambda: Towns(frozenset()),
        lambda: InDistrict("", "北部"),
        lambda: InDistrict("tier2", ""),
        lambda: Radius(91, 139, 500),
        lambda: Radius(35, 181, 500),
        lambda: Radius(float("nan"), 139, 500),
        lambda: Radius(35, 139, 0),
        lambda: Radius(35, 139, float("inf")),
        lambda: TravelTime(35, 139, "", 15),
        lambda: TravelTime(35, 139, "walk", -1),
        lambda: AnyOf(()),
    ],
)
def test_impossible_areas_are_refused(build: Callable[[], ServiceArea]) -> None:
    """An area that serves nobody, or lies nowhere, is a mistake."""
    with pytest.raises(CatalogError) as caught:
        build()
    assert caught.value.code == "area_value"
    assert str(caught.value)


@pytest.mark.parametrize(
    ("wkb", "accepted"),
    [
        (TRIANGLE, True),
        (bytes.fromhex("000000000600000001"), True),
        (bytes.fromhex("0101000000") + bytes(16), False),
        (bytes.fromhex("0203000000") + bytes(16), False),
        (b"\x01\x03", False),
        (b"", False),
    ],
)
def test_a_shape_is_a_polygon_or_several(wkb: bytes, accepted: bool) -> None:
    """Points, lines and other bytes are no area."""
    if accepted:
        assert Polygon(wkb).wkb == wkb
    else:
        with pytest.raises(CatalogError, match="polygon"):
            Polygon(wkb)


@pytest.mark.parametrize(
    ("data", "code", "word"),
    [
        (None, "area_kind", "None"),
        ([], "area_kind", "None"),
        ({"kind": 3}, "area_kind", "3"),
        ({"kind": ["towns"]}, "area_kind", "towns"),
        ({"kind": "hole_city"}, "area_kind", "whole_city"),
        ({"kind": "towns"}, "area_keys", "towns"),
        ({"kind": "online", "more": 1}, "area_keys", "more"),
        ({"kind": "towns", "towns": "a"}, "area_value", "towns"),
        ({"kind": "towns", "towns": [1]}, "area_value", "towns"),
        ({"kind": "in_district", "layer": 1, "name": "北部"}, "area_value", "layer"),
        ({"kind": "polygon", "wkb": "xyz"}, "area_value", "wkb"),
        ({"kind": "polygon", "wkb": "01"}, "area_polygon", "01"),
        ({"kind": "radius", "lat": "35", "lon": 139, "metres": 1}, "area_value", "lat"),
        ({"kind": "radius", "lat": 35, "lon": True, "metres": 1}, "area_value", "lon"),
        ({"kind": "any_of", "parts": {}}, "area_value", "parts"),
        ({"kind": "any_of", "parts": [{"kind": "no"}]}, "area_kind", "no"),
        ({"kind": "except", "base": {"kind": "online"}, "minus": 1}, "area_kind", "None"),
    ],
)
def test_json_that_is_no_area_says_why(data: Any, code: str, word: str) -> None:
    """Unknown kinds name the nearest known one; wrong keys and values are named."""
    with pytest.raises(CatalogError) as caught:
        from_json(data)
    assert caught.value.code == code
    assert word in str(caught.value)


def test_a_deeply_nested_area_is_refused_before_it_hurts() -> None:
    """A hostile file cannot exhaust the stack."""
    data: dict[str, Any] = {"kind": "online"}
    for _ in range(500):
        data = {"kind": "any_of", "parts": [data]}
    with pytest.raises(CatalogError, match="nested deeper"):
        from_json(data)
