"""The ground of the maps: everything that is known of the city, and nothing of anybody."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path

import shapely

from api.city_map import (
    _areas,
    city_features,
    collection,
    line_feature,
    point_feature,
    served_features,
)
from api.wiring import Wiring
from catalog.audit import AuditEvent
from catalog.service_area import InDistrict, Online, WholeCity
from tests.office import Clock, prepare
from tests.sample_office import sample_office

TODAY = date(2026, 11, 12)


def test_the_sample_city_is_drawn_whole(tmp_path: Path) -> None:
    """Every 圏域 has its line and its name, every town its hairline and its name."""
    wiring = Wiring(sample_office(tmp_path), Clock())
    features = city_features(wiring, TODAY, {"北部": "14人中 13人"})
    counts = Counter(
        (each["properties"]["kind"], each["properties"].get("of", "")) for each in features
    )
    assert counts["outline", ""] == 1
    assert counts["district", ""] == counts["label", "district"] == 6
    assert counts["town", ""] == counts["label", "town"] == 80
    assert counts["river", ""] == counts["railway", ""] == 1
    assert counts["station", ""] >= 2
    notes = {
        each["properties"]["name"]: each["properties"].get("note")
        for each in features
        if each["properties"].get("of") == "district"
    }
    assert notes["北部"] == "14人中 13人"
    assert notes["南台"] is None
    assert len(json.dumps(collection(features), ensure_ascii=False)) < 60_000
    wiring.close()


def test_the_ground_is_thinned_out_once_and_drawn_anew_when_it_changes(tmp_path: Path) -> None:
    """The notes of a page are its own; an outline that was imported is seen at once."""
    wiring = Wiring(sample_office(tmp_path), Clock())
    before = city_features(wiring, TODAY, {"北部": "14人中 13人"})
    made = _areas.cache_info().misses
    again = city_features(wiring, TODAY)
    assert _areas.cache_info().misses == made
    without_notes = [
        {**each, "properties": {**each["properties"], "note": None}} for each in before
    ]
    assert without_notes == [
        {**each, "properties": {**each["properties"], "note": None}} for each in again
    ]
    event = AuditEvent("outline_saved", "system", "municipality", wiring.city.code, Clock().now)
    wiring.ground.save_outline(shapely.to_wkb(shapely.box(139.5, 35.7, 139.6, 35.8)), event)
    changed = city_features(wiring, TODAY)
    (old,), (new,) = (
        [each for each in features if each["properties"]["kind"] == "outline"]
        for features in (again, changed)
    )
    assert old != new
    assert [each for each in changed if each is not new] == [e for e in again if e is not old]
    wiring.close()


def test_a_city_without_shapes_has_an_empty_map(tmp_path: Path) -> None:
    """Before boundaries and towns are imported there is nothing to draw, and no error."""
    wiring = Wiring(prepare(tmp_path), Clock())
    assert city_features(wiring, TODAY) == []
    wiring.close()


def test_whom_a_place_serves_is_drawn(tmp_path: Path) -> None:
    """A part of the city is an area; the whole city and what is online need no drawing."""
    wiring = Wiring(sample_office(tmp_path), Clock())
    (area,) = served_features(wiring, InDistrict("community_welfare", "北部"), TODAY)
    assert area["properties"]["kind"] == "served"
    assert area["geometry"]["type"] in ("Polygon", "MultiPolygon")
    assert served_features(wiring, WholeCity(), TODAY) == []
    assert served_features(wiring, Online(), TODAY) == []
    wiring.close()


def test_points_are_written_longitude_first() -> None:
    """As GeoJSON wants it, whatever people say first."""
    feature = point_feature("place", 35.8, 139.5, name="つばめ町サロン", note="")
    assert feature["geometry"] == {"type": "Point", "coordinates": [139.5, 35.8]}
    assert feature["properties"]["name"] == "つばめ町サロン"
    line = line_feature("way", ((35.8, 139.5), (35.9, 139.6)))
    assert line["geometry"]["coordinates"] == [[139.5, 35.8], [139.6, 35.9]]
