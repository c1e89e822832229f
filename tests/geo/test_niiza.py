"""The real towns of 新座市 and 戸田市 against their 圏域."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from geo.districts import assign_districts
from geo.schema import check_points
from geo.towns import TownIndex
from tests.geo.cities import real_outline, real_towns

WELFARE_DISTRICTS = {
    "北部第一": ["東北", "東", "野火止五丁目から八丁目まで"],
    "北部第二": ["中野", "大和田", "新座", "北野"],
    "南部": ["石神", "栗原", "堀ノ内"],
    "東部第二": ["畑中", "馬場", "栄", "新塚"],
    "東部第一": ["野寺", "片山", "池田", "道場"],
    "西部": ["新堀", "西堀", "本多", "あたご", "菅沢", "野火止一丁目から四丁目まで"],
}


@pytest.fixture(scope="module")
def niiza(shared: Path) -> TownIndex:
    return real_towns(shared, "新座市")


def test_all_82_towns_lie_in_exactly_one_district(niiza: TownIndex) -> None:
    membership = assign_districts(WELFARE_DISTRICTS, niiza)
    assert len(niiza) == 82
    assert membership.is_complete
    assert membership.repeated == ()
    assert set(membership.district_of) == set(niiza.position)


def test_each_district_has_the_towns_that_a_plain_reading_gives(niiza: TownIndex) -> None:
    bare = {"東北": "北部第一", "東": "北部第一"} | {
        name: district
        for district, names in WELFARE_DISTRICTS.items()
        for name in names
        if "丁目" not in name
    }
    expected = {}
    for town in niiza:
        name, chome = town.name, ""
        if town.name.endswith("丁目"):
            name, chome = town.name[:-3], town.name[-3]
        if name == "野火止":
            expected[town.id] = "北部第一" if chome in "五六七八" else "西部"
        else:
            expected[town.id] = bare[name]
    membership = assign_districts(WELFARE_DISTRICTS, niiza)
    assert dict(membership.district_of) == expected
    assert Counter(expected.values())["北部第一"] == 2 + 3 + 4


def test_every_town_point_lies_in_its_city(niiza: TownIndex, shared: Path) -> None:
    outline = real_outline(shared, "新座市")
    checked = check_points(niiza.points[:, 0], niiza.points[:, 1], outline)
    assert not (checked.swapped | checked.impossible | checked.outside).any()


def test_towns_of_the_other_city_lie_outside(niiza: TownIndex, shared: Path) -> None:
    toda = real_towns(shared, "戸田市")
    checked = check_points(toda.points[:, 0], toda.points[:, 1], real_outline(shared, "新座市"))
    known = ~np.isnan(toda.points[:, 0])
    np.testing.assert_array_equal(checked.outside, known)
    assert (~known).sum() == 3


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("埼玉県新座市野火止一丁目1番1号", "野火止一丁目"),
        ("新座市堀之内3-1-1", "堀ノ内三丁目"),
        ("新座市東北２－３６－１１", "東北二丁目"),
    ],
)
def test_an_address_leads_to_its_town(niiza: TownIndex, address: str, name: str) -> None:
    town = niiza.find_in_address(address).town
    assert town is not None
    assert town.name == name


def test_toda_keeps_oaza_apart_from_the_town_of_its_name(shared: Path) -> None:
    toda = real_towns(shared, "戸田市")
    assert len(toda) == 64
    assert [town.name for town in toda.find("大字上戸田").towns] == ["大字上戸田"]
    assert [town.name for town in toda.find("新曾南1丁目").towns] == ["新曽南一丁目"]
    assert len(toda.find_covered("上戸田").towns) == 6
