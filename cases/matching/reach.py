"""Where the openings serve: service areas of the catalogue, resolved to towns for all at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from catalog.service_area import (
    AnyOf,
    Except,
    InDistrict,
    Online,
    Outreach,
    Polygon,
    Radius,
    ServiceArea,
    Towns,
    TravelTime,
    WholeCity,
)
from geo.areas import named_towns, within_minutes, within_polygon, within_radius
from geo.speeds import Speeds, TravelMode
from geo.towns import TownIndex

Bools = NDArray[np.bool_]
Districts = Mapping[str, Mapping[str, str]]
"""Name of the district by layer key and town id."""


@dataclass(frozen=True, slots=True, eq=False)
class Served:
    """From where one can take part, by the three ways of doing so, each bool[n_towns + 1].

    The last entry stands for "somewhere in the city, town unknown": the whole city reaches it,
    a list of towns does not.
    """

    at_place: Bools
    online: Bools
    at_home: Bools

    @property
    def anyhow(self) -> Bools:
        """From where one can take part in any way."""
        return self.at_place | self.online | self.at_home


def resolve(area: ServiceArea, index: TownIndex, districts: Districts, speeds: Speeds) -> Served:
    """Resolve one service area; a town or district that does not exist serves nobody.

    What is left out (`Except`) of a place is left out of every way of taking part; leaving out
    `Online` or `Outreach` takes away only that way.
    """
    none = np.zeros(len(index) + 1, bool)
    match area:
        case Online():
            return Served(none, ~none, none)
        case Outreach():
            return Served(none, none, ~none)
        case AnyOf(parts):
            each = [resolve(part, index, districts, speeds) for part in parts]
            return Served(
                np.any([part.at_place for part in each], axis=0),
                np.any([part.online for part in each], axis=0),
                np.any([part.at_home for part in each], axis=0),
            )
        case Except(base, minus):
            of, without = (resolve(part, index, districts, speeds) for part in (base, minus))
            left = ~without.at_place
            return Served(
                of.at_place & left,
                of.online & left & ~without.online,
                of.at_home & left & ~without.at_home,
            )
        case WholeCity():
            return Served(~none, none, none)
    towns = np.append(_towns(area, index, districts, speeds), False)
    return Served(towns, none, none)


def _towns(
    area: Towns | InDistrict | Polygon | Radius | TravelTime,
    index: TownIndex,
    districts: Districts,
    speeds: Speeds,
) -> Bools:
    match area:
        case Towns(town_ids):
            return named_towns(index, town_ids)
        case InDistrict(layer, name):
            district_of = districts.get(layer, {})
            return named_towns(index, (id_ for id_, of in district_of.items() if of == name))
        case Polygon(wkb):
            return within_polygon(index, wkb)
        case Radius(lat, lon, metres):
            return within_radius(index, (lat, lon), metres)
        case TravelTime(lat, lon, mode, minutes):
            return within_minutes(index, (lat, lon), minutes, TravelMode(mode), speeds)


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """The town × opening table, kept once for each different area.

    Attributes
    ----------
    anyhow, remote
        From where one can take part, and from where without travelling, [n_towns + 1, areas].
    online
        From where over the internet, [n_towns + 1, areas].
    area_of
        Column of each opening, [m].
    """

    anyhow: Bools
    remote: Bools
    online: Bools
    area_of: NDArray[np.intp]

    def serves(self, towns: NDArray[np.intp]) -> Bools:
        """Tell for people in these towns (the number of towns: unknown) and each opening."""
        return self.anyhow[towns][:, self.area_of]

    def serves_remotely(self, towns: NDArray[np.intp]) -> Bools:
        """Tell for the same whether nobody needs to travel."""
        return self.remote[towns][:, self.area_of]

    def serves_online(self, towns: NDArray[np.intp]) -> Bools:
        """Tell for the same whether it is over the internet."""
        return self.online[towns][:, self.area_of]

    def needs_no_place(self) -> Bools:
        """Tell of each opening whether nobody ever travels there, [m]."""
        at_place = np.asarray((self.anyhow & ~self.remote).any(axis=0), np.bool_)
        return ~at_place[self.area_of]

    def serves_nobody(self) -> Bools:
        """Tell of each opening whether its area covers no known town, [m]."""
        covered = np.asarray(self.anyhow.any(axis=0), np.bool_)
        return ~covered[self.area_of]


def resolve_reach(
    areas: Sequence[ServiceArea], index: TownIndex, districts: Districts, speeds: Speeds
) -> Reach:
    """Resolve the service areas of many openings, equal ones once.

    Parameters
    ----------
    areas
        The area of each opening, m of them.
    """
    column = {area: at for at, area in enumerate(dict.fromkeys(areas))}
    served = [resolve(area, index, districts, speeds) for area in column]
    shape = (len(served), len(index) + 1)
    at_place, online, at_home = (
        np.array(ways, bool).reshape(shape).T
        for ways in (
            [each.at_place for each in served],
            [each.online for each in served],
            [each.at_home for each in served],
        )
    )
    remote = online | at_home
    area_of = np.array([column[area] for area in areas], np.intp)
    return Reach(at_place | remote, remote, online, area_of)
