"""The settings of the supplied cities say what their plans say, and files of others are checked."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from catalog.municipality import Municipality, PlacesByForm, PlacesByLayer
from exchange.errors import ExchangeError
from exchange.messages import in_japanese
from exchange.municipality import SUPPLIED, load_municipality, read_municipality
from tests.exchange.plans import differences, squeeze, tables

LEAST = 'code = "372013"\nname = "高松市"\nkana = "たかまつし"\nplane_zone = 4\n'


def plan_of(shared: Path, city: str) -> str:
    return (shared / "seeds" / f"{city}_plan.txt").read_text("utf-8")


@pytest.mark.parametrize(("city", "count"), [("niiza", 13), ("toda", 8)])
def test_every_table_of_the_plan_is_in_the_settings(shared: Path, city: str, count: int) -> None:
    """Agencies, counts, forms, sections, targets, members, rhythms and periods, cell by cell."""
    settings = load_municipality(city)
    plan = plan_of(shared, city)
    found = list(tables(plan, [function.name for function in settings.functions]))
    assert len(found) == count
    assert differences(plan, settings) == []


@pytest.mark.parametrize(("city", "count"), [("niiza", 20), ("toda", 14)])
def test_one_altered_number_is_seen(shared: Path, city: str, count: int) -> None:
    """Each number of the settings that a table holds is really compared."""
    settings = load_municipality(city)
    plan = plan_of(shared, city)
    altered = [*altered_places(settings), *altered_targets(settings)]
    assert len(altered) == count
    assert all(differences(plan, each) for each in altered)


def altered_places(city: Municipality) -> list[Municipality]:
    """Give the city once for each number of places, that number one higher."""
    cities = []
    for at, agency in enumerate(city.agencies):
        places = agency.places
        changed: list[int | PlacesByForm | PlacesByLayer] = []
        if isinstance(places, int):
            changed = [places + 1]
        elif isinstance(places, PlacesByForm | PlacesByLayer):
            for part, (name, count) in enumerate(places.counts):
                counts = list(places.counts)
                counts[part] = (name, count + 1)
                changed.append(replace(places, counts=tuple(counts)))
        for each in changed:
            agencies = list(city.agencies)
            agencies[at] = replace(agency, places=each)
            cities.append(replace(city, agencies=tuple(agencies)))
    return cities


def altered_targets(city: Municipality) -> list[Municipality]:
    """Give the city once for each number of a target, that number one higher."""
    cities = []
    for at, target in enumerate(city.targets):
        for year, value in target.values.items():
            if isinstance(value, int):
                targets = list(city.targets)
                targets[at] = replace(target, values={**target.values, year: value + 1})
                cities.append(replace(city, targets=tuple(targets)))
    return cities


def test_an_altered_form_section_and_milestone_are_seen(shared: Path) -> None:
    settings = load_municipality("niiza")
    plan = plan_of(shared, "niiza")
    first, *rest = settings.agencies
    milestone = settings.targets[-1]
    assert differences(plan, replace(settings, agencies=(replace(first, forms=("direct",)), *rest)))
    assert differences(plan, replace(settings, agencies=(replace(first, sections=()), *rest)))
    later = replace(milestone, values={**milestone.values, 2027: "構築"})
    assert differences(plan, replace(settings, targets=(*settings.targets[:-1], later)))


def test_the_places_of_the_desks_are_those_of_the_plan(shared: Path) -> None:
    """新座市: the four bases of 福祉の窓口; 戸田市: 福祉総合相談窓口 of the liaison table."""
    plan = squeeze(plan_of(shared, "niiza"))
    named = re.search(r"において運営する(.+?)のほか、(.+?)、(.+?)及び(.+?)において、社協職員", plan)
    assert named
    windows = {window.name: window for window in load_municipality("niiza").windows}
    assert windows["福祉の窓口"].places == named.groups()
    assert windows["福祉相談室"].places == ("福祉政策課",)
    assert "福祉政策課(福祉相談室)" in plan
    (toda,) = load_municipality("toda").windows
    liaison = plan_of(shared, "toda")
    assert re.search(rf"{toda.places[0]}\t[^\n]*{toda.name}", liaison)


def test_the_plan_holds_from_april_2026_to_march_2028(shared: Path) -> None:
    for city in ("niiza", "toda"):
        period = load_municipality(city).plan
        assert period
        years = re.search(
            r"令和(\d+)年度から令和(\d+)年度(?:まで)?の2年間", squeeze(plan_of(shared, city))
        )
        assert years
        assert (period.starts_on.year, period.ends_on.year) == tuple(
            2018 + int(year) + more for year, more in zip(years.groups(), (0, 1), strict=True)
        )
        assert squeeze(period.successor)[:3] in squeeze(plan_of(shared, city))


def test_the_confidential_meeting_stands_on_article_106_6(shared: Path) -> None:
    """支援会議 is ruled by 社会福祉法106条の6; 戸田市's draft names 106条の4 by mistake."""
    for city in SUPPLIED:
        meetings = {meeting.kind: meeting for meeting in load_municipality(city).meetings}
        assert meetings["confidential"].basis == "社会福祉法第106条の6"
        assert not meetings["confidential"].consent_required
        assert meetings["coordination"].consent_required
        assert meetings["confidential"].personal_data
    assert "社会福祉法第106条の6の規定による支援会議" in squeeze(plan_of(shared, "niiza"))
    assert "支援会議は法第106条の4の規定に基づく" in squeeze(plan_of(shared, "toda"))


