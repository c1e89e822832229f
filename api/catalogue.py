"""What of the catalogue a reader finds: searching it, and one place with its openings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from api.wiring import Wiring
from cases.actions.cataloguing import sees
from cases.errors import NotFound
from cases.permissions import CATALOG_VIEW
from catalog.actor import Actor
from catalog.opening import free_places, is_open_on
from catalog.search import Item, Query, fitting_openings, is_visible, matches
from catalog.vocabulary import Vocabulary


def search_words(wiring: Wiring, query: Query, vocabulary: Vocabulary, today: date) -> list[Item]:
    """Return everything in which the words of a query occur, and that its reader may see."""
    words = Query(text=query.text, viewer=query.viewer)
    return wiring.catalog.search(words, vocabulary, today)


def without_words(query: Query) -> Query:
    """Return the query for places whose words have been looked at."""
    return replace(query, text="")


def found_items(
    query: Query, with_words: Iterable[Item], vocabulary: Vocabulary, today: date
) -> list[Item]:
    """Return what meets all of a query, places with room for somebody first.

    Parameters
    ----------
    with_words
        What `search_words` returned for the query.
    """
    rest = without_words(query)
    found = [item for item in with_words if matches(rest, item, vocabulary)]
    return sorted(found, key=lambda item: not _has_room(query, item, today))


def _has_room(query: Query, item: Item, today: date) -> bool:
    return any(
        is_open_on(opening, today) and free_places(opening) > 0
        for opening in fitting_openings(query, item)
    )


def find_place(wiring: Wiring, actor: Actor, place_id: str, today: date) -> Item:
    """Return a place with the openings that an actor may see.

    Raises
    ------
    NotFound
        `place_not_found`, whether there is none or the actor may not see it.
    """
    item = wiring.catalog.item(place_id, today)
    if item is None:
        raise NotFound("place_not_found")
    openings = tuple(each for each in item.openings if sees(actor, each, item.resource))
    is_shown = is_visible(item.resource.visibility, CATALOG_VIEW[actor.role])
    if not is_shown and not openings:
        raise NotFound("place_not_found")
    return replace(item, openings=openings)
