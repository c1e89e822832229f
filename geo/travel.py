"""Distance along the ground, and minutes to travel it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.errors import GeoError
from geo.speeds import (
    Speed,
    Speeds,
    TravelMode,
    TravelProfile,
    load_speeds,
    profile_of,
    read_speeds,
)

__all__ = [
    "BestTravel",
    "Speed",
    "Speeds",
    "TravelMode",
    "TravelProfile",
    "best_minutes",
    "distance_m",
    "distances_m",
    "load_speeds",
    "profile_of",
    "reach_m",
    "read_speeds",
    "travel_minutes",
]

_GRS80_A_M = 6_378_137.0
_GRS80_F = 1 / 298.257222101
_E2 = _GRS80_F * (2 - _GRS80_F)
_MEAN_RADIUS_M = 6_371_000.0


def distance_m(
    lat1: ArrayLike, lon1: ArrayLike, lat2: ArrayLike, lon2: ArrayLike
) -> NDArray[np.float64]:
    """Measure along the ground between points, on GRS80.

    The straight chord through the ellipsoid, lengthened to its arc. In Japan within 50 km of the
    geodesic by less than 1e-7; the chord needs no angle between the points, so a table of n × m
    distances costs n + m sines. (The usual formula with the radii at mid-latitude is wrong by
    3e-6 at 50 km.)

    Parameters
    ----------
    lat1, lon1, lat2, lon2
        Degrees; the shapes are broadcast together. NaN gives NaN.

    Returns
    -------
    float64
        Metres.
    """
    (x1, y1, z1), (x2, y2, z2) = _in_space_m(lat1, lon1), _in_space_m(lat2, lon2)
    chord_m2 = (x1 - x2) ** 2 + (y1 - y2) ** 2 + (z1 - z2) ** 2
    metres: NDArray[np.float64] = np.sqrt(chord_m2) * (1 + chord_m2 / (24 * _MEAN_RADIUS_M**2))
    return metres


def _in_space_m(
    lat: ArrayLike, lon: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Give positions in space, metres from the centre of the earth."""
    phi = np.radians(np.asarray(lat, dtype=np.float64))
    lam = np.radians(np.asarray(lon, dtype=np.float64))
    sine = np.sin(phi)
    normal_m = _GRS80_A_M / np.sqrt(1 - _E2 * sine**2)
    axis_m = normal_m * np.cos(phi)
    return axis_m * np.cos(lam), axis_m * np.sin(lam), normal_m * (1 - _E2) * sine


def distances_m(origins: ArrayLike, destinations: ArrayLike) -> NDArray[np.float64]:
    """Measure from every origin to every destination.

    Parameters
    ----------
    origins, destinations
        Latitude and longitude in degrees, shapes (n, 2) and (m, 2).

    Returns
    -------
    float64[n, m]
        Metres, NaN where a point is unknown.
    """
    here = np.asarray(origins, dtype=np.float64).reshape(-1, 2)
    there = np.asarray(destinations, dtype=np.float64).reshape(-1, 2)
    return distance_m(here[:, :1], here[:, 1:], there[:, 0], there[:, 1])


def travel_minutes(
    origins: ArrayLike,
    destinations: ArrayLike,
    mode: TravelMode,
    profiles: ArrayLike,
    speeds: Speeds,
) -> NDArray[np.float64]:
    """Estimate how long each person travels to each place by one mode.

    Straight distance × detour / speed, and what passes at stops and stations.

    Parameters
    ----------
    origins, destinations
        Latitude and longitude in degrees, shapes (n, 2) and (m, 2).
    profiles
        `TravelProfile` of each origin, shape (n,), or one for all.

    Returns
    -------
    float64[n, m]
        Minutes; inf where the profile cannot use the mode, NaN where a point is unknown.
    """
    return _minutes(distances_m(origins, destinations), mode, profiles, speeds)


def _minutes(
    metres: NDArray[np.float64], mode: TravelMode, profiles: ArrayLike, speeds: Speeds
) -> NDArray[np.float64]:
    profile = np.broadcast_to(np.asarray(profiles, dtype=np.intp), len(metres))
    fixed_minutes = speeds.fixed_minutes(mode)[profile]
    minutes_per_metre = speeds.minutes_per_metre(mode)[profile]
    return fixed_minutes[:, None] + metres * minutes_per_metre[:, None]


class BestTravel(NamedTuple):
    """The quickest way of each person to each place.

    Parameters
    ----------
    minutes
        float32[n, m]; inf where none of the person's modes leads, NaN where a point is unknown.
    mode
        int8[n, m], index in ``tuple(TravelMode)``, -1 where there is none.
    """

    minutes: NDArray[np.float32]
    mode: NDArray[np.int8]

    @property
    def known_minutes(self) -> NDArray[np.float32]:
        """Minutes as a rule may compare them: what is not known counts as out of reach."""
        return np.where(np.isnan(self.minutes), np.float32(np.inf), self.minutes)


def best_minutes(
    origins: ArrayLike,
    destinations: ArrayLike,
    modes: Sequence[Iterable[str]],
    profiles: ArrayLike,
    speeds: Speeds,
    fetching: ArrayLike | None = None,
) -> BestTravel:
    """Choose for each person and place the quickest of the person's own modes.

    Parameters
    ----------
    origins, destinations
        Latitude and longitude in degrees, shapes (n, 2) and (m, 2).
    modes
        For each person the values of `TravelMode` that they use, n entries.
    profiles
        `TravelProfile` of each person, shape (n,), or one for all.
    fetching
        Whether a place fetches people (送迎), bool[m]; `TravelMode.PICKUP` leads only there.
        None means that every place does.

    Raises
    ------
    GeoError
        ``unknown_travel_mode`` with the nearest known one.
    """
    metres = distances_m(origins, destinations)
    usable = _mode_table(modes)
    fetches = np.broadcast_to(
        True if fetching is None else np.asarray(fetching, bool), metres.shape
    )
    best = np.full(metres.shape, np.inf)
    best_mode = np.full(metres.shape, -1, dtype=np.int8)
    for at, mode in enumerate(TravelMode):
        if not usable[:, at].any():
            continue
        minutes = _minutes(metres, mode, profiles, speeds)
        is_better = usable[:, at, None] & (minutes < best)
        if mode is TravelMode.PICKUP:
            is_better &= fetches
        best[is_better] = minutes[is_better]
        best_mode[is_better] = at
    best[np.isnan(metres)] = np.nan
    return BestTravel(best.astype(np.float32), best_mode)


def _mode_table(modes: Sequence[Iterable[str]]) -> NDArray[np.bool_]:
    """Tell which person uses which mode, bool[n, modes]."""
    position = {mode.value: at for at, mode in enumerate(TravelMode)}
    table = np.zeros((len(modes), len(position)), dtype=bool)
    for row, used in enumerate(modes):
        for mode in used:
            if mode not in position:
                near = next(iter(get_close_matches(mode, position, n=1)), "")
                raise GeoError("unknown_travel_mode", value=mode, near=near)
            table[row, position[mode]] = True
    return table


def reach_m(minutes: float, mode: TravelMode, profile: TravelProfile, speeds: Speeds) -> float:
    """Give the straight distance that one gets in some minutes, 0 if not even to the stop."""
    left_minutes = minutes - float(speeds.fixed_minutes(mode)[profile])
    if left_minutes <= 0:
        return 0.0
    return left_minutes / float(speeds.minutes_per_metre(mode)[profile])
