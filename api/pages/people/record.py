"""The overview of a person: where they stand, in their own words, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from api.frame import SEARCH, KeyHint
from api.pages.people.head import Head, head_of
from api.pages.people.history import Happened, history_of
from api.pages.people.listing import next_href
from api.pages.people.options import Options, load_options
from api.pages.people.words import Rows, need_rows, person_rows, whereabouts_rows
from api.pages.placing_lists import enquiries, placements
from api.pages.placing_lists.placements import PlacementRow
from api.pages.placing_lists.words import EnquiryRow
from api.pages.surroundings import frame_for
from api.rendering import render
from api.rights import SeesPeople
from api.rule_names import bonds_of
from api.talk_words import CourseView, course_view
from api.wiring import Wired, Wiring
from cases.actions.cataloguing import seen_openings
from cases.actions.looking import look_at, show_address
from cases.actions.matching import Stores
from cases.following.scale_packs import default_scale
from cases.need import Need
from cases.next_step import Standing, next_step_words
from cases.participant import Participant, ParticipantStatus
from cases.permissions import PeopleScope
from cases.proposal import ProposalStatus
from cases.words.dates import available_words, day_words
from cases.words.helping import helped_groups, offer_words
from cases.words.wording import not_considered_words, own_wording
from catalog.actor import Actor
from catalog.dates import day_in_japan

router = APIRouter(include_in_schema=False)

KEYS: Final = (KeyHint(("G",), "この人のつなぎ先"), KeyHint(("E",), "希望を直す"), SEARCH)
READING_KEYS: Final = (KEYS[0], SEARCH)
SAVED: Final = {
    "person": "保存しました。",
    "need": "希望を保存しました。",
    "nothing": "保存されているほうを残しました。",
}
"""What the page says back after a form, by the code in its address."""


@dataclass(frozen=True, slots=True)
class Side:
    """What stands beside: the ladder, the person's words and wishes, what happened so far."""

    stage: int
    resting: bool
    stage_words: str
    own_words: str
    wishes: Rows
    history: tuple[Happened, ...]


@dataclass(frozen=True, slots=True)
class NextStep:
    """The one thing that comes next: in words, why, and where it is done."""

    words: str
    why: str
    href: str


@dataclass(frozen=True, slots=True)
class HelpOffer:
    """What somebody offers as a helper, beside looking for a place: shown together.

    `groups` are where they help or could, one line each; `href` leads to the form.
    """

    times: str
    offers: str
    groups: tuple[str, ...]
    href: str


@dataclass(frozen=True, slots=True)
class PersonPage:
    """The overview."""

    head: Head
    side: Side
    next_step: NextStep
    facts: Rows
    whereabouts: Rows
    hides_whereabouts: bool
    has_need: bool
    bonds: tuple[str, ...] = ()
    enquiries: tuple[EnquiryRow, ...] = ()
    placements: tuple[PlacementRow, ...] = ()
    message: str = ""
    help: HelpOffer | None = None
    course: CourseView | None = None
    tab: str = "overview"


@router.get("/people/{participant_id}")
def person(
    request: Request,
    actor: SeesPeople,
    wiring: Wired,
    participant_id: str,
    saved: Annotated[str, Query()] = "",
) -> HTMLResponse:
    """Show where a person stands; the address of a protected one only on request."""
    with wiring.reading() as stores:
        standing = look_at(actor, stores, wiring.clock, participant_id)
        content = overview(standing, actor, wiring, stores, message=SAVED.get(saved, ""))
    return _page(request, actor, content)


@router.post("/people/{participant_id}/address")
def address(
    request: Request, actor: SeesPeople, wiring: Wired, participant_id: str
) -> HTMLResponse:
    """Show a protected address to whoever asks for it, and record that."""
    with wiring.writing() as stores:
        show_address(actor, stores, wiring.clock, participant_id)
        standing = look_at(actor, stores, wiring.clock, participant_id)
        content = overview(standing, actor, wiring, stores, shows_whereabouts=True)
    return _page(request, actor, content)


