"""Registering somebody: who they are first; need and consent follow on their own pages."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.answers import Sent, Typed
from api.forms import cookie_secret
from api.frame import KeyHint
from api.pages.people.options import Options, load_options
from api.pages.people.person_form import PersonRead, blank, read_person, written_day
from api.pages.surroundings import frame_for
from api.rendering import render
from api.rights import WritesPeople
from api.wiring import Wired, Wiring
from cases.actions.intake import next_case_no, register_participant, save_household
from cases.actions.matching import Stores
from cases.actions.receiving import find_reception, link
from cases.errors import NotPermitted, TakenReception
from cases.intake.reception import Reception
from cases.messages import in_japanese
from cases.participant import Participant
from cases.permissions import scope_of_everyone
from catalog.actor import Actor
from catalog.dates import day_in_japan
from catalog.ids import new_id
from db.errors import DatabaseError

router = APIRouter(include_in_schema=False)

KEYS: Final = (KeyHint(("Ctrl+Enter",), "保存して、希望を聞く"),)
STEPS: Final = (
    ("本人のこと", "名前だけでも始められます"),
    ("希望", "やりたいこと、行ける時間"),
    ("同意", "だれに話してよいか"),
)
TRIES: Final = 3
NOT_YOUR_CASE: Final = (
    "担当・開ける職員・住まいの保護を変えられるのは、この方の担当か、担当の機関の職員です。"
)
NOT_YOURS: Final = (
    "このままでは、あなた自身がこの方を開けなくなります。"
    "担当か「この方を開ける職員」に、あなたを入れてください。"
)


@dataclass(frozen=True, slots=True)
class PersonFormPage:
    """The form about who somebody is; `once` makes a second press of the button harmless."""

    typed: Typed
    options: Options
    once: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    steps: tuple[tuple[str, str], ...] = STEPS


@router.get("/people/new")
def blank_form(
    request: Request, actor: WritesPeople, wiring: Wired, reception: Annotated[str, Query()] = ""
) -> HTMLResponse:
    """Show the empty form; what a reception says already is filled in."""
    with wiring.reading() as stores:
        heard = find_reception(actor, wiring.intake, reception) if reception else None
        options = load_options(wiring, stores, actor)
    typed = blank(actor.user_id, options, day_in_japan(wiring.clock()))
    if heard is not None:
        typed += known_from(heard)
    return _page(request, actor, PersonFormPage(typed, options, once=new_id()))


@router.post("/people/new")
def register(request: Request, actor: WritesPeople, wiring: Wired, sent: Sent) -> Response:
    """Register somebody, or say at each field what has to be mended."""
    id_ = _id_of(request, sent.one("once") or new_id())
    with wiring.reading() as stores:
        if stores.cases.participant(scope_of_everyone(wiring.city.code), id_):
            return _next_page(id_, sent)
        options = load_options(wiring, stores, actor)
    read = read_person(sent, options, day_in_japan(wiring.clock()))
    errors = dict(read.errors)
    if read.participant is not None:
        try:
            new = replace(read.participant, id=id_)
            _keep(new, read, actor, wiring, sent.one("reception"))
            return _next_page(id_, sent)
        except TakenReception as error:
            errors["reception"] = in_japanese(error)
        except NotPermitted:
            errors["named_staff_ids"] = NOT_YOURS
    content = PersonFormPage(sent, options, once=sent.one("once"), errors=errors)
    return _page(request, actor, content, 422)


def known_from(reception: Reception) -> dict[str, tuple[str, ...]]:
    """Return the fields that a first word fills in."""
    asked = f"（聞き先：{reception.whom_to_ask}）" if reception.whom_to_ask else ""
    return {
        "reception": (reception.id,),
        "since_on": (written_day(reception.received_on),),
        "fields": (reception.field,) if reception.field else (),
        "note": (reception.heard + asked,),
    }


def _keep(
    person: Participant, read: PersonRead, actor: Actor, wiring: Wiring, reception_id: str
) -> None:
    """Keep person and household under the next case number; who is quicker takes it first.

    The reception that a case is opened from names the person from then on.
    """
    for attempt in range(TRIES):
        try:
            with wiring.writing() as stores:
                _keep_under_next_number(person, read, actor, wiring, stores)
                if reception_id:
                    store, clock = wiring.intake, wiring.clock
                    link(actor, stores.cases, store, reception_id, person.id, clock)
            return
        except DatabaseError as error:
            if error.code != "case_no_taken" or attempt == TRIES - 1:
                raise


def _keep_under_next_number(
    person: Participant, read: PersonRead, actor: Actor, wiring: Wiring, stores: Stores
) -> None:
    if read.household is not None:
        save_household(actor, stores.cases, read.household, wiring.clock)
    numbered = replace(person, case_no=next_case_no(stores.cases.case_numbers()))
    register_participant(actor, stores.cases, numbered, wiring.clock)


def _id_of(request: Request, once: str) -> str:
    """Return the id that a form gives: the same for the same form, never one that exists."""
    mixed = f"{cookie_secret(request)}/{once}".encode()
    digest = hashlib.blake2b(mixed, digest_size=16).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def _next_page(id_: str, sent: Typed) -> RedirectResponse:
    goal = (
        f"/people/{id_}?saved=person" if sent.one("then") == "end" else f"/people/{id_}/need?new=1"
    )
    return RedirectResponse(goal, status_code=303)


def _page(
    request: Request, actor: Actor, content: PersonFormPage, status: int = 200
) -> HTMLResponse:
    frame = frame_for(request, actor, "新しい相談", current="/people", keys=KEYS)
    return render(request, "pages/people/new.html", frame, content, status)
