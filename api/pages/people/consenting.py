"""Consent on the screen: how far it goes, recording a statement, and taking it back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.answers import Answers, Sent, Typed
from api.frame import KeyHint
from api.pages.people.consent_form import choices_of, read_consent, typed_of
from api.pages.people.head import Head, date_without_weekday, look_with_head, told_of_consent
from api.pages.people.options import load_options
from api.pages.people.registering import STEPS
from api.pages.surroundings import frame_for
from api.rendering import render
from api.rights import SeesPeople, WritesPeople
from api.wiring import Wired, Wiring
from cases.actions.cataloguing import seen_openings
from cases.actions.consenting import record_consent, withdraw_consent
from cases.actions.intake import check_may_edit, find_person
from cases.actions.looking import look_at
from cases.actions.matching import Stores
from cases.consent import Consent, WhyNot
from cases.consent_scope import own_consent_scope
from cases.next_step import Standing
from cases.permissions import PeopleScope
from cases.proposal import Proposal, ProposalStatus
from cases.words.wording import not_considered_words
from catalog.actor import Actor
from catalog.dates import day_in_japan

router = APIRouter(include_in_schema=False)

KEYS: Final = (KeyHint(("Ctrl+Enter",), "同意を記録する"), KeyHint(("G",), "この人のつなぎ先"))
MOST_TOLD: Final = 20


@dataclass(frozen=True, slots=True)
class ConsentPage:
    """Consent of a person: what holds now, the form for a new statement, all that was said."""

    head: Head
    now: str
    rule: str
    typed: Typed
    choices: Mapping[str, Mapping[str, str]]
    notes: Mapping[str, str]
    said: tuple[tuple[str, str], ...]
    can_withdraw: bool
    errors: Mapping[str, str] = field(default_factory=dict)
    message: str = ""
    is_new: bool = False
    steps: tuple[tuple[str, str], ...] = STEPS
    tab: str = "consent"


@dataclass(frozen=True, slots=True)
class WithdrawalPage:
    """Taking consent back: what will stop, or after it what has stopped."""

    head: Head
    stops: tuple[str, ...]
    given_by: str = "本人"
    errors: Mapping[str, str] = field(default_factory=dict)
    is_done: bool = False
    tab: str = "consent"


@router.get("/people/{participant_id}/consent")
def consent(
    request: Request,
    actor: SeesPeople,
    wiring: Wired,
    participant_id: str,
    new: Annotated[bool, Query()] = False,
    saved: Annotated[bool, Query()] = False,
) -> HTMLResponse:
    """Show what somebody agreed to."""
    message = "同意を記録しました。" if saved else ""
    with wiring.reading() as stores:
        content = _content(actor, wiring, stores, participant_id, message=message, is_new=new)
    return _page(request, actor, content)


@router.post("/people/{participant_id}/consent")
def record(
    request: Request,
    actor: WritesPeople,
    wiring: Wired,
    participant_id: str,
    sent: Sent,
    new: Annotated[bool, Query()] = False,
) -> Response:
    """Record a statement; with consent in force the way leads on to the places."""
    with wiring.writing() as stores:
        check_may_edit(actor, find_person(actor, stores.cases, participant_id))
        options = load_options(wiring, stores, actor)
        consents = stores.cases.consents_of(PeopleScope(actor), participant_id)
        today = day_in_japan(wiring.clock())
        read = read_consent(sent, choices_of(options, consents), participant_id, today)
        if read.consent is not None:
            record_consent(actor, stores.cases, read.consent, wiring.clock)
            standing = look_at(actor, stores, wiring.clock, participant_id)
            goes_on = new and not standing.why_not
            goal = "openings" if goes_on else "consent?saved=1"
            return RedirectResponse(f"/people/{participant_id}/{goal}", status_code=303)
        content = _content(actor, wiring, stores, participant_id, sent, read.errors, is_new=new)
    return _page(request, actor, content, 422)


@router.get("/people/{participant_id}/consent/withdraw")
def ask_before_withdrawing(
    request: Request, actor: WritesPeople, wiring: Wired, participant_id: str
) -> HTMLResponse:
    """Say what will stop, before anything does."""
    with wiring.reading() as stores:
        check_may_edit(actor, find_person(actor, stores.cases, participant_id))
        _, head = look_with_head(actor, wiring, stores, participant_id)
        content = WithdrawalPage(head, _stops(actor, stores, participant_id))
    return _withdrawal(request, actor, content)


@router.post("/people/{participant_id}/consent/withdraw")
def withdraw(
    request: Request, actor: WritesPeople, wiring: Wired, participant_id: str, sent: Sent
) -> HTMLResponse:
    """Take consent back at once, and say what stopped."""
    form = Answers(sent, {"given_by": "だれが撤回したか"})
    given_by = form.required("given_by", "だれが撤回したかを書いてください（例：本人）。")
    with wiring.writing() as stores:
        check_may_edit(actor, find_person(actor, stores.cases, participant_id))
        stops = _stops(actor, stores, participant_id)
        if not form.errors and not _is_withdrawn(actor, wiring, stores, participant_id):
            withdraw_consent(
                actor,
                stores.cases,
                stores.runs,
                stores.helping,
                participant_id,
                wiring.clock,
                given_by,
            )
        _, head = look_with_head(actor, wiring, stores, participant_id)
    content = WithdrawalPage(
        head, stops, sent.one("given_by"), form.errors, is_done=not form.errors
    )
    return _withdrawal(request, actor, content, 422 if form.errors else 200)


def _is_withdrawn(actor: Actor, wiring: Wiring, stores: Stores, participant_id: str) -> bool:
    """Tell whether a second press of the button has nothing left to do."""
    standing = look_at(actor, stores, wiring.clock, participant_id)
    return standing.consent is WhyNot.WITHDRAWN


def _stops(actor: Actor, stores: Stores, participant_id: str) -> tuple[str, ...]:
    """Return what taking consent back stops for this very person, on both sides of a group."""
    scope, openings = PeopleScope(actor), seen_openings(actor, stores.catalog)

    def under_way(proposals: Iterable[Proposal], words: str) -> Iterator[str]:
        for each in proposals:
            if each.status is ProposalStatus.ADVANCED:
                opening = openings.get(each.opening_id)
                yield f"「{opening.name}」{words}" if opening else f"枠{words}"

    stops = list(under_way(stores.runs.proposals_for(scope, participant_id), "の案を進めること"))
    helper = stores.helping.helper_of(scope, participant_id)
    if helper is not None:
        decided = stores.helping.decided_helper_proposals(scope)
        own = (each for each in decided if each.participant_id == helper.id)
        stops += [*under_way(own, "の手伝いを進めること"), "支え手として 手伝う会を探すこと"]
    return tuple(stops)


def _content(
    actor: Actor,
    wiring: Wiring,
    stores: Stores,
    participant_id: str,
    typed: Typed | None = None,
    errors: Mapping[str, str] | None = None,
    *,
    message: str = "",
    is_new: bool,
) -> ConsentPage:
    standing, head = look_with_head(actor, wiring, stores, participant_id)
    consents = stores.cases.consents_of(PeopleScope(actor), participant_id)
    today = day_in_japan(wiring.clock())
    return ConsentPage(
        head=head,
        now=now_words(standing),
        rule=rule_words(standing),
        typed=typed or typed_of(consents, actor.office_id, today),
        choices=choices_of(load_options(wiring, stores, actor), consents),
        notes={each.name: each.note for each in own_consent_scope().categories},
        said=tuple(told_of_consent(each) for each in reversed(consents))[:MOST_TOLD],
        can_withdraw=isinstance(standing.consent, Consent)
        or standing.consent in (WhyNot.VERBAL_ONLY, WhyNot.HOSTS_NOT_INCLUDED),
        errors=errors or {},
        message=message,
        is_new=is_new,
    )


def now_words(standing: Standing) -> str:
    """Return in one sentence whether a place may be sought."""
    found = standing.consent
    if not isinstance(found, Consent):
        return "つなぎ先を探すための 文書の同意は、今はありません。"
    until = f"{date_without_weekday(found.until_on)}まで、" if found.until_on else ""
    return f"{until}文書の同意があります。つなぎ先を探せます。"


def rule_words(standing: Standing) -> str:
    """Return the rule that stops the search for want of consent, nothing where there is none."""
    if isinstance(standing.consent, Consent):
        return ""
    return not_considered_words(f"consent_{standing.consent}").partition("→")[0].strip()


def _page(request: Request, actor: Actor, content: ConsentPage, status: int = 200) -> HTMLResponse:
    keys = KEYS if content.head.may_edit else KEYS[1:]
    frame = frame_for(request, actor, "同意と開示", current="/people", keys=keys)
    return render(request, "pages/people/consent.html", frame, content, status)


def _withdrawal(
    request: Request, actor: Actor, content: WithdrawalPage, status: int = 200
) -> HTMLResponse:
    frame = frame_for(request, actor, "同意の撤回", current="/people")
    return render(request, "pages/people/withdraw.html", frame, content, status)
