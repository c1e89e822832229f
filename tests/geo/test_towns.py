from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import GeoError
from geo.towns import Expansion, MatchedBy, Town, TownIndex, expand_town_list, town_id
from tests.geo.cities import city, names_of

NIIZA = city(
    "東一丁目",
    "東二丁目",
    "東北一丁目",
    "東北二丁目",
    "新塚",
    "新塚一丁目",
    "堀ノ内一丁目",
    *(f"野火止{n}丁目" for n in "一二三四五六七八"),
    *(f"馬場{n}丁目" for n in "一二三四"),
)


def expanded(*texts: str, index: TownIndex = NIIZA) -> list[str]:
    """Towns of a list in which everything is clear."""
    result = expand_town_list(texts, index)
    assert result == Expansion(town_ids=result.town_ids)
    return names_of(index, result.town_ids)


class TestTown:
    def test_an_id_is_safe_in_addresses_and_the_same_for_every_spelling(self) -> None:
        spellings = ["野火止五丁目", "野火止５丁目", " 野火止 5丁目"]
        ids = {town_id("112305", name) for name in spellings}
        assert len(ids) == 1
        assert re.fullmatch(r"112305-[0-9a-f]{10}", ids.pop())

    def test_an_id_stays_what_it_was_in_earlier_versions(self) -> None:
        assert town_id("112305", "野火止五丁目") == "112305-685e60c451"

    def test_the_national_id_is_used_where_it_is_known(self) -> None:
        assert town_id("131016", "霞が関二丁目", "0002002") == "131016-0002002"

    def test_oaza_is_another_town(self) -> None:
        assert town_id("112241", "大字上戸田") != town_id("112241", "上戸田")

    @pytest.mark.parametrize(("code", "name"), [("11230", "東"), ("", "東"), ("112305", "\u3000")])
    def test_an_id_needs_a_code_of_six_digits_and_a_name(self, code: str, name: str) -> None:
        with pytest.raises(GeoError, match=r"municipality_code|town_without_name"):
            town_id(code, name)

    @pytest.mark.parametrize(
        ("fault", "lat", "lon", "people"),
        [
            ("town_half_point", 35.8, None, None),
            ("town_half_point", None, 139.5, None),
            ("negative_people", None, None, -1),
        ],
    )
    def test_impossible_towns_are_refused(
        self, fault: str, lat: float | None, lon: float | None, people: int | None
    ) -> None:
        with pytest.raises(GeoError, match=fault):
            Town("a", "東", "112305", lat, lon, people)

    def test_a_town_without_a_name_is_refused(self) -> None:
        with pytest.raises(GeoError, match="town_without_name"):
            Town("a", " ", "112305")


