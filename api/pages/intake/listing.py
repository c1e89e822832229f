"""The list of first words: what nobody has decided yet stands first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from api.frame import NEXT_AND_PREVIOUS, OPEN, SEARCH, KeyHint
from api.pages.intake.form import Offered, offered_to
from api.pages.people.head import date_without_weekday
from api.pages.people.options import district_words
from api.pages.surroundings import can, frame_for
from api.rendering import render
from api.rights import SeesReceptions
from api.wiring import Wired
from cases.actions.matching import Stores
from cases.actions.receiving import look_at_receptions
from cases.intake.reception import Reception
from cases.permissions import Action, PeopleScope
from catalog.actor import Actor

router = APIRouter(include_in_schema=False)

ADDRESS: Final = "/intake"
PAGE: Final = 50
MOST_CHARACTERS: Final = 40
KEYS: Final = (NEXT_AND_PREVIOUS, OPEN, KeyHint(("C",), "新しい受付"), SEARCH)


@dataclass(frozen=True, slots=True)
class ReceptionRow:
    """A first word in a line; `person` is empty as long as nobody is known."""

    href: str
    on: str
    where: str
    connected: str
    field: str
    heard: str
    outcome: str
    is_open: bool
    person: str
    person_href: str


@dataclass(frozen=True, slots=True)
class ReceptionsPage:
    """One page of the list; `count` of them are still undecided."""

    count: int
    total: int
    rows: tuple[ReceptionRow, ...]
    page: int
    pages: int
    may_write: bool
    may_count: bool
    message: str = ""


@router.get(ADDRESS)
def receptions(
    request: Request,
    actor: SeesReceptions,
    wiring: Wired,
    page: Annotated[int, Query(ge=1)] = 1,
    saved: Annotated[str, Query()] = "",
) -> HTMLResponse:
    """List the first words that the reader may know of."""
    with wiring.reading() as stores:
        found = look_at_receptions(actor, wiring.intake)
        pages = max(1, -(-len(found) // PAGE))
        shown = found[(min(page, pages) - 1) * PAGE :][:PAGE]
        offered = offered_to(actor, wiring)
        rows = tuple(_row(each, offered, actor, stores) for each in shown)
    content = ReceptionsPage(
        count=sum(not each.screening for each in found),
        total=len(found),
        rows=rows,
        page=min(page, pages),
        pages=pages,
        may_write=can(actor, Action.WRITE_RECEPTIONS),
        may_count=can(actor, Action.SEE_PLANNING),
        message="受付を書きました。" if saved else "",
    )
    frame = frame_for(request, actor, "受付", current=ADDRESS, keys=KEYS)
    return render(request, "pages/intake/list.html", frame, content)


def _row(each: Reception, offered: Offered, actor: Actor, stores: Stores) -> ReceptionRow:
    words = offered.words
    person = None
    if each.participant_id is not None:
        person = stores.cases.participant(PeopleScope(actor), each.participant_id)
    district = district_words(each.connector_district) if each.connector_district else ""
    connected = words["connected_by"].get(each.connected_by, each.connected_by)
    place = each.window or each.office_id
    channel = words["channel"].get(each.channel, each.channel)
    return ReceptionRow(
        href=f"{ADDRESS}/{each.id}",
        on=date_without_weekday(each.received_on),
        where="・".join(filter(None, (place, channel))),
        connected="　".join(filter(None, (connected, district))),
        field=words["field"].get(each.field, each.field) if each.field else "",
        heard=_short(each.heard),
        outcome=words["screening"].get(each.screening, each.screening),
        is_open=not each.screening,
        person=person.name if person else "",
        person_href=f"/people/{person.id}" if person else "",
    )


def _short(text: str) -> str:
    """Return the beginning of a text, as much as stands in a line."""
    line = " ".join(text.split())
    return line if len(line) <= MOST_CHARACTERS else line[: MOST_CHARACTERS - 1] + "…"
