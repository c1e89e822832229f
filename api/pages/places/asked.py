"""What is asked of the catalogue, as it stands in the address: read, and written again in links.

Nobody is named in such an address, so it may be kept, sent on and gone back to.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from cases.words.dates import BANDS_JA, WEEKDAYS_JA
from catalog.opening import Stage
from catalog.schedule import Band
from catalog.search import Query

PATH: Final = "/places"
LONGEST_TEXT: Final = 100
TEXT: Final = "q"
YES: Final = "yes"
FIELDS: Final = (
    TEXT, "weekday", "band", "free", "menu", "kind", "district", "town", "accommodation", "stage",
)  # fmt: skip
_BAND_OF: Final = {words: band for band, words in BANDS_JA.items()}


@dataclass(frozen=True, slots=True)
class Asked:
    """The choices as texts, by field; `page` counts from 1."""

    fields: Mapping[str, tuple[str, ...]]
    page: int = 1

    def one(self, name: str) -> str:
        """Return the choice of a field that has one at most, or nothing."""
        return next(iter(self.all(name)), "")

    def all(self, name: str) -> tuple[str, ...]:
        """Return the choices of a field."""
        return self.fields.get(name, ())

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        """Every choice as a pair of field and value, in the order of the page."""
        return tuple((name, value) for name in FIELDS for value in self.all(name))

    def without(self, name: str, value: str) -> Asked:
        """Return what is asked without one choice, from its first page."""
        left = tuple(each for each in self.all(name) if each != value)
        return Asked({**self.fields, name: left})

    def with_(self, name: str, value: str) -> Asked:
        """Return the same with a field set to one choice."""
        return Asked({**self.fields, name: (value,)})

    @property
    def address(self) -> str:
        """Where this is answered, without the page."""
        return f"{PATH}?{urlencode(self.choices)}" if self.choices else PATH

    @property
    def address_of_pages(self) -> str:
        """The same, up to where the number of a page follows."""
        return f"{PATH}?{urlencode([*self.choices, ('page', '')])}"

    def query(self, viewer: str, on: date) -> Query:
        """Return the query; a weekday or part of the day among the words is understood as such.

        Parameters
        ----------
        viewer
            The visibility up to which places are found.
        on
            The day for which free places count.
        """
        words, weekday, band = _understood(self.one(TEXT))
        stage, chosen_day, chosen_band = (
            int(value) if (value := self.one(name)) else None
            for name in ("stage", "weekday", "band")
        )
        return Query(
            text=words,
            kinds=frozenset(self.all("kind")),
            menu=frozenset(self.all("menu")),
            weekday=weekday if chosen_day is None else chosen_day,
            band=band if chosen_band is None else Band(chosen_band),
            town_ids=frozenset(self.all("town")),
            districts=frozenset(map(district_of, self.all("district"))),
            accommodations=frozenset(self.all("accommodation")),
            stage=None if stage is None else Stage(stage),
            free_only=bool(self.one("free")),
            on=on,
            viewer=viewer,
        )


def district_of(value: str) -> tuple[str, str]:
    """Return the layer and the name of a 圏域 from an address."""
    layer, _, name = value.partition("/")
    return layer, name


def district_value(layer: str, name: str) -> str:
    """Return a 圏域 as it stands in an address."""
    return f"{layer}/{name}"


def read_asked(params: QueryParams, allowed: Mapping[str, Collection[str]]) -> Asked:
    """Read an address; what does not exist (any more) is passed over, so that old links work.

    Parameters
    ----------
    allowed
        The values of each field but the text.
    """
    fields = {
        name: tuple(dict.fromkeys(each for each in params.getlist(name) if each in values))
        for name, values in allowed.items()
    }
    text = " ".join(params.get(TEXT, "").split())[:LONGEST_TEXT]
    page = params.get("page", "")
    number = int(page) if re.fullmatch(r"[0-9]{1,4}", page) else 1
    return Asked({TEXT: (text,) if text else (), **fields}, max(1, number))


def _understood(text: str) -> tuple[str, int | None, Band | None]:
    """Take the first weekday and the first part of the day out of the words."""
    weekday: int | None = None
    band: Band | None = None
    words = []
    for word in text.split():
        day = re.fullmatch(rf"([{WEEKDAYS_JA}])曜日?", word)
        if day and weekday is None:
            weekday = WEEKDAYS_JA.index(day[1])
        elif word in _BAND_OF and band is None:
            band = _BAND_OF[word]
        else:
            words.append(word)
    return " ".join(words), weekday, band