def test_the_six_districts_of_niiza_name_every_town_once(shared: Path) -> None:
    """Each of the 82 towns of the public list begins with the name of just one 圏域's town."""
    layer = load_municipality("niiza").districts[0]
    assert [district.name for district in layer.districts] == [
        "北部第一", "北部第二", "西部", "南部", "東部第一", "東部第二"
    ]  # fmt: skip
    assert sum(district.centre_count or 0 for district in layer.districts) == 2  # 西部 alone known
    names = [re.sub(r"[一二三四五六七八]丁目.*$", "", t) for d in layer.districts for t in d.towns]
    lines = (shared / "data" / "towns_niiza_toda.csv").read_text("utf-8").splitlines()
    towns = {line.split(",")[2] for line in lines if line.startswith("11230")}
    bare = {re.sub(r"[一二三四五六七八]丁目$", "", town) for town in towns}
    assert len(towns) == 82
    assert sorted(bare | {"野火止"}) == sorted(set(names))
    assert sorted(names) == sorted([*bare, "野火止"])  # twice: the ranges 1-4 and 5-8


def test_the_sample_city_has_the_counts_that_the_sample_is_made_with() -> None:
    city = load_municipality("sample")
    counts = {agency.name: agency.places for agency in city.agencies}
    assert counts["地域介護予防活動支援事業（通いの場）"] == 44
    assert counts["地域子育て支援拠点事業"] == PlacesByForm((("contracted", 7), ("direct", 4)))
    assert counts["地域活動支援センター事業"] == 3
    assert counts["共助の地域づくり事業"] == 5
    assert counts["高齢者相談センター"] == 8
    (layer,) = city.districts
    assert [d.name for d in layer.districts] == ["北部", "川岸", "中央", "西原", "東部", "南台"]
    assert sum(district.centre_count or 0 for district in layer.districts) == 8


def test_the_least_file_is_enough_also_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "takamatsu.toml"
    path.write_bytes(b"\xef\xbb\xbf" + LEAST.encode())
    city = load_municipality(str(path))
    assert (city.code, city.name, city.plane_zone) == ("372013", "高松市", 4)
    assert [city.districts, city.agencies, city.meetings] == [(), (), ()]