class TestTownIndex:
    def test_two_towns_with_one_id_are_refused_by_name(self) -> None:
        with pytest.raises(GeoError, match="duplicate_town") as caught:
            city("東一丁目", "東１丁目")
        assert caught.value.params["second"] == "東１丁目"

    @pytest.mark.parametrize(
        ("written", "by", "name"),
        [
            ("堀ノ内一丁目", MatchedBy.EXACT, "堀ノ内一丁目"),
            ("堀ノ内１丁目", MatchedBy.NORMALISED, "堀ノ内一丁目"),
            ("堀之内1丁目", MatchedBy.LOOSE, "堀ノ内一丁目"),
            ("大字新塚", MatchedBy.NORMALISED, "新塚"),
        ],
    )
    def test_a_name_is_found_and_how_is_said(self, written: str, by: MatchedBy, name: str) -> None:
        match = NIIZA.find(written)
        assert match.town is not None
        assert (match.by, match.town.name) == (by, name)

    def test_an_alias_is_found(self) -> None:
        index = city("中央", "西", 中央=("役場前",))
        match = index.find("役場前")
        assert (match.by, [town.name for town in match.towns]) == (MatchedBy.ALIAS, ["中央"])

    def test_an_alias_of_two_towns_is_ambiguous_and_lists_both(self) -> None:
        index = city("中央", "西", 中央=("団地",), 西=("団地",))
        match = index.find("団地")
        assert match.is_ambiguous
        assert match.town is None
        assert [town.name for town in match.towns] == ["中央", "西"]

    def test_oaza_and_the_town_of_the_same_name_are_told_apart(self) -> None:
        index = city("大字岸", "岸")
        assert [town.name for town in index.find("大字岸").towns] == ["大字岸"]
        assert [town.name for town in index.find("岸").towns] == ["岸"]

    def test_old_kanji_tell_towns_apart_where_both_exist(self) -> None:
        index = city("沢田", "澤田")
        assert [town.name for town in index.find("澤田").towns] == ["澤田"]

    def test_nothing_is_found_for_an_unknown_name(self) -> None:
        assert NIIZA.find("東三丁目").by is MatchedBy.NOTHING

    def test_the_city_before_the_name_is_left_out(self) -> None:
        index = TownIndex(NIIZA, prefixes=("埼玉県", "新座市"))
        assert index.find("埼玉県新座市東一丁目").town == index.find("新座市 東1丁目").town
        assert index.find("新座市東1丁目").town is not None

    def test_points_follow_the_towns_and_unknown_ones_are_nan(self) -> None:
        index = TownIndex([Town("a", "東", "112305", 35.8, 139.5), Town("b", "西", "112305")])
        np.testing.assert_array_equal(index.points, [[35.8, 139.5], [np.nan, np.nan]])

    def test_an_index_without_towns_finds_nothing(self) -> None:
        index = TownIndex([])
        assert index.points.shape == (0, 2)
        assert not index.find("東").towns

    @pytest.mark.parametrize(
        ("address", "names"),
        [
            ("野火止一丁目1番1号", ["野火止一丁目"]),
            ("野火止１－１－１", ["野火止一丁目"]),
            ("東北二丁目36-11 つなぎビル2階", ["東北二丁目"]),
            ("新塚1-2", ["新塚", "新塚一丁目"]),
            ("新塚一丁目2", ["新塚一丁目"]),
            ("新塚5012番地", ["新塚"]),
            ("堀之内1丁目3", ["堀ノ内一丁目"]),
            ("新塚甲12-3", ["新塚"]),
            ("新塚甲町12-3", []),
            ("東町3-1", []),
            ("", []),
        ],
    )
    def test_the_town_of_an_address_is_found(self, address: str, names: list[str]) -> None:
        assert [town.name for town in NIIZA.find_in_address(address).towns] == names


