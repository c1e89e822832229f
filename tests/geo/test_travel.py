from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from geo.errors import GeoError
from geo.travel import (
    TravelMode,
    TravelProfile,
    best_minutes,
    distance_m,
    distances_m,
    load_speeds,
    reach_m,
    travel_minutes,
)

GEOD = Geod(ellps="GRS80")
SPEEDS = load_speeds()
GENERAL, ELDERLY, AID = TravelProfile
HOME = (35.8000, 139.5600)
NEAR = (35.8050, 139.5620)
FAR = (35.8400, 139.6000)
UNKNOWN = (math.nan, math.nan)

points = st.tuples(st.floats(24.0, 45.5), st.floats(123.0, 153.0))


class TestDistance:
    @given(points, st.floats(0, 360), st.floats(1.0, 50_000.0))
    def test_it_agrees_with_the_geodesic_within_50_km(
        self, start: tuple[float, float], bearing: float, metres: float
    ) -> None:
        lat, lon = start
        end_lon, end_lat, _ = GEOD.fwd(lon, lat, bearing, metres)
        assert float(distance_m(lat, lon, end_lat, end_lon)) == pytest.approx(metres, rel=1e-6)

    @given(points, points)
    def test_there_is_as_far_as_back_and_here_is_nowhere(
        self, one: tuple[float, float], other: tuple[float, float]
    ) -> None:
        assert distance_m(*one, *other) == distance_m(*other, *one)
        assert distance_m(*one, *one) == 0

    def test_a_table_is_its_pairs(self) -> None:
        table = distances_m([HOME, FAR], [NEAR, FAR, UNKNOWN])
        assert table.shape == (2, 3)
        assert table[0, 1] == distance_m(*HOME, *FAR)
        assert table[1, 1] == 0
        assert np.isnan(table[:, 2]).all()

    def test_nobody_and_nowhere_give_an_empty_table(self) -> None:
        assert distances_m([], [NEAR]).shape == (0, 1)
        assert distances_m([HOME], []).shape == (1, 0)


class TestMinutes:
    def test_walking_is_distance_times_detour_by_speed(self) -> None:
        metres = float(distance_m(*HOME, *NEAR))
        minutes = travel_minutes([HOME] * 3, [NEAR], TravelMode.WALK, list(TravelProfile), SPEEDS)
        assert minutes[:, 0] == pytest.approx([metres * 1.3 / pace for pace in (67, 54, 38)])

    def test_a_bus_is_waited_for(self) -> None:
        here = travel_minutes([HOME], [HOME], TravelMode.BUS, GENERAL, SPEEDS)
        assert here[0, 0] == SPEEDS.by[TravelMode.BUS][GENERAL].fixed_minutes > 0

    def test_a_mode_that_a_profile_cannot_use_leads_nowhere(self) -> None:
        minutes = travel_minutes([HOME] * 2, [HOME], TravelMode.BICYCLE, [GENERAL, AID], SPEEDS)
        assert minutes[:, 0].tolist() == [0.0, math.inf]

    def test_an_unknown_place_is_unknown_not_unreachable(self) -> None:
        minutes = travel_minutes([HOME, UNKNOWN], [NEAR], TravelMode.WALK, GENERAL, SPEEDS)
        assert np.isnan(minutes[:, 0]).tolist() == [False, True]
        unusable = travel_minutes([UNKNOWN], [NEAR], TravelMode.BICYCLE, AID, SPEEDS)
        assert np.isnan(unusable).all()

    @pytest.mark.parametrize("mode", TravelMode)
    @pytest.mark.parametrize("profile", TravelProfile)
    def test_where_one_gets_in_time_is_as_far_as_the_time_lasts(
        self, mode: TravelMode, profile: TravelProfile
    ) -> None:
        metres = reach_m(60.0, mode, profile, SPEEDS)
        if profile not in SPEEDS.by[mode]:
            assert metres == 0
            return
        lon, lat, _ = GEOD.fwd(HOME[1], HOME[0], 45.0, metres)
        minutes = travel_minutes([HOME], [(lat, lon)], mode, profile, SPEEDS)
        assert minutes[0, 0] == pytest.approx(60.0, rel=1e-6)

    def test_too_little_time_does_not_reach_the_stop(self) -> None:
        assert reach_m(5.0, TravelMode.BUS, GENERAL, SPEEDS) == 0


class TestBestMode:
    def test_it_equals_trying_every_mode_of_every_person(self) -> None:
        random = np.random.default_rng(11)
        homes = random.uniform((35.75, 139.52), (35.85, 139.60), (12, 2))
        places = random.uniform((35.75, 139.52), (35.85, 139.60), (9, 2))
        homes[3] = np.nan
        modes = [[mode for mode in TravelMode if random.random() < 0.4] for _ in homes]
        profiles = random.integers(0, 3, len(homes))
        fetching = random.random(len(places)) < 0.5
        best = best_minutes(homes, places, modes, profiles, SPEEDS, fetching)
        assert best.minutes.dtype == np.float32
        assert best.mode.dtype == np.int8
        for person, home in enumerate(homes):
            for place, there in enumerate(places):
                ways = {
                    float(
                        travel_minutes([home], [there], mode, profiles[person], SPEEDS)[0, 0]
                    ): mode
                    for mode in reversed(modes[person])
                    if mode is not TravelMode.PICKUP or fetching[place]
                }
                ways.pop(math.inf, None)
                minutes = min(ways, default=math.inf)
                at = best.mode[person, place]
                if np.isnan(home).any():
                    assert np.isnan(best.minutes[person, place])
                    assert at == -1
                else:
                    assert best.minutes[person, place] == np.float32(minutes)
                    assert (list(TravelMode)[at] if at >= 0 else None) == ways.get(minutes)

    def test_one_who_walks_and_drives_walks_next_door_and_drives_far(self) -> None:
        minutes, mode = best_minutes([HOME], [NEAR, FAR], [["car", "walk"]], GENERAL, SPEEDS)
        next_door = (HOME[0] + 0.0005, HOME[1])
        assert best_minutes([HOME], [next_door], [["car", "walk"]], GENERAL, SPEEDS).mode == 0
        assert list(TravelMode)[mode[0, 1]] is TravelMode.CAR
        assert minutes[0, 0] < minutes[0, 1]

    def test_who_is_only_fetched_gets_only_where_someone_fetches(self) -> None:
        best = best_minutes([HOME], [NEAR, NEAR], [["pickup"]], AID, SPEEDS, [True, False])
        assert np.isfinite(best.minutes[0]).tolist() == [True, False]
        assert best.mode[0].tolist() == [list(TravelMode).index(TravelMode.PICKUP), -1]

    def test_pickup_is_everywhere_when_nothing_is_said(self) -> None:
        assert np.isfinite(best_minutes([HOME], [NEAR], [["pickup"]], AID, SPEEDS).minutes).all()

    def test_no_mode_leads_nowhere(self) -> None:
        best = best_minutes([HOME], [NEAR], [[]], GENERAL, SPEEDS)
        assert (best.minutes[0, 0], best.mode[0, 0]) == (math.inf, -1)

    def test_an_unknown_mode_is_refused_with_the_nearest(self) -> None:
        with pytest.raises(GeoError, match="unknown_travel_mode") as caught:
            best_minutes([HOME], [NEAR], [["walks"]], GENERAL, SPEEDS)
        assert caught.value.params == {"value": "walks", "near": "walk"}
