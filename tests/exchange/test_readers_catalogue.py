"""Resources and openings are read from clean and from dirty lists, every doubt told."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import pytest

from catalog.municipality import Municipality
from catalog.opening import OpeningStatus, Preference, Stage
from catalog.organisation import Organisation
from catalog.resource import Resource
from catalog.schedule import ClosedPeriod
from catalog.service_area import AnyOf, InDistrict, ServiceArea, Towns, WholeCity
from exchange.city import City
from exchange.readers import openings, resources, towns
from exchange.readers.openings import Known, OpeningRow
from exchange.readers.resources import ResourceRow, source_of
from exchange.rows import Reading
from exchange.sources import tables_of
from geo.towns import TownIndex, town_id
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

TAKAMATSU = {
    "children_club_list_0093.xlsx": 46,
    "childrens_hall_data.xlsx": 8,
    "citizen_activity_facility_data.xlsx": 4,
    "community_center_data.xlsx": 52,
    "disabled_welfare_facility_data.xlsx": 8,
    "elderly_welfare_center_data.xlsx": 2,
    "elderly_welfare_facility_data.csv": 47,
    "elderly_welfare_facility_data.xlsx": 47,
    "events_data.xlsx": 51,
    "library_data.xlsx": 5,
    "nursery_school_data.xlsx": 118,
    "other_child_care_support_facility_data.xlsx": 2,
}


@pytest.fixture(scope="module")
def takamatsu(shared: Path) -> City:
    """Make 高松市 with the 235 towns of its population workbook and no outline."""
    settings = Municipality("372013", "高松市", "たかまつし", 4)
    path = shared / "data" / "takamatsu" / "population_0066_202602.xlsx"
    (table,) = tables_of(path, towns.COLUMNS)
    read = towns.read_towns(table, City(settings, TownIndex([]), TODAY)).values
    return City(settings, TownIndex([each.value for each in read], ("高松市",)), TODAY)


def test_every_workbook_of_takamatsu_is_covered(shared: Path) -> None:
    files = {path.name for path in (shared / "data" / "takamatsu").iterdir()}
    assert files == {*TAKAMATSU, "population_0066_202602.xlsx"}


@pytest.mark.parametrize(("name", "rows"), TAKAMATSU.items())
def test_the_facility_lists_of_takamatsu(
    takamatsu: City, shared: Path, name: str, rows: int
) -> None:
    """Every row is in the report and none is lost; names and kinds are sensible."""
    tables = tables_of(shared / "data" / "takamatsu" / name, resources.COLUMNS)
    readings = [resources.read_resources(table, takamatsu) for table in tables]
    assert all(is_complete(reading) for reading in readings)
    assert sum(reading.report.rows for reading in readings) == rows
    read = [each.value.resource for reading in readings for each in reading.values]
    assert len(read) == rows
    assert "other" not in {each.kind for each in read}
    placed = [each for each in read if each.town_id or each.lat]
    doubtful = {e.row for r in readings for e in r.report.unresolved if e.column in PLACES}
    assert len(read) - len(placed) <= len(doubtful)
    if "children_club" not in name:
        assert len(placed) >= 0.9 * len(read)


PLACES = {"住所", "address", "latitude", "緯度"}


def test_addresses_of_takamatsu_find_their_towns(takamatsu: City, shared: Path) -> None:
    here = takamatsu
    path = shared / "data" / "takamatsu" / "community_center_data.xlsx"
    (table,) = tables_of(path, resources.COLUMNS)
    read = {each.value.resource.name: each.value.resource for each in
            resources.read_resources(table, here).values}  # fmt: skip
    with_town = [each for each in read.values() if each.town_id]
    assert len(with_town) >= 50
    known = {town.name: town.id for town in here.towns}
    assert read["高松市日新コミュニティセンター"].town_id == known["瀬戸内町"]
    assert read["高松市四番丁コミュニティセンター"].town_id == known["番町２丁目"]


def test_the_clubs_without_a_place_are_told(takamatsu: City, shared: Path) -> None:
    here = takamatsu
    path = shared / "data" / "takamatsu" / "children_club_list_0093.xlsx"
    (table,) = tables_of(path, resources.COLUMNS)
    reading = resources.read_resources(table, here)
    assert len(reading.report.unresolved) == 46
    assert "どこにあるか分かりません" in reading.report.unresolved[0].why
    last = reading.values[-1].value.resource
    assert "\n" in last.phone  # two numbers in one cell stay readable
    assert last.kind == "learning_place"


def test_words_in_a_number_go_to_the_note_and_are_told(takamatsu: City, shared: Path) -> None:
    here = takamatsu
    path = shared / "data" / "takamatsu" / "elderly_welfare_center_data.xlsx"
    (table,) = tables_of(path, resources.COLUMNS)
    reading = resources.read_resources(table, here)
    first = reading.values[0].value.resource
    assert first.capacity is None
    assert "大会議室：120名" in first.note
    assert [(row, column, after) for row, column, _, after in repaired(reading)] == [
        (2, "capacity", "")
    ]
    assert first.hours.startswith("09:00〜17:00\n12月29日から")


def test_the_nurseries_of_chiba_in_cp932(shared: Path) -> None:
    here = City(Municipality("121002", "千葉市", "ちばし", 9), TownIndex([]), TODAY)
    (table,) = tables_of(shared / "data" / "chiba" / "nurseryData.csv", resources.COLUMNS)
    reading = resources.read_resources(table, here)
    assert is_complete(reading)
    assert (reading.report.encoding, reading.report.rows) == ("cp932", 232)
    by_name = {read.value.resource.name: read.value for read in reading.values}
    first = by_name["亥鼻保育所"]
    assert first.resource.lat == pytest.approx(35.6026995)
    assert first.resource.lon == pytest.approx(140.1148839, abs=0.2)
    assert first.organisation is not None
    assert first.organisation.name == "千葉市"
    assert first.organisation.kind == "city_office"
    assert first.resource.organisation_id == first.organisation.id
    assert "<br>" in first.resource.note  # kept as written; pages escape it


# ------------------------------------------------------------------ places of our own
def read(folder: Path, text: str, at: City | None = None) -> Reading[ResourceRow]:
    here = at or city()
    return read_csv(
        folder, text, resources.COLUMNS, lambda table: resources.read_resources(table, here)
    )


def test_a_place_is_found_by_town_by_address_and_by_point(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        "名称,町名,住所,緯度,経度\n"
        "あ,本町１丁目,,,\n"
        "い,,埼玉県新座市本町二丁目3-4,,\n"
        "う,,新座市東3番地,,\n"
        "え,,,35.79,139.56\n"
        "お,,新座市新塚1-2-3,35.795,139.56\n"
        "か,西町,,,\n"
        "き,,新座市西町1-1,,\n"
        "く,,,,\n"
        "け,,新座市東1-1,36.5,139.9\n",
    )
    assert is_complete(reading)
    found = {each.value.resource.name: each.value.resource for each in reading.values}
    assert found["あ"].town_id == town_id(CODE, "本町一丁目")
    assert found["い"].town_id == town_id(CODE, "本町二丁目")
    assert found["う"].town_id == town_id(CODE, "東")
    assert (found["え"].town_id, found["え"].location_accuracy) == (None, "point")
    assert found["お"].town_id == town_id(CODE, "新塚一丁目")  # the nearer of 新塚 and 新塚一丁目
    assert unresolved(reading) == [
        (7, "町名", "西町"),
        (8, "住所", "新座市西町1-1"),
        (9, "住所", ""),
        (10, "緯度", "36.5, 139.9"),
    ]
    assert found["け"].town_id == town_id(CODE, "東")
    assert len(found) == 9


def test_swapped_half_and_impossible_points(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        "名称,緯度,経度\nあ,139.56,35.79\nい,35.79,\nう,0,0\nえ,999,999\nお,35.79度,139.56\n",
    )
    assert is_complete(reading)
    assert repaired(reading) == [(2, "緯度", "139.56", "35.79"), (2, "経度", "35.79", "139.56")]
    assert rejected(reading) == [(3, "経度"), (4, "緯度"), (5, "緯度"), (6, "緯度")]


def test_a_second_use_of_an_id_or_of_a_name_at_one_address(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        "ID,名称,住所,町名,曜日\n1,あ,一,東,月\n1,い,二,東,月\n,う,三,東,月\n,う,三,東,月\n"
        ",う,四,東,月\n2,う,三,東,月\n,う,三,東,火\n",
    )
    assert rejected(reading) == [(3, "ID"), (5, "名称")]
    assert [each.row for each in reading.values] == [2, 4, 6, 7, 8]
    assert "2行目" in reading.report.rejected[0].why


def test_codes_accessibility_area_and_dates_of_a_place(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        "名称,町名,種別,バリアフリー情報,授乳室の有無,運営形態,公開範囲,対象地域,最終確認日,電話番号,所管課\n"
        "あ,東,通いの場,車椅子可;筆談,有,委託,支援機関,本町一丁目から二丁目まで,R8.3.1,488881111,福祉課\n"
        "い,東,たまり場,空飛ぶじゅうたん,無,半官半民,全世界,火星,45748,048-888-1111,\n",
    )
    (one,) = reading.values
    place = one.value.resource
    assert place.kind == "kayoinoba"
    assert place.accessibility == {"wheelchair_access", "written_communication", "nursing_room"}
    assert (place.operation_form, place.visibility, place.section) == (
        "contracted", "agencies", "福祉課",
    )  # fmt: skip
    assert place.service_area == Towns(
        frozenset({town_id(CODE, "本町一丁目"), town_id(CODE, "本町二丁目")})
    )
    assert place.last_confirmed_on == date(2026, 3, 1)
    assert place.phone == "0488881111"
    assert rejected(reading) == [(3, "公開範囲")]
    assert {column for _, column, _ in unresolved(reading)} == {
        "種別", "運営形態", "対象地域", "バリアフリー情報",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("written", "area", "told"),
    [
        ("", WholeCity(), []),
        ("市内全域", WholeCity(), []),
        ("北部", InDistrict("community_welfare", "北部"), []),
        ("東", Towns(frozenset({town_id(CODE, "東")})), []),
        (
            "北部、東",
            AnyOf((
                InDistrict("community_welfare", "北部"), Towns(frozenset({town_id(CODE, "東")})),
            )),
            [],
        ),
        ("火星", Towns(frozenset({"火星"})), ["火星"]),
    ],
)  # fmt: skip
def test_whom_a_place_serves(
    tmp_path: Path, written: str, area: ServiceArea, told: list[str]
) -> None:
    """圏域, towns or all; a name that nobody knows serves nobody until it is put right."""
    reading = read(tmp_path, f'名称,町名,活動範囲\nあ,東,"{written}"\n')
    (one,) = reading.values
    assert one.value.resource.service_area == area
    assert [value for _, _, value in unresolved(reading)] == told


def test_an_unknown_code_stays_as_written_and_the_place_goes_in(tmp_path: Path) -> None:
    """What has it takes no part in matching until the list knows it."""
    reading = read(tmp_path, "名称,町名,バリアフリー情報\nあ,東,空飛ぶじゅうたん\n")
    (one,) = reading.values
    assert one.value.resource.accessibility == {"空飛ぶじゅうたん"}
    assert one.value.resource.service_area == WholeCity()
    assert unresolved(reading) == [(2, "バリアフリー情報", "空飛ぶじゅうたん")]


def test_the_name_of_a_data_set_is_that_of_its_file() -> None:
    assert source_of("data (1).xlsx") == source_of("data .xlsx") == "data"
    assert source_of("population_0066_202602.xlsx") == "population_0066"


# ------------------------------------------------------------------ openings
PLACE = Resource("r1", "つばめの会", "", "salon", organisation_id="o1")
ALONE = Resource("r2", "ひばり畑", "", "farm", external_id="F-7")
TWINS = (Resource("r3", "ふたご", "", "salon"), Resource("r4", "ふたご", "", "salon"))
HOST = Organisation("o1", "新座市社会福祉協議会", "", "social_welfare_council")
KNOWN = Known((PLACE, ALONE, *TWINS), (HOST,))


def offers(folder: Path, text: str) -> Reading[OpeningRow]:
    here = city()
    return read_csv(
        folder,
        text,
        openings.COLUMNS,
        lambda table: openings.read_openings(table, here, KNOWN),
    )


def test_from_when_to_when_may_stand_in_one_column(tmp_path: Path) -> None:
    """And what is settled with each person has no schedule, its words kept."""
    reading = offers(
        tmp_path,
        "枠の名前,場所,定員（人）,曜日,時間\nあ,つばめの会,5,毎週水,10時〜正午\n"
        "い,つばめの会,5,随時,10:00〜15:00\nう,つばめの会,5,,応相談\nえ,つばめの会,5,毎週水,朝\n",
    )
    assert rejected(reading) == [(5, "時間")]
    one, two, three = (read.value.opening for read in reading.values)
    assert one.schedule is not None
    assert (one.schedule.starts_at, one.schedule.ends_at) == (time(10), time(12))
    assert (two.schedule, two.description) == (None, "随時 10:00〜15:00")
    assert (three.schedule, three.description) == (None, "")


def test_a_full_opening(tmp_path: Path) -> None:
    reading = offers(
        tmp_path,
        "枠の番号,枠の名前,場所,すること,かかわり方,役割,定員,いまの人数,状態,はじめの段階,進める段階,"
        "曜日,始まる時刻,終わる時刻,祝日は休み,休みの期間,年齢の下限,年齢の上限,性別の限定,親子,分野,"
        "配慮,にぎやかさ,人の多さ,通い方,参加費,応援金,保険,確認書,受け入れ開始日,受け入れ終了日\n"
        'W-1,お茶の席,つばめの会,"お茶・おしゃべり、体操・運動",居場所,参加者,5人,2,受付中,見学,参加,'
        '第1・3月曜,午前10時,12:00,有,年末年始,40,64,女性のみ,どちらも,"高齢、障がい",'
        "静かな場所、少人数,静か,2,送迎なし,無料,500円,ボランティア活動保険,不要,R8.4.1,2027-03-31\n".replace(
            "静かな場所、少人数", '"静かな場所、少人数"'
        ).replace("送迎なし", "受け入れ先の送迎"),
    )
    assert reading.report.rejected == reading.report.unresolved == ()
    (one,) = reading.values
    opening = one.value.opening
    assert (opening.resource_id, opening.host_id, one.value.new_host) == ("r1", "o1", None)
    assert opening.menu == ("tea_chat", "exercise")
    assert (opening.form, opening.role, opening.capacity, opening.taken) == (
        "ibasho", "participant", 5, 2,
    )  # fmt: skip
    assert opening.status is OpeningStatus.OPEN
    assert (opening.first_stage, opening.last_stage) == (Stage.VISIT, Stage.PARTICIPATION)
    schedule = opening.schedule
    assert schedule is not None
    assert schedule.recurrence.code == "13Mo"
    assert (schedule.starts_at, schedule.ends_at) == (time(10), time(12))
    assert schedule.closed_on_holidays
    assert schedule.closed == (ClosedPeriod("12-29", "01-03", "年末年始"),)
    welcome = opening.welcome
    assert (welcome.min_age, welcome.max_age, welcome.sex) == (40, 64, "female")
    assert welcome.fields == {"elderly", "disability"}
    assert opening.accommodations == {"quiet_place", "small_group"}
    assert (opening.noise, opening.crowd, opening.transport) == (1, 2, ("pickup_by_host",))
    assert (opening.cost_yen, opening.stipend_yen, opening.insurance) == (0, 500, "volunteer")
    assert (opening.starts_on, opening.ends_on) == (date(2026, 4, 1), date(2027, 3, 31))


GLAD = (
    "枠の名前,場所,定員,こういう方だとうれしい,うれしい年齢の下限,うれしい年齢の上限,うれしい段階,"
    "好きだとうれしいこと,来られるとうれしい曜日\n"
)


def test_whom_a_host_would_be_glad_of(tmp_path: Path) -> None:
    reading = offers(
        tmp_path,
        GLAD + "a,つばめの会,2,土が好きな方,60,80,見学、参加,お茶・おしゃべり,月・水\n"
        "b,つばめの会,2,,,,,,\n",
    )
    assert reading.report.rejected == reading.report.unresolved == ()
    glad, silent = (each.value.opening.preference for each in reading.values)
    assert glad == Preference(
        min_age=60,
        max_age=80,
        stages=frozenset({Stage.VISIT, Stage.PARTICIPATION}),
        menu=frozenset({"tea_chat"}),
        weekdays=frozenset({0, 2}),
        words="土が好きな方",
    )
    assert silent is None


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        (",80,60,,,", "うれしい年齢の上限"),
        (",,,見物,,", "うれしい段階"),
        (",,,,,いつでも", "来られるとうれしい曜日"),
    ],
)
def test_impossible_wishes_of_a_host_are_rejected(tmp_path: Path, cells: str, column: str) -> None:
    (rejected,) = offers(tmp_path, f"{GLAD}a,つばめの会,2,{cells}\n").report.rejected
    assert rejected.column == column


@pytest.mark.parametrize(
    ("row", "column", "told"),
    [
        ("a,つばめの会,0,,,,,,,", "定員", "1以上"),
        ("a,つばめの会,-2,,,,,,,", "定員", "1以上"),
        ("a,つばめの会,可,,,,,,,", "定員", "数として読めません"),
        ("a,つばめの会,,,,,,,,", "定員", "空です"),
        (",つばめの会,1,,,,,,,", "枠の名前", "空です"),
        ("a,,1,,,,,,,", "場所", "空です"),
        ("a,つばめ,1,,,,,,,", "場所", "「つばめの会」のことですか"),
        ("a,ふたご,1,,,,,,,", "場所", "2つ以上"),
        ("a,つばめの会,1,9Mo,10:00,12:00,,,,", "繰り返し", "9"),
        ("a,つばめの会,1,0Xx,10:00,12:00,,,,", "繰り返し", "Xx"),
        ("a,つばめの会,1,7Su,10:00,12:00,,,,", "隔週の起点日", "7Su"),
        ("a,つばめの会,1,7Su,10:00,12:00,2026-04-06,,,", "隔週の起点日", "7Su"),
        ("a,つばめの会,1,0We,12:00,10:00,,,,", "終わる時刻", "10:00"),
        ("a,つばめの会,1,0We,10:00,10:00,,,,", "終わる時刻", "10:00"),
        ("a,つばめの会,1,0We,10:00,,,,,", "終わる時刻", "時刻がありません"),
        ("a,つばめの会,1,,10:00,12:00,,,,", "繰り返し", "「毎週水」のように"),
        ("a,つばめの会,1,0We,朝,12:00,,,,", "始まる時刻", "時刻として読めません"),
        ("a,つばめの会,1,,,,,2026-04-01,2026-03-31,", "受け入れ終了日", "より前です"),
        ("a,つばめの会,1,,,,,2026-02-30,,", "受け入れ開始日", "日付として読めません"),
        ("a,つばめの会,1,,,,,,,3", "いまの人数", "超えています"),
        ("a,つばめの会,1,,,,,,,-1", "いまの人数", "0 以上"),
    ],
)
def test_impossible_openings_are_rejected_with_the_cell(
    tmp_path: Path, row: str, column: str, told: str
) -> None:
    head = (
        "枠の名前,場所,定員,繰り返し,始まる時刻,終わる時刻,隔週の起点日,受け入れ開始日,"
        "受け入れ終了日,いまの人数"
    )
    reading = offers(tmp_path, f"{head}\n{row}\nb,F-7,2,0We,10:00,12:00,,,,\n")
    assert is_complete(reading)
    assert [each.row for each in reading.values] == [3]
    assert [row for row, _ in rejected(reading)] == [2]
    assert reading.report.rejected[0].column == column
    assert told in reading.report.rejected[0].why


@pytest.mark.parametrize(
    ("head", "cells", "column"),
    [
        ("曜日,繰り返し,時間", ",,10:00〜12:00", "曜日"),
        ("開催曜日,開始時刻,終了時刻", ",10:00,12:00", "開催曜日"),
        ("繰り返し,始まる時刻,終わる時刻", ",,12:00", "繰り返し"),
        ("始まる時刻,終わる時刻", "10:00,12:00", "始まる時刻"),
        ("時間", "10:00〜12:00", "時間"),
    ],
)
def test_a_time_without_a_weekday_is_told_at_a_column_that_is_there(
    tmp_path: Path, head: str, cells: str, column: str
) -> None:
    reading = offers(tmp_path, f"枠の名前,場所,定員,{head}\na,つばめの会,1,{cells}\n")
    assert rejected(reading) == [(2, column)]
    assert "「曜日」か「繰り返し」の列に" in reading.report.rejected[0].why


def test_a_row_with_more_cells_than_headers_is_rejected_once(tmp_path: Path) -> None:
    reading = offers(tmp_path, "枠の名前,場所,定員\na,つばめの会,1,2\nb,つばめの会,1,,\n")
    assert rejected(reading) == [(2, "見出しより右")]
    assert reading.report.rejected[0].value == "2"
    assert [each.value.opening.name for each in reading.values] == ["b"]


def test_everything_wrong_with_a_row_is_told_at_once(tmp_path: Path) -> None:
    reading = offers(tmp_path, "枠の名前,場所,定員,曜日,年齢の下限\n,どこか,0,そのうち,200\n")
    assert {column for _, column in rejected(reading)} == {
        "枠の名前", "場所", "定員", "曜日", "年齢の下限",
    }  # fmt: skip
    assert reading.report.imported == 0


def test_a_number_used_twice_and_a_name_used_twice_at_one_place(tmp_path: Path) -> None:
    reading = offers(
        tmp_path,
        "枠の番号,枠の名前,場所,定員\n1,a,つばめの会,1\n1,b,つばめの会,1\n,c,つばめの会,1\n"
        ",c,つばめの会,1\n,c,F-7,1\n",
    )
    assert rejected(reading) == [(3, "枠の番号"), (5, "枠の名前")]


def test_hosts_as_named_of_the_place_or_the_place_itself(tmp_path: Path) -> None:
    reading = offers(
        tmp_path,
        "枠の名前,場所,受け入れ先,定員\na,つばめの会,,1\nb,ひばり畑,,1\nc,ひばり畑,NPO法人ひばり,1\n"
        "d,ひばり畑,NPO法人 ひばり,1\ne,ひばり畑,新座市社会福祉協議会,1\n",
    )
    hosts = {read.value.opening.name: read.value for read in reading.values}
    assert hosts["a"].opening.host_id == hosts["e"].opening.host_id == "o1"
    farm, group = hosts["b"].new_host, hosts["c"].new_host
    assert farm is not None
    assert group is not None
    assert (farm.name, group.name, group.kind) == ("ひばり畑", "NPO法人ひばり", "nonprofit")
    assert hosts["d"].opening.host_id == group.id


def test_unknown_menus_stay_as_written_and_ids_stay_the_same(tmp_path: Path) -> None:
    text = "枠の番号,枠の名前,場所,定員,すること\nW-1,a,つばめの会,1,うどん作り\n"
    first, second = offers(tmp_path, text), offers(tmp_path, text)
    (one,), (again,) = first.values, second.values
    assert one.value.opening.menu == ("うどん作り",)
    assert unresolved(first) == [(2, "すること", "うどん作り")]
    assert one.value.opening.id == again.value.opening.id
    assert len(one.value.opening.id) == 22


def test_days_off_in_words_go_to_the_description(tmp_path: Path) -> None:
    reading = offers(tmp_path, "枠の名前,場所,定員,休みの期間,説明\na,つばめの会,1,雨の日,畑です\n")
    (one,) = reading.values
    assert one.value.opening.description == "畑です\n休みの期間: 雨の日"
    assert repaired(reading) == [(2, "休みの期間", "雨の日", "")]