class TestTownLists:
    @pytest.mark.parametrize(
        "text",
        [
            "野火止五丁目から八丁目まで",
            "野火止五丁目から野火止八丁目まで",
            "野火止五〜八丁目",
            "野火止５～８丁目",
            "野火止5-8丁目",
            "野火止５－８丁目",
            "野火止5丁目〜8丁目",
            "野火止（五丁目から八丁目まで）",
            "野火止五・六・七・八丁目",
            "野火止五丁目、六丁目、七丁目及び八丁目",
            "野火止五丁目，野火止6～8丁目",
            "野火止五丁目\n野火止六・七丁目\n野火止八丁目",
        ],
    )
    def test_every_way_to_write_a_range_means_the_same(self, text: str) -> None:
        assert expanded(text) == [f"野火止{n}丁目" for n in "五六七八"]

    @given(st.integers(1, 8), st.integers(1, 8), st.sampled_from(["から", "〜", "～", "-", "－"]))
    def test_a_range_is_its_towns_one_by_one(self, first: int, last: int, to: str) -> None:
        text = f"野火止{first}丁目{to}{last}丁目"
        result = expand_town_list([text], NIIZA)
        one_by_one = [f"野火止{n}丁目" for n in range(first, last + 1)]
        assert result.town_ids == expand_town_list(one_by_one, NIIZA).town_ids
        assert bool(result.unmatched) == (first > last)

    def test_a_bare_name_covers_the_town_with_and_without_chome(self) -> None:
        assert expanded("新塚") == ["新塚", "新塚一丁目"]
        assert expanded("馬場") == [f"馬場{n}丁目" for n in "一二三四"]

    def test_east_is_not_northeast(self) -> None:
        assert expanded("東") == ["東一丁目", "東二丁目"]
        assert expanded("東北") == ["東北一丁目", "東北二丁目"]

    def test_oaza_means_only_itself(self) -> None:
        index = city("大字上戸田", "上戸田一丁目", "上戸田二丁目")
        assert expanded("大字上戸田", index=index) == ["大字上戸田"]
        assert expanded("上戸田", index=index) == ["大字上戸田", "上戸田一丁目", "上戸田二丁目"]

    def test_several_names_stand_in_one_text(self) -> None:
        assert expanded("東・新塚、馬場一・二丁目") == [
            *("東一丁目", "東二丁目", "新塚", "新塚一丁目", "馬場一丁目", "馬場二丁目")
        ]

    def test_a_bare_name_is_read_loosely_where_nothing_else_fits(self) -> None:
        assert expanded("堀の内") == ["堀ノ内一丁目"]

    def test_the_whole_city_is_all_towns(self) -> None:
        assert len(expanded("市内全域")) == len(NIIZA)
        assert expanded("馬場全域") == expanded("馬場")

    def test_a_name_that_holds_a_separator_is_one_town(self) -> None:
        index = city("新曽芦原/稲荷/小玉，柳原", "サン・ポート", "柳原")
        assert expanded("サン・ポート", index=index) == ["サン・ポート"]
        assert expanded("新曽芦原/稲荷/小玉，柳原", index=index) == ["新曽芦原/稲荷/小玉，柳原"]

    def test_names_that_no_town_has_are_kept(self) -> None:
        result = expand_town_list(["東一丁目、松", "野火止七丁目から十丁目まで"], NIIZA)
        assert names_of(NIIZA, result.town_ids) == ["東一丁目", "野火止七丁目", "野火止八丁目"]
        assert result.unmatched == ("松", "野火止9丁目", "野火止10丁目")

    def test_a_remark_without_a_town_is_kept_as_unmatched(self) -> None:
        assert expand_town_list(["東一丁目、一部"], NIIZA).unmatched == ("一部",)

    @pytest.mark.parametrize(
        "text", ["野火止八丁目から五丁目まで", "東一丁目から馬場二丁目まで", "二丁目"]
    )
    def test_what_cannot_be_a_range_is_kept_as_unmatched(self, text: str) -> None:
        result = expand_town_list([text], NIIZA)
        assert result.town_ids == ()
        assert len(result.unmatched) == 1

    def test_a_town_named_twice_is_listed_once_and_reported(self) -> None:
        result = expand_town_list(["馬場一丁目から三丁目まで", "馬場二丁目"], NIIZA)
        assert names_of(NIIZA, result.town_ids) == ["馬場一丁目", "馬場二丁目", "馬場三丁目"]
        assert names_of(NIIZA, result.repeated) == ["馬場二丁目"]

    def test_an_ambiguous_name_is_listed_and_assigned_to_nothing(self) -> None:
        index = city("中央", "西", 中央=("団地",), 西=("団地",))
        result = expand_town_list(["団地"], index)
        assert result.town_ids == ()
        assert [(name, names_of(index, ids)) for name, ids in result.ambiguous] == [
            ("団地", ["中央", "西"])
        ]

    @pytest.mark.parametrize("text", ["馬場三丁目の一部", "馬場三丁目（一部）", "馬場3丁目 一部"])
    def test_a_part_of_a_town_is_said_to_be_a_part(self, text: str) -> None:
        result = expand_town_list([text], NIIZA)
        assert names_of(NIIZA, result.partial) == ["馬場三丁目"] == names_of(NIIZA, result.town_ids)

    @given(st.text(alphabet="東北野火止馬場一二八十1〜から・、（）丁目全域部の ", max_size=16))
    def test_no_text_breaks_the_reader_and_none_is_lost(self, text: str) -> None:
        result = expand_town_list([text], NIIZA)
        assert set(result.town_ids) <= set(NIIZA.position)
        is_only_separators = not re.sub(r"[・、\s]", "", text)
        assert bool(result.town_ids or result.unmatched or result.ambiguous) != is_only_separators
