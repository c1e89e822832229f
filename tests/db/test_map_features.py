"""Rivers and railways come back as they were kept."""

from __future__ import annotations

import shapely

from db.map_features import MapFeature, SqlMapFeatureStore
from db.session import Database
from tests.db.examples import CODE, an_event, kinds_of_events

RIVER = MapFeature(
    "river-1", "river", "ゆずり川", shapely.LineString([(139.5, 35.8), (139.6, 35.9)]).wkb
)


def test_features_replace_those_of_before(city: Database) -> None:
    store = SqlMapFeatureStore(city, CODE)
    store.replace_features([RIVER], an_event("map_features_saved"))
    assert store.features() == [RIVER]
    railway = MapFeature("railway-1", "railway", "つなぎ線", RIVER.shape)
    store.replace_features([railway], an_event("map_features_saved"))
    assert store.features() == [railway]
    assert kinds_of_events(city).count("map_features_saved") == 2
