"""What a reader has to know about the city to understand a file: its towns, its outline, its codes.

One place for "where is this?": town by name or address, point checked and axes put right.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from catalog.ids import IdSource, new_id
from catalog.municipality import Municipality, is_ward_of
from catalog.vocabulary import Vocabulary, load_vocabulary
from exchange.cells import is_blank, municipality_code, text
from exchange.errors import ExchangeError
from exchange.rows import NotOurs, Row
from geo.schema import Fault, check_point
from geo.towns import Town, TownIndex, TownMatch

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

_COUNTY = re.compile(r"^\w{1,5}?郡")
_PREFECTURE = re.compile(r"(?:東京都|北海道|京都府|大阪府|\w{2,3}県)")


@dataclass(frozen=True)
class City:
    """The ground on which files are read.

    Parameters
    ----------
    outline
        Polygon of the city in JGD2011, None if none is stored.
    today
        Since when a person waits where the file does not say.
    offices
        Those that can take part in a person's plan.
    """

    municipality: Municipality
    towns: TownIndex
    today: date
    outline: BaseGeometry | None = None
    ids: IdSource = field(default=new_id)
    offices: tuple[str, ...] = ()

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The code lists with the city's own codes."""
        return load_vocabulary().extended_by(self.municipality.codes)

    @cached_property
    def district_names(self) -> frozenset[tuple[str, str]]:
        """Layer key and name of every 圏域."""
        return frozenset(
            (layer.key, each.name)
            for layer in self.municipality.districts
            for each in layer.districts
        )


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is, as far as the row and the city tell."""

    town_id: str | None = None
    address: str = ""
    lat: float | None = None
    lon: float | None = None
    accuracy: str = "point"


def skip_other_municipality(row: Row, city: City) -> None:
    """Leave out a row that names another municipality; mend the spelling of our own code.

    Raises
    ------
    NotOurs
        The row is another municipality's.
    """
    own = city.municipality.code
    name = row.text("municipality_name")
    try:
        code = municipality_code(row.cell("municipality_code"), own)
    except ExchangeError as error:
        row.reject("municipality_code", error)
        return
    if code is None and name and not _is_name_of(city.municipality.name, name):
        code = ""
    if code and is_ward_of(code, own):
        return
    if code not in (None, own):
        raise NotOurs(f"ほかの市区町村の行（{name or code}）")
    if code and text(row.cell("municipality_code")) != code:
        row.repair("municipality_code", code, "repaired_code")


def _is_name_of(own: str, written: str) -> bool:
    """Tell whether a name is the city's, perhaps with 都道府県 or 郡 before or a ward behind."""
    short = _PREFECTURE.sub("", written, count=1)
    return any(name.startswith(own) for name in (written, short, _COUNTY.sub("", short)))


def read_place(row: Row, city: City) -> Place:
    """Read where a row's place is: town, address and point, each checked against the city.

    A place is resolved when its town is known or its point lies in the city (or, while no
    outline is stored, where the city can be); otherwise it is listed as unresolved.
    """
    lat, lon, is_outside = read_point(row, city)
    address = _address(row)
    town = _read_town(row, address, (lat, lon), city)
    if not is_outside and town is None and lat is None and not row.has("town"):
        # A town that is written and unknown is listed as such.
        row.unresolve("address", "place_unknown", value=address)
    accuracy = "point" if lat is not None else "town" if town else "city"
    return Place(town.id if town else None, address, lat, lon, accuracy)


def _address(row: Row) -> str:
    """Give the address in one piece, put together where the file has it in parts."""
    whole = row.text("address")
    if whole:
        return whole
    parts = ("address_prefecture", "address_city", "town", "address_block")
    return "".join(row.text(part) for part in parts)


def read_point(row: Row, city: City) -> tuple[float | None, float | None, bool]:
    """Read the point; also whether it is outside the city, which is listed as unresolved."""
    lat, lon = row.number("lat"), row.number("lon")
    told = {name for name in ("lat", "lon") if not is_blank(row.cell(name))}
    if not told or (lat is None and "lat" in told) or (lon is None and "lon" in told):
        return None, None, False
    if lat is None or lon is None:
        row.reject("lat" if lat is None else "lon", ExchangeError("half_point_in_file"))
        return None, None, False
    checked = check_point(lat, lon, city.outline, city.municipality.plane_zone)
    if Fault.IMPOSSIBLE in checked.faults:
        row.reject("lat", ExchangeError("point_impossible", lat=lat, lon=lon))
        return None, None, False
    if Fault.SWAPPED_AXES in checked.faults:
        row.repair("lat", str(checked.lat), "repaired_axes")
        row.repair("lon", str(checked.lon), "repaired_axes")
    is_outside = Fault.OUTSIDE in checked.faults
    if is_outside:
        where = f"{checked.lat}, {checked.lon}"
        row.unresolve("lat", "point_outside_city", value=where, city=city.municipality.name)
    return checked.lat, checked.lon, is_outside


def _read_town(
    row: Row, address: str, point: tuple[float | None, float | None], city: City
) -> Town | None:
    """Find the town by its own column, else by the address."""
    if row.has("town"):
        written = row.text("town")
        match = city.towns.find(written)
        if not match.towns:
            match = city.towns.find_in_address(written)
        town = _the_town(match, point)
        if town is None:
            hint = row.did_you_mean(written, (each.name for each in city.towns))
            row.unresolve("town", "town_ambiguous" if match.towns else "town_unknown", hint=hint)
        return town
    within = _PREFECTURE.sub("", address, count=1) if _PREFECTURE.match(address) else address
    return _the_town(city.towns.find_in_address(within), point) if address else None


def _the_town(match: TownMatch, point: tuple[float | None, float | None]) -> Town | None:
    """Give the one town meant; of several, the one nearest to the point."""
    lat, lon = point
    if match.is_ambiguous and lat is not None and lon is not None:
        placed = [town for town in match.towns if town.lat is not None and town.lon is not None]
        return min(
            placed,
            key=lambda t: ((t.lat or 0) - lat) ** 2 + ((t.lon or 0) - lon) ** 2,
            default=None,
        )
    return match.town
