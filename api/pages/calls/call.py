"""The page on which one writes while talking: five blocks in the order of the talk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.answers import LINE, Answers, Sent, Typed
from api.frame import KeyHint
from api.pages.calls.form import (
    LABELS,
    AxisView,
    ScaleView,
    axes_of,
    other_scales,
    read_talk,
)
from api.pages.calls.listing import CALLS, address_of, due_now
from api.pages.people.conflict import Difference
from api.pages.surroundings import frame_for
from api.rendering import render
from api.rights import SeesPeople, WritesPeople
from api.talk_words import (
    FITS,
    SIDES,
    WEIGHTS,
    CourseView,
    Said,
    course_view,
    done_talks,
    talk_words,
)
from api.wiring import Wired, Wiring
from cases.actions.cataloguing import seen_hosts, seen_openings
from cases.actions.following import Thread, find_thread, write_talk_down
from cases.actions.matching import Stores
from cases.errors import CaseError, NotFound, NotPermitted
from cases.following.dangers import own_dangers
from cases.following.follow_up import FollowUp, FollowUpState, Side
from cases.following.rematch import own_rematch_rule, rematch_reasons
from cases.following.rhythm import EXTRA, TalkDay, due_of, own_rhythm
from cases.following.scale_packs import default_scale
from cases.messages import in_japanese
from cases.permissions import Action, may_with
from cases.placing.placement import PlacementState
from cases.words.dates import day_words
from cases.words.wording import own_wording
from catalog.actor import Actor
from catalog.dates import day_in_japan
from catalog.municipality import Municipality

router = APIRouter(include_in_schema=False)

MOST_TIMES: Final = 9
MOST_VOICES: Final = 4
CONFLICT: Final = 409
WRONG: Final = 422
KEYS: Final = (
    KeyHint(("0", "〜", "9"), "枠のなかの答え"),
    KeyHint(("Tab",), "次の枠へ"),
    KeyHint(("Ctrl+Enter",), "保存して次の人へ"),
)


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign of danger, and whom to call."""

    code: str
    label: str
    call: str
    number: str


@dataclass(frozen=True, slots=True)
class Before:
    """Of whom a talk was just written, whom to call now, why another place may be sought."""

    name: str
    reasons: tuple[str, ...]
    href: str
    dangers: tuple[Sign, ...] = ()


@dataclass(frozen=True, slots=True)
class CallPage:
    """A talk with one side of a placement."""

    address: str
    name: str
    place: str
    line: str
    occasion: str
    side: str
    other: str
    other_words: str
    person_href: str
    phone: str
    phone_words: str
    is_protected: bool
    may_write: bool
    has_ended: bool
    times: tuple[str, ...]
    fits: tuple[tuple[str, str], ...]
    last: Mapping[str, str]
    axes: tuple[AxisView, ...]
    worries: tuple[tuple[str, str], ...]
    weights: tuple[tuple[str, str], ...]
    absences: tuple[tuple[str, str], ...]
    scales: tuple[ScaleView, ...]
    dangers: tuple[Sign, ...]
    windows: str
    next_words: str
    course: CourseView
    voices: tuple[Said, ...]
    host_voices: tuple[Said, ...]
    typed: Typed
    errors: Mapping[str, str] = field(default_factory=dict)
    trouble: str = ""
    before: Before | None = None
    skip: str = ""
    seen: str = ""
    differences: tuple[Difference, ...] = ()
    talks_address: str = ""


@router.get(CALLS + "/{placement_id}")
def ask(
    request: Request,
    actor: SeesPeople,
    wiring: Wired,
    placement_id: str,
    side: Annotated[Side, Query()] = Side.PERSON,
    after: Annotated[str, Query(max_length=LINE)] = "",
) -> HTMLResponse:
    """Show the blocks of a talk; `after` is the placement of which a talk was just written."""
    with wiring.reading() as stores:
        thread = find_thread(actor, stores.cases, wiring.placing, wiring.following, placement_id)
        page = content_of(actor, wiring, stores, thread, side, Typed(), after=after)
    return show(request, actor, page)


@router.post(CALLS + "/{placement_id}")
def write(
    request: Request,
    actor: WritesPeople,
    wiring: Wired,
    placement_id: str,
    sent: Sent,
    side: Annotated[Side, Query()] = Side.PERSON,
) -> Response:
    """Write the talk down and lead to the next one."""
    form = Answers(sent, LABELS)
    said = read_talk(form, side, wiring.vocabulary)
    trouble = ""
    if not form.errors:
        try:
            with wiring.writing() as stores:
                talk = FollowUp(
                    id="",
                    placement_id=placement_id,
                    participant_id="",
                    side=side,
                    due_on=day_in_japan(wiring.clock()),
                    occasion=EXTRA,
                    how="phone",
                    **said,
                )
                write_talk_down(
                    actor, stores.cases, wiring.placing, wiring.following, wiring.clock, talk
                )
            return RedirectResponse(_next(actor, wiring, placement_id), status_code=303)
        except (NotFound, NotPermitted):
            raise
        except CaseError as error:
            trouble = in_japanese(error)
    with wiring.reading() as stores:
        thread = find_thread(actor, stores.cases, wiring.placing, wiring.following, placement_id)
        page = content_of(actor, wiring, stores, thread, side, sent, form.errors, trouble)
    return show(request, actor, page, CONFLICT if trouble else WRONG)


