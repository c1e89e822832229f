"""Writing down a first word in half a minute; no name is needed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.answers import Sent, Typed
from api.frame import KeyHint
from api.pages.intake.form import Offered, blank, offered_to, read_reception
from api.pages.intake.listing import ADDRESS
from api.pages.referrals.words import passing_of
from api.pages.surroundings import frame_for
from api.rendering import render
from api.rights import WritesReceptions
from api.wiring import Wired
from cases.actions.receiving import receive
from cases.actions.referring import find_referral
from cases.errors import CaseError
from cases.intake.reception import Reception
from cases.messages import in_japanese
from catalog.actor import Actor
from catalog.dates import day_in_japan
from catalog.ids import new_id

router = APIRouter(include_in_schema=False)

KEYS: Final = (KeyHint(("Ctrl+Enter",), "保存する"),)
WRONG: Final = 422


@dataclass(frozen=True, slots=True)
class EntryPage:
    """The form of a first word."""

    typed: Typed
    offered: Offered
    errors: Mapping[str, str] = field(default_factory=dict)


@router.get(ADDRESS + "/new")
def blank_form(
    request: Request, actor: WritesReceptions, wiring: Wired, referral: Annotated[str, Query()] = ""
) -> HTMLResponse:
    """Show the empty form; what another agency has asked is filled in."""
    offered = offered_to(actor, wiring)
    typed = blank(actor, offered, day_in_japan(wiring.clock()))
    if referral:
        with wiring.reading() as stores:
            asked = find_referral(actor, passing_of(wiring, stores), referral)
        typed += {
            "heard": (asked.why,),
            "whom_to_ask": (asked.from_office_id,),
            "channel": ("agency",),
        }
    return _page(request, actor, EntryPage(typed, offered))


@router.post(ADDRESS + "/new")
def write(request: Request, actor: WritesReceptions, wiring: Wired, sent: Sent) -> Response:
    """Keep a first word, or say at each field what has to be mended."""
    offered = offered_to(actor, wiring)
    today = day_in_japan(wiring.clock())
    start = Reception(id=new_id(), received_on=today, office_id=actor.office_id or "?")
    read, errors = read_reception(sent, offered, start)
    if read is not None:
        try:
            with wiring.writing() as stores:
                kept = receive(actor, stores.cases, wiring.intake, read, wiring.clock)
            goal = f"{ADDRESS}?saved=1" if sent.one("then") == "list" else f"{ADDRESS}/{kept.id}"
            return RedirectResponse(goal, status_code=303)
        except CaseError as error:
            if error.code != "received_in_future":
                raise
            errors = {"received_on": in_japanese(error)}
    return _page(request, actor, EntryPage(sent, offered, errors), WRONG)


def _page(request: Request, actor: Actor, content: EntryPage, status: int = 200) -> HTMLResponse:
    frame = frame_for(request, actor, "新しい受付", current=ADDRESS, keys=KEYS)
    return render(request, "pages/intake/new.html", frame, content, status)
