from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from geo.errors import GeoError
from geo.speeds import Speeds, TravelMode, TravelProfile, load_speeds, profile_of, read_speeds

ON = date(2026, 11, 1)


def test_every_mode_has_a_speed_with_a_day_and_those_without_source_wait_for_a_word() -> None:
    speeds = load_speeds()
    assert set(speeds.by) == set(TravelMode)
    for by_profile in speeds.by.values():
        assert TravelProfile.GENERAL in by_profile
        for speed in by_profile.values():
            assert isinstance(speed.on, date)
            assert speed.source or speed.to_confirm
    walk = speeds.by[TravelMode.WALK]
    assert [walk[p].metres_per_minute for p in TravelProfile] == [67, 54, 38]
    assert [walk[p].to_confirm for p in TravelProfile] == [False, False, True]
    assert speeds.detour.ratio == 1.3


def test_nobody_is_faster_with_age_or_an_aid() -> None:
    speeds = load_speeds()
    for mode in TravelMode:
        paces = [s.metres_per_minute for _, s in sorted(speeds.by[mode].items())]
        waits = [s.fixed_minutes for _, s in sorted(speeds.by[mode].items())]
        assert paces == sorted(paces, reverse=True)
        assert waits == sorted(waits)


@pytest.mark.parametrize(
    ("age", "uses_aid", "profile"),
    [
        (64, False, TravelProfile.GENERAL),
        (65, False, TravelProfile.ELDERLY),
        (30, True, TravelProfile.AID),
        (80, True, TravelProfile.AID),
        (None, False, TravelProfile.GENERAL),
        (-1, False, TravelProfile.GENERAL),
    ],
)
def test_age_and_aid_choose_the_profile(
    age: int | None, uses_aid: bool, profile: TravelProfile
) -> None:
    assert profile_of(age, uses_aid) is profile


def test_a_city_changes_single_entries_and_keeps_the_rest() -> None:
    ours = {
        "version": "2026-12-01",
        "walk": {"aid": {"metres_per_minute": 30, "on": ON, "source": "市の調査"}},
        "elderly": {"from_age": 75, "on": ON},
    }
    speeds = read_speeds(ours, base=load_speeds())
    walk = speeds.by[TravelMode.WALK]
    assert (walk[TravelProfile.AID].metres_per_minute, walk[TravelProfile.AID].to_confirm) == (
        30,
        False,
    )
    assert walk[TravelProfile.GENERAL] == load_speeds().by[TravelMode.WALK][TravelProfile.GENERAL]
    assert (speeds.version, speeds.detour) == ("2026-12-01", load_speeds().detour)
    assert speeds.profile_of(70, uses_aid=False) is TravelProfile.GENERAL
    assert load_speeds().by[TravelMode.WALK][TravelProfile.AID].metres_per_minute == 38


@pytest.mark.parametrize(
    ("data", "code", "params"),
    [
        ({"walkk": {}}, "unknown_speed_key", {"where": "speeds", "key": "walkk", "near": "walk"}),
        (
            {"walk": {"elder": {}}},
            "unknown_speed_key",
            {"where": "walk", "key": "elder", "near": "elderly"},
        ),
        (
            {"walk": {"aid": {"metres_per_minuts": 40, "on": ON}}},
            "unknown_speed_key",
            {"where": "walk.aid", "key": "metres_per_minuts", "near": "metres_per_minute"},
        ),
        (
            {"walk": {"aid": {"metres_per_minute": 40}}},
            "missing_speed_key",
            {"where": "walk.aid", "key": "on"},
        ),
        (
            {"walk": {"aid": {"metres_per_minute": 0, "on": ON}}},
            "impossible_speed",
            {"where": "walk.aid", "key": "metres_per_minute", "value": 0},
        ),
        (
            {"bus": {"aid": {"metres_per_minute": 200, "waiting_minutes": "10", "on": ON}}},
            "impossible_speed",
            {"where": "bus.aid", "key": "waiting_minutes", "value": "10"},
        ),
        (
            {"detour": {"ratio": 0.9, "on": ON}},
            "impossible_speed",
            {"where": "detour", "key": "ratio", "value": 0.9},
        ),
        (
            {"detour": {"ratio": 1.2, "on": "2026-11-01"}},
            "impossible_speed",
            {"where": "detour", "key": "on", "value": "2026-11-01"},
        ),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(
    data: dict[str, Any], code: str, params: dict[str, Any]
) -> None:
    with pytest.raises(GeoError) as caught:
        read_speeds(data, base=load_speeds())
    assert (caught.value.code, caught.value.params) == (code, params)


def test_a_table_alone_must_be_whole() -> None:
    with pytest.raises(GeoError, match="missing_speed_key"):
        read_speeds({"version": "1"})


def test_a_mode_that_nobody_uses_leads_nowhere() -> None:
    base = load_speeds()
    empty = Speeds("1", base.detour, base.elderly, by={})
    assert empty.fixed_minutes(TravelMode.WALK).tolist() == [float("inf")] * 3
