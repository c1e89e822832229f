"""受け入れ先に見せる1枚: an opening as its host may read it, and what they could do."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.pages.places.asked import PATH
from api.pages.surroundings import frame_for
from api.rendering import render
from api.rights import WritesPlaces
from api.wiring import Wired
from cases.actions.hosting import look_as_host
from cases.words.dates import closed_words, date_words, schedule_words
from cases.words.places import (
    atmosphere_words,
    cost_words,
    free_words,
    freshness_of,
    labels_of,
    length_words,
    stages_words,
    welcome_words,
)
from catalog.dates import day_in_japan

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class HostPage:
    """An opening for its host: what is known of it, and what could be asked of them."""

    opening_id: str
    place_id: str
    place: str
    name: str
    day: str
    sentence: str
    asks: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]


@router.get("/openings/{opening_id}/host")
def host_view(
    request: Request, actor: WritesPlaces, wiring: Wired, opening_id: str
) -> HTMLResponse:
    """Show an opening as its host may read it."""
    with wiring.reading() as stores:
        opening, part = look_as_host(actor, stores, wiring.clock, opening_id)
        place = stores.catalog.resource(opening.resource_id)
    vocabulary, today = wiring.vocabulary, day_in_japan(wiring.clock())
    schedule = opening.schedule
    rows = (
        ("すること", opening.description),
        ("活動", "、".join(labels_of("menu", frozenset(opening.menu), vocabulary))),
        ("いつ", schedule_words(schedule)),
        ("休み", closed_words(schedule) if schedule else ""),
        ("長さ", length_words(opening)),
        ("どなたに", welcome_words(opening.welcome, vocabulary)),
        ("様子", atmosphere_words(opening)),
        ("空き", free_words(opening)),
        ("費用", cost_words(opening)),
        ("段階", stages_words(opening)),
        ("確認", freshness_of(opening.last_confirmed_on, today).words),
    )
    content = HostPage(
        opening_id=opening.id,
        place_id=opening.resource_id,
        place=place.name if place else "",
        name=opening.name,
        day=date_words(today),
        sentence=part.sentence,
        asks=part.asks,
        rows=tuple((label, words) for label, words in rows if words),
    )
    frame = frame_for(request, actor, "受け入れ先に見せる1枚", current=PATH)
    return render(request, "pages/places/host_view.html", frame, content)
