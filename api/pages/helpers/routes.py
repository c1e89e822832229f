"""The addresses of helpers and groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Annotated, Final

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.answers import Sent, Typed
from api.frame import NEXT_AND_PREVIOUS, Frame, KeyHint
from api.pages.helpers import form
from api.pages.helpers.page import PATH, helpers_page, names_of, proposal_row
from api.pages.matching.contexts import ChoosePage, ProposalRow
from api.pages.matching.rows import choosing
from api.pages.people.options import Options, grouped, load_options
from api.pages.surroundings import frame_for
from api.rendering import announce, is_partial, render
from api.rights import Decides, RunsMatching, SeesRuns, WritesPeople
from api.wiring import Wired, Wiring
from cases.actions.helping import (
    HelpersMatched,
    decide_helper_proposal,
    find_helper,
    last_helping,
    save_helper,
    start_helping,
)
from cases.actions.intake import check_may_edit, find_person
from cases.actions.matching import Stores
from cases.errors import CaseError, NotFound, NotPermitted
from cases.helper import Helper
from cases.messages import in_japanese
from cases.participant import Participant
from cases.permissions import WITH_VOLUNTEERS, Action, PeopleScope, check_may
from cases.proposal import Decision
from catalog.actor import Actor
from catalog.dates import day_in_japan
from catalog.errors import CatalogError
from catalog.ids import new_id
from catalog.vocabulary import Code
from db.errors import DatabaseError
from db.messages import in_japanese as database_in_japanese
from exchange.frozen_runs import freeze

router = APIRouter(include_in_schema=False)

TITLE: Final = "手伝いたい方と会"
KEYS: Final = (NEXT_AND_PREVIOUS, KeyHint(("A",), "進める"), KeyHint(("S",), "見送る"))
SAID: Final = {
    "advanced": "進めるにしました。",
    "set_aside": "見送るにしました。",
    "proposed": "元に戻しました。",
}
FORM_KEYS: Final = (KeyHint(("Ctrl+Enter",), "保存する"),)


@dataclass(frozen=True, slots=True)
class DecidedRow:
    """A row after a decision, or with why it was not taken."""

    row: ProposalRow
    trouble: str


@dataclass(frozen=True, slots=True)
class HelperFormPage:
    """The form about a helper; `client` is who they are where they are accompanied here."""

    typed: Typed
    options: Options
    action: str
    client: Participant | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    rows: int = form.ROWS
    modes: Mapping[str, str] = field(default_factory=lambda: form.OWN_MODES)

    @property
    def menu(self) -> tuple[tuple[str, tuple[Code, ...]], ...]:
        """What one can help with, in groups."""
        codes = self.options.vocabulary.codes("menu").values()
        return tuple((name, tuple(entries)) for name, entries in grouped(codes))


# ------------------------------------------------------------------ the matching
@router.get(PATH)
def show(request: Request, actor: SeesRuns, wiring: Wired) -> HTMLResponse:
    """Show who could help where, as the last matching found it."""
    return _page(request, actor, wiring)


@router.post(PATH)
def start(actor: RunsMatching, wiring: Wired) -> RedirectResponse:
    """Match helpers and groups; a second is enough for hundreds."""
    with wiring.writing() as stores:
        start_helping(actor, stores, wiring.clock, freeze, version("tsunagite"))
    return _see(PATH)


@router.get(PATH + "/proposals/{helper_proposal_id}/aside")
def ask_reason(
    request: Request, actor: Decides, wiring: Wired, helper_proposal_id: str
) -> HTMLResponse:
    """Show the reasons to set a proposal aside, each with what it does."""
    with wiring.reading() as stores:
        proposal = stores.helping.helper_proposal(PeopleScope(actor), helper_proposal_id)
        if proposal is None:
            raise NotFound("proposal_not_found")
        names = names_of(actor, stores, wiring.vocabulary)
    row = choosing(proposal_row(names, proposal), names.vocabulary)
    page = ChoosePage(row, f"{PATH}#{row.anchor}")
    return render(request, "pages/matching/choose.html", _frame(request, actor), page)


@router.post(PATH + "/proposals/{helper_proposal_id}")
def decide(
    request: Request,
    actor: Decides,
    wiring: Wired,
    helper_proposal_id: str,
    decision: Annotated[Decision, Form()],
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Advance a proposal, set it aside for a reason, or undo."""
    if decision is Decision.SET_ASIDE and not reason:
        return _lead_to_reasons(request, f"{PATH}/proposals/{helper_proposal_id}/aside")
    trouble = _decide(actor, wiring, helper_proposal_id, decision, reason)
    if is_partial(request):
        return _row(request, actor, wiring, helper_proposal_id, trouble)
    return (
        _page(request, actor, wiring, trouble)
        if trouble
        else _see(f"{PATH}#row-{helper_proposal_id}")
    )


def _decide(actor: Actor, wiring: Wiring, proposal_id: str, decision: Decision, reason: str) -> str:
    """Take a decision; return why it could not be taken, or nothing."""
    try:
        with wiring.writing() as stores:
            decide_helper_proposal(actor, stores, proposal_id, decision, wiring.clock, reason)
    except (NotFound, NotPermitted):
        raise
    except (CaseError, CatalogError) as error:
        return in_japanese(error)
    except DatabaseError as error:
        return database_in_japanese(error)
    return ""


