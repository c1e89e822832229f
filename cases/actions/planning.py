"""Writing a person's support plan, bringing it before a meeting, and keeping what was decided."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date

from cases.actions.intake import Clock, check_may_edit, find_person, set_support
from cases.consent import Consent, WhyNot, find_consent
from cases.errors import CaseError, NotFound
from cases.life import Required
from cases.meetings.judged import FITS, Judged, judged_in
from cases.permissions import PeopleScope
from cases.plan import (
    LIFE,
    PlanState,
    PlanStep,
    SupportPlan,
    offices_in,
    open_plan,
    plan_in_force,
)
from cases.ports import CaseStore, MeetingStore, PlanStore
from catalog.actor import Actor
from catalog.audit import AuditEvent
from catalog.dates import day_in_japan
from catalog.municipality import Municipality


@dataclass(frozen=True, slots=True)
class Desk:
    """Where people, their plans and the sittings that judge these are kept."""

    cases: CaseStore
    plans: PlanStore
    meetings: MeetingStore


@dataclass(frozen=True, slots=True)
class Given:
    """What stands with a step: who signed when, which item decided it, why a plan ends."""

    signed_by: str = ""
    signed_on: date | None = None
    decided_in: str = ""
    reason: str = ""


def judgements_on(actor: Actor, meetings: MeetingStore, participant_id: str) -> tuple[Judged, ...]:
    """Return the sittings, of those the actor may see, that found a plan of the person fitting."""
    scope = PeopleScope(actor)
    return judged_in(meetings.agenda_about(scope, participant_id), meetings.meetings(scope), FITS)


def write_plan(actor: Actor, desk: Desk, plan: SupportPlan, clock: Clock) -> SupportPlan:
    """Keep a draft; its `version` is the one that was seen, 0 for a new plan.

    Raises
    ------
    NotFound, NotPermitted
        Where the actor may not know or change the person.
    CaseError
        ``plan_not_draft`` where the plan is beyond a draft, or another one is open.
    """
    check_may_edit(actor, find_person(actor, desk.cases, plan.participant_id))
    kept = desk.plans.plans_of(PeopleScope(actor), plan.participant_id)
    now = open_plan(kept)
    same = next((each for each in kept if each.id == plan.id), None)
    if plan.state is not PlanState.DRAFT or (same and same.state is not PlanState.DRAFT):
        raise CaseError("plan_not_draft")
    if now is not None and now.id != plan.id:
        raise CaseError("plan_not_draft")
    return _keep(actor, desk.plans, plan, clock, "plan_written")


def take_step(
    actor: Actor,
    desk: Desk,
    plan: SupportPlan,
    verb: PlanStep,
    clock: Clock,
    given: Given | None = None,
) -> SupportPlan:
    """Bring a plan one step on; one that is decided replaces the one before.

    Parameters
    ----------
    plan
        As the actor saw it.

    Raises
    ------
    NotFound, NotPermitted
        Where the actor may not know or change the person; ``plan_not_found``.
    TransitionNotAllowed, CaseError
        ``step_not_allowed``; ``step_incomplete`` with what is missing; ``plan_day_in_future``.
    """
    said = given or Given()
    check_may_edit(actor, find_person(actor, desk.cases, plan.participant_id))
    scope, today = PeopleScope(actor), day_in_japan(clock())
    kept = desk.plans.plans_of(scope, plan.participant_id)
    if plan.id not in {each.id for each in kept}:
        raise NotFound("plan_not_found")
    found = find_consent(desk.cases.consents_of(scope, plan.participant_id), today)
    judged = {
        each.item_id: each for each in judgements_on(actor, desk.meetings, plan.participant_id)
    }.get(said.decided_in)
    at_hand = {
        Required.CONSENT: isinstance(found, Consent) or found is WhyNot.HOSTS_NOT_INCLUDED,
        Required.SIGNATURE: bool(said.signed_by and said.signed_on),
        Required.DECISION: judged is not None,
        Required.REASON: bool(said.reason),
    }
    state = LIFE.take(plan.state, verb, [each for each, is_there in at_hand.items() if is_there])
    if said.signed_on is not None and said.signed_on > today:
        raise CaseError("plan_day_in_future", on=said.signed_on)
    after = replace(plan, state=state)
    if verb is PlanStep.DECIDE:
        before = plan_in_force(kept)
        if before is not None:
            replaced = LIFE.take(before.state, PlanStep.REPLACE)
            _keep(actor, desk.plans, replace(before, state=replaced), clock, "plan_replaced")
        after = replace(
            after,
            signed_by=said.signed_by,
            signed_on=said.signed_on,
            decided_in=judged.item_id if judged else None,
            decided_on=judged.on if judged else None,
        )
    if verb is PlanStep.END:
        after = replace(after, ended_on=today, end_reason=said.reason)
    return _keep(actor, desk.plans, after, clock, f"plan_{state}")


def let_offices_take_part(
    actor: Actor,
    cases: CaseStore,
    plan: SupportPlan,
    clock: Clock,
    city: Municipality,
    offices: Collection[str],
) -> None:
    """Let every office to which a plan gives something to do take part in it.

    Whoever takes part may know of the person: it is done only where somebody says so. Nobody who
    takes part already is left out.

    Raises
    ------
    NotFound, NotPermitted
        Where the actor may not know or change the person.
    """
    before = find_person(actor, cases, plan.participant_id)
    together = before.member_office_ids | (offices_in(plan, offices) - {before.office_id})
    known = {*offices, *before.member_office_ids}
    set_support(
        actor, cases, before.id, clock, city, known,
        programmes=before.programmes, member_office_ids=together,
    )  # fmt: skip


def _keep(
    actor: Actor, plans: PlanStore, plan: SupportPlan, clock: Clock, kind: str
) -> SupportPlan:
    at = clock()
    event = AuditEvent(
        kind, actor.user_id, "participant", plan.participant_id, at, {"plan": plan.id}
    )
    noted = replace(plan, made_by=actor.user_id, recorded_at=at)
    return plans.save_plan(noted, event, plan.version)