def _next(actor: Actor, wiring: Wiring, placement_id: str) -> str:
    left = due_now(actor, wiring)
    return (
        f"{address_of(left[0])}&after={placement_id}" if left else f"{CALLS}?saved={placement_id}"
    )


def content_of(
    actor: Actor,
    wiring: Wiring,
    stores: Stores,
    thread: Thread,
    side: Side,
    typed: Typed,
    errors: Mapping[str, str] | None = None,
    trouble: str = "",
    after: str = "",
) -> CallPage:
    """Build the page of a talk with one side."""
    placement, person = thread.placement, thread.person
    labels = wiring.vocabulary.lists
    host = seen_hosts(actor, stores.catalog).get(placement.host_id)
    opening = seen_openings(actor, stores.catalog).get(placement.opening_id)
    due = next((each for each in thread.dues if each.side is side), None)
    last = next((each for each in reversed(done_talks(thread.talks)) if each.side is side), None)
    other = Side.HOST if side is Side.PERSON else Side.PERSON
    asks_host = side is Side.HOST
    phone = (host.phone if host else "") if asks_host else person.phone
    if person.address_protected and not asks_host:
        phone = ""
    stage = own_wording().say("stage", int(placement.stage))
    return CallPage(
        address=f"{CALLS}/{placement.id}?side={side}",
        name=person.name,
        place=f"{host.name if host else '受け入れ先'}「{opening.name if opening else '枠'}」",
        line=f"{stage}・{day_words(placement.begun_on)}から",
        occasion=f"{own_rhythm().name(due.occasion)}（{day_words(due.due_on)}）" if due else "",
        side=str(side),
        other=f"{CALLS}/{placement.id}?side={other}",
        other_words=f"{SIDES[other]}に聞く",
        person_href=f"/people/{person.id}",
        phone=phone,
        phone_words=SIDES[side],
        is_protected=person.address_protected,
        may_write=may_with(actor, Action.EDIT_PEOPLE, person)
        and placement.state is not PlacementState.ENDED,
        has_ended=placement.state is PlacementState.ENDED,
        times=tuple(map(str, range(MOST_TIMES + 1))),
        fits=FITS,
        last=_last_answers(last),
        axes=axes_of(thread.talks),
        scales=other_scales(),
        worries=tuple((each.code, each.label) for each in labels["host_worry"].values()),
        weights=WEIGHTS,
        absences=tuple((each.code, each.label) for each in labels["absence_reason"].values()),
        dangers=_signs(own_dangers(), wiring),
        windows=window_words(stores.municipality.settings()),
        next_words=_next_words(thread, side, wiring),
        course=course_view(default_scale(), thread.talks),
        voices=_voices(thread, Side.PERSON, wiring),
        host_voices=_voices(thread, Side.HOST, wiring),
        typed=typed,
        errors=errors or {},
        trouble=trouble,
        before=_before(actor, wiring, stores, after) if after else None,
        skip=f"{CALLS}/next?than={placement.id}&side={side}",
        talks_address=f"{CALLS}/{placement.id}/talks",
    )


def _signs(codes: Iterable[str], wiring: Wiring) -> tuple[Sign, ...]:
    labels, known = wiring.vocabulary.lists["danger_sign"], own_dangers()
    return tuple(
        Sign(code, labels[code].label, known[code].call, known[code].number) for code in codes
    )


def window_words(settings: Municipality) -> str:
    """Return the desks of the city where anyone may ask: つながり相談室（福祉政策課）."""
    return "、".join(
        each.name + (f"（{'・'.join(each.places)}）" if each.places else "")
        for each in settings.windows
    )


def _before(actor: Actor, wiring: Wiring, stores: Stores, placement_id: str) -> Before | None:
    """Say that a talk was written, whom to call, and offer another place where it goes badly."""
    try:
        thread = find_thread(actor, stores.cases, wiring.placing, wiring.following, placement_id)
    except NotFound:
        return None
    talks = done_talks(thread.talks)
    if not talks:
        return None
    last = max(talks, key=lambda each: (each.recorded_at, each.version))
    reasons = rematch_reasons(last, own_rematch_rule())
    if last.rematch and not reasons:
        reasons = ("ほかの場所も考えることにしました",)
    href = f"/people/{thread.person.id}/openings"
    return Before(thread.person.name, reasons, href, _signs(last.dangers, wiring))


def _last_answers(last: FollowUp | None) -> Mapping[str, str]:
    if last is None:
        return {}
    names = ("fits_state", "fits_wishes", "came", "planned")
    return {n: str(value) for n in names if (value := getattr(last, n)) is not None}


def _next_words(thread: Thread, side: Side, wiring: Wiring) -> str:
    today = day_in_japan(wiring.clock())
    talked = TalkDay(side, FollowUpState.DONE, today)
    due = due_of(thread.placement, [*thread.talks, talked], own_rhythm())
    return next((day_words(each.due_on) for each in due if each.side is side), "")


def _voices(thread: Thread, side: Side, wiring: Wiring) -> tuple[Said, ...]:
    talks = [each for each in done_talks(thread.talks) if each.side is side]
    return tuple(talk_words(each, wiring.vocabulary) for each in reversed(talks[-MOST_VOICES:]))


def show(request: Request, actor: Actor, page: CallPage, status: int = 200) -> HTMLResponse:
    """Return the page."""
    frame = frame_for(request, actor, "聞き取り", current="/", keys=KEYS)
    return render(request, "pages/calls/call.html", frame, page, status)
