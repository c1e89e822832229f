"""How fast people travel: dated data with a source, editable by each city."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date
from difflib import get_close_matches
from enum import IntEnum, StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from geo.errors import GeoError


class TravelMode(StrEnum):
    """Means of travel; the order breaks ties between equally quick ones."""

    WALK = "walk"
    BICYCLE = "bicycle"
    BUS = "bus"
    CAR = "car"
    TRAIN = "train"
    PICKUP = "pickup"  # 送迎のみ: only where someone fetches the person


class TravelProfile(IntEnum):
    """Who travels; the number is the index in arrays by profile."""

    GENERAL = 0
    ELDERLY = 1
    AID = 2  # with a stick, a walker or a wheelchair


@dataclass(frozen=True, slots=True)
class Speed:
    """How one profile travels by one mode.

    Parameters
    ----------
    metres_per_minute
        Along the way, not as the crow flies.
    access_minutes
        To and from the stop, station or car, both ends together.
    waiting_minutes
        Until it comes.
    source
        Where the value comes from, empty if from nowhere yet.
    on
        Day on which the value was set or last confirmed.
    to_confirm
        A person of the city should confirm it (要確認); always so without a source.
    """

    metres_per_minute: float
    on: date
    access_minutes: float = 0.0
    waiting_minutes: float = 0.0
    source: str = ""
    to_confirm: bool = False
    note: str = ""

    def __post_init__(self) -> None:
        _check("metres_per_minute", self.metres_per_minute, least=1)
        _check("access_minutes", self.access_minutes, least=0)
        _check("waiting_minutes", self.waiting_minutes, least=0)
        if not self.source:
            object.__setattr__(self, "to_confirm", True)

    @property
    def fixed_minutes(self) -> float:
        """What passes however short the way is."""
        return self.access_minutes + self.waiting_minutes


@dataclass(frozen=True, slots=True)
class Detour:
    """Length of the way divided by the straight distance."""

    ratio: float
    on: date
    source: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        _check("ratio", self.ratio, least=1)


@dataclass(frozen=True, slots=True)
class Elderly:
    """From which age on a person is reckoned among the elderly."""

    from_age: int
    on: date
    source: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        _check("from_age", self.from_age, least=0)


_Entry = TypeVar("_Entry", Speed, Detour, Elderly)


@dataclass(frozen=True, slots=True)
class Speeds:
    """All that travel times rest on; a profile absent under a mode cannot use it."""

    version: str
    detour: Detour
    elderly: Elderly
    by: Mapping[TravelMode, Mapping[TravelProfile, Speed]]

    def fixed_minutes(self, mode: TravelMode) -> NDArray[np.float64]:
        """Give what passes however short the way is, float64[profiles], inf if not usable."""
        speeds = self._by_profile(mode)
        return np.array([speed.fixed_minutes if speed else math.inf for speed in speeds])

    def minutes_per_metre(self, mode: TravelMode) -> NDArray[np.float64]:
        """Give the minutes for a metre of straight distance, float64[profiles], 0 if not usable."""
        speeds = self._by_profile(mode)
        ratio = self.detour.ratio
        return np.array([ratio / speed.metres_per_minute if speed else 0.0 for speed in speeds])

    def _by_profile(self, mode: TravelMode) -> list[Speed | None]:
        speeds = self.by.get(mode, {})
        return [speeds.get(profile) for profile in TravelProfile]

    def profile_of(self, age: int | None, uses_aid: bool) -> TravelProfile:
        """Choose how a person travels; of unknown age (None or negative) like most people."""
        if uses_aid:
            return TravelProfile.AID
        is_elderly = age is not None and age >= self.elderly.from_age
        return TravelProfile.ELDERLY if is_elderly else TravelProfile.GENERAL


@cache
def load_speeds() -> Speeds:
    """Read the values that come with the product."""
    return read_speeds(tomllib.loads(files("geo").joinpath("data/speeds.toml").read_text("utf-8")))


def profile_of(age: int | None, uses_aid: bool) -> TravelProfile:
    """Choose how a person travels by the product's own age limit; see `Speeds.profile_of`."""
    return load_speeds().profile_of(age, uses_aid)


def read_speeds(data: Mapping[str, Any], base: Speeds | None = None) -> Speeds:
    """Read speeds from a table like `geo/data/speeds.toml`.

    Parameters
    ----------
    data
        The whole table, or what a city changes: each entry named replaces one of `base`.
    base
        What holds where `data` says nothing.

    Raises
    ------
    GeoError
        ``unknown_speed_key`` with the nearest known name, ``missing_speed_key``,
        ``impossible_speed``.
    """
    profiles = {profile.name.lower(): profile for profile in TravelProfile}
    _check_known(data, ["version", "detour", "elderly", *TravelMode], "speeds")
    by = {mode: dict(base.by.get(mode, {})) if base else {} for mode in TravelMode}
    for mode in TravelMode:
        entries = data.get(mode, {})
        _check_known(entries, profiles, mode)
        for name, entry in entries.items():
            by[mode][profiles[name]] = _entry(Speed, entry, f"{mode}.{name}")
    detour = _entry(Detour, data["detour"], "detour") if "detour" in data else None
    elderly = _entry(Elderly, data["elderly"], "elderly") if "elderly" in data else None
    return Speeds(
        version=str(data.get("version", base.version if base else "")),
        detour=detour or _known(base, "detour").detour,
        elderly=elderly or _known(base, "elderly").elderly,
        by=by,
    )


def _known(base: Speeds | None, key: str) -> Speeds:
    if base is None:
        raise GeoError("missing_speed_key", where="speeds", key=key)
    return base


def _entry(kind: type[_Entry], entry: Mapping[str, Any], where: str) -> _Entry:
    known = fields(kind)
    _check_known(entry, [each.name for each in known], where)
    for each in known:
        if each.default is MISSING and each.name not in entry:
            raise GeoError("missing_speed_key", where=where, key=each.name)
    if not isinstance(entry["on"], date):
        raise GeoError("impossible_speed", where=where, key="on", value=entry["on"])
    try:
        return kind(**entry)
    except GeoError as error:
        raise GeoError(error.code, **{**error.params, "where": where}) from None


def _check_known(entry: Mapping[str, Any], known: Iterable[str], where: str) -> None:
    names = list(known)
    for key in entry:
        if key not in names:
            near = next(iter(get_close_matches(key, names, n=1)), "")
            raise GeoError("unknown_speed_key", where=where, key=key, near=near)


def _check(key: str, value: object, least: float) -> None:
    if not isinstance(value, int | float) or not math.isfinite(value) or value < least:
        raise GeoError("impossible_speed", where="", key=key, value=value)