def _row(
    request: Request, actor: Actor, wiring: Wiring, proposal_id: str, trouble: str
) -> HTMLResponse:
    """Give the row as it stands after a decision, or with why it was not taken."""
    with wiring.reading() as stores:
        proposal = stores.helping.helper_proposal(PeopleScope(actor), proposal_id)
        if proposal is None:
            raise NotFound("proposal_not_found")
        row = proposal_row(names_of(actor, stores, wiring.vocabulary), proposal)
    part = DecidedRow(row, trouble)
    answer = render(request, "pages/helpers/row.html", _frame(request, actor), part)
    announce(answer, trouble or f"{row.who.name} さんの案を {SAID[row.status]}")
    return answer


def _page(request: Request, actor: Actor, wiring: Wiring, trouble: str = "") -> HTMLResponse:
    with wiring.reading() as stores:
        page = helpers_page(
            names_of(actor, stores, wiring.vocabulary), _last(actor, stores), trouble
        )
    status = 409 if trouble else 200
    return render(request, "pages/helpers/helpers.html", _frame(request, actor), page, status)


def _last(actor: Actor, stores: Stores) -> HelpersMatched | None:
    try:
        return last_helping(actor, stores)
    except NotFound:
        return None


# ------------------------------------------------------------------ what somebody offers
@router.get(PATH + "/new")
def blank(
    request: Request,
    actor: WritesPeople,
    wiring: Wired,
    participant: Annotated[str, Query()] = "",
) -> HTMLResponse:
    """Show the empty form, for a volunteer or for somebody who is accompanied here."""
    with wiring.reading() as stores:
        client = _writable(actor, stores, participant)
        options = load_options(wiring, stores, actor)
    return _form(request, actor, form.typed_of(None, options), options, _new_href(client), client)


@router.post(PATH + "/new")
def add(
    request: Request,
    actor: WritesPeople,
    wiring: Wired,
    sent: Sent,
    participant: Annotated[str, Query()] = "",
) -> Response:
    """Keep a new helper, or say at each field what has to be mended."""
    with wiring.writing() as stores:
        client = _writable(actor, stores, participant)
        if client and (kept := stores.helping.helper_of(PeopleScope(actor), client.id)):
            return _see(f"{PATH}/{kept.id}/edit")
        start = Helper(id=new_id(), name="?", participant_id=client.id if client else None)
        return _keep(request, actor, wiring, stores, sent, start, client, _new_href(client))


@router.get(PATH + "/{helper_id}/edit")
def edit(request: Request, actor: WritesPeople, wiring: Wired, helper_id: str) -> HTMLResponse:
    """Show the form as the offer is kept."""
    with wiring.reading() as stores:
        helper = find_helper(actor, stores, helper_id)
        client = _writable(actor, stores, helper.participant_id or "")
        options = load_options(wiring, stores, actor)
    action = f"{PATH}/{helper_id}/edit"
    return _form(request, actor, form.typed_of(helper, options), options, action, client)


@router.post(PATH + "/{helper_id}/edit")
def keep(
    request: Request, actor: WritesPeople, wiring: Wired, helper_id: str, sent: Sent
) -> Response:
    """Keep what was changed."""
    with wiring.writing() as stores:
        start = find_helper(actor, stores, helper_id)
        client = _writable(actor, stores, start.participant_id or "")
        action = f"{PATH}/{helper_id}/edit"
        return _keep(request, actor, wiring, stores, sent, start, client, action)


def _keep(
    request: Request,
    actor: Actor,
    wiring: Wiring,
    stores: Stores,
    sent: Typed,
    start: Helper,
    client: Participant | None,
    action: str,
) -> Response:
    options = load_options(wiring, stores, actor)
    read = form.read_helper(sent, options, start, client, day_in_japan(wiring.clock()))
    if read.helper is None:
        return _form(request, actor, sent, options, action, client, read.errors)
    save_helper(actor, stores, read.helper, wiring.clock)
    return _see(f"/people/{client.id}" if client else PATH)


def _writable(actor: Actor, stores: Stores, participant_id: str) -> Participant | None:
    """Return the person whom a helper is; a volunteer is nobody's, so whoever writes people may."""
    if not participant_id:
        check_may(actor, Action.EDIT_PEOPLE, WITH_VOLUNTEERS)
        return None
    client = find_person(actor, stores.cases, participant_id)
    check_may_edit(actor, client)
    return client


def _form(
    request: Request,
    actor: Actor,
    typed: Typed,
    options: Options,
    action: str,
    client: Participant | None,
    errors: Mapping[str, str] | None = None,
) -> HTMLResponse:
    page = HelperFormPage(typed, options, action, client, errors or {})
    frame = frame_for(request, actor, "手伝いの申し出", current="/matching", keys=FORM_KEYS)
    return render(request, "pages/helpers/helper.html", frame, page, 422 if errors else 200)


def _new_href(client: Participant | None) -> str:
    return f"{PATH}/new?participant={client.id}" if client else f"{PATH}/new"


def _frame(request: Request, actor: Actor) -> Frame:
    return frame_for(request, actor, TITLE, current="/matching", keys=KEYS)


def _see(href: str) -> RedirectResponse:
    return RedirectResponse(href, 303)


def _lead_to_reasons(request: Request, href: str) -> Response:
    """Lead to the page of reasons, also where only a row was asked for."""
    if is_partial(request):
        return Response(status_code=204, headers={"HX-Redirect": href})
    return _see(href)
