"""Who is to be asked today how it goes, who should have been already, and who is next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from api.answers import LINE
from api.frame import NEXT_AND_PREVIOUS, OPEN, SEARCH
from api.pages.surroundings import frame_for
from api.rendering import render
from api.rights import SeesPeople
from api.talk_words import SIDES
from api.wiring import Wired, Wiring
from cases.actions.cataloguing import seen_hosts
from cases.actions.following import DueTalk, due_talks
from cases.actions.intake import find_person
from cases.actions.matching import Stores
from cases.following.follow_up import Side
from cases.following.rhythm import own_rhythm
from cases.words.dates import day_words
from catalog.actor import Actor
from catalog.dates import day_in_japan

router = APIRouter(include_in_schema=False)

CALLS: Final = "/calls"
SOON_DAYS: Final = 7
MOST_ROWS: Final = 50
MOST_SOON: Final = 20
KEYS: Final = (NEXT_AND_PREVIOUS, OPEN, SEARCH)


@dataclass(frozen=True, slots=True)
class CallRow:
    """One talk: when, with whom, why, about which place."""

    when: str
    about: str
    name: str
    line: str
    words: str
    href: str
    is_late: bool = False
    is_protected: bool = False


@dataclass(frozen=True, slots=True)
class CallsPage:
    """The talks of today and before, and those of the next days; of many the first are shown."""

    sentence: str
    count: int
    rows: tuple[CallRow, ...]
    soon_count: int
    soon: tuple[CallRow, ...]
    message: str = ""


@router.get(CALLS)
def calls(
    request: Request, actor: SeesPeople, wiring: Wired, saved: Annotated[str, Query()] = ""
) -> HTMLResponse:
    """Show whom to ask."""
    today = day_in_japan(wiring.clock())
    with wiring.reading() as stores:
        dues = due_talks(actor, wiring.following, today + timedelta(SOON_DAYS))
        now = [each for each in dues if each.due.due_on <= today]
        soon = dues[len(now) :]
        page = CallsPage(
            first_line(now, soon, today),
            len(now),
            call_rows(actor, stores, now[:MOST_ROWS], today),
            len(soon),
            call_rows(actor, stores, soon[:MOST_SOON], today),
            "保存しました。" if saved else "",
        )
    frame = frame_for(request, actor, "聞き取り", current="/", keys=KEYS)
    return render(request, "pages/calls/list.html", frame, page)


@router.get(CALLS + "/next")
def following_one(
    actor: SeesPeople,
    wiring: Wired,
    than: Annotated[str, Query(max_length=LINE)] = "",
    side: Annotated[Side, Query()] = Side.PERSON,
) -> RedirectResponse:
    """Lead to the talk after one that could not be made now."""
    with wiring.reading():
        dues = due_now(actor, wiring)
    at = [(each.placement.id, each.due.side) for each in dues]
    place = at.index((than, side)) + 1 if (than, side) in at else 0
    href = address_of(dues[place]) if place < len(dues) else CALLS
    return RedirectResponse(href, status_code=303)


def due_now(actor: Actor, wiring: Wiring) -> tuple[DueTalk, ...]:
    """Return the talks of today and those that should have been made already."""
    return due_talks(actor, wiring.following, day_in_japan(wiring.clock()))


def call_rows(
    actor: Actor, stores: Stores, dues: Sequence[DueTalk], today: date
) -> tuple[CallRow, ...]:
    """Say each talk in words."""
    if not dues:
        return ()
    hosts = seen_hosts(actor, stores.catalog)
    found = []
    for each in dues:
        person, due = find_person(actor, stores.cases, each.placement.participant_id), each.due
        host = hosts.get(each.placement.host_id)
        place = host.name if host else "受け入れ先"
        late = (today - due.due_on).days
        found.append(
            CallRow(
                when=f"{late}日 過ぎています" if late > 0 else day_words(due.due_on),
                about=own_rhythm().name(due.occasion),
                name=person.name,
                line=f"{person.case_no}・{place}",
                words=f"{SIDES[due.side]}に聞く",
                href=address_of(each),
                is_late=late > 0,
                is_protected=person.address_protected,
            )
        )
    return tuple(found)


def address_of(due: DueTalk) -> str:
    """Return where one writes down a talk."""
    return f"{CALLS}/{due.placement.id}?side={due.due.side}"


def first_line(now: Sequence[DueTalk], soon: Sequence[DueTalk], today: date) -> str:
    """Return the day in one sentence."""
    if now:
        late = sum(each.due.due_on < today for each in now)
        return f"今日 聞くことが {len(now)}件あります" + (
            f"（うち {late}件は 日を過ぎています）。" if late else "。"
        )
    following = f"この先 {SOON_DAYS}日は {len(soon)}件です。" if soon else ""
    return f"今日 聞くことは ありません。{following}"