def _page(request: Request, actor: Actor, content: PersonPage) -> HTMLResponse:
    keys = KEYS if content.head.may_edit else READING_KEYS
    frame = frame_for(request, actor, "本人の概要", current="/people", keys=keys)
    return render(request, "pages/people/overview.html", frame, content)


def overview(
    standing: Standing,
    actor: Actor,
    wiring: Wiring,
    stores: Stores,
    *,
    message: str = "",
    shows_whereabouts: bool = False,
) -> PersonPage:
    """Build the overview."""
    who, today = standing.participant, day_in_japan(wiring.clock())
    options = load_options(wiring, stores, actor)
    hides = who.address_protected and not shows_whereabouts
    need = stores.cases.need(PeopleScope(actor), who.id)
    return PersonPage(
        head=head_of(standing, actor, stores, today),
        side=side_of(who, need, options, history_of(who, wiring, stores, actor)),
        next_step=next_step_of(standing),
        facts=person_rows(who, options, today),
        whereabouts=() if hides else whereabouts_rows(who, options),
        hides_whereabouts=hides,
        has_need=need is not None,
        bonds=bonds_of(actor, stores, wiring.clock, who.id),
        enquiries=enquiries.rows_of_person(actor, wiring, stores, who.id),
        placements=placements.rows_of_person(actor, wiring, stores, who.id),
        message=message,
        help=help_of(who, actor, wiring, stores),
        course=_course(who, actor, wiring),
    )


def _course(person: Participant, actor: Actor, wiring: Wiring) -> CourseView | None:
    """Return つながり指標 over time where somebody has begun somewhere."""
    scope = PeopleScope(actor)
    talks = wiring.following.follow_ups_of(scope, person.id)
    if not talks and not wiring.placing.placements_of(scope, person.id):
        return None
    return course_view(default_scale(), talks)


def help_of(person: Participant, actor: Actor, wiring: Wiring, stores: Stores) -> HelpOffer | None:
    """Return what somebody offers as a helper, or None."""
    scope = PeopleScope(actor)
    helper = stores.helping.helper_of(scope, person.id)
    if helper is None:
        return None
    last = stores.helping.latest_helper_run(scope)
    made = stores.helping.helper_proposals(scope, last.id) if last else []
    advanced = [
        each
        for each in stores.helping.decided_helper_proposals(scope)
        if each.status is ProposalStatus.ADVANCED
    ]
    proposals = {each.id: each for each in (*advanced, *made)}
    openings = seen_openings(actor, stores.catalog)
    return HelpOffer(
        times=available_words(helper.available),
        offers=offer_words(helper, wiring.vocabulary),
        groups=helped_groups(helper, tuple(proposals.values()), openings),
        href=f"/matching/helpers/{helper.id}/edit",
    )


def side_of(
    person: Participant, need: Need | None, options: Options, history: tuple[Happened, ...]
) -> Side:
    """Build what stands beside."""
    resting = person.status is ParticipantStatus.PAUSED
    stage = own_wording().say("stage", int(person.stage))
    return Side(
        stage=int(person.stage),
        resting=resting,
        stage_words=resting_words(person) if resting else f"いまは「{stage}」です",
        own_words=person.own_words,
        wishes=need_rows(need, options) if need else (),
        history=history,
    )


def resting_words(person: Participant) -> str:
    """Return that someone pauses, and until when: 12月20日（日）まで休んでいます."""
    until = person.paused_until_on
    return f"休んでいます（{day_words(until)}に、また探します）" if until else "休んでいます"


def next_step_of(standing: Standing) -> NextStep:
    """Return what comes next, with the rule that stops the search, if one does."""
    why = not_considered_words(standing.why_not).partition("→")[0] if standing.why_not else ""
    return NextStep(next_step_words(standing.next_step), why.strip(), next_href(standing))
