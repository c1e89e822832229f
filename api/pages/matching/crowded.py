"""Someone who found all fitting places taken: by whom, and what taking one would change."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import HTTPException

from api.pages.matching.contexts import Who
from api.pages.matching.data import RunData
from api.pages.matching.page import address_of
from api.pages.matching.rows import who_of
from cases.matching.displacement import Crowding, crowding_of, crowding_words
from cases.messages import in_japanese
from exchange.frozen_runs import thaw
from matcher.errors import MatcherError


@dataclass(frozen=True, slots=True)
class TakenPlace:
    """An opening that fits but went to others, all of whom the reader may open."""

    name: str
    href: str
    pair_href: str
    people: tuple[Who, ...]
    effect: str


@dataclass(frozen=True, slots=True)
class CrowdedPage:
    """The openings that fit one person, the ones that cost others least first.

    `trouble` says why that is not known, where it is not.
    """

    who: Who
    back_href: str
    openings_href: str
    places: tuple[TakenPlace, ...]
    trouble: str = ""


def crowded_page(data: RunData, participant_id: str) -> CrowdedPage:
    """Build the page.

    Raises
    ------
    HTTPException
        404 where the reader knows of nobody in this run who was crowded out by this id.
    """
    left = {each.participant_id for each in data.run.unplaced if each.reason == "crowded_out"}
    if participant_id not in left:
        raise HTTPException(404)
    problem, assignment = thaw(data.run.problem, data.run.result)
    found: tuple[Crowding, ...] = ()
    trouble = ""
    try:
        found = crowding_of(problem, assignment, data.policy, participant_id)
    except MatcherError as error:
        trouble = in_japanese(error)
    return CrowdedPage(
        who=who_of(data, participant_id),
        back_href=f"{address_of(data.run)}?tab=unplaced#row-{participant_id}",
        openings_href=f"/people/{participant_id}/openings",
        places=tuple(_place(data, participant_id, each) for each in found if _is_told(data, each)),
        trouble=trouble,
    )


def _is_told(data: RunData, crowding: Crowding) -> bool:
    """Tell whether the opening exists for the reader, and everyone who has a place there.

    A place that is taken by nobody would say that somebody hidden has it.
    """
    return crowding.opening_id in data.openings and data.people.keys() >= set(crowding.occupants)


def _place(data: RunData, participant_id: str, crowding: Crowding) -> TakenPlace:
    opening = data.openings[crowding.opening_id]
    resource = data.resource_of(opening)
    names = {id_: person.name for id_, person in data.people.items()}
    return TakenPlace(
        name="・".join(each.name for each in (resource, opening) if each is not None),
        href=f"/places/{resource.id}" if resource else "",
        pair_href=f"{address_of(data.run)}/pairs/{participant_id}/{crowding.opening_id}",
        people=tuple(who_of(data, id_) for id_ in crowding.occupants),
        effect=crowding_words(crowding, names, data.openings, data.considered),
    )
