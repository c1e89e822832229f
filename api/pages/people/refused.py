"""Why not: every opening that does not fit a person, by reason and by name."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from api.frame import NEXT_AND_PREVIOUS, OPEN, SEARCH
from api.pages.people.cards import Card, card_of, facts_of, weigh_or_none
from api.pages.people.head import Head, head_of
from api.pages.surroundings import frame_for
from api.rendering import render
from api.rights import SeesPeople
from api.wiring import Wired
from cases.actions.looking import look_at
from cases.matching.rankings import rank_for_participant, refused_for_participant
from cases.matching.stories import PairStory
from cases.matching.weighing import Weighed
from cases.words.dates import schedule_words
from cases.words.wording import own_wording
from catalog.dates import day_in_japan
from catalog.text_key import search_key

router = APIRouter(include_in_schema=False)

PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """One opening that does not fit, the first reason, and what would make it fit."""

    opening_id: str
    title: str
    name: str
    schedule: str
    sentence: str
    change: str


@dataclass(frozen=True, slots=True)
class RefusedPage:
    """All openings that do not fit: by reason, by name; those that fit and have the name too."""

    head: Head
    total: int
    shown: int
    rows: tuple[RefusedRow, ...]
    fitting: tuple[Card, ...]
    filters: tuple[tuple[str, str, int], ...]
    current: str
    name: str
    page: int
    pages: int
    href: str
    tab: str = "openings"


@router.get("/people/{participant_id}/openings/refused")
def refused(
    request: Request,
    actor: SeesPeople,
    wiring: Wired,
    participant_id: str,
    reason: Annotated[str, Query()] = "",
    name: Annotated[str, Query(max_length=100)] = "",
    page: Annotated[int, Query(ge=1)] = 1,
) -> Response:
    """List every opening that does not fit, with the sentence why not."""
    with wiring.reading() as stores:
        standing = look_at(actor, stores, wiring.clock, participant_id)
        weighed = weigh_or_none(actor, wiring, stores, participant_id)
        if weighed is None:
            return RedirectResponse(f"/people/{participant_id}/openings", status_code=303)
        head = head_of(standing, actor, stores, day_in_japan(wiring.clock()))
    content = _refused_page(weighed, head, reason, name.strip(), page)
    keys = (NEXT_AND_PREVIOUS, OPEN, SEARCH)
    frame = frame_for(request, actor, "合わなかった枠", current="/people", keys=keys)
    return render(request, "pages/people/refused.html", frame, content)


def _refused_page(weighed: Weighed, head: Head, reason: str, name: str, page: int) -> RefusedPage:
    stories = sorted(
        refused_for_participant(weighed, head.id), key=lambda each: _name_of(weighed, each)
    )
    named = [each for each in stories if _is_named(weighed, each, name)]
    groups = own_wording().tables["refused_group"]
    counts = Counter(groups[each.rules[0]] for each in named)
    filters = [
        (next(rule for rule, label in groups.items() if label == group), group, count)
        for group, count in sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    ]
    current = reason if reason in groups else ""
    wanted = [each for each in named if not current or groups[each.rules[0]] == groups[current]]
    pages = max(1, -(-len(wanted) // PAGE))
    at = min(page, pages)
    query = urlencode({"reason": current, "name": name})
    return RefusedPage(
        head=head,
        total=len(stories),
        shown=len(wanted),
        rows=tuple(_refused_row(weighed, each) for each in wanted[(at - 1) * PAGE : at * PAGE]),
        fitting=_fitting(weighed, head.id, name) if name else (),
        filters=tuple(filters),
        current=current,
        name=name,
        page=at,
        pages=pages,
        href=f"/people/{head.id}/openings/refused?{query}&page=",
    )


def _fitting(weighed: Weighed, participant_id: str, name: str) -> tuple[Card, ...]:
    ranking = rank_for_participant(weighed, participant_id, len(weighed.inputs.receiving) or 1)
    return tuple(
        card_of(weighed, each, None) for each in ranking.ranked if _is_named(weighed, each, name)
    )


def _is_named(weighed: Weighed, story: PairStory, name: str) -> bool:
    """Tell whether an opening or its place is called so, in any spelling."""
    facts = facts_of(weighed, story)
    resource = facts.receiving.resource
    names = [facts.opening.name, *((resource.name, resource.name_kana) if resource else ())]
    return any(search_key(name) in search_key(each) for each in names)


def _name_of(weighed: Weighed, story: PairStory) -> tuple[str, str]:
    """Return by what an opening is listed: its place as it is read, then its own name."""
    facts = facts_of(weighed, story)
    resource = facts.receiving.resource
    place = (resource.name_kana or resource.name) if resource else ""
    return search_key(place), search_key(facts.opening.name)


def _refused_row(weighed: Weighed, story: PairStory) -> RefusedRow:
    facts = facts_of(weighed, story)
    resource = facts.receiving.resource
    return RefusedRow(
        opening_id=story.opening_id,
        title=resource.name if resource else facts.opening.name,
        name=facts.opening.name,
        schedule=schedule_words(facts.opening.schedule),
        sentence=story.refusal,
        change=story.change,
    )
