"""経過記録: what was said and done since somebody began, on the screen and on an A4 sheet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.pages.calls.listing import CALLS
from api.pages.people.head import Head, look_with_head
from api.pages.surroundings import frame_for
from api.rendering import render
from api.rights import SeesPeople
from api.talk_words import CourseView, course_view, done_talks, talk_words
from api.wiring import Wired, Wiring
from cases.actions.cataloguing import seen_hosts, seen_openings
from cases.actions.matching import Stores
from cases.following.follow_up import FollowUp
from cases.following.scale_packs import own_scales
from cases.life_words import step_word
from cases.permissions import PeopleScope
from cases.placing.placement import Placement
from cases.words.dates import date_words, day_words
from cases.words.wording import own_wording
from catalog.actor import Actor
from catalog.dates import day_in_japan

router = APIRouter(include_in_schema=False)

BEGUN: Final = "はじめました"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the record: when, what it is, what was said."""

    when: str
    what: str
    words: str = ""
    more: tuple[str, ...] = ()
    correct: str = ""


@dataclass(frozen=True, slots=True)
class PlaceCourse:
    """What was said and done at one place, the first first."""

    name: str
    line: str
    entries: tuple[Entry, ...]
    ask: str = ""


@dataclass(frozen=True, slots=True)
class CoursePage:
    """The record of a person."""

    head: Head
    made: str
    places: tuple[PlaceCourse, ...]
    courses: tuple[CourseView, ...]
    tab: str = "course"


@router.get("/people/{participant_id}/course")
def course(request: Request, actor: SeesPeople, wiring: Wired, participant_id: str) -> HTMLResponse:
    """Show the record; printed it is a sheet of its own."""
    with wiring.reading() as stores:
        _, head = look_with_head(actor, wiring, stores, participant_id)
        scope = PeopleScope(actor)
        talks = wiring.following.follow_ups_of(scope, participant_id)
        page = CoursePage(
            head=head,
            made=date_words(day_in_japan(wiring.clock())),
            places=tuple(
                _place(each, talks, actor, wiring, stores, may_edit=head.may_edit)
                for each in wiring.placing.placements_of(scope, participant_id)
            ),
            courses=tuple(
                view for scale in own_scales().values() if (view := course_view(scale, talks)).rows
            ),
        )
    frame = frame_for(request, actor, "経過記録", current="/people")
    return render(request, "pages/calls/course.html", frame, page)


def _place(
    placement: Placement,
    talks: list[FollowUp],
    actor: Actor,
    wiring: Wiring,
    stores: Stores,
    *,
    may_edit: bool,
) -> PlaceCourse:
    host = seen_hosts(actor, stores.catalog).get(placement.host_id)
    opening = seen_openings(actor, stores.catalog).get(placement.opening_id)
    entries: list[tuple[date, Entry]] = [
        (placement.begun_on, Entry(day_words(placement.begun_on), BEGUN))
    ]
    for moved in placement.moves:
        words = f"{step_word('placement', moved.step)}（{_stage(int(moved.stage))}）"
        entries.append((moved.on, Entry(day_words(moved.on), words, moved.words)))
    for talk in done_talks(talks):
        if talk.placement_id == placement.id and talk.done_on:
            said = talk_words(talk, wiring.vocabulary)
            href = f"{CALLS}/{placement.id}/talks/{talk.id}" if may_edit else ""
            what = f"{said.side}から聞く（{said.occasion}）"
            more = said.answers + said.more
            entries.append((talk.done_on, Entry(said.when, what, said.words, more, href)))
    state = "" if placement.ended_on is None else f"、{day_words(placement.ended_on)}まで"
    is_open = placement.ended_on is None and may_edit
    return PlaceCourse(
        name=f"{host.name if host else '受け入れ先'}「{opening.name if opening else '枠'}」",
        line=f"{_stage(int(placement.stage))}・{day_words(placement.begun_on)}から{state}",
        entries=tuple(entry for _, entry in sorted(entries, key=lambda each: each[0])),
        ask=f"{CALLS}/{placement.id}" if is_open else "",
    )


def _stage(stage: int) -> str:
    return own_wording().say("stage", stage)
