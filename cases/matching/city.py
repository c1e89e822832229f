"""The places and the map of a city, as one computation sees them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cases.matching.reach import Districts
from catalog.opening import Opening
from catalog.organisation import Organisation
from catalog.resource import Resource
from catalog.vocabulary import Vocabulary, load_vocabulary
from geo.schema import check_points
from geo.speeds import Speeds, load_speeds
from geo.towns import TownIndex
from geo.travel import distances_m


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class City:
    """What a matching needs to know of a city on a day.

    `districts` are those that hold on that day. `outline` is the city's polygon as WKB,
    `plane_zone` a coarse stand-in where it is not known.
    """

    openings: Sequence[Opening]
    resources: Mapping[str, Resource]
    hosts: Mapping[str, Organisation] = field(default_factory=dict)
    towns: TownIndex = field(default_factory=lambda: TownIndex([]))
    districts: Districts = field(default_factory=dict)
    vocabulary: Vocabulary = field(default_factory=load_vocabulary)
    speeds: Speeds = field(default_factory=load_speeds)
    outline: bytes | None = None
    plane_zone: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Located:
    """Where people or places are.

    Attributes
    ----------
    points
        Latitude and longitude, float64[n, 2]; NaN where there is nothing to measure from.
    towns
        Index of the town, intp[n]; the number of towns where it is unknown.
    known
        Whether the town is known, or the point is one of this city, bool[n].
    """

    points: NDArray[np.float64]
    towns: NDArray[np.intp]
    known: NDArray[np.bool_]


def locate(
    town_ids: Sequence[str | None], points: Sequence[tuple[float | None, float | None]], city: City
) -> Located:
    """Say of each person or place in which town it is, and from where to measure.

    A point outside the city does not count. Without a point the centre of the town stands for
    it; without a town the nearest centre says which one it is.
    """
    unknown = len(city.towns)
    towns = np.array([city.towns.position.get(id_ or "", unknown) for id_ in town_ids], np.intp)
    own = _own_points(points, city)
    has_point = np.isfinite(own[:, 0])
    known = has_point | (towns < unknown)
    if not unknown:
        return Located(own, towns, known)
    centres = city.towns.points
    from_town = np.where(towns < unknown, towns, 0)
    measured = np.where(has_point[:, None], own, centres[from_town])
    measured[~known] = np.nan
    stray = np.flatnonzero(has_point & (towns == unknown))
    if stray.size and np.isfinite(centres).any():
        away_m = distances_m(own[stray], centres)
        towns[stray] = np.where(np.isnan(away_m), np.inf, away_m).argmin(axis=1)
    return Located(measured, towns, known)


def _own_points(
    points: Sequence[tuple[float | None, float | None]], city: City
) -> NDArray[np.float64]:
    given = np.array(points, np.float64).reshape(-1, 2)
    outline = None
    if city.outline is not None:
        from geo.polygons import polygon_from_wkb

        outline = polygon_from_wkb(city.outline)
    checked = check_points(given[:, 0], given[:, 1], outline, city.plane_zone)
    own = np.column_stack([checked.lat, checked.lon])
    own[checked.outside | checked.impossible] = np.nan
    return own
