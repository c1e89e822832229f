from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest
import shapely

from geo.districts import assign_districts, dissolve_districts, layers_on
from geo.errors import GeoError
from tests.geo.cities import city, names_of

TOWNS = city("北一丁目", "北二丁目", "南", "西", "東")


@dataclass(frozen=True, slots=True)
class Layer:
    key: str
    valid_from: date | None = None
    valid_to: date | None = None


class TestLayersOnADay:
    OLD = Layer("welfare", None, date(2022, 3, 31))
    NEW = Layer("welfare", date(2022, 4, 1), None)
    OTHER = Layer("school")

    @pytest.mark.parametrize(
        ("day", "holding"),
        [
            (date(2022, 3, 31), {"welfare": OLD, "school": OTHER}),
            (date(2022, 4, 1), {"welfare": NEW, "school": OTHER}),
        ],
    )
    def test_first_and_last_day_count(self, day: date, holding: dict[str, Layer]) -> None:
        assert layers_on([self.OLD, self.NEW, self.OTHER], day) == holding

    def test_no_version_holds_before_the_first(self) -> None:
        assert layers_on([self.NEW], date(2022, 3, 31)) == {}

    def test_two_versions_on_one_day_are_refused(self) -> None:
        with pytest.raises(GeoError, match="overlapping_layers") as caught:
            layers_on([self.NEW, Layer("welfare")], date(2022, 4, 1))
        assert caught.value.params == {"layer": "welfare", "on": "2022-04-01"}


class TestMembership:
    def test_every_town_in_one_district_is_complete(self) -> None:
        membership = assign_districts({"上": ["北"], "下": ["南・西", "東"]}, TOWNS)
        assert membership.is_complete
        districts = [membership.district_of[town.id] for town in TOWNS]
        assert districts == ["上", "上", "下", "下", "下"]
        assert membership.members("下", TOWNS).tolist() == [False, False, True, True, True]

    def test_a_town_of_two_districts_belongs_to_none_and_is_reported(self) -> None:
        membership = assign_districts({"上": ["北", "南"], "下": ["南", "西", "東"]}, TOWNS)
        assert [(TOWNS[id_].name, names) for id_, names in membership.doubled.items()] == [
            ("南", ("上", "下"))
        ]
        assert TOWNS.find("南").towns[0].id not in membership.district_of
        assert membership.uncovered == ()
        assert not membership.is_complete

    def test_towns_of_no_district_are_reported(self) -> None:
        membership = assign_districts({"上": ["北一丁目"]}, TOWNS)
        assert names_of(TOWNS, membership.uncovered) == ["北二丁目", "南", "西", "東"]
        assert not membership.is_complete

    def test_unknown_names_are_reported_with_their_district(self) -> None:
        membership = assign_districts({"上": ["北", "月見台"], "下": ["南・西・東"]}, TOWNS)
        assert membership.unmatched == (("上", "月見台"),)
        assert not membership.is_complete

    def test_ambiguous_and_repeated_and_partial_names_are_reported(self) -> None:
        index = city("中央", "西", "東", 中央=("団地",), 西=("団地",))
        membership = assign_districts({"上": ["団地", "東（一部）", "東"]}, index)
        assert membership.ambiguous == (("上", "団地", tuple(t.id for t in index.towns[:2])),)
        assert membership.repeated == (("上", index.towns[2].id),)
        assert names_of(index, membership.partial) == ["東"]


def test_district_polygons_are_the_union_of_their_towns() -> None:
    north1, north2, south, west, _ = TOWNS
    squares = {
        north1.id: shapely.box(139.0, 35.1, 139.1, 35.2),
        north2.id: shapely.box(139.1, 35.1, 139.2, 35.2),
        south.id: shapely.box(139.0, 35.0, 139.2, 35.1),
    }
    district_of = {north1.id: "上", north2.id: "上", south.id: "下", west.id: "下"}
    drawn = dissolve_districts(district_of, squares)
    assert list(drawn.polygons) == ["上", "下"]
    assert drawn.polygons["上"].equals(shapely.box(139.0, 35.1, 139.2, 35.2))
    assert drawn.without_polygon == (west.id,)
