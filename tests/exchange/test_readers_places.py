"""Towns, 圏域, population and boundaries are read with every doubt told."""

from __future__ import annotations

import json
import zipfile
from datetime import date
from pathlib import Path

import pytest
import shapely

from catalog.municipality import Municipality
from exchange.city import City
from exchange.errors import ExchangeError
from exchange.geographic import read_layer
from exchange.municipality import load_municipality
from exchange.readers import districts, population, towns
from exchange.readers.boundaries import read_boundaries, read_shapes
from exchange.rows import MOST_QUESTIONS, Reading
from exchange.sources import tables_of
from exchange.tabular import LABEL_ROW, TOTAL_ROW
from geo.towns import Town, TownIndex, town_id
from tests.exchange.cities import (
    CODE,
    TODAY,
    city,
    is_complete,
    read_csv,
    rejected,
    repaired,
    unresolved,
)


def empty_city(name: str = "niiza") -> City:
    return City(load_municipality(name), TownIndex([]), TODAY)


def read_towns(folder: Path, text: str, at: City | None = None) -> Reading[Town]:
    here = at or city(())
    return read_csv(folder, text, towns.COLUMNS, lambda table: towns.read_towns(table, here))


def test_the_82_towns_of_niiza_and_no_other(shared: Path) -> None:
    """戸田市's 64 rows are skipped with the reason; codes get their check digit."""
    (table,) = tables_of(shared / "data" / "towns_niiza_toda.csv", towns.COLUMNS)
    reading = towns.read_towns(table, empty_city())
    report = reading.report
    assert (report.rows, report.imported, len(report.skipped)) == (82, 82, 64)
    assert {skip.why for skip in report.skipped} == {"ほかの市区町村の行（戸田市）"}
    assert report.rejected == report.unresolved == ()
    assert {(each.before, each.after) for each in report.repaired} == {("11230", "112305")}
    assert len(report.repaired) == 82
    assert report.unknown_columns == ("single_households", "in_boundary")
    assert reading.values[0].value == Town(
        town_id("112305", "あたご一丁目"), "あたご一丁目", "112305", 35.787944, 139.547549
    )
    assert len({read.value.id for read in reading.values}) == 82


def test_towns_of_toda_without_a_point_are_told(shared: Path) -> None:
    (table,) = tables_of(shared / "data" / "towns_niiza_toda.csv", towns.COLUMNS)
    reading = towns.read_towns(table, empty_city("toda"))
    assert reading.report.imported == 64
    assert [each.value for each in reading.report.unresolved] == ["", "", ""]
    assert "美女木北一丁目" in reading.report.unresolved[0].why
    assert {skip.why for skip in reading.report.skipped} == {"ほかの市区町村の行（新座市）"}


def test_bad_towns_are_told_row_by_row(tmp_path: Path) -> None:
    text = (
        "市区町村コード,町名,緯度,経度,人口\n"
        f'{CODE},本町一丁目,35.79,139.56,"1,200 "\n'
        f"{CODE},,35.79,139.56,5\n"
        f"{CODE},本町１丁目,35.79,139.56,5\n"
        f"{CODE},東,139.56,35.79,5\n"
        f"{CODE},西,999,139.56,5\n"
        f"{CODE},北,36.5,139.56,-5\n"
        f"{CODE},南,36.5,139.56,可\n"
        "112306,中,35.79,139.56,5\n"
    )
    reading = read_towns(tmp_path, text)
    assert is_complete(reading)
    assert rejected(reading) == [
        (3, "町名"), (4, "町名"), (6, "緯度"), (7, "人口"), (8, "人口"), (9, "市区町村コード"),
    ]  # fmt: skip
    assert repaired(reading) == [(5, "緯度", "139.56", "35.79"), (5, "経度", "35.79", "139.56")]
    assert unresolved(reading) == [(7, "緯度", "36.5, 139.56"), (8, "緯度", "36.5, 139.56")]
    assert [read.value.people for read in reading.values] == [1200, 5]
    assert "2行目" in reading.report.rejected[1].why


def test_a_list_of_another_ground_is_read_without_asking_after_every_word(tmp_path: Path) -> None:
    """Looking for the nearest town takes longer than all else, so it ends after some."""
    here = city()
    rows = "".join(f"本町{number},1\n" for number in range(MOST_QUESTIONS + 1))
    reading = read_csv(
        tmp_path,
        "町名,総人口\n" + rows,
        population.COLUMNS,
        lambda table: population.read_population(table, here),
    )
    *first, last = reading.report.unresolved
    assert all("本町" in finding.why.split("登録")[1] for finding in first)
    assert last.why.endswith("新しく足しました。")


