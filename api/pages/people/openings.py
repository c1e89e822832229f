"""The places for one person: ranked, why each, and why not each of the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from api.frame import NEXT_AND_PREVIOUS, OPEN, SEARCH, UNDO, KeyHint
from api.pages.contexts import NearPlace
from api.pages.people.cards import (
    Card,
    Reasons,
    card_of,
    proposals_of,
    set_aside_reasons,
    weigh_or_none,
)
from api.pages.people.head import Head, head_of
from api.pages.people.history import history_of
from api.pages.people.options import load_options
from api.pages.people.record import NextStep, Side, next_step_of, side_of
from api.pages.people.two_views import TwoViews, two_views
from api.pages.surroundings import frame_for
from api.rendering import render
from api.rights import SeesPeople
from api.wiring import Wired, Wiring
from cases.actions.counting import count_for_person
from cases.actions.looking import look_at
from cases.actions.matching import Stores
from cases.matching.rankings import rank_for_participant
from cases.matching.stories import near_for_participant
from cases.matching.weighing import Weighed
from cases.next_step import Standing
from cases.permissions import PeopleScope
from cases.words.wording import grouped_counts, own_wording
from catalog.actor import Actor
from catalog.dates import day_in_japan
from exchange.frozen_runs import thaw

router = APIRouter(include_in_schema=False)

SHOWN: Final = 3
HELPS: Final = 3
ASKING: Final = KeyHint(("P",), "受け入れ先に たずねる")
LISTED: Final = (NEXT_AND_PREVIOUS, OPEN, KeyHint(("E",), "くわしい理由"), ASKING)
DECIDING: Final = (KeyHint(("A",), "進める"), KeyHint(("S",), "見送る"), UNDO)


@dataclass(frozen=True, slots=True)
class OpeningsPage:
    """The ranked places; `stopped` where a rule forbids to look for any.

    `trouble` says of a decision that was not taken why not, and about which place.
    """

    head: Head
    side: Side
    stopped: NextStep | None = None
    openings: int = 0
    candidates: int = 0
    cards: tuple[Card, ...] = ()
    more: int = 0
    refused: int = 0
    counts: str = ""
    helps: tuple[tuple[str, int, str], ...] = ()
    reasons: Reasons = ()
    near: tuple[NearPlace, ...] = ()
    views: TwoViews | None = None
    decided: Card | None = None
    trouble: str = ""
    tab: str = "openings"


@router.get("/people/{participant_id}/openings")
def openings(
    request: Request,
    actor: SeesPeople,
    wiring: Wired,
    participant_id: str,
    show: Annotated[str, Query()] = "",
    decided: Annotated[str, Query()] = "",
) -> HTMLResponse:
    """Show the best places first; without consent say the rule and the way out."""
    shown = None if show == "all" else SHOWN
    return show_openings(request, actor, wiring, participant_id, shown=shown, decided=decided)


def show_openings(
    request: Request,
    actor: Actor,
    wiring: Wiring,
    participant_id: str,
    *,
    shown: int | None = SHOWN,
    decided: str = "",
    trouble: str = "",
) -> HTMLResponse:
    """Return the page of the places for a person, with 409 after a decision that was refused.

    Parameters
    ----------
    shown
        How many places; None: all.
    decided
        The proposal that was decided about a moment ago.
    """
    with wiring.reading() as stores:
        standing = look_at(actor, stores, wiring.clock, participant_id)
        head, side = _record(standing, actor, wiring, stores)
        weighed = weigh_or_none(actor, wiring, stores, participant_id)
        if weighed is None:
            content = OpeningsPage(head, side, stopped=next_step_of(standing))
        else:
            content = _ranked(standing, weighed, head, side, actor, stores, shown, decided)
    frame = frame_for(request, actor, "つなぎ先", current="/people", keys=_keys(content))
    page = replace(content, trouble=trouble)
    status = 409 if trouble else 200
    return render(request, "pages/people/openings.html", frame, page, status)


def _keys(content: OpeningsPage) -> tuple[KeyHint, ...]:
    """Return the keys that have something to press."""
    decides = any(card.proposal_id for card in content.cards)
    return (*(LISTED if content.cards else ()), *(DECIDING if decides else ()), SEARCH)


def _record(standing: Standing, actor: Actor, wiring: Wiring, stores: Stores) -> tuple[Head, Side]:
    who, today = standing.participant, day_in_japan(wiring.clock())
    need = stores.cases.need(PeopleScope(actor), who.id)
    options = load_options(wiring, stores, actor)
    side = side_of(who, need, options, history_of(who, wiring, stores, actor))
    return head_of(standing, actor, stores, today), side


def _ranked(
    standing: Standing,
    weighed: Weighed,
    head: Head,
    side: Side,
    actor: Actor,
    stores: Stores,
    shown: int | None,
    decided: str,
) -> OpeningsPage:
    ranking = rank_for_participant(weighed, head.id, top=len(weighed.inputs.receiving) or 1)
    proposals = proposals_of(standing, actor, stores)
    cards = tuple(
        card_of(weighed, story, proposals.get(story.opening_id)) for story in ranking.ranked
    )
    refused = sum(count for _, count in ranking.refused)
    first = cards if shown is None else cards[:shown]
    return OpeningsPage(
        head=head,
        side=side,
        openings=ranking.candidates + refused,
        candidates=ranking.candidates,
        cards=first,
        more=len(cards) - len(first),
        refused=refused,
        counts="、".join(f"{label} {count}" for label, count in grouped_counts(ranking.refused)),
        helps=_helps(ranking.refused),
        reasons=set_aside_reasons(weighed.inputs.city.vocabulary),
        near=_near(weighed, head.id),
        views=two_views(cards, count_for_person(actor, stores, thaw, weighed, head.id)),
        decided=next((card for card in cards if decided and card.proposal_id == decided), None),
    )


def _near(weighed: Weighed, participant_id: str) -> tuple[NearPlace, ...]:
    """Return the places that one change would bring within reach."""
    names = {each.opening.id: each.name for each in weighed.inputs.receiving}
    address = f"/people/{participant_id}/openings/"
    return tuple(
        NearPlace(names[near.opening_id], address + near.opening_id, near.change)
        for near in near_for_participant(weighed, participant_id)
    )


def _helps(refused: Sequence[tuple[str, int]]) -> tuple[tuple[str, int, str], ...]:
    """Return what refuses most openings, how many, and what could be asked about it."""
    rule_of = {own_wording().say("refused_group", rule): rule for rule, _ in reversed(refused)}
    return tuple(
        (label, count, own_wording().say("would_help", rule_of[label]))
        for label, count in grouped_counts(refused)[:HELPS]
    )
