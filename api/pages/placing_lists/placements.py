"""All placements: running, resting and ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.frame import NEXT_AND_PREVIOUS, OPEN, SEARCH
from api.pages.placing_lists.words import GONE, place_names
from api.pages.surroundings import frame_for
from api.rendering import render
from api.rights import SeesPeople
from api.wiring import Wired, Wiring
from cases.actions.matching import Stores
from cases.life_words import state_word
from cases.permissions import PeopleScope
from cases.placing.placement import LIFE, Placement, PlacementState
from cases.words.dates import day_words
from cases.words.wording import own_wording
from catalog.actor import Actor
from catalog.dates import day_in_japan

router = APIRouter(include_in_schema=False)

KEYS: Final = (NEXT_AND_PREVIOUS, OPEN, SEARCH)
MOST_ENDED: Final = 30
TERM_NEAR: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class PlacementRow:
    """One placement in a list; `person` is empty where a list is of one person."""

    href: str
    person: str
    place: str
    state: str
    stage: int
    stage_words: str
    since: str
    words: str
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class PlacementsPage:
    """The list."""

    lead: str
    resting: tuple[PlacementRow, ...]
    running: tuple[PlacementRow, ...]
    ended: tuple[PlacementRow, ...]


@router.get("/placements")
def placements(request: Request, actor: SeesPeople, wiring: Wired) -> HTMLResponse:
    """Show the placements of people whom one may open."""
    with wiring.reading() as stores:
        resting, running, ended = (rows_in(actor, wiring, stores, each) for each in (
            PlacementState.RESTING, PlacementState.RUNNING, PlacementState.ENDED
        ))  # fmt: skip
    lead = f"続いている方が {len(running)}件、休んでいる方が {len(resting)}件 あります。"
    page = PlacementsPage(lead, resting, running, ended[:MOST_ENDED])
    frame = frame_for(request, actor, "参加", current="/people", keys=KEYS)
    return render(request, "pages/placing/placements.html", frame, page)


def rows_in(
    actor: Actor, wiring: Wiring, stores: Stores, state: PlacementState
) -> tuple[PlacementRow, ...]:
    """Return the placements in a state; what is late first, then the last begun."""
    scope, today = PeopleScope(actor), day_in_japan(wiring.clock())
    found = wiring.placing.placements(scope, state)
    if not found:
        return ()
    people = {each.id: each.name for each in stores.cases.participants(scope)}
    places = place_names(actor, stores)
    newest = sorted(found, key=lambda each: (each.ended_on or each.begun_on, each.id), reverse=True)
    rows = [placement_row(e, people.get(e.participant_id, ""), places, today) for e in newest]
    return tuple(sorted(rows, key=lambda row: not row.is_late))


def rows_of_person(
    actor: Actor, wiring: Wiring, stores: Stores, participant_id: str
) -> tuple[PlacementRow, ...]:
    """Return the placements of one person, the last one first."""
    found = wiring.placing.placements_of(PeopleScope(actor), participant_id)
    places = place_names(actor, stores) if found else {}
    today = day_in_japan(wiring.clock())
    return tuple(placement_row(each, "", places, today) for each in reversed(found))


def placement_row(
    placement: Placement, person: str, places: Mapping[str, str], today: date
) -> PlacementRow:
    """Return a placement as a list says it."""
    words, is_late = _words(placement, today)
    return PlacementRow(
        href=f"/placements/{placement.id}",
        person=person,
        place=places.get(placement.opening_id, GONE),
        state=state_word(LIFE.noun, placement.state),
        stage=int(placement.stage),
        stage_words=own_wording().say("stage", int(placement.stage)),
        since=f"{day_words(placement.begun_on)}から",
        words=words,
        is_late=is_late,
    )


def _words(placement: Placement, today: date) -> tuple[str, bool]:
    """Return what to keep in mind, and whether its day is here."""
    rests_until, term = placement.rests_until_on, placement.term_on
    if placement.state is PlacementState.RESTING and rests_until:
        if rests_until <= today:
            return "声をかける日です。", True
        return f"{day_words(rests_until)}に 声をかけます。", False
    if placement.state is PlacementState.RUNNING and term and term - today <= TERM_NEAR:
        return f"枠の期限は {day_words(term)}です。", True
    if placement.state is PlacementState.ENDED and placement.ended_on:
        return f"{day_words(placement.ended_on)}に 終わりました。", False
    return "", False
