"""All enquiries: who is to be asked today, what is waited for, what was answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.frame import NEXT_AND_PREVIOUS, OPEN, SEARCH
from api.pages.placing_lists.words import GONE, EnquiryRow, desk_of, enquiry_row, place_names
from api.pages.surroundings import frame_for
from api.rendering import render
from api.rights import SeesPeople
from api.wiring import Wired, Wiring
from cases.actions.asking import find_enquiries, liaison_tasks
from cases.actions.matching import Stores
from cases.permissions import PeopleScope
from cases.placing.answers import own_rules
from cases.placing.asking import to_do
from cases.placing.enquiry import OPEN as STANDING
from cases.placing.enquiry import EnquiryState
from cases.words.dates import date_words
from catalog.actor import Actor
from catalog.dates import day_in_japan

router = APIRouter(include_in_schema=False)

KEYS: Final = (NEXT_AND_PREVIOUS, OPEN, SEARCH)
MOST_OVER: Final = 30
OVER: Final = (
    EnquiryState.PLACED, EnquiryState.DECLINED, EnquiryState.SILENT, EnquiryState.TAKEN_BACK,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LiaisonRow:
    """What one's office is to ask a host for another office; it names nobody."""

    code: str
    place: str
    host: str
    until: str
    asked_by: str
    text: str


@dataclass(frozen=True, slots=True)
class EnquiriesPage:
    """The list."""

    lead: str
    due: tuple[EnquiryRow, ...]
    waiting: tuple[EnquiryRow, ...]
    over: tuple[EnquiryRow, ...]
    liaison: tuple[LiaisonRow, ...]


@router.get("/enquiries")
def enquiries(request: Request, actor: SeesPeople, wiring: Wired) -> HTMLResponse:
    """Show the enquiries about people whom one may open."""
    with wiring.reading() as stores:
        due, waiting = standing_rows(actor, wiring, stores)
        over = _over_rows(actor, wiring, stores)
        liaison = liaison_rows(actor, wiring, stores)
    lead = f"今日 動くものが {len(due)}件、返事を待っているものが {len(waiting)}件 あります。"
    page = EnquiriesPage(lead, due, waiting, over, liaison)
    frame = frame_for(request, actor, "打診", current="/people", keys=KEYS)
    return render(request, "pages/placing/enquiries.html", frame, page)


def standing_rows(
    actor: Actor, wiring: Wiring, stores: Stores
) -> tuple[tuple[EnquiryRow, ...], tuple[EnquiryRow, ...]]:
    """Return the enquiries with something to do today, the longest due first, and the others."""
    today, rules, scope = day_in_japan(wiring.clock()), own_rules(), PeopleScope(actor)
    found = [(each, to_do(each, rules)) for each in find_enquiries(actor, wiring.placing, STANDING)]
    if not found:
        return (), ()
    places = place_names(actor, stores)
    people = {each.id: each for each in stores.cases.participants(scope)}
    in_order = sorted(found, key=lambda pair: (pair[1].due_on if pair[1] else today, pair[0].code))
    rows = [
        (what is not None and what.due_on <= today,
         enquiry_row(each, people.get(each.participant_id), places, what, today))
        for each, what in in_order
    ]  # fmt: skip
    return (
        tuple(row for is_due, row in rows if is_due),
        tuple(row for is_due, row in rows if not is_due),
    )


def rows_of_person(
    actor: Actor, wiring: Wiring, stores: Stores, participant_id: str
) -> tuple[EnquiryRow, ...]:
    """Return the enquiries about one person, the last one first."""
    today, rules = day_in_japan(wiring.clock()), own_rules()
    found = wiring.placing.enquiries_of(PeopleScope(actor), participant_id)
    places = place_names(actor, stores) if found else {}
    return tuple(
        enquiry_row(each, None, places, to_do(each, rules), today) for each in reversed(found)
    )


def _over_rows(actor: Actor, wiring: Wiring, stores: Stores) -> tuple[EnquiryRow, ...]:
    today, scope = day_in_japan(wiring.clock()), PeopleScope(actor)
    found = find_enquiries(actor, wiring.placing, OVER)
    newest = sorted(found, key=lambda each: (each.answered_on or each.sent_on or today, each.code))
    people = {each.id: each for each in stores.cases.participants(scope)} if found else {}
    places = place_names(actor, stores) if found else {}
    return tuple(
        enquiry_row(each, people.get(each.participant_id), places, None, today)
        for each in newest[::-1][:MOST_OVER]
    )


def liaison_rows(actor: Actor, wiring: Wiring, stores: Stores) -> tuple[LiaisonRow, ...]:
    """Return what one's office is to ask hosts that it has found."""
    tasks = liaison_tasks(actor, desk_of(actor, wiring, stores))
    if not tasks:
        return ()
    places, hosts = place_names(actor, stores), stores.catalog.organisations()
    staff = {each.id: each for each in wiring.users.users()}
    rows = []
    for each in tasks:
        host, asker = hosts.get(each.host_id), staff.get(each.asked_by)
        by = f"{asker.office_id or ''} {asker.name}".strip() if asker else ""
        until = f"{date_words(each.answer_by_on)}まで" if each.answer_by_on else ""
        name = host.name if host else ""
        place = places.get(each.opening_id, GONE)
        rows.append(LiaisonRow(each.code, place, name, until, by, each.text))
    return tuple(rows)
