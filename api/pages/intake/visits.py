"""訪問: going to see a person before any consent, planned, written down, called off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.answers import TEXT, Answers, Sent, Typed
from api.frame import SEARCH, KeyHint
from api.pages.people.head import Head, look_with_head
from api.pages.people.person_form import written_day
from api.pages.records.words import at_words
from api.pages.referrals.words import offices_to_ask
from api.pages.surroundings import frame_for
from api.rendering import render
from api.rights import SeesPeople, WritesPeople
from api.wiring import Wired, Wiring
from cases.actions.intake import check_may_edit, find_person
from cases.actions.matching import Stores
from cases.actions.visiting import (
    call_off,
    find_visit,
    look_at_due,
    plan_visit,
    write_down,
)
from cases.errors import CaseError, NotFound, NotPermitted
from cases.life_words import state_word
from cases.messages import in_japanese
from cases.outreach import LIFE, Visit, VisitState
from cases.permissions import Action, PeopleScope, is_ever_allowed
from cases.words.dates import day_words
from catalog.actor import Actor
from catalog.dates import day_in_japan
from db.errors import DatabaseError
from db.messages import in_japanese as database_words

router = APIRouter(include_in_schema=False)

LIST: Final = "/people/{participant_id}/visits"
ONE: Final = LIST + "/{visit_id}"
KEYS: Final = (KeyHint(("Ctrl+Enter",), "保存する"), SEARCH)
WRONG: Final = 422
LABELS: Final[Mapping[str, str]] = {
    "planned_on": "行く日",
    "visitor_ids": "だれが行くか",
    "office_ids": "いっしょに行く機関",
    "plan_words": "伝えること・気をつけること",
    "done_on": "行った日",
    "result": "どうだったか",
    "relation": "関係の段階",
    "words": "ようすと ことば",
    "next_on": "次に行く日",
    "reason": "取りやめる理由",
}
SAVED: Final = {
    "planned": "訪問の予定を書きました。",
    "written": "訪問の記録を書きました。",
    "off": "訪問を取りやめました。",
}
_AT: Final = {
    "visit_without_visitor": "visitor_ids",
    "visit_in_future": "done_on",
    "next_before_last": "next_on",
}


@dataclass(frozen=True, slots=True)
class VisitRow:
    """A visit in a list; `is_late`: its day has passed and nobody has written how it was."""

    href: str
    on: str
    who: str
    state: str
    result: str
    relation: str
    words: str
    is_late: bool


@dataclass(frozen=True, slots=True)
class DueVisit:
    """A visit of today, or one of which nobody has written how it was."""

    name: str
    row: VisitRow


@dataclass(frozen=True, slots=True)
class Offered:
    """What the forms offer to choose from: pairs of value and words."""

    visitors: tuple[tuple[str, str], ...]
    offices: tuple[tuple[str, str], ...]
    results: tuple[tuple[str, str], ...]
    relations: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class VisitsPage:
    """All visits to a person, what was refused and how far the relation has come, the plan form."""

    head: Head
    coming: tuple[VisitRow, ...]
    past: tuple[VisitRow, ...]
    relation: str
    refusals: int
    offered: Offered
    typed: Typed
    errors: Mapping[str, str] = field(default_factory=dict)
    message: str = ""
    tab: str = "intake"


@dataclass(frozen=True, slots=True)
class VisitPage:
    """One visit, with the form that says how it was."""

    head: Head
    id: str
    version: int
    row: VisitRow
    is_open: bool
    may_write: bool
    told: tuple[str, ...]
    offered: Offered
    typed: Typed
    errors: Mapping[str, str] = field(default_factory=dict)
    tab: str = "intake"


@router.get(LIST)
def visits(
    request: Request,
    actor: SeesPeople,
    wiring: Wired,
    participant_id: str,
    saved: Annotated[str, Query()] = "",
) -> HTMLResponse:
    """List the visits to a person."""
    with wiring.reading() as stores:
        content = _list(actor, wiring, stores, participant_id, message=SAVED.get(saved, ""))
    return _show(request, actor, "list", content)


@router.post(LIST)
def plan(
    request: Request, actor: WritesPeople, wiring: Wired, participant_id: str, sent: Sent
) -> Response:
    """Plan a visit."""
    with wiring.writing() as stores:
        check_may_edit(actor, find_person(actor, stores.cases, participant_id))
        offered = _offered(actor, wiring)
        form = Answers(sent, LABELS)
        on = form.day("planned_on")
        if on is None:
            form.wrong("planned_on", "行く日を 書いてください。")
        visitors = form.choices("visitor_ids", dict(offered.visitors))
        offices = form.choices("office_ids", dict(offered.offices))
        words = form.text("plan_words", TEXT)
        if on is not None and not form.errors:
            try:
                made = plan_visit(
                    actor, stores.cases, wiring.visits, wiring.clock, participant_id,
                    on=on, visitor_ids=visitors, office_ids=offices, words=words,
                )  # fmt: skip
                if on <= day_in_japan(wiring.clock()):
                    goal = f"/people/{participant_id}/visits/{made.id}"
                    return RedirectResponse(goal, status_code=303)
                return _saved(participant_id, "planned")
            except CaseError as error:
                _note(form, error)
        content = _list(actor, wiring, stores, participant_id, sent, form.errors)
    return _show(request, actor, "list", content, WRONG)


@router.get(ONE)
def visit(
    request: Request, actor: SeesPeople, wiring: Wired, participant_id: str, visit_id: str
) -> HTMLResponse:
    """Show one visit."""
    with wiring.reading() as stores:
        content = _one(actor, wiring, stores, participant_id, visit_id)
    return _show(request, actor, "one", content)


@router.post(ONE)
def tell(
    request: Request,
    actor: WritesPeople,
    wiring: Wired,
    participant_id: str,
    visit_id: str,
    sent: Sent,
) -> Response:
    """Write down how a visit was, or correct it."""
    form = Answers(sent, LABELS)
    offered = _offered(actor, wiring)
    done_on, next_on = form.day("done_on"), form.day("next_on")
    result = form.choice("result", dict(offered.results))
    relation = form.choice("relation", dict(offered.relations))
    words = form.text("words", TEXT)
    if done_on is None:
        form.wrong("done_on", "行った日を 書いてください。")
    if not result:
        form.wrong("result", "どうだったかを 選んでください。")
    try:
        with wiring.writing() as stores:
            before = find_visit(actor, wiring.visits, participant_id, visit_id)
            check_may_edit(actor, find_person(actor, stores.cases, participant_id))
            if not form.errors:
                done = replace(
                    before, state=VisitState.DONE, done_on=done_on, result=result,
                    relation=relation, words=words, next_on=next_on,
                )  # fmt: skip
                write_down(actor, stores.cases, wiring.visits, wiring.clock, done, seen=_seen(sent))
                return _saved(participant_id, "written")
    except CaseError as error:
        _note(form, error)
    except DatabaseError as error:
        _note_meanwhile(form, "words", error)
    with wiring.reading() as stores:
        content = _one(actor, wiring, stores, participant_id, visit_id, sent, form.errors)
    return _show(request, actor, "one", content, WRONG)


@router.post(ONE + "/off")
def drop(
    request: Request,
    actor: WritesPeople,
    wiring: Wired,
    participant_id: str,
    visit_id: str,
    sent: Sent,
) -> Response:
    """Call a visit off."""
    form = Answers(sent, LABELS)
    reason = form.text("reason", TEXT)
    try:
        with wiring.writing() as stores:
            find_visit(actor, wiring.visits, participant_id, visit_id)
            call_off(
                actor, stores.cases, wiring.visits, wiring.clock, participant_id, visit_id,
                reason=reason, seen=_seen(sent),
            )  # fmt: skip
            return _saved(participant_id, "off")
    except CaseError as error:
        _note(form, error, "reason")
    except DatabaseError as error:
        _note_meanwhile(form, "reason", error)
    with wiring.reading() as stores:
        content = _one(actor, wiring, stores, participant_id, visit_id, sent, form.errors)
    return _show(request, actor, "one", content, WRONG)


def due_visits(actor: Actor, wiring: Wiring, stores: Stores) -> tuple[DueVisit, ...]:
    """Return the visits of today and those that are overdue, the oldest first."""
    today, scope = day_in_japan(wiring.clock()), PeopleScope(actor)
    found = []
    for each in look_at_due(actor, wiring.visits, today):
        person = stores.cases.participant(scope, each.participant_id)
        if person is not None:
            found.append(DueVisit(person.name, visit_row(each, wiring, today)))
    return tuple(found)


def visit_row(each: Visit, wiring: Wiring, today: date) -> VisitRow:
    """Return a visit as a list says it."""
    names = {user.id: user.name for user in wiring.users.users()}
    who = [names.get(id_, "職員") for id_ in each.visitor_ids]
    label = wiring.vocabulary.label
    return VisitRow(
        href=f"/people/{each.participant_id}/visits/{each.id}",
        on=day_words(each.done_on or each.planned_on),
        who="、".join([*who, *each.office_ids]),
        state=state_word(LIFE.noun, each.state),
        result=label("visit_result", each.result) if each.result else "",
        relation=label("relation_stage", each.relation) if each.relation else "",
        words=each.words,
        is_late=each.state is VisitState.PLANNED and each.planned_on < today,
    )


def _list(
    actor: Actor,
    wiring: Wiring,
    stores: Stores,
    participant_id: str,
    typed: Typed | None = None,
    errors: Mapping[str, str] | None = None,
    *,
    message: str = "",
) -> VisitsPage:
    _, head = look_with_head(actor, wiring, stores, participant_id)
    today = day_in_japan(wiring.clock())
    found = wiring.visits.visits_of(PeopleScope(actor), participant_id)
    found = sorted(found, key=lambda each: (each.done_on or each.planned_on, each.id))
    coming = [each for each in found if each.state is VisitState.PLANNED]
    past = [each for each in reversed(found) if each.state is not VisitState.PLANNED]
    relation = next((each.relation for each in past if each.relation), "")
    return VisitsPage(
        head=head,
        coming=tuple(visit_row(each, wiring, today) for each in coming),
        past=tuple(visit_row(each, wiring, today) for each in past),
        relation=wiring.vocabulary.label("relation_stage", relation) if relation else "",
        refusals=sum(each.result == "refused" for each in past),
        offered=_offered(actor, wiring),
        typed=typed or Typed({"visitor_ids": (actor.user_id,)}),
        errors=errors or {},
        message=message,
    )


def _one(
    actor: Actor,
    wiring: Wiring,
    stores: Stores,
    participant_id: str,
    visit_id: str,
    typed: Typed | None = None,
    errors: Mapping[str, str] | None = None,
) -> VisitPage:
    _, head = look_with_head(actor, wiring, stores, participant_id)
    kept = find_visit(actor, wiring.visits, participant_id, visit_id)
    today = day_in_japan(wiring.clock())
    names = {user.id: user.name for user in wiring.users.users()}
    versions = wiring.visits.versions_of_visit(PeopleScope(actor), visit_id)
    is_open = kept.state is VisitState.PLANNED
    start = Typed(
        {
            "done_on": (written_day(kept.done_on or min(kept.planned_on, today)),),
            "result": (kept.result,),
            "relation": (kept.relation,),
            "words": ("" if is_open else kept.words,),
            "next_on": (written_day(kept.next_on) if kept.next_on else "",),
        }
    )
    return VisitPage(
        head=head,
        id=kept.id,
        version=kept.version,
        row=visit_row(kept, wiring, today),
        is_open=is_open,
        may_write=head.may_edit and kept.state is not VisitState.CALLED_OFF,
        told=tuple(
            f"{at_words(each.recorded_at)}　{names.get(each.recorded_by, '職員')}："
            f"{state_word(LIFE.noun, each.state)}"
            for each in reversed(versions)
        ),
        offered=_offered(actor, wiring),
        typed=start + (typed.fields if typed else {}),
        errors=errors or {},
    )


def _offered(actor: Actor, wiring: Wiring) -> Offered:
    users = [
        each
        for each in wiring.users.users()
        if not each.disabled and is_ever_allowed(each.role, Action.SEE_PEOPLE)
    ]
    codes = wiring.vocabulary.codes
    return Offered(
        visitors=tuple((each.id, f"{each.name}（{each.office_id or ''}）") for each in users),
        offices=tuple((each, each) for each in offices_to_ask(actor, wiring)),
        results=tuple((each.code, each.label) for each in codes("visit_result").values()),
        relations=tuple((each.code, each.label) for each in codes("relation_stage").values()),
    )


def _seen(sent: Typed) -> int:
    written = sent.one("version")
    return int(written) if written.isascii() and written.isdecimal() else 0


def _note(form: Answers, error: CaseError, at: str = "words") -> None:
    """Say what was wrong beside its field; who may not know or write is told elsewhere."""
    if isinstance(error, NotFound | NotPermitted):
        raise error
    form.wrong(_AT.get(error.code, at), in_japanese(error))


def _note_meanwhile(form: Answers, at: str, error: DatabaseError) -> None:
    if error.code != "changed_meanwhile":
        raise error
    form.wrong(at, database_words(error))


def _saved(participant_id: str, what: str) -> RedirectResponse:
    return RedirectResponse(f"/people/{participant_id}/visits?saved={what}", status_code=303)


def _show(
    request: Request,
    actor: Actor,
    which: str,
    content: VisitsPage | VisitPage,
    status: int = 200,
) -> HTMLResponse:
    frame = frame_for(request, actor, "訪問", current="/people", keys=KEYS)
    return render(request, f"pages/intake/visits_{which}.html", frame, content, status)
