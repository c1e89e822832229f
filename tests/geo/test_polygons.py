from __future__ import annotations

import json

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from geo.errors import GeoError
from geo.polygons import (
    clean_polygon,
    dissolve,
    feature_collection,
    locate,
    polygon_from_wkb,
    simplify_for_map,
)

SQUARE = shapely.box(139.0, 35.0, 139.2, 35.2)
WEST = shapely.box(139.0, 35.0, 139.1, 35.2)
EAST = shapely.box(139.1, 35.0, 139.2, 35.2)


class TestCleaning:
    def test_a_good_polygon_stays_as_it_is(self) -> None:
        clean = clean_polygon(SQUARE)
        assert clean.repairs == ()
        assert clean.wkb == shapely.to_wkb(SQUARE)

    def test_a_bow_tie_becomes_two_triangles_and_is_noted(self) -> None:
        bow_tie = shapely.Polygon([(139, 35), (139.2, 35.2), (139.2, 35), (139, 35.2)])
        clean = clean_polygon(bow_tie)
        assert clean.repairs == ("self_crossing",)
        assert clean.polygon.is_valid
        assert clean.polygon.area == pytest.approx(SQUARE.area / 2)

    def test_swapped_axes_are_put_right_and_noted(self) -> None:
        swapped = shapely.box(35.0, 139.0, 35.2, 139.2)
        clean = clean_polygon(swapped)
        assert clean.repairs == ("swapped_axes",)
        assert clean.polygon.equals(SQUARE)

    def test_a_collection_is_one_area_of_its_polygons(self) -> None:
        nested = shapely.GeometryCollection(
            [
                WEST,
                shapely.Point(139, 35),
                shapely.GeometryCollection([shapely.MultiPolygon([EAST])]),
            ]
        )
        clean = clean_polygon(nested)
        assert clean.repairs == ()
        assert clean.polygon.equals(SQUARE)

    def test_heights_are_dropped(self) -> None:
        high = shapely.force_3d(SQUARE, z=12.0)
        assert not clean_polygon(high).polygon.has_z

    @pytest.mark.parametrize(
        ("geometry", "fault"),
        [
            (None, "empty_polygon"),
            (shapely.Polygon(), "empty_polygon"),
            (shapely.GeometryCollection(), "empty_polygon"),
            (shapely.Polygon([(139, 35), (139.1, 35.1), (139, 35)]), "empty_polygon"),
            (shapely.Point(139, 35), "not_a_polygon"),
            (shapely.LineString([(139, 35), (139, 36)]), "not_a_polygon"),
            (shapely.box(0, 0, 1, 1), "impossible_coordinate"),
            (shapely.box(13900, 3500, 13901, 3501), "impossible_coordinate"),
            (shapely.Polygon([(139, 35), (np.inf, 35), (139, 36)]), "impossible_coordinate"),
        ],
    )
    def test_what_is_no_area_in_japan_is_refused(
        self, geometry: BaseGeometry | None, fault: str
    ) -> None:
        with pytest.raises(GeoError, match=fault):
            clean_polygon(geometry)

    def test_stored_polygons_are_read_back(self) -> None:
        assert polygon_from_wkb(clean_polygon(SQUARE).wkb).equals(SQUARE)

    @pytest.mark.parametrize(
        ("wkb", "fault"),
        [
            (b"not a shape", "not_a_polygon"),
            (b"", "not_a_polygon"),
            (shapely.to_wkb(shapely.Point(139, 35)), "not_a_polygon"),
            (shapely.to_wkb(shapely.Polygon()), "empty_polygon"),
        ],
    )
    def test_bytes_that_are_no_polygon_are_refused(self, wkb: bytes, fault: str) -> None:
        with pytest.raises(GeoError, match=fault):
            polygon_from_wkb(wkb)


class TestLocating:
    def test_each_point_is_in_its_polygon_and_the_first_wins_on_an_edge(self) -> None:
        points = [(35.1, 139.05), (35.1, 139.15), (35.1, 139.1), (36.0, 139.1), (np.nan, np.nan)]
        assert locate(points, [WEST, EAST]).tolist() == [0, 1, 0, -1, -1]
        assert locate(points, [EAST, WEST]).tolist() == [1, 0, 0, -1, -1]

    def test_nothing_is_found_among_no_polygons(self) -> None:
        assert locate([(35.1, 139.05)], []).tolist() == [-1]
        assert locate([], [WEST]).tolist() == []

    @given(
        st.lists(
            st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(1, 4), st.integers(1, 4)),
            max_size=5,
        ),
        st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=8),
    )
    def test_it_equals_asking_every_polygon(
        self, boxes: list[tuple[int, int, int, int]], points: list[tuple[int, int]]
    ) -> None:
        polygons = [shapely.box(x, y, x + w, y + h) for x, y, w, h in boxes]
        expected = [
            next((i for i, p in enumerate(polygons) if p.intersects(shapely.Point(lon, lat))), -1)
            for lat, lon in points
        ]
        assert locate(points, polygons).tolist() == expected


class TestDrawing:
    def test_polygons_of_one_label_are_joined(self) -> None:
        joined = dissolve(["a", "b", "a"], [WEST, shapely.box(140, 35, 141, 36), EAST])
        assert list(joined) == ["a", "b"]
        assert joined["a"].equals(SQUARE)

    def test_thinned_neighbours_still_touch_without_gap_or_overlap(self) -> None:
        wave = [(139.1 + 0.00002 * (at % 2), 35.0 + 0.002 * at) for at in range(101)]
        west = shapely.Polygon([(139.0, 35.2), (139.0, 35.0), *wave])
        east = shapely.Polygon([(139.2, 35.2), (139.2, 35.0), *wave])
        thin_west, thin_east = simplify_for_map([west, east], tolerance_m=30.0)
        assert shapely.get_num_coordinates(thin_west) < shapely.get_num_coordinates(west) / 3
        assert thin_west.intersection(thin_east).area == 0
        assert thin_west.union(thin_east).area == pytest.approx(west.union(east).area, rel=1e-4)

    def test_geojson_is_rounded_turned_right_and_plain(self) -> None:
        clockwise = shapely.Polygon(
            [(139.00000012, 35.0), (139.0, 35.2), (139.2, 35.2), (139.2, 35.0)]
        )
        text = json.dumps(feature_collection([clockwise], [{"name": "北"}], ["a"]))
        feature = json.loads(text)["features"][0]
        assert (feature["id"], feature["properties"]) == ("a", {"name": "北"})
        ring = feature["geometry"]["coordinates"][0]
        assert [139.0, 35.0] in ring
        assert shapely.LinearRing(ring).is_ccw
