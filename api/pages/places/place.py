"""One place: its openings with their next days, whom they are for, and whom to call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.catalogue import find_place
from api.city_map import Feature, city_features, collection, point_feature, served_features
from api.frame import MAP, NEXT_AND_PREVIOUS, KeyHint
from api.pages.contexts import MapView
from api.pages.places.asked import PATH
from api.pages.places.days import Day, four_weeks, next_days
from api.pages.places.rows import kind_words, where_words
from api.pages.surroundings import can, frame_for
from api.rendering import render
from api.rights import SeesPlaces
from api.wiring import Wired, Wiring
from cases.actions.cataloguing import may_write, sees_host
from cases.permissions import Action, relations_to_host
from cases.words.dates import closed_words, date_words, day_words, schedule_words
from cases.words.places import (
    Freshness,
    area_words,
    atmosphere_words,
    cost_words,
    free_words,
    freshness_of,
    labels_of,
    length_words,
    preference_words,
    stages_words,
    status_words,
    welcome_words,
)
from catalog.actor import Actor, Role
from catalog.dates import day_in_japan
from catalog.opening import Opening, OpeningStatus
from catalog.organisation import Organisation
from catalog.search import SHOWN_STATUSES, Item
from catalog.vocabulary import Vocabulary

router = APIRouter(include_in_schema=False)

KEYS: Final = (NEXT_AND_PREVIOUS, MAP)
PEOPLE: Final = KeyHint(("G",), "合いそうな人")
Facts = tuple[tuple[str, str], ...]
_STATUS_KINDS: Final = {
    OpeningStatus.OPEN: "good",
    OpeningStatus.FULL: "near",
    OpeningStatus.PAUSED: "attention",
}


@dataclass(frozen=True, slots=True)
class OpeningCard:
    """An opening with everything one has to know before asking there."""

    id: str
    name: str
    status: str
    status_kind: str
    description: str
    menu: tuple[str, ...]
    room: str
    when: str
    closed: str
    next_days: tuple[str, ...]
    weeks: tuple[tuple[Day, ...], ...]
    facts: Facts
    helps: tuple[str, ...]
    freshness: Freshness
    has_people: bool
    may_write: bool


@dataclass(frozen=True, slots=True)
class PlacePage:
    """A place as staff see it; `host` is empty for those who do not call hosts."""

    id: str
    name: str
    kana: str
    kind: str
    what: str
    openings: tuple[OpeningCard, ...]
    facts: Facts
    helps: tuple[str, ...]
    host_name: str
    host: Facts
    freshness: Freshness
    city: MapView
    serves_part: bool
    may_write: bool
    done: str = ""


DONE: Final = {
    "saved": "保存しました。",
    "status": "受け付けのようすを変えました。",
    "confirmed": "今日 確かめたことを記録しました。",
}
"""What a page says after something was done, by the word in its address."""


@router.get("/places/{place_id}")
def show_place(
    request: Request, actor: SeesPlaces, wiring: Wired, place_id: str, done: str = ""
) -> HTMLResponse:
    """Show a place that the reader may see."""
    with wiring.reading():
        page = place_page(wiring, actor, place_id, DONE.get(done, ""))
    keys = (*KEYS, PEOPLE) if any(each.has_people for each in page.openings) else KEYS
    frame = frame_for(request, actor, "受け入れ先", current=PATH, keys=keys)
    return render(request, "pages/places/place.html", frame, page)


def place_page(wiring: Wiring, actor: Actor, place_id: str, done: str) -> PlacePage:
    """Read and say everything about a place."""
    today = day_in_japan(wiring.clock())
    vocabulary = wiring.vocabulary
    item = find_place(wiring, actor, place_id, today)
    place = item.resource
    towns = {town.id: town.name for town in wiring.ground.towns()}
    openings = sorted(
        item.openings, key=lambda each: (each.status not in SHOWN_STATUSES, each.name)
    )
    host = item.organisation
    host = host if host is not None and sees_host(actor, host) else None
    served = served_features(wiring, place.service_area, today)
    return PlacePage(
        id=place.id,
        name=place.name,
        kana=place.name_kana,
        kind=kind_words(place.kind, vocabulary),
        what=place.description,
        openings=tuple(opening_card(each, actor, vocabulary, today) for each in openings),
        facts=_place_facts(item, towns, actor),
        helps=tuple(labels_of("accommodation", place.accessibility, vocabulary)),
        host_name=host.name if host else "",
        host=_host_facts(host, vocabulary) if host else (),
        freshness=freshness_of(place.last_confirmed_on, today),
        city=_map(wiring, item, today, served),
        serves_part=bool(served),
        may_write=can(actor, Action.EDIT_CATALOG),
        done=done,
    )


def opening_card(
    opening: Opening, actor: Actor, vocabulary: Vocabulary, today: date
) -> OpeningCard:
    """Say everything about an opening."""
    is_shown = opening.status in SHOWN_STATUSES
    return OpeningCard(
        id=opening.id,
        name=opening.name,
        status=status_words(opening.status),
        status_kind=_STATUS_KINDS.get(opening.status, ""),
        description=opening.description,
        menu=tuple(labels_of("menu", opening.menu, vocabulary)),
        room=free_words(opening),
        when=schedule_words(opening.schedule),
        closed=closed_words(opening.schedule) if opening.schedule else "",
        next_days=tuple(day_words(day) for day in next_days(opening.schedule, today)),
        weeks=four_weeks(opening.schedule, today) if is_shown else (),
        facts=_opening_facts(opening, vocabulary, actor),
        helps=tuple(labels_of("accommodation", opening.accommodations, vocabulary)),
        freshness=freshness_of(opening.last_confirmed_on, today),
        has_people=is_shown and can(actor, Action.SEE_PEOPLE),
        may_write=may_write(actor, opening),
    )


def reads_words_of_staff(actor: Actor, host_id: str | None) -> bool:
    """Tell whether an actor reads what staff wrote for each other: other hosts do not."""
    return actor.role is not Role.HOST or bool(relations_to_host(actor, host_id))


def _opening_facts(opening: Opening, vocabulary: Vocabulary, actor: Actor) -> Facts:
    circumstances = opening.status_reason if reads_words_of_staff(actor, opening.host_id) else ""
    period = [date_words(day) if day else "" for day in (opening.starts_on, opening.ends_on)]
    insured = [] if opening.insurance in ("", "none") else [opening.insurance]
    facts = (
        ("どんな方", welcome_words(opening.welcome, vocabulary)),
        ("こういう方だと うれしい", preference_words(opening.preference, vocabulary)),
        ("ようす", atmosphere_words(opening)),
        ("手伝いの方", f"{opening.helpers_wanted}人 いるとよい" if opening.helpers_wanted else ""),
        ("1回の長さ", length_words(opening)),
        ("できる段", stages_words(opening)),
        ("費用", cost_words(opening)),
        ("通い方", "・".join(labels_of("transport", opening.transport, vocabulary))),
        ("形", "・".join(labels_of("form", [opening.form], vocabulary))),
        ("保険", "・".join(labels_of("insurance", insured, vocabulary))),
        ("確認書", "要る" if opening.agreement_required else ""),
        ("期間", "〜".join(period) if any(period) else ""),
        ("今の事情", circumstances),
    )
    return tuple((label, words) for label, words in facts if words)


def _place_facts(item: Item, towns: Mapping[str, str], actor: Actor) -> Facts:
    place = item.resource
    note = place.note if reads_words_of_staff(actor, place.organisation_id) else ""
    facts = (
        ("圏域", where_words(item, towns)),
        ("住所", " ".join(filter(None, (place.address, place.address_note)))),
        ("電話", place.phone),
        ("使える範囲", area_words(place.service_area, towns)),
        ("あいている日", " ".join(filter(None, (place.days, place.hours)))),
        ("ホームページ", place.url),
        ("覚え書き", note),
    )
    return tuple((label, words) for label, words in facts if words)


def _host_facts(host: Organisation, vocabulary: Vocabulary) -> Facts:
    facts = (
        ("担当の方", host.contact_name),
        ("電話", host.phone),
        ("ファックス", host.fax),
        ("メール", host.email),
        ("つながる時間", host.contact_hours),
        ("窓口になる職員", host.liaison),
        ("種別", "・".join(labels_of("organisation_kind", [host.kind], vocabulary))),
    )
    return tuple((label, words) for label, words in facts if words)


def _map(wiring: Wiring, item: Item, today: date, served: Sequence[Feature]) -> MapView:
    place = item.resource
    features = [*city_features(wiring, today), *served]
    if place.lat is None or place.lon is None:
        return MapView(f"{place.name}の場所は、まだ分かりません", collection(features))
    mark = point_feature("place", place.lat, place.lon, name=place.name, current=True)
    return MapView(f"{place.name}のあるところ", collection([*features, mark]))
