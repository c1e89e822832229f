"""圏域: which town belongs to which, on which day, and the polygons that follow from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from geo.errors import GeoError
from geo.towns import TownIndex, expand_town_list

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


class DatedLayer(Protocol):
    """A layer of districts (地域福祉圏域, 日常生活圏域 …) in one of its versions."""

    @property
    def key(self) -> str:
        """Which layer."""

    @property
    def valid_from(self) -> date | None:
        """First day, None if it always held."""

    @property
    def valid_to(self) -> date | None:
        """Last day, None while it holds."""


AnyLayer = TypeVar("AnyLayer", bound=DatedLayer)


def layers_on(layers: Iterable[AnyLayer], day: date) -> dict[str, AnyLayer]:
    """Give for each layer the version that holds on a day; first and last day count.

    Raises
    ------
    GeoError
        ``overlapping_layers`` when two versions of one layer hold on that day.
    """
    holding: dict[str, AnyLayer] = {}
    for layer in layers:
        if (layer.valid_from or date.min) <= day <= (layer.valid_to or date.max):
            if layer.key in holding:
                raise GeoError("overlapping_layers", layer=layer.key, on=day.isoformat())
            holding[layer.key] = layer
    return holding


@dataclass(frozen=True, slots=True)
class Membership:
    """Which town belongs to which district of one layer, and everything that did not work out.

    Parameters
    ----------
    district_of
        District by town id, for towns that lie in exactly one.
    unmatched
        District and the name in its list that no town has.
    ambiguous
        District, the name in its list, and the ids of the towns it may mean.
    doubled
        Districts by town id, for towns that more than one district names.
    partial
        Ids of towns of which a list says that only a part is meant.
    repeated
        District and the id of a town that its list names more than once.
    uncovered
        Ids of towns that no district names.
    """

    district_of: Mapping[str, str] = field(default_factory=dict)
    unmatched: tuple[tuple[str, str], ...] = ()
    ambiguous: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    doubled: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    partial: tuple[str, ...] = ()
    repeated: tuple[tuple[str, str], ...] = ()
    uncovered: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Every town lies in exactly one district, and every name was understood."""
        return not (self.unmatched or self.ambiguous or self.doubled or self.uncovered)

    def members(self, district: str, index: TownIndex) -> NDArray[np.bool_]:
        """Tell of every town whether it belongs to a district, bool[n_towns]."""
        return np.array([self.district_of.get(town.id) == district for town in index], dtype=bool)


def assign_districts(layer_districts: Mapping[str, Sequence[str]], towns: TownIndex) -> Membership:
    """Assign towns to the districts of one layer by its town lists.

    Parameters
    ----------
    layer_districts
        Town lists as written (see `geo.towns.expand_town_list`) by name of the district.
    towns
        All towns of the city.
    """
    named_by: dict[str, list[str]] = {}
    unmatched: list[tuple[str, str]] = []
    ambiguous: list[tuple[str, str, tuple[str, ...]]] = []
    repeated: list[tuple[str, str]] = []
    partial: dict[str, None] = {}
    for district, texts in layer_districts.items():
        listed = expand_town_list(texts, towns)
        for id_ in listed.town_ids:
            named_by.setdefault(id_, []).append(district)
        unmatched += [(district, name) for name in listed.unmatched]
        ambiguous += [(district, name, ids) for name, ids in listed.ambiguous]
        repeated += [(district, id_) for id_ in listed.repeated]
        partial.update(dict.fromkeys(listed.partial))
    return Membership(
        district_of={id_: names[0] for id_, names in named_by.items() if len(names) == 1},
        unmatched=tuple(unmatched),
        ambiguous=tuple(ambiguous),
        doubled={id_: tuple(names) for id_, names in named_by.items() if len(names) > 1},
        partial=tuple(partial),
        repeated=tuple(repeated),
        uncovered=tuple(town.id for town in towns if town.id not in named_by),
    )


@dataclass(frozen=True, slots=True)
class DistrictPolygons:
    """Polygons by name of the district, and the towns that could not be drawn."""

    polygons: Mapping[str, BaseGeometry]
    without_polygon: tuple[str, ...]


def dissolve_districts(
    district_of: Mapping[str, str], polygon_of: Mapping[str, BaseGeometry]
) -> DistrictPolygons:
    """Join the polygons of each district's towns.

    Parameters
    ----------
    district_of
        District by town id.
    polygon_of
        Polygon by town id.
    """
    from geo.polygons import dissolve

    drawn = [id_ for id_ in district_of if id_ in polygon_of]
    return DistrictPolygons(
        dissolve([district_of[id_] for id_ in drawn], [polygon_of[id_] for id_ in drawn]),
        tuple(id_ for id_ in district_of if id_ not in polygon_of),
    )