def test_half_a_point_and_letters_for_one_are_told_once(tmp_path: Path) -> None:
    reading = read_towns(tmp_path, "町名,緯度,経度\n東,35.79,\n西,北,139.56\n")
    assert rejected(reading) == [(2, "経度"), (3, "緯度")]
    assert unresolved(reading) == []


def test_towns_from_geojson_points_are_numbered_as_features(tmp_path: Path) -> None:
    def point(name: str | None, lon: float, lat: float) -> dict[str, object]:
        return {
            "type": "Feature",
            "properties": {"町名": name, "市区町村コード": 11230},
            "geometry": {"type": "Point", "coordinates": [lon, lat]},
        }

    path = tmp_path / "towns.geojson"
    features = [point("東", 139.56, 35.79), point(None, 139.56, 35.79)]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    (table,) = tables_of(path, towns.COLUMNS)
    reading = towns.read_towns(table, city(()))
    assert [(read.row, read.value.lat) for read in reading.values] == [(1, 35.79)]
    assert rejected(reading) == [(2, "町名")]


# ------------------------------------------------------------------ 圏域
def test_districts_one_row_each_or_one_row_for_each_town(tmp_path: Path) -> None:
    here = city()
    for text in (
        "圏域,町名\n北部,本町一丁目から二丁目まで\n南部,東、東北一丁目\n",
        "圏域名,町丁目名\n北部,本町一丁目\n北部,本町２丁目\n南部,東\n南部,東北１丁目\n",
    ):
        reading = read_csv(
            tmp_path, text, districts.COLUMNS, lambda table: districts.read_districts(table, here)
        )
        assert is_complete(reading)
        assert reading.report.unresolved == ()
        layer = districts.layer_of("daily_life", "日常生活圏域", reading.values)
        assert [each.name for each in layer.districts] == ["北部", "南部"]
        assert len(layer.districts[0].towns) in (1, 2)


def test_unknown_and_doubled_towns_of_districts_are_unresolved(tmp_path: Path) -> None:
    text = (
        "圏域,町名,適用開始日,適用終了日\n"
        "北部,本町一丁目、東町,R8.4.1,\n"
        "南部,本町一丁目,R8.4.1,\n"
        ",東,,\n"
        "西部,,,\n"
        "東部,東,2026-04-01,2025-04-01\n"
    )
    here = city()
    reading = read_csv(
        tmp_path, text, districts.COLUMNS, lambda table: districts.read_districts(table, here)
    )
    assert is_complete(reading)
    assert unresolved(reading) == [(2, "町名", "東町"), (3, "町名", "本町一丁目")]
    assert rejected(reading) == [(4, "圏域"), (5, "町名"), (6, "適用終了日")]
    layer = districts.layer_of("x", "X", reading.values)
    assert layer.valid_from == date(2026, 4, 1)


# ------------------------------------------------------------------ 境界
def collection(*features: tuple[dict[str, object], object]) -> dict[str, object]:
    return {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": about, "geometry": shape} for about, shape in features
        ],
    }


def square(west: float, south: float, swapped: bool = False) -> dict[str, object]:
    ring = [(west, south), (west + 0.01, south), (west + 0.01, south + 0.01), (west, south)]
    return {
        "type": "Polygon",
        "coordinates": [[[y, x] if swapped else [x, y] for x, y in ring]],
    }


def written(folder: Path, data: object, name: str = "map.geojson") -> Path:
    path = folder / name
    path.write_text(json.dumps(data, ensure_ascii=False), "utf-8")
    return path


def test_the_outlines_of_both_cities(shared: Path) -> None:
    path = shared / "data" / "city_boundaries_niiza_toda.geojson"
    reading = read_boundaries(read_shapes(path), "outline", empty_city())
    (read,) = reading.values
    assert read.row == 1
    assert [(s.row, s.why) for s in reading.report.skipped] == [(2, "ほかの市区町村の行（戸田市）")]
    assert shapely.from_wkb(read.value.wkb).contains(shapely.Point(139.5653, 35.7936))


def test_the_stand_in_polygons_find_their_towns(shared: Path) -> None:
    (table,) = tables_of(shared / "data" / "towns_niiza_toda.csv", towns.COLUMNS)
    read = towns.read_towns(table, empty_city()).values
    niiza = load_municipality("niiza")
    here = City(niiza, TownIndex([each.value for each in read], ("新座市",)), TODAY)
    path = shared / "data" / "towns_voronoi_niiza_toda.geojson"
    reading = read_boundaries(read_shapes(path), "towns", here)
    assert reading.report.imported == 82
    assert reading.report.unresolved == ()
    assert {each.value.key for each in reading.values} == {each.value.id for each in read}


