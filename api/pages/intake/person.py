"""How it began with a person: what was heard, what agencies asked of one another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.answers import Sent, Typed
from api.frame import SEARCH, KeyHint
from api.pages.people.head import Head, date_without_weekday, look_with_head
from api.pages.referrals.words import ReferralRow, ask, offices_to_ask, referral_row
from api.pages.surroundings import frame_for
from api.rendering import render
from api.rights import SeesPeople, WritesPeople
from api.wiring import Wired, Wiring
from cases.actions.intake import check_may_edit, find_person
from cases.actions.matching import Stores
from cases.intake.reception import Reception
from cases.outreach import Visit, VisitState
from cases.permissions import PeopleScope
from cases.words.dates import day_words
from catalog.actor import Actor

router = APIRouter(include_in_schema=False)

ADDRESS: Final = "/people/{participant_id}"
WRONG: Final = 422
KEYS: Final = (KeyHint(("Ctrl+Enter",), "保存する"), SEARCH)
SAVED: Final = {"referred": "つなぎました。返事が来ると、今の様子が変わります。"}


@dataclass(frozen=True, slots=True)
class HeardRow:
    """A first word about the person."""

    href: str
    on: str
    where: str
    heard: str
    outcome: str


@dataclass(frozen=True, slots=True)
class FirstStepsPage:
    """How it began, with the forms that go on from it."""

    head: Head
    receptions: tuple[HeardRow, ...]
    visits: str
    referrals: tuple[ReferralRow, ...]
    offices: tuple[tuple[str, str], ...]
    typed: Typed
    errors: Mapping[str, str] = field(default_factory=dict)
    message: str = ""
    tab: str = "intake"


@router.get(ADDRESS + "/intake")
def first_steps(
    request: Request,
    actor: SeesPeople,
    wiring: Wired,
    participant_id: str,
    saved: Annotated[str, Query()] = "",
) -> HTMLResponse:
    """Show how it began with a person."""
    with wiring.reading() as stores:
        content = page_of(actor, wiring, stores, participant_id, message=SAVED.get(saved, ""))
    return show(request, actor, content)


@router.post(ADDRESS + "/referrals")
def pass_on(
    request: Request, actor: WritesPeople, wiring: Wired, participant_id: str, sent: Sent
) -> Response:
    """Ask another agency to take something up."""
    with wiring.writing() as stores:
        check_may_edit(actor, find_person(actor, stores.cases, participant_id))
        errors = ask(actor, wiring, stores, sent, participant_id=participant_id)
        if not errors:
            goal = f"/people/{participant_id}/intake?saved=referred"
            return RedirectResponse(goal, status_code=303)
        content = page_of(actor, wiring, stores, participant_id, sent, errors)
    return show(request, actor, content, WRONG)


def page_of(
    actor: Actor,
    wiring: Wiring,
    stores: Stores,
    participant_id: str,
    typed: Typed | None = None,
    errors: Mapping[str, str] | None = None,
    *,
    message: str = "",
) -> FirstStepsPage:
    """Gather how it began with a person.

    Raises
    ------
    NotFound
        Where the actor may not know the person.
    """
    _, head = look_with_head(actor, wiring, stores, participant_id)
    scope = PeopleScope(actor)
    heard = wiring.intake.receptions_of(scope, participant_id)
    passed = wiring.referrals.referrals_of(scope, participant_id)
    went = wiring.visits.visits_of(scope, participant_id)
    return FirstStepsPage(
        head=head,
        receptions=tuple(_heard_row(each, wiring) for each in reversed(heard)),
        visits=_visits_words(went),
        referrals=tuple(referral_row(each, actor, stores) for each in reversed(passed)),
        offices=tuple((each, each) for each in offices_to_ask(actor, wiring)),
        typed=typed or Typed(),
        errors=errors or {},
        message=message,
    )


def show(
    request: Request, actor: Actor, content: FirstStepsPage, status: int = 200
) -> HTMLResponse:
    """Return the page."""
    frame = frame_for(request, actor, "受付・訪問", current="/people", keys=KEYS)
    return render(request, "pages/intake/person.html", frame, content, status)


def _visits_words(found: Sequence[Visit]) -> str:
    """Return how many visits there were, and when the next one is."""
    done = sum(each.state is VisitState.DONE for each in found)
    days = (each.planned_on for each in found if each.state is VisitState.PLANNED)
    next_on = min(days, default=None)
    coming = f"次は {day_words(next_on)}です。" if next_on else "予定は ありません。"
    return f"これまでに {done}回。{coming}" if done else coming


def _heard_row(each: Reception, wiring: Wiring) -> HeardRow:
    code = each.screening
    known = wiring.vocabulary.codes("screening")
    return HeardRow(
        href=f"/intake/{each.id}",
        on=date_without_weekday(each.received_on),
        where=each.window or each.office_id,
        heard=each.heard,
        outcome=known[code].label if code in known else code or "まだ決めていない",
    )
