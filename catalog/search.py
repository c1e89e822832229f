"""What a search of the catalogue means: the reference that the database's search must equal.

Words are looked for in texts folded by `search_key`; every word of the query must occur in one of
the texts that the viewer may see. An opening counts for the filters on openings only as a whole:
the right activity on the wrong day is no hit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import TypeVar

from catalog.checks import VISIBILITIES, check_one_of, check_range
from catalog.opening import Opening, OpeningStatus, Stage, free_places, is_open_on
from catalog.organisation import Organisation
from catalog.resource import Resource
from catalog.schedule import Band, slot_bit, slot_masks
from catalog.text_key import search_key
from catalog.vocabulary import Vocabulary

_Choice = TypeVar("_Choice")

SHOWN_STATUSES = frozenset({OpeningStatus.OPEN, OpeningStatus.FULL, OpeningStatus.PAUSED})
"""Openings that a search knows of; drafts and what has ended are found by their own pages."""


@dataclass(frozen=True, slots=True)
class Item:
    """A resource with all that belongs to it.

    `serves` are the towns of its resolved service area, `districts` the (layer, name) pairs of
    the 圏域 that it lies in.
    """

    resource: Resource
    organisation: Organisation | None = None
    openings: tuple[Opening, ...] = ()
    serves: frozenset[str] = frozenset()
    districts: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody looks for. Empty fields ask for nothing; filled ones must all hold.

    Of `kinds`, `menu`, `town_ids` and `districts` one suffices; `accommodations` are needed all
    together. `weekday` counts from Monday = 0. `stage` asks for openings that have this step.
    `viewer` is the visibility up to which records are shown; `on` is the day for which
    `free_only` asks.
    """

    text: str = ""
    kinds: frozenset[str] = frozenset()
    menu: frozenset[str] = frozenset()
    weekday: int | None = None
    band: Band | None = None
    town_ids: frozenset[str] = frozenset()
    districts: frozenset[tuple[str, str]] = frozenset()
    accommodations: frozenset[str] = frozenset()
    stage: Stage | None = None
    free_only: bool = False
    on: date | None = None
    viewer: str = "office"

    def __post_init__(self) -> None:
        check_range("query", 0, 6, weekday=self.weekday)
        check_one_of("query", VISIBILITIES, viewer=self.viewer)

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the text, folded, each once."""
        return tuple(dict.fromkeys(filter(None, map(search_key, self.text.split()))))

    @property
    def slots(self) -> int:
        """The bits of the weekdays and bands that would do; 0 when neither is asked for."""
        return 0 if self.weekday is None and self.band is None else _slots(self.weekday, self.band)

    @property
    def asks_for_opening(self) -> bool:
        """Whether only a place with a fitting opening is a hit."""
        return bool(self.menu or self.slots or self.stage is not None or self.free_only)


@cache
def _slots(weekday: int | None, band: Band | None) -> int:
    """Return the bits of one weekday or all, and of one band or all."""
    weekdays = range(7) if weekday is None else (weekday,)
    bands = tuple(Band) if band is None else (band,)
    return sum(slot_bit(each, part) for each in weekdays for part in bands)


def matches(query: Query, item: Item, vocabulary: Vocabulary) -> bool:
    """Say whether a place is found by a query."""
    return (
        is_visible(item.resource.visibility, query.viewer)
        and _has_words(query, item, vocabulary)
        and _is_found(query, item)
    )


def is_visible(visibility: str, viewer: str) -> bool:
    """Say whether a record of one visibility is shown to a viewer of another."""
    return VISIBILITIES.index(visibility) <= VISIBILITIES.index(viewer)


def shown_openings(item: Item, viewer: str) -> tuple[Opening, ...]:
    """Return the openings of a place that a viewer may see and that are still alive."""
    return tuple(
        opening
        for opening in item.openings
        if opening.status in SHOWN_STATUSES and is_visible(opening.visibility, viewer)
    )


def resource_keys(resource: Resource, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the folded texts by which words find a resource."""
    labels = _labels(vocabulary, ("resource_kind", (resource.kind,)))
    labels += _labels(vocabulary, ("accommodation", sorted(resource.accessibility)))
    return _keys(resource.name, resource.name_kana, resource.description, resource.address, *labels)


