"""What the templates of the catalogue may show."""

from __future__ import annotations

from dataclasses import dataclass

from api.pages.contexts import MapView
from api.pages.places.rows import PlaceRow


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a filter, with how many places it would leave."""

    value: str
    words: str
    count: int
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class OptionGroup:
    """Choices under one caption."""

    words: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """A link that changes what is asked: its words, where it leads, and how many are there."""

    words: str
    href: str
    count: int = 0


@dataclass(frozen=True, slots=True)
class Filters:
    """Everything by which one can narrow the list."""

    weekdays: tuple[Option, ...]
    bands: tuple[Option, ...]
    free: Option
    menus: tuple[OptionGroup, ...]
    kinds: tuple[OptionGroup, ...]
    districts: tuple[Option, ...]
    towns: tuple[Option, ...]
    daily: tuple[Option, ...]
    more: tuple[OptionGroup, ...]
    stages: tuple[Option, ...]

    @property
    def more_is_chosen(self) -> bool:
        """Whether one of the rarer accommodations is asked for."""
        return any(option.chosen for group in self.more for option in group.options)


@dataclass(frozen=True, slots=True)
class CataloguePage:
    """What was asked, what was found, and what one could ask instead."""

    text: str
    presets: tuple[Way, ...]
    filters: Filters
    chosen: tuple[Way, ...]
    found: int
    rows: tuple[PlaceRow, ...]
    page: int
    pages: int
    pages_address: str
    remedies: tuple[Way, ...]
    city: MapView
    may_write: bool
