"""Finding places: words, filters with the number of places each would leave, list and map."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeVar

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.catalogue import found_items, search_words, without_words
from api.city_map import city_features, collection
from api.frame import MAP, NEXT_AND_PREVIOUS, OPEN, SEARCH
from api.pages.contexts import MapView
from api.pages.places.asked import (
    PATH,
    TEXT,
    YES,
    Asked,
    district_of,
    district_value,
    read_asked,
)
from api.pages.places.contexts import CataloguePage, Filters, Option, OptionGroup, Way
from api.pages.places.rows import place_feature, place_row
from api.pages.surroundings import can, frame_for
from api.rendering import announce, render
from api.rights import SeesPlaces
from api.wiring import Wired, Wiring
from cases.permissions import CATALOG_VIEW, Action
from cases.words.dates import BANDS_JA, WEEKDAYS_JA, schedule_words
from cases.words.wording import own_wording
from catalog.actor import Actor
from catalog.dates import day_in_japan
from catalog.opening import Stage
from catalog.schedule import Band
from catalog.search import Facets, Item, Query, facets, fitting_openings
from catalog.vocabulary import Vocabulary

router = APIRouter(include_in_schema=False)

ROWS: Final = 20
MOST_REMEDIES: Final = 4
DAILY: Final = (
    "wheelchair_access",
    "companion",
    "staff_beside",
    "small_group",
    "quiet_place",
    "leave_early",
    "watching_only",
    "written_communication",
)
"""The accommodations that are asked for day by day; the others are one click further."""
PRESETS: Final[tuple[tuple[str, str, str], ...]] = (
    ("空きのあるところ", "free", YES),
    ("静かなところ", "accommodation", "quiet_place"),
    ("少人数", "accommodation", "small_group"),
    ("お茶・おしゃべり", "menu", "tea_chat"),
    ("体を動かす", "menu", "exercise"),
    ("親子で", "menu", "child_rearing_circle"),
    ("役割がある", "stage", "4"),
    ("就労につながる", "stage", "5"),
    ("家から参加", "kind", "online_place"),
)
_Choice = TypeVar("_Choice")


@router.get("/places")
def find_places(request: Request, actor: SeesPlaces, wiring: Wired) -> HTMLResponse:
    """Show the places that are asked for, all of them when nothing is."""
    with wiring.reading():
        ground = load_ground(wiring)
        asked = read_asked(request.query_params, ground.allowed)
        page = catalogue_page(wiring, actor, ground, asked)
    frame = frame_for(
        request, actor, "受け入れ先", current=PATH, keys=(SEARCH, NEXT_AND_PREVIOUS, OPEN, MAP)
    )
    response = render(request, "pages/places/catalogue.html", frame, page)
    if "HX-Request" in request.headers:
        announce(response, f"{page.found}か所 見つかりました")
    return response


@dataclass(frozen=True, slots=True)
class Ground:
    """What can be asked for in this city today; towns and districts in their order."""

    vocabulary: Vocabulary
    towns: Mapping[str, str]
    districts: tuple[tuple[str, str], ...]
    today: date

    @property
    def allowed(self) -> Mapping[str, Collection[str]]:
        """The values that each field of the address may have."""
        return {
            "weekday": [str(day) for day in range(7)],
            "band": [str(int(band)) for band in Band],
            "free": [YES],
            "menu": self.vocabulary.codes("menu"),
            "kind": self.vocabulary.codes("resource_kind"),
            "district": [district_value(*each) for each in self.districts],
            "town": self.towns,
            "accommodation": self.vocabulary.codes("accommodation"),
            "stage": [str(int(stage)) for stage in Stage if stage is not Stage.CONSULTATION],
        }

    def words(self, name: str, value: str) -> str:
        """Return a choice in words, as it stands above the list."""
        match name:
            case "weekday":
                return f"{WEEKDAYS_JA[int(value)]}曜"
            case "band":
                return BANDS_JA[Band(int(value))]
            case "free":
                return "空きあり"
            case "district":
                return f"{district_of(value)[1].removesuffix('圏域')}圏域"
            case "town":
                return f"{self.towns[value]}から使える"
            case "stage":
                return f"「{own_wording().say('stage', value)}」ができる"
            case "menu" | "kind" | "accommodation":
                lists = {"kind": "resource_kind"}
                return self.vocabulary.label(lists.get(name, name), value)
        return value


def load_ground(wiring: Wiring) -> Ground:
    """Read what can be asked for."""
    today = day_in_japan(wiring.clock())
    ground = wiring.ground
    holding = ground.memberships(today)
    names = [
        (layer.key, each.name)
        for layer in ground.settings().districts
        for each in layer.districts
        if each.name in holding.get(layer.key, {}).values()
    ]
    return Ground(
        vocabulary=wiring.vocabulary,
        towns={town.id: town.name for town in ground.towns()},
        districts=tuple(names),
        today=today,
    )


def catalogue_page(wiring: Wiring, actor: Actor, ground: Ground, asked: Asked) -> CataloguePage:
    """Search, count and draw."""
    query = asked.query(CATALOG_VIEW[actor.role], ground.today)
    with_words = search_words(wiring, query, ground.vocabulary, ground.today)
    found = found_items(query, with_words, ground.vocabulary, ground.today)
    left = facets(without_words(query), with_words, ground.vocabulary)
    pages = max(1, -(-len(found) // ROWS))
    page = min(asked.page, pages)
    shown = found[(page - 1) * ROWS : page * ROWS]
    return CataloguePage(
        text=asked.one(TEXT),
        presets=tuple(
            Way(words, Asked({name: (value,)}).address)
            for words, name, value in PRESETS
            if value in ground.allowed[name]
        ),
        filters=_filters(
            asked, facets(without_words(query), with_words, ground.vocabulary), ground
        ),
        chosen=tuple(
            Way(ground.words(name, value), asked.without(name, value).address)
            for name, value in asked.choices
        ),
        found=len(found),
        rows=tuple(
            place_row(item, query, ground.vocabulary, ground.towns, ground.today) for item in shown
        ),
        page=page,
        pages=pages,
        pages_address=asked.address_of_pages,
        remedies=() if found else _remedies(wiring, asked, query, left, ground),
        city=_map(wiring, query, found, shown, ground.today),
        may_write=can(actor, Action.EDIT_CATALOG),
    )


def _filters(asked: Asked, left: Facets, ground: Ground) -> Filters:
    def options(
        name: str, counts: Mapping[str, int], order: Iterable[str], *, all_shown: bool = False
    ) -> tuple[Option, ...]:
        """Return what is left or chosen, in an order."""
        chosen = asked.all(name)
        return tuple(
            Option(value, ground.words(name, value), counts.get(value, 0), value in chosen)
            for value in order
            if all_shown or value in counts or value in chosen
        )

    def groups(
        name: str, list_name: str, counts: Mapping[str, int], left_out: Sequence[str] = ()
    ) -> tuple[OptionGroup, ...]:
        """Return a code list under the captions of its groups."""
        of_group: dict[str, list[str]] = {}
        for code, entry in ground.vocabulary.codes(list_name).items():
            if code not in left_out:
                of_group.setdefault(entry.group, []).append(code)
        made = (OptionGroup(words, options(name, counts, of_group[words])) for words in of_group)
        return tuple(group for group in made if group.options)

    weekdays = {str(day): count for day, count in left.weekdays.items()}
    bands = {str(int(band)): count for band, count in left.bands.items()}
    stages = {str(int(stage)): count for stage, count in left.stages.items()}
    districts = {district_value(*each): count for each, count in left.districts.items()}
    return Filters(
        weekdays=options("weekday", weekdays, ground.allowed["weekday"], all_shown=True),
        bands=options("band", bands, ground.allowed["band"], all_shown=True),
        free=options("free", {YES: left.free}, [YES], all_shown=True)[0],
        menus=groups("menu", "menu", left.menu),
        kinds=groups("kind", "resource_kind", left.kinds),
        districts=options("district", districts, ground.allowed["district"], all_shown=True),
        towns=tuple(
            Option(id_, name, 0, id_ in asked.all("town")) for id_, name in ground.towns.items()
        ),
        daily=options("accommodation", left.accommodations, DAILY),
        more=groups("accommodation", "accommodation", left.accommodations, DAILY),
        stages=options("stage", stages, ground.allowed["stage"], all_shown=True),
    )


def _remedies(
    wiring: Wiring, asked: Asked, query: Query, left: Facets, ground: Ground
) -> tuple[Way, ...]:
    """Return the one change after which something is found: another weekday, one choice less."""
    ways = [
        Way(
            f"{ground.words('weekday', str(day))}なら",
            asked.with_("weekday", str(day)).address,
            count,
        )
        for day, count in left.weekdays.items()
        if asked.one("weekday")
    ]
    for name, value in asked.choices:
        less = asked.without(name, value)
        loosened = less.query(query.viewer, ground.today)
        count = len(_found(wiring, loosened, ground))
        if count:
            ways.append(Way(f"「{ground.words(name, value)}」を外すと", less.address, count))
    return tuple(sorted(ways, key=lambda way: -way.count)[:MOST_REMEDIES])


def _found(wiring: Wiring, query: Query, ground: Ground) -> list[Item]:
    with_words = search_words(wiring, query, ground.vocabulary, ground.today)
    return found_items(query, with_words, ground.vocabulary, ground.today)


def _map(
    wiring: Wiring, query: Query, found: Sequence[Item], shown: Sequence[Item], today: date
) -> MapView:
    here = {item.resource.id for item in shown}
    # Drawn last lies on top: what the list shows.
    in_order = sorted(found, key=lambda item: item.resource.id in here)
    marks = (
        place_feature(item, _note(query, item), here=item.resource.id in here) for item in in_order
    )
    places = [mark for mark in marks if mark]
    label = f"見つかった {len(found)}か所のうち、位置の分かる {len(places)}か所"
    return MapView(label, collection([*city_features(wiring, today), *places]))


def _note(query: Query, item: Item) -> str:
    openings = fitting_openings(query, item)
    return schedule_words(openings[0].schedule) if openings else ""
