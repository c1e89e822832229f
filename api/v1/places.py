"""`/api/v1/places` and `/api/v1/openings`: the catalogue, as far as the reader may see it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Query

from api.catalogue import find_place, found_items, search_words, without_words
from api.rights import SeesPlaces
from api.v1 import schemas
from api.v1.problems import READING
from api.v1.words import BAND_NAMES, BANDS, district_of, district_value
from api.wiring import Wired
from cases.actions.cataloguing import find_opening, sees
from cases.permissions import CATALOG_VIEW
from cases.words.dates import closed_words, schedule_words
from catalog import search
from catalog.actor import Actor
from catalog.dates import day_in_japan
from catalog.opening import Opening, Stage, free_places
from catalog.schedule import Schedule, occurrences
from catalog.search import Facets, Item

router = APIRouter(prefix="/api/v1", tags=["places"], responses=READING)

PAGE: Final = 50
NEXT_DAYS: Final = timedelta(days=28)


@router.get("/places")
def list_places(
    actor: SeesPlaces, wiring: Wired, asked: Annotated[schemas.PlaceQuery, Query()]
) -> schemas.PlaceList:
    """Search the catalogue; places with room for somebody come first, 50 to a page."""
    today = day_in_japan(wiring.clock())
    query = query_of(asked, actor, today)
    with wiring.reading():
        vocabulary = wiring.vocabulary
        with_words = search_words(wiring, query, vocabulary, today)
    found = found_items(query, with_words, vocabulary, today)
    shown = found[(asked.page - 1) * PAGE : asked.page * PAGE]
    return schemas.PlaceList(
        total=len(found),
        page=asked.page,
        pages=max(1, -(-len(found) // PAGE)),
        places=[place_shape(item, actor, today) for item in shown],
        facets=facets_shape(search.facets(without_words(query), with_words, vocabulary)),
    )


@router.get("/places/{place_id}")
def show_place(actor: SeesPlaces, wiring: Wired, place_id: str) -> schemas.Place:
    """Return one place."""
    today = day_in_japan(wiring.clock())
    with wiring.reading():
        return place_shape(find_place(wiring, actor, place_id, today), actor, today)


@router.get("/openings/{opening_id}")
def show_opening(actor: SeesPlaces, wiring: Wired, opening_id: str) -> schemas.Opening:
    """Return one opening."""
    with wiring.reading() as stores:
        opening = find_opening(actor, stores.catalog, opening_id)
    return opening_shape(opening, day_in_japan(wiring.clock()))


def query_of(asked: schemas.PlaceQuery, actor: Actor, today: date) -> search.Query:
    """Return the query that is asked in the name of a reader."""
    return search.Query(
        text=asked.q,
        kinds=frozenset(asked.kind),
        menu=frozenset(asked.menu),
        weekday=asked.weekday,
        band=BANDS[asked.band] if asked.band else None,
        town_ids=frozenset(asked.town),
        districts=frozenset(map(district_of, asked.district)),
        accommodations=frozenset(asked.accommodation),
        stage=None if asked.stage is None else Stage(asked.stage),
        free_only=asked.free,
        on=today,
        viewer=CATALOG_VIEW[actor.role],
    )


def place_shape(item: Item, actor: Actor, today: date) -> schemas.Place:
    """Return a place with the openings that an actor may see."""
    place = item.resource
    return schemas.Place(
        id=place.id,
        name=place.name,
        name_kana=place.name_kana,
        kind=place.kind,
        description=place.description,
        town=place.town_id,
        districts=sorted(district_value(*each) for each in item.districts),
        address=place.address,
        lat=place.lat,
        lon=place.lon,
        accommodations=sorted(place.accessibility),
        openings=[opening_shape(each, today) for each in item.openings if sees(actor, each, place)],
        last_confirmed_on=place.last_confirmed_on,
    )


def opening_shape(opening: Opening, today: date) -> schemas.Opening:
    """Return an opening, without what only the office knows of it."""
    welcome = opening.welcome
    return schemas.Opening(
        id=opening.id,
        place=opening.resource_id,
        name=opening.name,
        description=opening.description,
        status=opening.status,
        menu=list(opening.menu),
        form=opening.form,
        role=opening.role,
        capacity=opening.capacity,
        free=free_places(opening),
        first_stage=opening.first_stage,
        last_stage=opening.last_stage,
        schedule=schedule_shape(opening.schedule, today) if opening.schedule else None,
        min_minutes=opening.min_minutes,
        max_minutes=opening.max_minutes,
        min_age=welcome.min_age,
        max_age=welcome.max_age,
        sex=welcome.sex,
        with_child=welcome.with_child,
        fields=sorted(welcome.fields),
        accommodations=sorted(opening.accommodations),
        noise=opening.noise,
        crowd=opening.crowd,
        typical_people=opening.typical_people,
        helpers_wanted=opening.helpers_wanted,
        companion_welcome=opening.companion_welcome,
        leave_early_ok=opening.leave_early_ok,
        transport=list(opening.transport),
        cost_yen=opening.cost_yen,
        stipend_yen=opening.stipend_yen,
        insurance=opening.insurance,
        agreement_required=opening.agreement_required,
        starts_on=opening.starts_on,
        ends_on=opening.ends_on,
        last_confirmed_on=opening.last_confirmed_on,
    )


def schedule_shape(schedule: Schedule, today: date) -> schemas.Schedule:
    """Return a schedule with its next days."""
    return schemas.Schedule(
        words=schedule_words(schedule),
        recurrence=schedule.recurrence.code,
        starts_at=schedule.starts_at,
        ends_at=schedule.ends_at,
        closed=closed_words(schedule),
        next_on=occurrences(schedule, today, today + NEXT_DAYS),
    )


def facets_shape(left: Facets) -> dict[str, dict[str, int]]:
    """Return how many places each further choice would leave, under the names of the query."""
    return {
        "kind": dict(left.kinds),
        "menu": dict(left.menu),
        "weekday": {str(day): count for day, count in left.weekdays.items()},
        "band": {BAND_NAMES[band]: count for band, count in left.bands.items()},
        "district": {district_value(*each): count for each, count in left.districts.items()},
        "accommodation": dict(left.accommodations),
        "stage": {str(int(stage)): count for stage, count in left.stages.items()},
        "free": {"true": left.free},
    }