@pytest.mark.parametrize(
    ("more", "code", "told"),
    [
        ('plane_zome = 4\n', "settings_unknown_key", {"key": "plane_zome", "near": "plane_zone"}),
        ('[[agencies]]\nname="a"\nfield="高齢"\nplases=3\n', "settings_unknown_key",
         {"key": "plases", "near": "places", "where": "x.toml [[agencies]] 1"}),
        ('[[agencies]]\nname="a"\nfield="高令"\n', "settings_unknown_code",
         {"value": "高令", "near": "高齢"}),
        ('[[agencies]]\nname="a"\nfield="高齢"\nplaces=-1\n', "settings_wrong_type",
         {"key": "places"}),
        ('[[agencies]]\nname="a"\nfield="高齢"\nforms="直営"\n', "settings_wrong_type",
         {"key": "forms"}),
        ('[codes.feild]\nelderly="介護"\n', "settings_unknown_key", {"near": "field"}),
        ('[[districts]]\nkey="b"\nlabel="B"\nsame_as="a"\n', "settings_unknown_layer",
         {"key": "a"}),
        ('[[targets]]\nname="t"\nunit="件"\nvalues={ R8 = 3 }\n', "settings_year",
         {"key": "R8"}),
        ('[[meetings]]\nname="m"\n', "settings_key_missing", {"key": "kind"}),
        ('[plan]\nname="p"\nfrom="R8"\nto=2027\n', "settings_wrong_type", {"key": "from"}),
        ("= 3\n", "settings_not_toml", {"file": "x.toml", "place": "5行目"}),
        ('note = "open\n', "settings_not_toml", {"place": "5行目"}),
        ('[[districts]]\nkey="b"\nlabel="B"\n[[districts]]\nkey="b"\nlabel="C"\n',
         "settings_layer_taken", {"key": "b"}),
        ('[[districts]]\nkey="towns"\nlabel="B"\n', "settings_layer_taken", {"key": "towns"}),
        ('[[districts]]\nkey="b"\nlabel="B"\nvalid_from="R8"\n', "settings_wrong_type",
         {"wanted": "引用符のない日付（例: 2026-04-01）"}),
        ('[policy]\nweight = 1\n', "settings_policy", {"where": "x.toml [policy]"}),
    ],
)  # fmt: skip
def test_a_slip_of_the_pen_is_refused_with_its_place(
    more: str, code: str, told: dict[str, object]
) -> None:
    with pytest.raises(ExchangeError) as caught:
        read_municipality((LEAST + more).encode(), "x.toml")
    assert caught.value.code == code
    assert told.items() <= caught.value.params.items()


def test_a_misspelt_key_is_named_rather_than_the_one_it_leaves_out() -> None:
    with pytest.raises(ExchangeError) as caught:
        read_municipality(LEAST.replace("name", "nmae").encode(), "x.toml")
    assert in_japanese(caught.value) == (
        "x.toml: 「nmae」という項目はありません。「name」のことですか。"
    )


def test_settings_in_another_encoding_say_which_one_is_wanted() -> None:
    with pytest.raises(ExchangeError) as caught:
        read_municipality(LEAST.encode("cp932"), "x.toml")
    assert "UTF-8 で保存" in in_japanese(caught.value)


@pytest.mark.parametrize("code", ["37201", "372014", "37201X"])
def test_a_code_without_its_right_check_digit_is_refused(code: str) -> None:
    with pytest.raises(ExchangeError) as caught:
        read_municipality(LEAST.replace("372013", code).encode(), "x.toml")
    assert caught.value.code == "settings_code"


def test_a_missing_file_names_the_supplied_cities() -> None:
    with pytest.raises(ExchangeError) as caught:
        load_municipality("nowhere.toml")
    assert caught.value.params["supplied"] == "sample, niiza, toda"


def test_own_codes_are_read_as_label_or_table() -> None:
    text = LEAST + '[codes.menu]\nudon = { label = "うどん作り", group = "つくる" }\n'
    (code,) = read_municipality(text.encode(), "x.toml").codes["menu"]
    assert (code.code, code.label, code.group) == ("udon", "うどん作り", "つくる")
    text = LEAST + '[codes.accommodation]\nquiet_place = "しずかな所"\n'
    (code,) = read_municipality(text.encode(), "x.toml").codes["accommodation"]
    assert (code.label, code.group) == ("しずかな所", "過ごし方")  # another label, same group
