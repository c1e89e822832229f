"""A person's support plan on the screen: writing it, bringing it on, what changed, on paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.answers import Answers, Sent, Typed
from api.frame import KeyHint
from api.pages.people import plan_form
from api.pages.people.conflict import Difference, differences
from api.pages.people.head import Head, look_with_head
from api.pages.people.options import Options, load_options
from api.pages.people.person_form import written_day
from api.pages.surroundings import frame_for
from api.rendering import render
from api.rights import SeesPeople, WritesPeople
from api.wiring import Wired, Wiring
from cases.actions.intake import check_may_edit, find_person
from cases.actions.matching import Stores
from cases.actions.planning import (
    Desk,
    Given,
    judgements_on,
    let_offices_take_part,
    take_step,
    write_plan,
)
from cases.errors import CaseError
from cases.life_words import state_word, step_word
from cases.messages import in_japanese
from cases.permissions import PeopleScope
from cases.plan import LIFE, PlanState, PlanStep, SupportPlan, open_plan
from cases.words.dates import date_words
from catalog.actor import Actor
from catalog.dates import day_in_japan
from catalog.ids import new_id
from db.errors import DatabaseError

router = APIRouter(include_in_schema=False)

KEYS: Final = (KeyHint(("Ctrl+Enter",), "保存する"),)
CONFLICT: Final = 409
WRONG: Final = 422
SAVED: Final = {
    "draft": "下書きを保存しました。",
    "step": "プランを進めました。",
}
STEP_LABELS: Final[Mapping[str, str]] = {
    "verb": "すること",
    "signed_by": "署名した方",
    "signed_on": "署名の日",
    "decided_in": "どの会議で決まったか",
    "reason": "終える理由",
}
OFFERED: Final = tuple(each for each in PlanStep if each is not PlanStep.REPLACE)


@dataclass(frozen=True, slots=True)
class Saving:
    """One saving of a plan: when, by whom, in which state, and what it changed."""

    at: str
    by: str
    state: str
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class PlanPage:
    """The present plan, the form or the steps that are possible, and what was before."""

    head: Head
    state: str
    words: tuple[tuple[str, str], ...]
    agreed: tuple[tuple[str, str], ...]
    plan_id: str
    seen: int
    is_writing: bool
    steps: tuple[tuple[str, str], ...]
    typed: Typed
    rows: int
    services: Mapping[str, str]
    offices: tuple[tuple[str, str], ...]
    who: tuple[tuple[str, str], ...]
    judged: tuple[tuple[str, str], ...]
    savings: tuple[Saving, ...]
    errors: Mapping[str, str] = field(default_factory=dict)
    differences: tuple[Difference, ...] = ()
    message: str = ""
    tab: str = "plan"


@dataclass(frozen=True, slots=True)
class PlanSheet:
    """A plan on paper."""

    head: Head
    state: str
    words: tuple[tuple[str, str], ...]
    agreed: tuple[tuple[str, str], ...]
    tab: str = "plan"


@router.get("/people/{participant_id}/plan")
def plan(
    request: Request,
    actor: SeesPeople,
    wiring: Wired,
    participant_id: str,
    new: Annotated[bool, Query()] = False,
    saved: Annotated[str, Query()] = "",
) -> HTMLResponse:
    """Show the plan; `new` opens the form for the next one."""
    with wiring.reading() as stores:
        content = _content(
            actor, wiring, stores, participant_id, is_new=new, message=SAVED.get(saved, "")
        )
    return _page(request, actor, content)


@router.post("/people/{participant_id}/plan")
def save(
    request: Request, actor: WritesPeople, wiring: Wired, participant_id: str, sent: Sent
) -> Response:
    """Keep a draft; whoever is second sees both texts, and nothing is lost."""
    with wiring.writing() as stores:
        check_may_edit(actor, find_person(actor, stores.cases, participant_id))
        options = load_options(wiring, stores, actor)
        read = plan_form.read_plan(sent, options, participant_id, day_in_japan(wiring.clock()))
        now = open_plan(wiring.plans.plans_of(PeopleScope(actor), participant_id))
        seen = (sent.one("plan"), sent.one("seen"))
        is_current = now is None or seen == (now.id, str(now.version))
        if read.plan is not None and is_current:
            write_plan(actor, _desk(wiring, stores), read.plan, wiring.clock)
            return _saved(participant_id, "draft")
        differ: tuple[Difference, ...] = ()
        if now is not None and not is_current:
            services = plan_form.services_of(options)
            kept = plan_form.in_words(now, services)
            differ = differences(kept, plan_form.in_words(read.plan, services))
            sent += {"plan": [now.id], "seen": [str(now.version)]}
        content = _content(
            actor, wiring, stores, participant_id, sent, read.errors, differ, is_new=True
        )
    return _page(request, actor, content, WRONG if is_current else CONFLICT)


@router.post("/people/{participant_id}/plan/step")
def step(
    request: Request, actor: WritesPeople, wiring: Wired, participant_id: str, sent: Sent
) -> Response:
    """Bring the plan one step on."""
    form = Answers(sent, STEP_LABELS)
    verb = PlanStep(form.choice("verb", OFFERED, PlanStep.SUBMIT.value))
    given = Given(
        signed_by=form.text("signed_by"),
        signed_on=form.day("signed_on"),
        decided_in=form.text("decided_in"),
        reason=form.text("reason"),
    )
    if not sent.one("verb"):
        form.wrong("verb", "することを 選んでください。")
    errors = form.errors
    with wiring.writing() as stores:
        check_may_edit(actor, find_person(actor, stores.cases, participant_id))
        kept = wiring.plans.plans_of(PeopleScope(actor), participant_id)
        seen = (sent.one("plan"), sent.one("seen"))
        this = next((each for each in kept if (each.id, str(each.version)) == seen), None)
        if this is None:
            raise DatabaseError("changed_meanwhile")
        if not errors:
            try:
                done = take_step(actor, _desk(wiring, stores), this, verb, wiring.clock, given)
                if verb is PlanStep.DECIDE and form.ticked("take_part"):
                    options = load_options(wiring, stores, actor)
                    let_offices_take_part(
                        actor, stores.cases, done, wiring.clock, options.settings,
                        plan_form.offices_of_plan(options),
                    )  # fmt: skip
                return _saved(participant_id, "step")
            except CaseError as error:
                if error.code not in ("step_incomplete", "step_not_allowed", "plan_day_in_future"):
                    raise
                errors = {"verb": in_japanese(error)}
        content = _content(actor, wiring, stores, participant_id, sent, errors, is_new=False)
    return _page(request, actor, content, WRONG)


@router.get("/people/{participant_id}/plan/print")
def on_paper(request: Request, actor: SeesPeople, wiring: Wired, participant_id: str) -> Response:
    """Show the present plan as it is printed."""
    with wiring.reading() as stores:
        _, head = look_with_head(actor, wiring, stores, participant_id)
        kept = wiring.plans.plans_of(PeopleScope(actor), participant_id)
        services = plan_form.services_of(load_options(wiring, stores, actor))
        judged = _judged(actor, wiring, participant_id)
    if not kept:
        return RedirectResponse(f"/people/{participant_id}/plan", status_code=303)
    words = plan_form.in_words(kept[0], services)
    content = PlanSheet(
        head,
        state_word("plan", kept[0].state),
        _filled(words),
        plan_form.agreed_words(kept[0], judged),
    )
    frame = frame_for(request, actor, "支援プラン", current="/people")
    return render(request, "pages/people/plan_sheet.html", frame, content)


def _content(
    actor: Actor,
    wiring: Wiring,
    stores: Stores,
    participant_id: str,
    typed: Typed | None = None,
    errors: Mapping[str, str] | None = None,
    differ: tuple[Difference, ...] = (),
    *,
    is_new: bool,
    message: str = "",
) -> PlanPage:
    _, head = look_with_head(actor, wiring, stores, participant_id)
    scope, today = PeopleScope(actor), day_in_japan(wiring.clock())
    options = load_options(wiring, stores, actor)
    services = plan_form.services_of(options)
    kept = wiring.plans.plans_of(scope, participant_id)
    now = kept[0] if kept else None
    is_writing = head.may_edit and (
        now is None or now.state is PlanState.DRAFT or (is_new and open_plan(kept) is None)
    )
    fields = typed if typed is not None and typed.one("made_on") else _begin(now)
    if not fields.one("made_on"):
        fields += {"made_on": [written_day(today)]}
    names = {user.id: user.name for user in wiring.users.users()}
    versions = wiring.plans.versions_of_plans(scope, participant_id)
    offices = _offices(options, now)
    judged = _judged(actor, wiring, participant_id)
    return PlanPage(
        head=head,
        state=state_word("plan", now.state) if now else "",
        words=_filled(plan_form.in_words(now, services)),
        agreed=plan_form.agreed_words(now, judged) if now else (),
        plan_id=now.id if now else "",
        seen=now.version if now else 0,
        is_writing=is_writing,
        steps=_steps(now) if head.may_edit else (),
        typed=fields if typed is None or typed.one("made_on") else fields + dict(typed.fields),
        rows=plan_form.rows_in(fields),
        services=services,
        offices=plan_form.chosen(offices),
        judged=(("", "選んでください"), *judged.items()),
        who=(("本人", ""), *((each, "") for each in offices)),
        savings=_savings(versions, services, names),
        errors=errors or {},
        differences=differ,
        message=message,
    )


def _desk(wiring: Wiring, stores: Stores) -> Desk:
    return Desk(stores.cases, wiring.plans, wiring.meetings)


def _judged(actor: Actor, wiring: Wiring, participant_id: str) -> dict[str, str]:
    """Return the words of the sittings that found a plan fitting, by the item that did."""
    found = judgements_on(actor, wiring.meetings, participant_id)
    return {each.item_id: each.words for each in found}


def _begin(now: SupportPlan | None) -> Typed:
    """Return the fields of the draft, or of a new plan that begins with what was decided."""
    if now is None:
        return Typed({"plan": (new_id(),), "seen": ("0",)})
    if now.state is PlanState.DRAFT:
        return plan_form.typed_of(now)
    fields = plan_form.typed_of(replace(now, id=new_id(), version=0))
    return fields + {"made_on": (), "review_on": ()}


def _steps(now: SupportPlan | None) -> tuple[tuple[str, str], ...]:
    verbs = LIFE.verbs(now.state) if now else ()
    return tuple((each, step_word("plan", each)) for each in verbs if each in OFFERED)


def _offices(options: Options, now: SupportPlan | None) -> tuple[str, ...]:
    kept = (now.lead_office_id,) if now and now.lead_office_id else ()
    return tuple(dict.fromkeys([*plan_form.offices_of_plan(options), *kept]))


def _savings(
    versions: Sequence[SupportPlan], services: Mapping[str, str], names: Mapping[str, str]
) -> tuple[Saving, ...]:
    """Return all savings, the last first, each with what it changed."""
    found = []
    before: SupportPlan | None = None
    for each in sorted(versions, key=lambda v: (v.recorded_at is not None, v.recorded_at)):
        differ = differences(
            plan_form.in_words(before, services), plan_form.in_words(each, services)
        )
        by = names.get(each.made_by, "職員")
        found.append(Saving(_day_words(each), by, state_word("plan", each.state), differ))
        if each.state is not PlanState.REPLACED:
            before = each
    return tuple(reversed(found))


def _day_words(plan: SupportPlan) -> str:
    return date_words(day_in_japan(plan.recorded_at)) if plan.recorded_at else ""


def _filled(words: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((label, each) for label, each in words.items() if each)


def _saved(participant_id: str, what: str) -> RedirectResponse:
    return RedirectResponse(f"/people/{participant_id}/plan?saved={what}", status_code=303)


def _page(request: Request, actor: Actor, content: PlanPage, status: int = 200) -> HTMLResponse:
    keys = KEYS if content.head.may_edit else ()
    frame = frame_for(request, actor, "支援プラン", current="/people", keys=keys)
    return render(request, "pages/people/plan.html", frame, content, status)
