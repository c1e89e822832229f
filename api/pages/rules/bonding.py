"""Binding somebody to others in the search: together, at one time, or apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.answers import TEXT, Answers, Sent, Typed
from api.pages.people.head import Head, look_with_head, member_words
from api.pages.rules.listing import RULES
from api.pages.surroundings import frame_for
from api.rendering import render
from api.rights import Settles
from api.wiring import Wired, Wiring
from cases.actions.matching import Stores
from cases.actions.settling import bind
from cases.bond import BondKind
from cases.errors import CaseError, NotFound, NotPermitted
from cases.messages import in_japanese
from cases.participant import Participant
from cases.permissions import Action, PeopleScope, check_may_with
from cases.words.settled import kind_words
from catalog.actor import Actor
from catalog.dates import day_in_japan
from catalog.text_key import number_key

router = APIRouter(include_in_schema=False)

LABELS: Final = {
    "kind": "どう決めるか",
    "with": "だれと",
    "case_no": "ほかの方の番号",
    "reason": "理由",
    "until_on": "いつまで",
}
NO_KIND: Final = "どう決めるかを、一つ選んでください。"
NO_PARTNER: Final = "だれと決めるかを選ぶか、番号を書いてください。"
NO_REASON: Final = "理由を書いてください（例：母の送り迎えを、いっしょにしたい）。"
UNKNOWN: Final = "「{value}」の番号の方は見つかりません。番号を確かめてください。"


@dataclass(frozen=True, slots=True)
class BondingPage:
    """The form: with whom, and how their places depend on one another."""

    head: Head
    members: tuple[tuple[str, str], ...]
    kinds: tuple[tuple[str, str], ...]
    typed: Typed
    errors: Mapping[str, str] = field(default_factory=dict)
    trouble: str = ""
    tab: str = "overview"


@router.get("/people/{participant_id}/together")
def ask(request: Request, actor: Settles, wiring: Wired, participant_id: str) -> HTMLResponse:
    """Show the form with the household ticked."""
    with wiring.reading() as stores:
        members = _household(actor, stores, participant_id)
        typed = Typed({"with": tuple(each.id for each in members)})
        page = _content(actor, wiring, stores, participant_id, typed)
    return _page(request, actor, page)


@router.post("/people/{participant_id}/together")
def settle(
    request: Request, actor: Settles, wiring: Wired, participant_id: str, sent: Sent
) -> Response:
    """Bind them, or say at which field something is missing."""
    form, trouble = Answers(sent, LABELS), ""
    with wiring.reading() as stores:
        partners = _partners(form, actor, stores, participant_id)
    kind = form.choice("kind", list(BondKind))
    if not kind:
        form.wrong("kind", NO_KIND)
    reason = form.text("reason", TEXT)
    if not reason:
        form.wrong("reason", NO_REASON)
    until_on = form.day("until_on")
    if not form.errors:
        people = [participant_id, *partners]
        try:
            with wiring.writing() as stores:
                bond = bind(
                    actor,
                    stores,
                    wiring.clock,
                    BondKind(kind),
                    people,
                    reason=reason,
                    until_on=until_on,
                )
            return RedirectResponse(f"{RULES}?saved=settled#rule-{bond.id}", status_code=303)
        except (NotFound, NotPermitted):
            raise
        except CaseError as error:
            trouble = in_japanese(error)
    with wiring.reading() as stores:
        page = _content(actor, wiring, stores, participant_id, sent, form.errors, trouble)
    return _page(request, actor, page, 409 if trouble else 422)


def _partners(form: Answers, actor: Actor, stores: Stores, participant_id: str) -> tuple[str, ...]:
    """Return whom somebody is bound to: of the household, and one more by case number."""
    members = [each.id for each in _household(actor, stores, participant_id)]
    partners = form.choices("with", members)
    written = form.text("case_no")
    if written:
        meant = number_key(written)
        everyone = stores.cases.participants(PeopleScope(actor))
        found = [each.id for each in everyone if number_key(each.case_no) == meant]
        if len(found) == 1:
            return (*partners, *found)
        form.wrong("case_no", UNKNOWN.format(value=written))
    if not partners:
        form.wrong("with" if members else "case_no", NO_PARTNER)
    return partners


def _household(actor: Actor, stores: Stores, participant_id: str) -> list[Participant]:
    """Return the others of the household whom the actor may open."""
    scope = PeopleScope(actor)
    person = stores.cases.participant(scope, participant_id)
    if person is None:
        raise NotFound("person_not_found")
    if person.household_id is None:
        return []
    members = stores.cases.in_household(scope, person.household_id)
    return [each for each in members if each.id != person.id]


def _content(
    actor: Actor,
    wiring: Wiring,
    stores: Stores,
    participant_id: str,
    typed: Typed,
    errors: Mapping[str, str] | None = None,
    trouble: str = "",
) -> BondingPage:
    today = day_in_japan(wiring.clock())
    standing, head = look_with_head(actor, wiring, stores, participant_id)
    check_may_with(actor, Action.SETTLE_RULES, standing.participant)
    members = _household(actor, stores, participant_id)
    return BondingPage(
        head=head,
        members=tuple((each.id, member_words(each, today)) for each in members),
        kinds=tuple((str(kind), kind_words(kind)) for kind in BondKind),
        typed=typed,
        errors=errors or {},
        trouble=trouble,
    )


def _page(request: Request, actor: Actor, page: BondingPage, status: int = 200) -> HTMLResponse:
    frame = frame_for(request, actor, "いっしょに・別々に", current="/people")
    return render(request, "pages/rules/bonding.html", frame, page, status)
