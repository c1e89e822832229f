"""One referral: what was asked, what was answered, what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.answers import TEXT, Answers, Sent, Typed
from api.frame import KeyHint
from api.pages.people.head import date_without_weekday
from api.pages.records.words import at_words
from api.pages.referrals.words import ADDRESS, passing_of, who_words
from api.pages.surroundings import can, frame_for
from api.rendering import render
from api.rights import SeesReceptions, WritesReceptions
from api.wiring import Wired, Wiring
from cases.actions.matching import Stores
from cases.actions.receiving import find_reception
from cases.actions.referring import (
    check_may_answer,
    find_referral,
    steps_for,
    take_step,
)
from cases.errors import CaseError, NotFound, NotPermitted
from cases.intake.referral import LIFE, Referral, ReferralState, ReferralStep
from cases.life_words import state_word, step_word
from cases.messages import in_japanese
from cases.permissions import Action, PeopleScope
from catalog.actor import Actor
from db.errors import DatabaseError
from db.messages import in_japanese as database_words

router = APIRouter(include_in_schema=False)

ONE: Final = ADDRESS + "/{referral_id}"
LABELS: Final = {"words": "ことば", "step": "どうするか"}
KEYS: Final = (KeyHint(("Ctrl+Enter",), "保存する"),)
WRONG: Final = 422


@dataclass(frozen=True, slots=True)
class ReferralPage:
    """A referral with the steps that its reader may take; `told` is who wrote what when."""

    id: str
    version: int
    state: str
    facts: tuple[tuple[str, str], ...]
    person_href: str
    reception_href: str
    steps: tuple[tuple[str, str], ...]
    told: tuple[str, ...]
    may_receive: bool
    typed: Typed
    errors: Mapping[str, str] = field(default_factory=dict)


@router.get(ONE)
def referral(
    request: Request, actor: SeesReceptions, wiring: Wired, referral_id: str
) -> HTMLResponse:
    """Show a referral."""
    with wiring.reading() as stores:
        content = _content(actor, wiring, stores, referral_id, Typed())
    return _page(request, actor, content)


@router.post(ONE)
def step(
    request: Request, actor: WritesReceptions, wiring: Wired, referral_id: str, sent: Sent
) -> Response:
    """Answer it, end it or withdraw it."""
    form = Answers(sent, LABELS)
    verb, words = form.choice("step", list(ReferralStep)), form.text("words", TEXT)
    if not verb:
        form.wrong("step", "どうするかを 選んでください。")
    written = sent.one("version")
    seen = int(written) if written.isascii() and written.isdecimal() else 0
    try:
        with wiring.writing() as stores:
            passing = passing_of(wiring, stores)
            kept = find_referral(actor, passing, referral_id)
            check_may_answer(actor, passing, kept)
            if not form.errors:
                take_step(actor, passing, referral_id, ReferralStep(verb), words=words, seen=seen)
                return RedirectResponse(f"{ADDRESS}/{referral_id}", status_code=303)
    except (NotFound, NotPermitted):
        raise
    except CaseError as error:
        form.wrong("words", in_japanese(error))
    except DatabaseError as error:
        if error.code != "changed_meanwhile":
            raise
        form.wrong("words", database_words(error))
    with wiring.reading() as stores:
        content = _content(actor, wiring, stores, referral_id, sent, form.errors)
    return _page(request, actor, content, WRONG)


def _content(
    actor: Actor,
    wiring: Wiring,
    stores: Stores,
    referral_id: str,
    typed: Typed,
    errors: Mapping[str, str] | None = None,
) -> ReferralPage:
    passing = passing_of(wiring, stores)
    kept = find_referral(actor, passing, referral_id)
    versions = wiring.referrals.versions_of_referral(PeopleScope(actor), referral_id)
    names = {user.id: user.name for user in wiring.users.users()}
    steps = steps_for(actor, passing, kept) if can(actor, Action.WRITE_RECEPTIONS) else ()
    whose = kept.participant_id
    is_met = whose and stores.cases.participant(PeopleScope(actor), whose) is not None
    return ReferralPage(
        id=kept.id,
        version=kept.version,
        state=state_word(LIFE.noun, kept.state),
        facts=tuple(each for each in _facts(kept, actor, stores) if each[1]),
        person_href=f"/people/{whose}/intake" if is_met else "",
        reception_href=_reception_href(kept, actor, wiring),
        steps=tuple((each, step_word(LIFE.noun, each)) for each in steps),
        told=tuple(
            f"{at_words(each.recorded_at)}　{names.get(each.recorded_by, '職員')}："
            f"{state_word(LIFE.noun, each.state)}"
            for each in reversed(versions)
        ),
        may_receive=kept.state in (ReferralState.TAKEN, ReferralState.HEARING)
        and actor.office_id == kept.to_office_id,
        typed=typed,
        errors=errors or {},
    )


def _facts(kept: Referral, actor: Actor, stores: Stores) -> tuple[tuple[str, str], ...]:
    return (
        ("どなたのことか", who_words(kept, actor, stores)),
        ("つないだ日", date_without_weekday(kept.asked_on)),
        ("つないだ機関", kept.from_office_id),
        ("つなぐ先", kept.to_office_id),
        ("たのむこと", kept.why),
        ("返事の日", date_without_weekday(kept.answered_on) if kept.answered_on else ""),
        ("返事", kept.answer),
        ("終わった日", date_without_weekday(kept.ended_on) if kept.ended_on else ""),
        ("どうなったか", kept.outcome),
    )


def _reception_href(kept: Referral, actor: Actor, wiring: Wiring) -> str:
    """Return the way to its reception where that exists for the reader."""
    if kept.reception_id is None:
        return ""
    try:
        find_reception(actor, wiring.intake, kept.reception_id)
    except NotFound:
        return ""
    return f"/intake/{kept.reception_id}"


def _page(request: Request, actor: Actor, content: ReferralPage, status: int = 200) -> HTMLResponse:
    frame = frame_for(request, actor, "つなぎ", current="/intake", keys=KEYS)
    return render(request, "pages/referrals/one.html", frame, content, status)
