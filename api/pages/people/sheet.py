"""本人に見せる1枚: a few places in easy Japanese, of nobody else, without any figure of fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from api.pages.people.cards import facts_of, weigh_or_none
from api.pages.people.head import Head, head_of
from api.pages.surroundings import frame_for
from api.rendering import render
from api.rights import SeesPeople
from api.wiring import Wired
from cases.actions.looking import look_at
from cases.matching.rankings import rank_for_participant
from cases.matching.stories import PairStory, near_for_participant, tell_reach
from cases.matching.weighing import Weighed
from cases.words.changes import Audience
from cases.words.dates import date_words
from cases.words.sheet import reasons_for_person, rows_for_person
from cases.words.wording import own_wording
from catalog.dates import day_in_japan

router = APIRouter(include_in_schema=False)

MOST: Final = 3
MOST_NEAR: Final = 2
"""So that everything has room on one sheet."""
OFFERED: Final = 10


@dataclass(frozen=True, slots=True)
class SheetPlace:
    """A place as the person reads it."""

    title: str
    name: str
    reasons: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Offered:
    """A place that can be put on the sheet."""

    opening_id: str
    name: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class SheetPage:
    """The sheet, and what else could stand on it; the choice is not printed."""

    head: Head
    intro: str
    decide: str
    day: str
    places: tuple[SheetPlace, ...]
    near: tuple[tuple[str, str], ...]
    offered: tuple[Offered, ...]
    tab: str = "openings"


@router.get("/people/{participant_id}/openings/sheet")
def sheet(
    request: Request,
    actor: SeesPeople,
    wiring: Wired,
    participant_id: str,
    place: Annotated[tuple[str, ...], Query()] = (),
) -> Response:
    """Show the sheet; `place` names the openings on it, the best ones where none is named."""
    with wiring.reading() as stores:
        standing = look_at(actor, stores, wiring.clock, participant_id)
        weighed = weigh_or_none(actor, wiring, stores, participant_id)
        if weighed is None:
            return RedirectResponse(f"/people/{participant_id}/openings", status_code=303)
        today = day_in_japan(wiring.clock())
        head = head_of(standing, actor, stores, today)
    content = _page(weighed, head, place, date_words(today))
    frame = frame_for(request, actor, "本人に見せる1枚", current="/people")
    return render(request, "pages/people/sheet.html", frame, content)


def _page(weighed: Weighed, head: Head, wanted: Sequence[str], day: str) -> SheetPage:
    say = own_wording().say
    ranked = rank_for_participant(weighed, head.id, OFFERED).ranked
    chosen = [each for each in ranked if each.opening_id in wanted][:MOST] or list(ranked[:MOST])
    code = "none" if not chosen else "intro_one" if len(chosen) == 1 else "intro"
    ids = {each.opening_id for each in chosen}
    return SheetPage(
        head=head,
        intro=say("sheet", code, name=f"{head.name} ", places=len(chosen)),
        decide=say("sheet", "decide"),
        day=day,
        places=tuple(_place(weighed, each) for each in chosen),
        near=_near(weighed, head.id),
        offered=tuple(
            Offered(each.opening_id, "　".join(_names(weighed, each)), each.opening_id in ids)
            for each in ranked
        ),
    )


def _place(weighed: Weighed, story: PairStory) -> SheetPlace:
    facts, vocabulary = facts_of(weighed, story), weighed.inputs.city.vocabulary
    return SheetPlace(
        *_names(weighed, story),
        reasons=reasons_for_person(story.explanation.strongest, facts, vocabulary),
        rows=rows_for_person(facts),
    )


def _names(weighed: Weighed, story: PairStory) -> tuple[str, str]:
    facts = facts_of(weighed, story)
    resource = facts.receiving.resource
    return (resource.name if resource else facts.opening.name), facts.opening.name


def _near(weighed: Weighed, participant_id: str) -> tuple[tuple[str, str], ...]:
    """Return what would bring further places within reach, as the person may read it."""
    names = {each.opening.id: each.name for each in weighed.inputs.receiving}
    found = []
    for near in near_for_participant(weighed, participant_id):
        reach = tell_reach(weighed, participant_id, near.opening_id, Audience.PERSON)
        if reach.change:
            words = own_wording().say("sheet", "near", condition=reach.change)
            found.append((names[near.opening_id], words))
    return tuple(found[:MOST_NEAR])