@pytest.mark.parametrize(
    ("written", "rows"),
    [("新座市", 1), ("埼玉県新座市", 1), ("新座市東区", 1), ("戸田市", 0), ("埼玉県戸田市", 0)],
)
def test_a_city_is_known_by_its_name_where_there_is_no_code(
    tmp_path: Path, written: str, rows: int
) -> None:
    reading = read_towns(tmp_path, f"市区町村名,町名,緯度,経度\n{written},東,35.79,139.56\n")
    assert reading.report.rows == rows


def test_school_districts_of_another_city_are_all_skipped(shared: Path) -> None:
    """A32_001 holds a ward's code of 札幌市, five digits."""
    path = shared / "data" / "sapporo" / "middle_school_districts.geojson"
    reading = read_boundaries(read_shapes(path), "school", empty_city())
    assert (reading.report.rows, len(reading.report.skipped)) == (0, 98)
    sapporo = City(
        Municipality("011037", "札幌市東区", "さっぽろしひがしく", 12), TownIndex([]), TODAY
    )
    own = read_boundaries(read_shapes(path), "school", sapporo)
    assert own.report.rows > 5
    assert len(own.report.unresolved) == own.report.rows  # no such layer in the settings
    whole = City(Municipality("011002", "札幌市", "さっぽろし", 12), TownIndex([]), TODAY)
    assert read_boundaries(read_shapes(path), "school", whole).report.rows == 98


def test_a_shapefile_without_index_and_code_page(shared: Path) -> None:
    """P14 of 千葉県 has neither .shx nor .prj nor .cpg; its points are no boundaries."""
    here = City(Municipality("121002", "千葉市", "ちばし", 9), TownIndex([]), TODAY)
    path = shared / "data" / "chiba" / "P14_12.shp"
    reading = read_boundaries(read_shapes(path), "outline", here)
    assert reading.report.rows == 3632
    assert reading.report.imported == 0
    assert reading.report.encoding == "cp932"
    assert read_layer(path).features[0].properties["P14_002"] == "千葉市若葉区"


@pytest.mark.parametrize("name", ["map.gpkg", "map.zip"])
def test_geopackage_and_zipped_shapefile(tmp_path: Path, name: str) -> None:
    import geopandas

    frame = geopandas.GeoDataFrame(
        {"名称": ["北部", "南部"]},
        geometry=[
            shapely.box(139.55, 35.79, 139.56, 35.80),
            shapely.box(139.56, 35.79, 139.57, 35.80),
        ],
        crs=6668,
    )
    path = tmp_path / name
    if name.endswith(".gpkg"):
        frame.to_file(path)
    else:
        frame.to_file(tmp_path / "map.shp", encoding="cp932")
        with zipfile.ZipFile(path, "w") as archive:
            for part in tmp_path.glob("map.*"):
                if part.suffix in {".shp", ".shx", ".dbf", ".prj"}:
                    archive.write(part, part.name)
    reading = read_boundaries(read_shapes(path), "community_welfare", city())
    assert [read.value.key for read in reading.values] == ["北部", "南部"]
    assert is_complete(reading)


@pytest.mark.parametrize("outside", ["Polygon", "GeometryCollection", "Feature"])
def test_a_bare_geometry_is_one_row(tmp_path: Path, outside: str) -> None:
    shape = square(139.55, 35.79)
    whole: dict[str, object] = shape
    if outside == "GeometryCollection":
        whole = {"type": outside, "geometries": [shape, square(139.56, 35.80)]}
    if outside == "Feature":
        whole = {"type": outside, "properties": None, "geometry": shape}
    reading = read_boundaries(read_shapes(written(tmp_path, whole)), "outline", city())
    assert [(read.row, read.value.key) for read in reading.values] == [(1, "")]
    assert is_complete(reading)


def test_bad_shapes_are_rejected_and_mendable_ones_mended(tmp_path: Path) -> None:
    bow_tie = {
        "type": "Polygon",
        "coordinates": [
            [[139.5, 35.7], [139.6, 35.8], [139.6, 35.7], [139.5, 35.8], [139.5, 35.7]]
        ],
    }
    data = collection(
        ({"名称": "北部"}, square(139.55, 35.79)),
        ({"名称": "南部"}, square(139.55, 35.79, swapped=True)),
        ({"名称": "北部"}, bow_tie),
        ({"名称": "北部"}, {"type": "Polygon", "coordinates": []}),
        ({"名称": "北部"}, {"type": "Polygon", "coordinates": [[["a", "b"]]]}),
        ({"名称": "北部"}, None),
        ({"名称": "北部"}, {"type": "Point", "coordinates": [139.5, 35.7]}),
        ({"名称": "北部"}, square(10.0, 50.0)),
        ({"名称": "東部"}, square(139.55, 35.79)),
        ({"名称": ""}, square(139.55, 35.79)),
    )
    reading = read_boundaries(read_shapes(written(tmp_path, data)), "community_welfare", city())
    assert is_complete(reading)
    assert [each.row for each in reading.report.rejected] == [4, 5, 6, 7, 8, 10]
    assert unresolved(reading) == [(9, "名称", "東部")]
    assert [(each.row, each.why[:8]) for each in reading.report.repaired] == [
        (2, "緯度と経度が入れ"), (3, "自分と交わる形だ"),
    ]  # fmt: skip
    keys = [(read.row, read.value.key) for read in reading.values]
    assert keys == [(1, "北部"), (2, "南部"), (3, "北部"), (9, "")]


