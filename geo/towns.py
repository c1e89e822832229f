"""Towns (町丁字) of a city: finding one by name, and reading lists of them as people write them."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.errors import GeoError
from geo.names import NUMBER, kanji_to_int, loosen, normalise_town_name, spell, split_chome

__all__ = [
    "Expansion",
    "MatchedBy",
    "Town",
    "TownIndex",
    "TownMatch",
    "expand_town_list",
    "normalise_town_name",
    "town_id",
]


@dataclass(frozen=True, slots=True)
class Town:
    """A town of a city, with its representative point where that is known.

    Parameters
    ----------
    id
        Stable and URL-safe, see `town_id`.
    name
        As the city writes it.
    municipality_code
        Six digits (全国地方公共団体コード).
    lat, lon
        Degrees in JGD2011, both or neither.
    people
        Inhabitants, None if unknown.
    aliases
        Other names that mean this town (通称, an earlier name).
    """

    id: str
    name: str
    municipality_code: str
    lat: float | None = None
    lon: float | None = None
    people: int | None = None
    kana: str = ""
    aliases: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not normalise_town_name(self.name):
            raise GeoError("town_without_name", id=self.id)
        if (self.lat is None) != (self.lon is None):
            raise GeoError("town_half_point", name=self.name, lat=self.lat, lon=self.lon)
        if self.people is not None and self.people < 0:
            raise GeoError("negative_people", name=self.name, people=self.people)


def town_id(municipality_code: str, name: str, machiaza_id: str = "") -> str:
    """Give the id of a town: the same for every usual spelling of its name.

    Parameters
    ----------
    municipality_code
        Six digits.
    name
        The town's name; 大字 counts, since 大字上戸田 and 上戸田 may both exist.
    machiaza_id
        The national 町字ID (7 digits), used instead of the name where it is known.
    """
    if not re.fullmatch(r"\d{6}", municipality_code):
        raise GeoError("municipality_code", value=municipality_code)
    if re.fullmatch(r"\d{7}", machiaza_id):
        return f"{municipality_code}-{machiaza_id}"
    spelled = spell(name, keep_aza=True)
    if not spelled:
        raise GeoError("town_without_name", id="")
    return f"{municipality_code}-{sha256(spelled.encode()).hexdigest()[:10]}"


class MatchedBy(StrEnum):
    """How a written name was recognised, from the surest to the least sure."""

    EXACT = "exact"
    NORMALISED = "normalised"
    ALIAS = "alias"
    LOOSE = "loose"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class TownMatch:
    """The towns that a written name may mean, or all of which it means."""

    by: MatchedBy
    towns: tuple[Town, ...] = ()
    all_meant: bool = False

    @property
    def town(self) -> Town | None:
        """The one town, None when there is none or more than one."""
        return self.towns[0] if len(self.towns) == 1 else None

    @property
    def is_ambiguous(self) -> bool:
        """Only one is meant, but more than one fits equally well."""
        return len(self.towns) > 1 and not self.all_meant


class TownIndex:
    """The towns of one city in a fixed order, found by name or id.

    Parameters
    ----------
    towns
        All towns of the city; arrays about towns follow this order.
    prefixes
        What may stand before a town's name, in this order: ``("埼玉県", "新座市")``.

    Raises
    ------
    GeoError
        ``duplicate_town`` when two towns have one id.
    """

    def __init__(self, towns: Iterable[Town], prefixes: Sequence[str] = ()) -> None:
        self.towns = tuple(towns)
        self.position: dict[str, int] = {}
        for at, town in enumerate(self.towns):
            if (first := self.position.setdefault(town.id, at)) != at:
                names = {"first": self.towns[first].name, "second": town.name}
                raise GeoError("duplicate_town", id=town.id, **names)
        self._prefixes = tuple(_spell_with_aza(prefix) for prefix in prefixes)
        named = [(town.name, town) for town in self.towns]
        aliased = [(alias, town) for town in self.towns for alias in town.aliases]
        # From the surest to the least sure; the first that knows a name answers.
        self._levels = (
            _Level(MatchedBy.EXACT, str.strip, named),
            _Level(MatchedBy.NORMALISED, _spell_with_aza, named),
            _Level(MatchedBy.NORMALISED, normalise_town_name, named),
            _Level(MatchedBy.ALIAS, normalise_town_name, aliased),
            _Level(MatchedBy.LOOSE, _loosely, named + aliased),
        )
        bases = [(_base(town.name), town) for town in self.towns]
        self._bases = (
            _Level(MatchedBy.NORMALISED, normalise_town_name, bases),
            _Level(MatchedBy.LOOSE, _loosely, bases),
        )

    def __len__(self) -> int:
        return len(self.towns)

    def __iter__(self) -> Iterator[Town]:
        return iter(self.towns)

    def __getitem__(self, id_: str) -> Town:
        return self.towns[self.position[id_]]

    @cached_property
    def points(self) -> NDArray[np.float64]:
        """Latitude and longitude of every town, float64[n_towns, 2], NaN where unknown."""
        points = [(town.lat, town.lon) for town in self.towns]
        return np.array(points, dtype=np.float64).reshape(-1, 2)

    def find(self, name: str) -> TownMatch:
        """Find the town that a name means: as written, in one spelling, by alias, loosely.

        Loosely means old kanji (澤/沢) and ノ/の/之; it is tried last. A name that fits several
        towns equally well gives all of them.
        """
        for written in (name, self._without_prefix(name)):
            for level in self._levels:
                if towns := level.find(written):
                    return TownMatch(level.by, towns)
        return TownMatch(MatchedBy.NOTHING)

    def find_covered(self, name: str) -> TownMatch:
        """Find all towns that a name in a list covers.

        A bare 町名 covers the town with and without 丁目; a name that says 大字 or 丁目 means
        only itself. 東 never covers 東北.
        """
        written = self._without_prefix(name)
        if written.startswith(("大字", "字")) or _base(written) != normalise_town_name(written):
            return self.find(written)
        surely, loosely = self._bases
        if towns := surely.find(written):
            return TownMatch(surely.by, towns, all_meant=True)
        found = self.find(written)
        if found.by is MatchedBy.ALIAS or not (towns := loosely.find(written)):
            return found
        return TownMatch(loosely.by, towns, all_meant=len({_base(t.name) for t in towns}) == 1)

    def find_in_address(self, address: str) -> TownMatch:
        """Find the town at the beginning of an address: 扇町二丁目8-7, 野火止1-1-1.

        The town must be followed by a number or nothing, so that 東町3 is not taken for 東.
        Where 新塚1-2 may be 新塚 or 新塚一丁目, both are given.
        """
        key = normalise_town_name(self._without_prefix(address))
        for end in range(len(key), 0, -1):
            name, rest = key[:end], key[end:]
            if rest and not _AFTER_TOWN.match(rest):
                continue
            found = self.find(name)
            if short := _SHORT_CHOME.match(rest):
                chome = self.find(f"{name}{kanji_to_int(short[1])}丁目")
                found = TownMatch((found if found.towns else chome).by, found.towns + chome.towns)
            if found.towns:
                return found
        return TownMatch(MatchedBy.NOTHING)

    def _without_prefix(self, name: str) -> str:
        spelled = _spell_with_aza(name)
        for prefix in self._prefixes:
            spelled = spelled.removeprefix(prefix)
        return spelled


class _Level:
    """Towns by name under one way of folding names."""

    def __init__(
        self, by: MatchedBy, fold: Callable[[str], str], named: Iterable[tuple[str, Town]]
    ) -> None:
        self.by = by
        self._fold = fold
        self._towns: defaultdict[str, dict[str, Town]] = defaultdict(dict)
        for name, town in named:
            self._towns[fold(name)][town.id] = town

    def find(self, name: str) -> tuple[Town, ...]:
        return tuple(self._towns.get(self._fold(name), {}).values())


def _spell_with_aza(name: str) -> str:
    return spell(name, keep_aza=True)


def _loosely(name: str) -> str:
    return loosen(normalise_town_name(name))


def _base(name: str) -> str:
    return split_chome(normalise_town_name(name))[0]


_DASH = "[~〜ー―‐–—−-]"  # what people type for 〜 and for -
_AFTER_TOWN = re.compile(rf"[\d一二三四五六七八九十番(]|{_DASH}|[甲乙丙丁]\d")
_SHORT_CHOME = re.compile(rf"({NUMBER}){_DASH}")


@dataclass(frozen=True, slots=True)
class Expansion:
    """What a written list of towns means, with nothing dropped.

    Parameters
    ----------
    town_ids
        Every town named, once, in the order of the list.
    unmatched
        Names that no town has.
    ambiguous
        Names that several towns have equally well, with their ids; these are not in `town_ids`.
    repeated
        Ids named more than once.
    partial
        Ids of towns of which the list says that only a part (一部) is meant.
    """

    town_ids: tuple[str, ...] = ()
    unmatched: tuple[str, ...] = ()
    ambiguous: tuple[tuple[str, tuple[str, ...]], ...] = ()
    repeated: tuple[str, ...] = ()
    partial: tuple[str, ...] = ()


def expand_town_list(texts: Iterable[str], index: TownIndex) -> Expansion:
    """Read lists of towns as plans and by-laws write them.

    Understood are 野火止五丁目から八丁目まで, 畑中1〜3丁目, 馬場一丁目・二丁目, 栄一・二丁目,
    a bare 町名 for the town with and without 丁目, 片山三丁目の一部, and 市内全域.

    Parameters
    ----------
    texts
        Each names one town or several.
    index
        The towns of the city.
    """
    times: Counter[str] = Counter()
    partial: dict[str, None] = {}
    unmatched: list[str] = []
    ambiguous: list[tuple[str, tuple[str, ...]]] = []
    for named in (named for text in texts for named in _names_in(text, index)):
        if named.name in _WHOLE_CITY:
            match = TownMatch(MatchedBy.EXACT, index.towns, all_meant=True)
        else:
            match = index.find_covered(named.name)
        ids = tuple(town.id for town in match.towns)
        if not ids:
            unmatched.append(named.name)
        elif match.is_ambiguous:
            ambiguous.append((named.name, ids))
        else:
            times.update(ids)
            partial.update(dict.fromkeys(ids if named.is_part else ()))
    return Expansion(
        town_ids=tuple(times),
        unmatched=tuple(unmatched),
        ambiguous=tuple(ambiguous),
        repeated=tuple(id_ for id_, count in times.items() if count > 1),
        partial=tuple(partial),
    )


class _Named(NamedTuple):
    name: str
    is_part: bool


_WHOLE_CITY = frozenset({"市内全域", "区内全域", "町内全域", "村内全域"})
_SEPARATOR = re.compile(r"[、，,・;\n]|及び|並びに")
_IN_BRACKETS = re.compile(rf"\(({NUMBER}[^()]*丁目[^()]*)\)")  # 野火止(五丁目から八丁目まで)
_REMARK = re.compile(r"\(?の?(?:全域|全部|一円|(?P<part>一部))\)?$")
_TO = rf"(?:から|{_DASH})"
_RANGE = re.compile(
    rf"(?P<base>.*?)(?P<first>{NUMBER})(?:丁目)?{_TO}(?P<again>.*?)(?P<last>{NUMBER})丁目(?:まで)?"
)
_CHOME = re.compile(rf"(?P<base>.*?)(?P<number>{NUMBER})丁目")
_NUMBERS_ONLY = re.compile(rf"(?:{NUMBER}|{_TO}|丁目|まで)*丁目(?:まで)?")
_NUMBER_LAST = re.compile(rf"{NUMBER}$")


def _names_in(text: str, index: TownIndex) -> Iterator[_Named]:
    """Cut a written list into single names, each 丁目 with the 町名 it belongs to."""
    if index.find_covered(text).towns:  # a name may hold what looks like a separator
        yield _Named(text.strip(), is_part=False)
        return
    plain = _IN_BRACKETS.sub(r"\1", unicodedata.normalize("NFKC", text))
    pieces = [piece for cut in _SEPARATOR.split(plain) if (piece := _spell_with_aza(cut))]
    for at in range(len(pieces) - 2, -1, -1):  # 栄一・二丁目: the 一 is a 丁目 too
        if _NUMBER_LAST.search(pieces[at]) and _NUMBERS_ONLY.fullmatch(pieces[at + 1]):
            pieces[at] += "丁目"
    base = ""
    for piece in pieces:
        remark = _REMARK.search(piece)
        is_part = remark is not None and remark["part"] is not None
        name = (remark and piece not in _WHOLE_CITY and piece[: remark.start()]) or piece
        base, names = _chomes_of(name, base)
        yield from (_Named(each, is_part) for each in names)


def _chomes_of(name: str, base_before: str) -> tuple[str, list[str]]:
    """Write out a range or a bare 丁目; gives the 町名 that a following 丁目 belongs to."""
    if found := _RANGE.fullmatch(name):
        base = found["base"] or base_before
        first, last = kanji_to_int(found["first"]), kanji_to_int(found["last"])
        if base and found["again"] in ("", found["base"]) and first <= last:
            return base, [f"{base}{number}丁目" for number in range(first, last + 1)]
        return base, [name]
    if found := _CHOME.fullmatch(name):
        base = found["base"] or base_before
        return base, [f"{base}{kanji_to_int(found['number'])}丁目"]
    return name, [name]
