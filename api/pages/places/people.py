"""The people who fit one opening best: who waits, may be matched, and may be seen by the reader."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from api.frame import NEXT_AND_PREVIOUS, OPEN, KeyHint
from api.pages.people.cards import facts_of, parts_in_order
from api.pages.places.asked import PATH
from api.pages.places.rows import OpeningLine, opening_line
from api.pages.surroundings import frame_for
from api.rendering import render
from api.rights import SeesPeople
from api.wiring import Wired
from cases.actions.cataloguing import find_opening
from cases.actions.matching import weigh_waiting
from cases.matching.rankings import rank_for_opening, refused_for_opening
from cases.matching.stories import PairStory
from cases.matching.weighing import Weighed
from cases.participant import Participant, age_on
from cases.words.facts import way_words
from cases.words.wording import counts_words, fit_word
from catalog.opening import Opening
from catalog.search import SHOWN_STATUSES

router = APIRouter(include_in_schema=False)

SHOWN: Final = 20
KEYS: Final = (NEXT_AND_PREVIOUS, OPEN, KeyHint(("G",), "この人のつなぎ先"))


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in words; `line` is age and case number."""

    id: str
    name: str
    line: str
    is_protected: bool


@dataclass(frozen=True, slots=True)
class FittingPerson:
    """Somebody whom an opening fits: the sentence, the way, the parts."""

    person: Person
    word: str
    sentence: str
    way: str
    parts: tuple[tuple[str, int, str], ...]


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Who fits an opening.

    Attributes
    ----------
    weighed
        How many people were looked at: all whom the reader may open, who wait and consented.
    not_for
        Everybody whom a rule refuses, with its sentence; filled only when asked for.
    """

    opening_id: str
    place_id: str
    place: str
    line: OpeningLine
    weighed: int = 0
    candidates: int = 0
    people: tuple[FittingPerson, ...] = ()
    more: int = 0
    refused: int = 0
    counts: str = ""
    not_for: tuple[tuple[Person, str], ...] = ()
    takes_people: bool = True


@router.get("/openings/{opening_id}/people")
def people_for_opening(
    request: Request,
    actor: SeesPeople,
    wiring: Wired,
    opening_id: str,
    show: Annotated[str, Query()] = "",
) -> HTMLResponse:
    """Show who fits best, and how many do not for which reason."""
    with wiring.reading() as stores:
        opening = find_opening(actor, stores.catalog, opening_id)
        place = wiring.catalog.resource(opening.resource_id)
        page = PeoplePage(
            opening_id=opening.id,
            place_id=opening.resource_id,
            place=place.name if place else "",
            line=opening_line(opening),
            takes_people=opening.status in SHOWN_STATUSES,
        )
        if page.takes_people:
            weighed = weigh_waiting(actor, stores, wiring.clock)
            page = _ranked(page, weighed, opening, show)
    frame = frame_for(request, actor, "枠に合いそうな人", current=PATH, keys=KEYS)
    return render(request, "pages/places/people.html", frame, page)


def _ranked(page: PeoplePage, weighed: Weighed, opening: Opening, show: str) -> PeoplePage:
    everyone = {person.id: person for person in weighed.inputs.participants}
    most = max(1, len(everyone)) if show == "all" else SHOWN
    ranking = rank_for_opening(weighed, opening.id, most)
    told = refused_for_opening(weighed, opening.id) if show == "refused" else []
    return replace(
        page,
        weighed=len(everyone),
        candidates=ranking.candidates,
        people=tuple(
            _fitting(weighed, story, everyone[story.participant_id]) for story in ranking.ranked
        ),
        more=ranking.candidates - len(ranking.ranked),
        refused=sum(count for _, count in ranking.refused),
        counts=counts_words(ranking.refused),
        not_for=tuple(
            (_in_words(weighed, everyone[story.participant_id]), story.refusal) for story in told
        ),
    )


def _fitting(weighed: Weighed, story: PairStory, who: Participant) -> FittingPerson:
    facts = facts_of(weighed, story)
    return FittingPerson(
        person=_in_words(weighed, who),
        word=fit_word(story.explanation.word),
        sentence=story.reason,
        way=f"{way_words(facts.way)}ほど" if facts.way and not facts.comes_to else "",
        parts=tuple((row.name, row.cells, row.word) for row in parts_in_order(weighed, story)),
    )


def _in_words(weighed: Weighed, who: Participant) -> Person:
    age = age_on(who.birth_on, weighed.inputs.on)
    line = "　".join(filter(None, ("" if age is None else f"{age}歳", who.case_no)))
    return Person(who.id, who.name, line, who.address_protected)