def opening_keys(opening: Opening, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the folded texts by which words find an opening, and with it its resource."""
    labels = _labels(
        vocabulary,
        ("menu", opening.menu),
        ("form", (opening.form,)),
        ("role", (opening.role,)),
        ("accommodation", sorted(opening.accommodations)),
    )
    return _keys(opening.name, opening.description, *labels)


def organisation_keys(organisation: Organisation) -> tuple[str, ...]:
    """Return the folded texts by which words find an organisation; never its contact person."""
    return _keys(organisation.name, organisation.name_kana)


@dataclass(frozen=True, slots=True)
class Facets:
    """How many places each further choice would leave, by code; a choice that leaves none is out.

    A facet ignores the query's own choice of that facet, so that one can change one's mind.
    Weekdays count from Monday = 0.
    """

    kinds: Mapping[str, int]
    menu: Mapping[str, int]
    weekdays: Mapping[int, int]
    bands: Mapping[Band, int]
    districts: Mapping[tuple[str, str], int]
    accommodations: Mapping[str, int]
    stages: Mapping[Stage, int]
    free: int


def facets(query: Query, items: Iterable[Item], vocabulary: Vocabulary) -> Facets:
    """Count what each choice would leave: the number of places that `matches` would find."""
    known = [
        item
        for item in items
        if is_visible(item.resource.visibility, query.viewer)
        and _has_words(query, item, vocabulary)
    ]

    def count(
        loosened: Query,
        order: Iterable[_Choice],
        choices: Callable[[Item, list[Opening]], Iterable[_Choice]],
    ) -> dict[_Choice, int]:
        left = Counter(
            choice
            for item in known
            if _is_found(loosened, item)
            for choice in set(choices(item, fitting_openings(loosened, item)))
        )
        return {choice: left[choice] for choice in order if left[choice]}

    any_time = replace(query, weekday=None, band=None)
    return Facets(
        kinds=count(
            replace(query, kinds=frozenset()),
            vocabulary.codes("resource_kind"),
            lambda item, _: [item.resource.kind],
        ),
        menu=count(
            replace(query, menu=frozenset()),
            vocabulary.codes("menu"),
            lambda _, fitting: (code for opening in fitting for code in opening.menu),
        ),
        weekdays=count(any_time, range(7), lambda _, fitting: _weekdays(query.band, fitting)),
        bands=count(any_time, Band, lambda _, fitting: _bands(query.weekday, fitting)),
        districts=count(
            replace(query, districts=frozenset()),
            sorted({district for item in known for district in item.districts}),
            lambda item, _: item.districts,
        ),
        accommodations=count(
            query, vocabulary.codes("accommodation"), lambda *each: _provided(query, *each)
        ),
        stages=count(replace(query, stage=None), Stage, lambda _, fitting: _stages(fitting)),
        free=sum(_is_found(replace(query, free_only=True), item) for item in known),
    )


def _weekdays(band: Band | None, openings: Iterable[Opening]) -> set[int]:
    return {
        day for opening in openings for day in range(7) if _meets_in(_slots(day, band), opening)
    }


def _bands(weekday: int | None, openings: Iterable[Opening]) -> set[Band]:
    return {
        band for opening in openings for band in Band if _meets_in(_slots(weekday, band), opening)
    }


def _stages(openings: Iterable[Opening]) -> set[Stage]:
    return {stage for opening in openings for stage in Stage if _has_stage(stage, opening)}


def _provided(query: Query, item: Item, fitting: Iterable[Opening]) -> set[str]:
    """Return the accommodations of a place that one could ask for as well."""
    house = item.resource.accessibility
    found = {code for opening in fitting for code in house | opening.accommodations}
    return found | house if _is_house_enough(query, item) else found


def _is_found(query: Query, item: Item) -> bool:
    """Say whether a place meets everything but the words, which nobody need look for twice."""
    if query.kinds and item.resource.kind not in query.kinds:
        return False
    if query.town_ids and not query.town_ids & item.serves:
        return False
    if query.districts and not query.districts & item.districts:
        return False
    return bool(fitting_openings(query, item)) or _is_house_enough(query, item)


def fitting_openings(query: Query, item: Item) -> list[Opening]:
    """Return the openings of a place that meet what a query asks of an opening."""
    openings = shown_openings(item, query.viewer)
    return [opening for opening in openings if _fits(query, opening, item.resource)]


def _is_house_enough(query: Query, item: Item) -> bool:
    """Say whether the place itself, without any opening, meets the query."""
    return not query.asks_for_opening and query.accommodations <= item.resource.accessibility


def _has_words(query: Query, item: Item, vocabulary: Vocabulary) -> bool:
    if not query.words:
        return True
    keys = resource_keys(item.resource, vocabulary)
    organisation = item.organisation
    if organisation is not None and is_visible(organisation.visibility, query.viewer):
        keys += organisation_keys(organisation)
    for opening in shown_openings(item, query.viewer):
        keys += opening_keys(opening, vocabulary)
    return all(any(word in key for key in keys) for word in query.words)


def _fits(query: Query, opening: Opening, resource: Resource) -> bool:
    if query.menu and not query.menu.intersection(opening.menu):
        return False
    if query.slots and not _meets_in(query.slots, opening):
        return False
    if query.stage is not None and not _has_stage(query.stage, opening):
        return False
    if query.free_only and not _is_free(opening, query.on):
        return False
    return query.accommodations <= resource.accessibility | opening.accommodations


def _meets_in(slots: int, opening: Opening) -> bool:
    """Say whether it takes place in one of the slots; by arrangement, any may do."""
    if opening.schedule is None:
        return True
    return any(mask & slots for mask in slot_masks(opening.schedule))


def _has_stage(stage: Stage, opening: Opening) -> bool:
    return opening.first_stage <= stage <= opening.last_stage


def _is_free(opening: Opening, on: date | None) -> bool:
    is_open = opening.status is OpeningStatus.OPEN if on is None else is_open_on(opening, on)
    return is_open and free_places(opening) > 0


def _labels(vocabulary: Vocabulary, *codes: tuple[str, Iterable[str]]) -> tuple[str, ...]:
    """Return the labels of codes; a code that no list knows is no word to be found by."""
    return tuple(
        entry.label
        for name, each in codes
        for code in each
        if (entry := vocabulary.codes(name).get(code)) is not None
    )


def _keys(*texts: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, map(search_key, texts))))
