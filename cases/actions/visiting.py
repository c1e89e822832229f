"""訪問: planning to go and see somebody, writing down how it was, before any consent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from cases.actions.intake import Clock, check_may_edit, find_person
from cases.errors import CaseError, NotFound
from cases.life import Required
from cases.outreach import LIFE, Visit, VisitState, VisitStep
from cases.permissions import PeopleScope
from cases.ports import CaseStore, VisitStore
from catalog.actor import Actor
from catalog.audit import AuditEvent
from catalog.dates import day_in_japan
from catalog.ids import IdSource, new_id


def find_visit(actor: Actor, store: VisitStore, participant_id: str, visit_id: str) -> Visit:
    """Return a visit to a person whom the actor may know of.

    Raises
    ------
    NotFound
        ``visit_not_found``, whether there is none to this person or the actor may not know.
    """
    found = store.visit(PeopleScope(actor), visit_id)
    if found is None or found.participant_id != participant_id:
        raise NotFound("visit_not_found")
    return found


def plan_visit(
    actor: Actor,
    cases: CaseStore,
    store: VisitStore,
    clock: Clock,
    participant_id: str,
    *,
    on: date,
    visitor_ids: Sequence[str],
    office_ids: Sequence[str],
    words: str = "",
    ids: IdSource = new_id,
) -> Visit:
    """Plan a visit; several offices make it a joint one (同行訪問).

    One that was made without a plan begins here too, with its day, and is written down then.

    Raises
    ------
    NotFound, NotPermitted
        Where the actor may not know or change the person.
    CaseError
        ``visit_without_visitor``.
    """
    check_may_edit(actor, find_person(actor, cases, participant_id))
    at = clock()
    if not visitor_ids and not office_ids:
        raise CaseError("visit_without_visitor")
    new = Visit(
        id=ids(),
        participant_id=participant_id,
        planned_on=on,
        visitor_ids=tuple(visitor_ids),
        office_ids=tuple(office_ids),
        words=words,
        recorded_by=actor.user_id,
        recorded_at=at,
    )
    return store.save_visit(new, _event(actor, "visit_planned", new, clock))


def write_down(
    actor: Actor,
    cases: CaseStore,
    store: VisitStore,
    clock: Clock,
    visit: Visit,
    *,
    seen: int,
    ids: IdSource = new_id,
) -> Visit:
    """Keep how a visit was, for the first time or corrected; its next day becomes a plan.

    Parameters
    ----------
    visit
        What is to stand there: `done_on`, `result`, `relation`, `words`, `next_on`.
    seen
        The version that was seen.

    Raises
    ------
    NotFound, NotPermitted
        Where the actor may not know or change the person.
    CaseError
        ``step_not_allowed``, ``step_incomplete``, ``visit_in_future``, ``next_before_last``.
    """
    before = find_visit(actor, store, visit.participant_id, visit.id)
    check_may_edit(actor, find_person(actor, cases, before.participant_id))
    given = {Required.DAY} if visit.done_on else set()
    given |= {Required.ANSWER} if visit.result else set()
    is_correction = before.state is VisitState.DONE
    state = VisitState.PLANNED if is_correction else before.state
    state = LIFE.take(state, VisitStep.WRITE_DOWN, given)
    at = clock()
    if visit.done_on and visit.done_on > day_in_japan(at):
        raise CaseError("visit_in_future", on=visit.done_on)
    done = replace(visit, state=state, recorded_by=actor.user_id, recorded_at=at)
    kept = store.save_visit(done, _event(actor, "visit_written", done, clock), seen)
    if kept.next_on and not is_correction:
        following = Visit(
            id=ids(),
            participant_id=kept.participant_id,
            planned_on=kept.next_on,
            visitor_ids=kept.visitor_ids,
            office_ids=kept.office_ids,
            recorded_by=actor.user_id,
            recorded_at=at,
        )
        store.save_visit(following, _event(actor, "visit_planned", following, clock))
    return kept


def call_off(
    actor: Actor,
    cases: CaseStore,
    store: VisitStore,
    clock: Clock,
    participant_id: str,
    visit_id: str,
    *,
    reason: str,
    seen: int,
) -> Visit:
    """Call a planned visit off, with the reason.

    Raises
    ------
    NotFound, NotPermitted
        Where the actor may not know or change the person.
    CaseError
        ``step_not_allowed``, ``step_incomplete`` without a reason.
    """
    before = find_visit(actor, store, participant_id, visit_id)
    check_may_edit(actor, find_person(actor, cases, participant_id))
    given = {Required.REASON} if reason.strip() else set()
    state = LIFE.take(before.state, VisitStep.CALL_OFF, given)
    off = replace(before, state=state, words=reason, recorded_by=actor.user_id, recorded_at=clock())
    return store.save_visit(off, _event(actor, "visit_called_off", off, clock), seen)


def look_at_due(actor: Actor, store: VisitStore, today: date) -> list[Visit]:
    """Return the visits of today and those that nobody has written down yet, the oldest first."""
    planned = store.visits(PeopleScope(actor), VisitState.PLANNED)
    due = (each for each in planned if each.planned_on <= today)
    return sorted(due, key=lambda each: (each.planned_on, each.id))


def _event(actor: Actor, kind: str, visit: Visit, clock: Clock) -> AuditEvent:
    return AuditEvent(
        kind, actor.user_id, "participant", visit.participant_id, clock(), {"visit": visit.id}
    )
