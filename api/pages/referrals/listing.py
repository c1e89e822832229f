"""What the own office was asked by others, and what it has asked of them."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.frame import NEXT_AND_PREVIOUS, OPEN, SEARCH
from api.pages.referrals.words import ADDRESS, ReferralRow, passing_of, referral_row
from api.pages.surroundings import frame_for
from api.rendering import render
from api.rights import SeesReceptions
from api.wiring import Wired
from cases.actions.referring import look_at_referrals

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class ReferralsPage:
    """Both directions; what waits for an answer stands first, of which there are `count`."""

    office: str
    count: int
    came: tuple[ReferralRow, ...]
    went: tuple[ReferralRow, ...]


@router.get(ADDRESS)
def referrals(request: Request, actor: SeesReceptions, wiring: Wired) -> HTMLResponse:
    """List the referrals to and from the own office."""
    with wiring.reading() as stores:
        found = look_at_referrals(actor, passing_of(wiring, stores))
        came, went = (tuple(referral_row(e, actor, stores) for e in each) for each in found)
    content = ReferralsPage(actor.office_id or "", sum(each.waits for each in came), came, went)
    keys = (NEXT_AND_PREVIOUS, OPEN, SEARCH)
    frame = frame_for(request, actor, "つなぎ", current="/intake", keys=keys)
    return render(request, "pages/referrals/list.html", frame, content)
