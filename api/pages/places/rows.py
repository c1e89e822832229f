"""A place in a list: what is done there, when, whether there is room, and how fresh that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from api.city_map import Feature, point_feature
from cases.words.dates import schedule_words
from cases.words.places import (
    Freshness,
    cost_words,
    free_words,
    freshness_of,
    labels_of,
    status_words,
    welcome_words,
)
from catalog.opening import Opening, OpeningStatus, free_places
from catalog.search import Item, Query, fitting_openings, shown_openings
from catalog.vocabulary import Vocabulary

MOST_OPENINGS: Final = 3
MOST_CHIPS: Final = 4


@dataclass(frozen=True, slots=True)
class OpeningLine:
    """An opening in one line; `is_free` where somebody could begin now."""

    name: str
    when: str
    room: str
    is_free: bool


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A place as the list shows it; `more` counts the openings that are left out."""

    id: str
    name: str
    kind: str
    what: str
    where: str
    openings: tuple[OpeningLine, ...]
    more: int
    chips: tuple[str, ...]
    freshness: Freshness


def place_row(
    item: Item, query: Query, vocabulary: Vocabulary, towns: Mapping[str, str], today: date
) -> PlaceRow:
    """Return a place for the list; the openings that were asked for come first."""
    fitting = fitting_openings(query, item)
    openings = fitting + [
        each for each in shown_openings(item, query.viewer) if each not in fitting
    ]
    first = openings[0] if openings else None
    confirmed = [each.last_confirmed_on for each in openings] or [item.resource.last_confirmed_on]
    return PlaceRow(
        id=item.resource.id,
        name=item.resource.name,
        kind=kind_words(item.resource.kind, vocabulary),
        what=_what(item, first),
        where=where_words(item, towns),
        openings=tuple(opening_line(each) for each in openings[:MOST_OPENINGS]),
        more=max(0, len(openings) - MOST_OPENINGS),
        chips=_chips(item, first, vocabulary),
        freshness=_oldest(confirmed, today),
    )


def _what(item: Item, first: Opening | None) -> str:
    """Return what is done there, unless the line of the opening says the same."""
    said = item.resource.description or (first.description if first else "")
    return "" if first and said.rstrip("。") == first.name else said


def opening_line(opening: Opening) -> OpeningLine:
    """Return an opening in one line."""
    is_open = opening.status in (OpeningStatus.OPEN, OpeningStatus.FULL)
    return OpeningLine(
        name=opening.name,
        when=schedule_words(opening.schedule),
        room=free_words(opening) if is_open else status_words(opening.status),
        is_free=opening.status is OpeningStatus.OPEN and free_places(opening) > 0,
    )


def kind_words(code: str, vocabulary: Vocabulary) -> str:
    """Return what people call a kind of place; a code that no list knows stays as it came."""
    entry = vocabulary.codes("resource_kind").get(code)
    return entry.label if entry else code


def where_words(item: Item, towns: Mapping[str, str]) -> str:
    """Return where a place is: 南台圏域・南台二丁目."""
    districts = [f"{name.removesuffix('圏域')}圏域" for _, name in sorted(item.districts)[:1]]
    town = towns.get(item.resource.town_id or "", "")
    return "・".join(filter(None, [*districts, town]))


def _chips(item: Item, first: Opening | None, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return whom the first opening is for, what it costs, and what helps there."""
    if first is None:
        return tuple(labels_of("accommodation", item.resource.accessibility, vocabulary))[
            :MOST_CHIPS
        ]
    helps = labels_of(
        "accommodation", item.resource.accessibility | first.accommodations, vocabulary
    )
    chips = [welcome_words(first.welcome, vocabulary), cost_words(first), *helps]
    return tuple(chips)[:MOST_CHIPS]


def _oldest(confirmed: Sequence[date | None], today: date) -> Freshness:
    """Return how fresh the oldest of some dates is; a list is as fresh as its oldest entry."""
    return freshness_of(min(confirmed, key=lambda day: day or date.min), today)


def place_feature(item: Item, note: str, *, here: bool) -> Feature | None:
    """Return the mark of a place on the map, None where it is not known where it is.

    Parameters
    ----------
    here
        Whether the list beside the map shows the place; others are smaller marks.
    """
    place = item.resource
    if place.lat is None or place.lon is None:
        return None
    return point_feature(
        "place",
        place.lat,
        place.lon,
        name=place.name,
        note=note,
        href=f"/places/{place.id}",
        current=here,
        aside=not here,
    )
