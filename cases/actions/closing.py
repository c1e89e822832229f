"""Evaluating, ending support, keeping watch afterwards, and beginning again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date

from cases.actions.intake import Clock, check_may_edit, edit_participant, find_person
from cases.closing import (
    LIFE,
    NOBODY_TO_WATCH,
    Evaluation,
    Looked,
    News,
    Watch,
    WatchState,
    WatchStep,
    closed_with,
    closing_evaluation,
    news_of,
)
from cases.errors import CaseError, NotFound, NotPermitted
from cases.life import Required
from cases.participant import Participant, ParticipantStatus
from cases.permissions import Action, PeopleScope, may_with
from cases.placing.enquiry import EnquiryState
from cases.placing.placement import PlacementState
from cases.plan import LIFE as PLAN_LIFE
from cases.plan import PlanStep, plan_in_force
from cases.ports import CaseStore, ClosingStore, PlacementStore, PlanStore
from catalog.actor import Actor
from catalog.audit import AuditEvent
from catalog.dates import day_in_japan
from catalog.ids import IdSource, new_id

_ASKING = frozenset({EnquiryState.DRAFT, EnquiryState.SENT, EnquiryState.LATER})


@dataclass(frozen=True, slots=True)
class Desk:
    """Where people are kept, what goes on with them, and how it ended."""

    cases: CaseStore
    plans: PlanStore
    placing: PlacementStore
    closing: ClosingStore


@dataclass(frozen=True, slots=True)
class Watching:
    """Who keeps watch, when they look first, and how; or why nobody does."""

    office_id: str = ""
    next_on: date | None = None
    how: str = ""
    why_not: str = ""


def write_evaluation(actor: Actor, desk: Desk, evaluation: Evaluation, clock: Clock) -> Evaluation:
    """Keep an evaluation; its `version` is the one that was seen, 0 for a new one.

    Raises
    ------
    NotFound, NotPermitted
        Where the actor may not know or change the person.
    CaseError
        ``evaluation_in_future``; ``evaluation_is_closed`` where support ended with it.
    """
    check_may_edit(actor, find_person(actor, desk.cases, evaluation.participant_id))
    if evaluation.on > day_in_japan(clock()):
        raise CaseError("evaluation_in_future", on=evaluation.on)
    kept = desk.closing.evaluations_of(PeopleScope(actor), evaluation.participant_id)
    if any(each.id == evaluation.id and each.closed_on for each in kept):
        raise CaseError("evaluation_is_closed")
    return _keep(actor, desk, evaluation, clock, "evaluation_written")


def what_keeps_open(
    actor: Actor, desk: Desk, person: Participant, evaluation: Evaluation | None
) -> CaseError | None:
    """Return why support of a person cannot end yet, or None."""
    if person.status is ParticipantStatus.CLOSED:
        return CaseError("closed_already")
    scope = PeopleScope(actor)
    going_on = what_goes_on_with_hosts(actor, desk.placing, person.id)
    if going_on is not None:
        return going_on
    if evaluation is None:
        return CaseError("closing_without_evaluation")
    plan = plan_in_force(desk.plans.plans_of(scope, person.id))
    if plan is not None and plan.decided_on is not None and evaluation.on < plan.decided_on:
        return CaseError("evaluation_before_plan", decided=plan.decided_on, on=evaluation.on)
    return None


def what_goes_on_with_hosts(
    actor: Actor, placing: PlacementStore, participant_id: str
) -> CaseError | None:
    """Return that a place or a question to a host is still open, or None."""
    scope = PeopleScope(actor)
    placed = placing.placements_of(scope, participant_id)
    open_places = sum(each.state is not PlacementState.ENDED for each in placed)
    if open_places:
        return CaseError("closing_with_placement", count=open_places)
    asked = sum(each.state in _ASKING for each in placing.enquiries_of(scope, participant_id))
    return CaseError("closing_with_enquiry", count=asked) if asked else None


def close_case(
    actor: Actor,
    desk: Desk,
    participant_id: str,
    watching: Watching,
    clock: Clock,
    *,
    reason_words: str,
    ids: IdSource = new_id,
) -> Participant:
    """End the support of a person with their last evaluation; nobody else is told of it.

    The plan that is in force ends, and an office that knows the person already keeps watch.

    Parameters
    ----------
    reason_words
        The coded reason of the evaluation in words, for the plan.

    Raises
    ------
    NotFound, NotPermitted
        Where the actor may not know or change the person.
    CaseError
        As `what_keeps_open` says; ``closing_without_watch``, ``watch_office_outside``,
        ``watch_day_passed``, ``watch_without_day``.
    """
    person = find_person(actor, desk.cases, participant_id)
    check_may_edit(actor, person)
    scope, today = PeopleScope(actor), day_in_japan(clock())
    evaluation = closing_evaluation(desk.closing.evaluations_of(scope, participant_id))
    refused = what_keeps_open(actor, desk, person, evaluation)
    if refused is not None or evaluation is None:
        raise refused or CaseError("closing_without_evaluation")
    watch = _watch(person, evaluation, watching, today, ids)
    plan = plan_in_force(desk.plans.plans_of(scope, participant_id))
    if plan is not None:
        state = PLAN_LIFE.take(plan.state, PlanStep.END, {Required.REASON})
        ended = replace(
            plan,
            state=state,
            ended_on=today,
            end_reason=reason_words,
            made_by=actor.user_id,
            recorded_at=clock(),
        )
        event = _event(actor, "plan_ended", participant_id, clock, plan=plan.id)
        desk.plans.save_plan(ended, event, plan.version)
    closed = replace(evaluation, closed_on=today, no_watch_reason="" if watch else watching.why_not)
    _keep(actor, desk, closed, clock, "case_closed")
    if watch is not None:
        _keep_watch(actor, desk, watch, clock, "watch_begun", 0)
    after = replace(person, status=ParticipantStatus.CLOSED, paused_until_on=None)
    return edit_participant(actor, desk.cases, after, clock)


def reopen_case(
    actor: Actor, desk: Desk, participant_id: str, clock: Clock, *, reason: str
) -> Participant:
    """Begin again to support a person; what was stays, with why it began again.

    Raises
    ------
    NotFound, NotPermitted
        Where the actor may not know or change the person.
    CaseError
        ``not_closed``; ``reopened_without_reason``.
    """
    person = find_person(actor, desk.cases, participant_id)
    check_may_edit(actor, person)
    if person.status is not ParticipantStatus.CLOSED:
        raise CaseError("not_closed")
    if not reason.strip():
        raise CaseError("reopened_without_reason")
    scope, today = PeopleScope(actor), day_in_japan(clock())
    ended = closed_with(desk.closing.evaluations_of(scope, participant_id))
    if ended is not None:
        again = replace(ended, reopened_on=today, reopen_reason=reason)
        _keep(actor, desk, again, clock, "case_reopened")
    for watch in desk.closing.watches_of(scope, participant_id):
        if watch.state is not WatchState.REOPENED and ended and watch.evaluation_id == ended.id:
            state = LIFE.take(watch.state, WatchStep.REOPEN, {Required.REASON})
            after = replace(watch, state=state, ended_on=watch.ended_on or today, reason=reason)
            _keep_watch(actor, desk, after, clock, "watch_reopened", watch.version)
    return edit_participant(
        actor, desk.cases, replace(person, status=ParticipantStatus.WAITING), clock
    )


def may_look(actor: Actor, person: Participant, watch: Watch) -> bool:
    """Tell whether an actor may write how a person was: their office does, or who may edit."""
    return actor.office_id == watch.office_id or may_with(actor, Action.EDIT_PEOPLE, person)


def look_after(
    actor: Actor,
    desk: Desk,
    watch: Watch,
    clock: Clock,
    *,
    on: date | None,
    words: str,
    again: bool,
    next_on: date | None,
) -> Watch:
    """Keep how somebody was when the office looked, and when it looks next.

    Parameters
    ----------
    watch
        As the actor saw it.
    again
        Help is needed again: who is responsible for the person reads so on their first page.

    Raises
    ------
    NotFound, NotPermitted
        Where the actor may not know the person, or neither watches nor may change them.
    CaseError
        ``step_not_allowed``, ``step_incomplete``; ``look_in_future``, ``look_without_words``,
        ``watch_day_passed``, ``watch_without_day``.
    """
    person = find_person(actor, desk.cases, watch.participant_id)
    _check_stands(actor, desk, watch)
    if not may_look(actor, person, watch):
        raise NotPermitted("not_permitted", role=actor.role, action=Action.EDIT_PEOPLE)
    state = LIFE.take(watch.state, WatchStep.LOOK, {Required.DAY} if on else ())
    today = day_in_japan(clock())
    if on is None or on > today:
        raise CaseError("look_in_future", on=on)
    if not words.strip():
        raise CaseError("look_without_words")
    _check_to_come(next_on, today)
    looks = (*watch.looks, Looked(on, actor.user_id, words, again))
    after = replace(watch, state=state, looks=looks, next_on=next_on)
    return _keep_watch(actor, desk, after, clock, "watch_looked", watch.version)


def end_watch(actor: Actor, desk: Desk, watch: Watch, clock: Clock, *, reason: str) -> Watch:
    """End a watch, with why.

    Raises
    ------
    NotFound, NotPermitted
        Where the actor may not know or change the person.
    TransitionNotAllowed, CaseError
        ``step_not_allowed``; ``step_incomplete`` without a reason.
    """
    check_may_edit(actor, find_person(actor, desk.cases, watch.participant_id))
    _check_stands(actor, desk, watch)
    state = LIFE.take(watch.state, WatchStep.END, {Required.REASON} if reason.strip() else ())
    after = replace(watch, state=state, reason=reason, ended_on=day_in_japan(clock()))
    return _keep_watch(actor, desk, after, clock, "watch_ended", watch.version)


def offices_to_watch(person: Participant) -> tuple[str, ...]:
    """Return the offices that know a person already: nobody learns of them by a watch."""
    known: Collection[str] = {person.office_id or "", *person.member_office_ids} - {""}
    return tuple(sorted(known))


def _watch(
    person: Participant, evaluation: Evaluation, watching: Watching, today: date, ids: IdSource
) -> Watch | None:
    if not watching.office_id:
        if evaluation.reason not in NOBODY_TO_WATCH and not watching.why_not.strip():
            raise CaseError("closing_without_watch")
        return None
    if watching.office_id not in offices_to_watch(person):
        raise CaseError("watch_office_outside", office=watching.office_id)
    _check_to_come(watching.next_on, today)
    return Watch(
        id=ids(),
        participant_id=person.id,
        evaluation_id=evaluation.id,
        office_id=watching.office_id,
        since_on=today,
        next_on=watching.next_on,
        how=watching.how,
    )


def _check_to_come(next_on: date | None, today: date) -> None:
    if next_on is None:
        raise CaseError("watch_without_day")
    if next_on <= today:
        raise CaseError("watch_day_passed", on=next_on)


def _check_stands(actor: Actor, desk: Desk, watch: Watch) -> None:
    kept = desk.closing.watches_of(PeopleScope(actor), watch.participant_id)
    if watch.id not in {each.id for each in kept}:
        raise NotFound("watch_not_found")


def _keep(actor: Actor, desk: Desk, evaluation: Evaluation, clock: Clock, kind: str) -> Evaluation:
    event = _event(actor, kind, evaluation.participant_id, clock, evaluation=evaluation.id)
    noted = replace(evaluation, made_by=actor.user_id, recorded_at=clock())
    return desk.closing.save_evaluation(noted, event, evaluation.version)


def _keep_watch(
    actor: Actor, desk: Desk, watch: Watch, clock: Clock, kind: str, seen: int
) -> Watch:
    event = _event(actor, kind, watch.participant_id, clock, watch=watch.id)
    noted = replace(watch, made_by=actor.user_id, recorded_at=clock())
    return desk.closing.save_watch(noted, event, seen)


def _event(actor: Actor, kind: str, participant_id: str, clock: Clock, **detail: str) -> AuditEvent:
    return AuditEvent(kind, actor.user_id, "participant", participant_id, clock(), detail)


def watch_news(
    actor: Actor, cases: CaseStore, closing: ClosingStore, clock: Clock
) -> list[tuple[News, Watch, Participant]]:
    """Return what the actor is to be told of watches, the most urgent and the oldest first."""
    scope, today = PeopleScope(actor), day_in_japan(clock())
    found = []
    for watch in closing.watching(scope):
        person = cases.participant(scope, watch.participant_id)
        if person is None:
            continue
        is_theirs = may_with(actor, Action.EDIT_PEOPLE, person)
        news = news_of(watch, actor.office_id, today, is_theirs=is_theirs)
        if news is not None:
            found.append((news, watch, person))
    order = list(News)
    return sorted(found, key=lambda each: order.index(each[0]))