def test_a_map_in_metres_is_brought_to_degrees(tmp_path: Path) -> None:
    """A plane rectangular zone (EPSG:6677) named in the older `crs` member."""
    data = collection(({"名称": "北部"}, {
        "type": "Polygon",
        "coordinates": [[[-24000, -22000], [-23000, -22000], [-23000, -21000], [-24000, -22000]]],
    }))  # fmt: skip
    data["crs"] = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::6677"}}
    reading = read_boundaries(read_shapes(written(tmp_path, data)), "community_welfare", city())
    (read,) = reading.values
    lon, lat = shapely.from_wkb(read.value.wkb).centroid.coords[0]
    assert (round(lon, 1), round(lat, 1)) == (139.6, 35.8)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ('{"type": "FeatureCollection"', "file_broken"),
        ('{"type": "FeatureCollection", "features": 3}', "geojson_wrong"),
        ('{"type": "FeatureCollection", "features": [3]}', "geojson_wrong"),
        ('{"type": "Point", "coordinates": [NaN, 1]}', "file_broken"),
        ('{"a":' * 100_000, "file_broken"),
        ("", "file_empty"),
    ],
)
def test_broken_geojson_is_one_clear_error(tmp_path: Path, content: str, code: str) -> None:
    path = tmp_path / "map.geojson"
    path.write_text(content, "utf-8")
    with pytest.raises(ExchangeError) as caught:
        read_boundaries(read_shapes(path), "outline", city())
    assert caught.value.code == code


# ------------------------------------------------------------------ 人口
def test_the_population_of_takamatsu_adds_up(shared: Path) -> None:
    """235 towns, 418,129 people (the published total), by sex and 18 bands of five years."""
    path = shared / "data" / "takamatsu" / "population_0066_202602.xlsx"
    taka = Municipality("372013", "高松市", "たかまつし", 4)
    (table,) = tables_of(path, towns.COLUMNS)
    known = towns.read_towns(table, City(taka, TownIndex([]), TODAY))
    here = City(taka, TownIndex([read.value for read in known.values], ("高松市",)), TODAY)
    (table,) = tables_of(path, population.COLUMNS)
    reading = population.read_population(table, here)
    assert is_complete(reading)
    assert (reading.report.imported, reading.report.unresolved) == (235, ())
    assert sum(read.value.people or 0 for read in reading.values) == 418_129
    first = reading.values[0].value
    assert len(first.bands) == 36
    assert {(band.from_age, band.to_age) for band in first.bands} >= {(0, 4), (85, None)}
    for read in reading.values:
        assert sum(band.people for band in read.value.bands) == read.value.people


def test_population_in_the_national_shape_with_labels_totals_and_hidden_numbers(
    tmp_path: Path,
) -> None:
    text = (
        "市区町村コード,地域名,総人口,0-4歳の男性,0-4歳の女性,85歳以上の男性,年齢不詳の男性\n"
        "コード,地域名,総人口,0-4歳の男性,0-4歳の女性,85歳以上の男性,年齢不詳の男性\n"
        '11230,本町一丁目,"4,315 ",10,X,3,1\n'
        "11230,総数,5000,10,11,3,1\n"
        "11224,本町,1,1,1,1,1\n"
        "11230,西町,7,1,1,1,0\n"
        "11230,本町1丁目,7,1,1,1,0\n"
        "11230,東,-7,1,可,1,0\n"
    )
    here = city()
    reading = read_csv(
        tmp_path, text, population.COLUMNS, lambda table: population.read_population(table, here)
    )
    assert is_complete(reading)
    assert [(s.row, s.why) for s in reading.report.skipped] == [
        (2, LABEL_ROW), (4, TOTAL_ROW), (5, "ほかの市区町村の行（112241）"),
    ]  # fmt: skip
    first = reading.values[0].value
    assert first.people == 4315
    assert [(b.sex, b.from_age, b.to_age, b.people) for b in first.bands] == [
        ("male", 0, 4, 10), ("male", 85, None, 3),
    ]  # fmt: skip
    assert unresolved(reading) == [(3, "0歳からの女性", "X"), (6, "地域名", "西町")]
    assert {row for row, _ in rejected(reading)} == {7, 8}
