"""A new sitting: of which kind, when, where, who is invited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.answers import Answers, Sent, Typed
from api.pages.meetings.words import can_take_part, table_of
from api.pages.surroundings import frame_for
from api.rendering import render
from api.rights import WritesMeetings
from api.wiring import Wired, Wiring
from cases.actions.meeting import plan_meeting
from cases.errors import CaseError
from cases.messages import in_japanese
from catalog.actor import Actor
from catalog.dates import TOKYO
from exchange import cells
from exchange.errors import ExchangeError

router = APIRouter(include_in_schema=False)

ADDRESS: Final = "/meetings/new"
LABELS: Final = {
    "name": "会議",
    "on": "日",
    "at": "始まる時刻",
    "minutes": "長さ",
    "place": "場所",
    "chair": "進行",
    "matter": "何についての会議か",
    "offices": "呼ぶ機関",
}
LONGEST: Final = 600


@dataclass(frozen=True, slots=True)
class NewPage:
    """The form of a sitting."""

    kinds: tuple[tuple[str, str], ...]
    offices: tuple[tuple[str, str], ...]
    typed: Typed
    errors: Mapping[str, str] = field(default_factory=dict)


@router.get(ADDRESS)
def ask(request: Request, actor: WritesMeetings, wiring: Wired) -> HTMLResponse:
    """Show the empty form."""
    return _page(request, actor, wiring, Typed({"minutes": ("90",), "at": ("13:30",)}))


@router.post(ADDRESS)
def add(request: Request, actor: WritesMeetings, wiring: Wired, sent: Sent) -> Response:
    """Plan a sitting."""
    form = Answers(sent, LABELS)
    name = form.choice("name", [each.name for each in wiring.ground.settings().meetings])
    if not name:
        form.wrong("name", "どの会議かを 選んでください。")
    on, at = form.day("on"), clock_of(form, "at")
    if on is None:
        form.wrong("on", "会議の日を 書いてください。")
    if at is None:
        form.wrong("at", "始まる時刻を 書いてください。")
    minutes = form.integer("minutes", 1, LONGEST)
    place, chair, matter = form.text("place"), form.text("chair"), form.text("matter")
    offices = form.choices("offices", [value for value, _ in offices_of(wiring)])
    if not form.errors and on is not None and at is not None:
        try:
            with wiring.writing() as stores:
                made = plan_meeting(
                    actor,
                    table_of(wiring, stores.cases),
                    wiring.clock,
                    name=name,
                    starts_at=datetime.combine(on, at, TOKYO),
                    minutes=minutes or 90,
                    place=place,
                    chair=chair,
                    matter=matter,
                    office_ids=offices,
                )
            return RedirectResponse(f"/meetings/{made.id}", status_code=303)
        except CaseError as error:
            form.wrong("matter", in_japanese(error))
    return _page(request, actor, wiring, sent, form.errors)


def clock_of(form: Answers, name: str) -> time | None:
    """Return a time of day as it was typed, None where nothing was."""
    try:
        return cells.clock(form.typed.one(name))
    except ExchangeError:
        form.wrong(name, f"{form.labels[name]}は、13:30 のように書いてください。")
        return None


def offices_of(wiring: Wiring) -> tuple[tuple[str, str], ...]:
    """Return the offices whose staff can take part."""
    code = wiring.city.code
    staff = (each for each in wiring.users.users() if can_take_part(each, code))
    names = dict.fromkeys(each.office_id for each in staff if each.office_id)
    return tuple((name, name) for name in names)


def _page(
    request: Request,
    actor: Actor,
    wiring: Wiring,
    typed: Typed,
    errors: Mapping[str, str] | None = None,
) -> HTMLResponse:
    kinds = tuple(
        (each.name, f"{each.name}（{each.rhythm}）" if each.rhythm else each.name)
        for each in wiring.ground.settings().meetings
    )
    page = NewPage((("", "選んでください"), *kinds), offices_of(wiring), typed, errors or {})
    frame = frame_for(request, actor, "会議の予定", current="/meetings")
    return render(request, "pages/meetings/new.html", frame, page, 422 if errors else 200)
