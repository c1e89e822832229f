"""Writing openings: adding one to a place, changing it, confirming it, each step of its life."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.answers import Sent, Typed, version_of
from api.catalogue import find_place
from api.frame import KeyHint
from api.pages.people.conflict import Difference, differences, in_words
from api.pages.places.asked import PATH
from api.pages.places.contexts import Option, OptionGroup
from api.pages.places.days import Day, four_weeks
from api.pages.places.opening_form import (
    LABELS,
    OpeningChoices,
    OpeningRead,
    blank,
    draft_of,
    read_opening,
    typed_of,
)
from api.pages.places.rows import OpeningLine, opening_line
from api.pages.surroundings import frame_for
from api.rendering import render
from api.rights import WritesPlaces
from api.wiring import Wired, Wiring
from cases.actions.cataloguing import (
    add_opening,
    change_status,
    confirm_opening,
    edit_opening,
    find_opening,
    next_statuses,
    seen_hosts,
    seen_places,
)
from cases.messages import in_japanese
from cases.permissions import Action, check_may, relations_to_host
from cases.words.dates import closed_words, schedule_words
from cases.words.places import status_words
from catalog.actor import Actor
from catalog.dates import day_in_japan
from catalog.errors import CatalogError
from catalog.ids import new_id
from catalog.opening import TRANSITIONS, Opening, OpeningStatus
from catalog.resource import Resource
from catalog.schedule import Schedule
from catalog.vocabulary import Code

router = APIRouter(include_in_schema=False)

KEYS: Final = (KeyHint(("Ctrl+Enter",), "保存する"),)
WRONG: Final = 422
CONFLICT: Final = 409
LOOK: Final = "look"
OPEN: Final = "open"
UNNAMED: Final = "いまの受け入れ先（名前は ここには出ません）"
_S = OpeningStatus
STEPS: Final[Mapping[tuple[OpeningStatus, OpeningStatus], str]] = {
    (_S.DRAFT, _S.SUBMITTED): "確認を頼む",
    (_S.DRAFT, _S.OPEN): "受け付けを始める",
    (_S.DRAFT, _S.ENDED): "下書きをやめる",
    (_S.SUBMITTED, _S.DRAFT): "下書きにもどす",
    (_S.SUBMITTED, _S.OPEN): "受け付けを始める",
    (_S.SUBMITTED, _S.ENDED): "とりやめる",
    (_S.OPEN, _S.FULL): "満員にする",
    (_S.OPEN, _S.PAUSED): "しばらく休む",
    (_S.OPEN, _S.ENDED): "終わりにする",
    (_S.FULL, _S.OPEN): "空きができた",
    (_S.FULL, _S.PAUSED): "しばらく休む",
    (_S.FULL, _S.ENDED): "終わりにする",
    (_S.PAUSED, _S.OPEN): "また受け付ける",
    (_S.PAUSED, _S.FULL): "満員で また始める",
    (_S.PAUSED, _S.ENDED): "終わりにする",
    (_S.ENDED, _S.DRAFT): "下書きから やりなおす",
}
"""What each step of `catalog.opening.TRANSITIONS` is called on its button."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A schedule said back: in words, its days off, its next four weeks."""

    words: str = ""
    closed: str = ""
    weeks: tuple[tuple[Day, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """A status to which an opening may go now."""

    to: str
    words: str
    takes_reason: bool


@dataclass(frozen=True, slots=True)
class OpeningPage:
    """The form of an opening; `steps` and `version` are there for one that is kept already."""

    place: Resource
    action: str
    typed: Typed
    choices: OpeningChoices
    shown: Shown
    errors: Mapping[str, str] = field(default_factory=dict)
    differences: tuple[Difference, ...] = ()
    version: str = ""
    line: OpeningLine | None = None
    status: str = ""
    may_open: bool = False
    steps: tuple[Step, ...] = ()
    step: Typed = field(default_factory=Typed)
    step_errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def menu(self) -> list[tuple[str, list[Code]]]:
        """Return the activities under the captions of their groups."""
        return _groups(self.choices.vocabulary.codes("menu"))

    @property
    def accommodations(self) -> list[tuple[str, list[Code]]]:
        """Return the accommodations under the captions of their groups."""
        return _groups(self.choices.vocabulary.codes("accommodation"))


@dataclass(frozen=True, slots=True)
class ChoosePage:
    """The places to which an opening can be added, by 圏域 or town."""

    groups: tuple[OptionGroup, ...]


# ------------------------------------------------------------------ adding
@router.get("/openings/new")
def new_opening(
    request: Request,
    actor: WritesPlaces,
    wiring: Wired,
    place: Annotated[str, Query()] = "",
) -> HTMLResponse:
    """Ask for the place, then show an empty form."""
    today = day_in_japan(wiring.clock())
    with wiring.reading():
        if not place:
            return _choose(request, actor, wiring)
        resource = find_place(wiring, actor, place, today).resource
        choices = _choices(wiring, actor)
    typed = blank(_usual_host(resource, choices))
    return _form(request, actor, _new_page(actor, resource, typed, choices))


@router.post("/openings/new")
def add(
    request: Request,
    actor: WritesPlaces,
    wiring: Wired,
    place: Annotated[str, Query()],
    sent: Sent,
) -> Response:
    """Keep a new opening, as a draft or open to people at once."""
    today = day_in_japan(wiring.clock())
    with wiring.writing() as stores:
        resource = find_place(wiring, actor, place, today).resource
        choices = _choices(wiring, actor)
        start = draft_of(new_id(), resource.id, sent.one("host_id"))
        to_open = sent.one("do") == OPEN
        read = read_opening(sent, choices, start, today, to_be_shown=to_open)
        if read.opening is not None and sent.one("do") != LOOK:
            kept = add_opening(
                actor, stores.catalog, choices.vocabulary, read.opening, wiring.clock
            )
            if to_open:
                change_status(actor, stores.catalog, kept.id, OpeningStatus.OPEN, wiring.clock)
            return _done(kept, "saved")
    return _again(request, actor, _new_page(actor, resource, sent, choices), read, today)


def _new_page(
    actor: Actor, resource: Resource, typed: Typed, choices: OpeningChoices
) -> OpeningPage:
    may_open = actor.role in TRANSITIONS[OpeningStatus.DRAFT, OpeningStatus.OPEN].by
    action = f"/openings/new?place={resource.id}"
    return OpeningPage(resource, action, typed, choices, Shown(), may_open=may_open)


def _usual_host(resource: Resource, choices: OpeningChoices) -> str | None:
    """Return who receives people at a place: its organisation, or the only one there is."""
    hosts = choices.hosts
    if resource.organisation_id in hosts:
        return resource.organisation_id
    return next(iter(hosts)) if len(hosts) == 1 else None


def _choose(request: Request, actor: Actor, wiring: Wiring) -> HTMLResponse:
    """Ask at which place."""
    places = sorted(seen_places(actor, wiring.catalog).values(), key=lambda each: each.name)
    memberships = wiring.ground.memberships(day_in_japan(wiring.clock()))
    district_of = next(iter(memberships.values()), {})
    groups: dict[str, list[Option]] = {}
    for each in places:
        caption = district_of.get(each.town_id or "", "そのほか")
        groups.setdefault(caption, []).append(Option(each.id, each.name, 0))
    page = ChoosePage(tuple(OptionGroup(name, tuple(groups[name])) for name in sorted(groups)))
    frame = frame_for(request, actor, "枠を足す", current=PATH)
    return render(request, "pages/places/choose.html", frame, page)


# ------------------------------------------------------------------ changing
@router.get("/openings/{opening_id}/edit")
def edit(request: Request, actor: WritesPlaces, wiring: Wired, opening_id: str) -> HTMLResponse:
    """Show the form as the opening is kept."""
    today = day_in_japan(wiring.clock())
    with wiring.reading() as stores:
        opening = find_opening(actor, stores.catalog, opening_id)
        check_may(actor, Action.EDIT_CATALOG, relations_to_host(actor, opening.host_id))
        content = _page_of(wiring, actor, opening)
    return _form(request, actor, replace(content, shown=_shown(opening.schedule, today)))


@router.post("/openings/{opening_id}/edit")
def save(
    request: Request, actor: WritesPlaces, wiring: Wired, opening_id: str, sent: Sent
) -> Response:
    """Keep what was changed; ask which one to keep when somebody else was quicker."""
    today = day_in_japan(wiring.clock())
    with wiring.writing() as stores:
        before = find_opening(actor, stores.catalog, opening_id)
        check_may(actor, Action.EDIT_CATALOG, relations_to_host(actor, before.host_id))
        content = replace(_page_of(wiring, actor, before), typed=sent)
        vocabulary = content.choices.vocabulary
        read = read_opening(sent, content.choices, before, today, to_be_shown=False)
        looks = sent.one("do") == LOOK
        is_current = looks or sent.one("version") == content.version
        if read.opening is not None and is_current and not looks:
            kept = edit_opening(actor, stores.catalog, vocabulary, read.opening, wiring.clock)
            return _done(kept, "saved")
    if is_current:
        return _again(request, actor, content, read, today)
    words = content.choices.by_field
    differ = differences(in_words(typed_of(before), LABELS, words), in_words(sent, LABELS, words))
    return _form(request, actor, replace(content, differences=differ), CONFLICT)


@router.post("/openings/{opening_id}/status")
def step(
    request: Request, actor: WritesPlaces, wiring: Wired, opening_id: str, sent: Sent
) -> Response:
    """Take the opening a step further."""
    today = day_in_japan(wiring.clock())
    with wiring.writing() as stores:
        before = find_opening(actor, stores.catalog, opening_id)
        check_may(actor, Action.EDIT_CATALOG, relations_to_host(actor, before.host_id))
        errors = _wrong_step(sent, next_statuses(actor, before))
        if not errors:
            try:
                to = OpeningStatus(sent.one("to"))
                kept = change_status(
                    actor, stores.catalog, opening_id, to, wiring.clock, sent.one("reason")
                )
                return _done(kept, "status")
            except CatalogError as error:
                errors = {
                    "reason" if error.code == "transition_reason" else "to": in_japanese(error)
                }
        content = _page_of(wiring, actor, before)
    content = replace(content, shown=_shown(before.schedule, today), step=sent, step_errors=errors)
    return _form(request, actor, content, WRONG)


def _wrong_step(sent: Typed, allowed: Mapping[OpeningStatus, bool]) -> dict[str, str]:
    if sent.one("to") not in allowed:
        return {"to": "どうするかが選ばれていません。1つ選んでください。"}
    return {}


@router.post("/openings/{opening_id}/confirm")
def confirm(
    actor: WritesPlaces,
    wiring: Wired,
    opening_id: str,
    how: Annotated[str, Form()] = "phone",
) -> Response:
    """Note that the opening was found as it stands here, today."""
    with wiring.writing() as stores:
        kept = confirm_opening(
            actor, stores.catalog, wiring.vocabulary, opening_id, how, wiring.clock
        )
    return _done(kept, "confirmed")


# ------------------------------------------------------------------ both
def _choices(wiring: Wiring, actor: Actor, kept: Opening | None = None) -> OpeningChoices:
    """Return what can be chosen; a host only ever names themselves."""
    everyone = sorted(
        seen_hosts(actor, wiring.catalog).values(), key=lambda each: (each.name_kana, each.name)
    )
    hosts = {
        each.id: each
        for each in everyone
        if each.is_host or (kept is not None and kept.host_id == each.id)
    }
    if kept is not None and kept.host_id not in hosts:
        now = wiring.catalog.organisations()[kept.host_id]
        hosts[kept.host_id] = replace(now, name=UNNAMED)  # it may stay where it is
    return OpeningChoices(wiring.vocabulary, hosts, kept)


def _page_of(wiring: Wiring, actor: Actor, opening: Opening) -> OpeningPage:
    resource = wiring.catalog.resource(opening.resource_id)
    assert resource is not None, "an opening refers to its place"
    return OpeningPage(
        place=resource,
        action=f"/openings/{opening.id}/edit",
        typed=typed_of(opening),
        choices=_choices(wiring, actor, opening),
        shown=Shown(),
        version=version_of(opening),
        line=opening_line(opening),
        status=status_words(opening.status),
        steps=tuple(
            Step(to.value, STEPS[opening.status, to], takes_reason)
            for to, takes_reason in next_statuses(actor, opening).items()
        ),
    )


def _again(
    request: Request, actor: Actor, content: OpeningPage, read: OpeningRead, today: date
) -> HTMLResponse:
    """Show the form as it was typed, with its schedule said back and what is wrong."""
    looks = content.typed.one("do") == LOOK
    shown = _shown(read.schedule, today) if read.schedule_is_read else Shown()
    errors = {} if looks and read.schedule_is_read else read.errors
    return _form(
        request,
        actor,
        replace(content, shown=shown, errors=errors),
        200 if looks else WRONG,
    )


def _shown(schedule: Schedule | None, today: date) -> Shown:
    closed = closed_words(schedule) if schedule else ""
    return Shown(schedule_words(schedule), closed, four_weeks(schedule, today))


def _form(request: Request, actor: Actor, content: OpeningPage, status: int = 200) -> HTMLResponse:
    title = "枠を直す" if content.version else "枠を足す"
    frame = frame_for(request, actor, title, current=PATH, keys=KEYS)
    return render(request, "pages/places/opening.html", frame, content, status)


def _done(opening: Opening, what: str) -> RedirectResponse:
    return RedirectResponse(f"{PATH}/{opening.resource_id}?done={what}", status_code=303)


def _groups(codes: Mapping[str, Code]) -> list[tuple[str, list[Code]]]:
    groups: dict[str, list[Code]] = {}
    for entry in codes.values():
        groups.setdefault(entry.group, []).append(entry)
    return list(groups.items())
